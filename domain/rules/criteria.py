"""Criteria are public, change after a notice, and can be walked through by anybody without a trace."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Final, assert_never

from domain import clocks
from domain.commands.criteria import CriteriaCommand, PublishCriteria
from domain.errors import Refused
from domain.events.consultation import SubjectKind
from domain.events.criteria import CriteriaEvent, CriteriaPublished, Factor, Pointer, Step
from domain.markings import parse
from domain.recorded import Recorded
from domain.rules.asked import Asked
from domain.rules.due import due
from domain.rules.policy import ZONE
from domain.rules.seen import Seen, of_consultation
from domain.rules.stream import Rules
from domain.values import PolicyCode, StreamId

NOTICE: Final = PolicyCode("CRITERIA-NOTICE")
PUBLIC: Final = frozenset({"UNCLASSIFIED", "UNCLASSIFIED//TLP:CLEAR"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """Every version that was published, oldest first."""

    versions: tuple[CriteriaPublished, ...] = ()


INITIAL: Final = Criteria()


class Answered(StrEnum):
    """What somebody answers to a factor."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Walked:
    """One factor on the way, and how it was answered."""

    factor: Factor
    answered: Answered


def evolve(state: Criteria, recorded: Recorded[CriteriaEvent]) -> Criteria:
    event = recorded.event
    match event:
        case CriteriaPublished():
            return replace(state, versions=(*state.versions, event))
        case _:
            assert_never(event)


def may(state: Criteria, command: type[CriteriaCommand], asked: Asked, seen: Seen) -> None:
    """Nothing but the authority table stands in the way of publishing."""


def decide(state: Criteria, command: CriteriaCommand, asked: Asked, seen: Seen) -> list[CriteriaEvent]:
    match command:
        case PublishCriteria():
            return _publish(state, command, asked, seen)
        case _:
            assert_never(command)


def walk(factors: Sequence[Factor], answers: Mapping[str, Answered]) -> tuple[tuple[Walked, ...], Pointer]:
    """The factors on the way that these answers take, from the first, and where it ends. It always ends."""
    by_code = {factor.code: factor for factor in factors}
    taken: list[Walked] = []
    factor = factors[0]
    while True:
        walked = Walked(factor=factor, answered=answers.get(factor.code, Answered.UNKNOWN))
        taken.append(walked)
        step = _step(walked)
        if step.pointer is not None:
            return tuple(taken), step.pointer
        factor = by_code[str(step.factor)]


def _step(walked: Walked) -> Step:
    match walked.answered:
        case Answered.YES:
            return walked.factor.yes
        case Answered.NO:
            return walked.factor.no
        case Answered.UNKNOWN:
            return walked.factor.unknown
        case _:
            assert_never(walked.answered)


def _publish(state: Criteria, command: PublishCriteria, asked: Asked, seen: Seen) -> list[CriteriaEvent]:
    if command.version <= len(state.versions):
        if _said(state.versions[command.version - 1]) == _said(command):
            return []
        raise Refused("exists")
    if command.version != len(state.versions) + 1:
        raise Refused("version-gap")
    if str(parse(asked.marking)) not in PUBLIC:
        raise Refused("criteria-not-public")
    _must_lead_downwards(command.factors)
    _must_be_about(command, asked, seen)
    effective_at = max(clocks.day_begins(command.effective_on, ZONE), asked.taken_in_at)
    if clocks.day_begins(command.effective_on + timedelta(days=1), ZONE) <= asked.taken_in_at:
        raise Refused("date-in-past")
    notice = due(NOTICE, asked, seen) if state.versions else None
    if notice is not None and effective_at < notice.at:
        raise Refused("notice-too-short", f"Oversight has its notice until {notice.at.isoformat()}.")
    if state.versions and effective_at <= state.versions[-1].effective_at:
        raise Refused("version-gap", "A version takes effect after the one before it.")
    return [
        CriteriaPublished(
            code=command.code,
            version=command.version,
            title=command.title,
            process=command.process,
            factors=command.factors,
            withheld_count=command.withheld_count,
            effective_on=command.effective_on,
            effective_at=effective_at,
            notice_ends_at=None if notice is None else notice.at,
            notice_policy=None if notice is None else notice.policy,
            consultation=command.consultation,
            no_consultation_because=command.no_consultation_because,
            supersedes=command.version - 1 or None,
        )
    ]


def _said(of: CriteriaPublished | PublishCriteria) -> tuple[object, ...]:
    return (
        of.title,
        of.process,
        of.factors,
        of.withheld_count,
        of.effective_on,
        of.consultation,
        of.no_consultation_because,
    )


def _must_lead_downwards(factors: tuple[Factor, ...]) -> None:
    """A walk that only goes down ends: so nobody has to look whether it does."""
    codes = [factor.code for factor in factors]
    if len(set(codes)) < len(codes):
        raise Refused("criteria-form", "Two factors have one code.")
    for number, factor in enumerate(factors, 1):
        for step in (factor.yes, factor.no, factor.unknown):
            if (step.factor is None) == (step.pointer is None):
                raise Refused("criteria-form", f"From {factor.code} an answer leads to a factor or to an end.")
            if step.factor is not None and step.factor not in codes[number:]:
                raise Refused("criteria-form", f"{step.factor} does not stand behind {factor.code}.")


def _must_be_about(command: PublishCriteria, asked: Asked, seen: Seen) -> None:
    if (command.consultation is None) == (command.no_consultation_because is None):
        raise Refused("consultation-unclear")
    if command.consultation is None:
        return
    consultation = seen.consultation(command.consultation)
    subject = consultation.subject
    if (
        subject is None
        or not asked.may_see(consultation.marking)
        or subject.kind is not SubjectKind.CRITERIA
        or subject.reference is None
        or (subject.reference.id, subject.reference.version) != (command.code, command.version)
    ):
        raise Refused("reference-unknown", "This consultation is not about this version of the criteria.")


def _reads(command: CriteriaCommand, asked: Asked, seen: Seen) -> Iterable[StreamId]:
    if command.consultation is not None:
        yield of_consultation(command.consultation)


RULES: Final = Rules(
    commands=CriteriaCommand,
    events=CriteriaEvent,
    id_field="code",
    initial=INITIAL,
    evolve=evolve,
    may=may,
    decide=decide,
    reads=_reads,
    policies={"criteria.publish.v1": NOTICE},
)
