"""The threshold of a covered model is NSA's alone to determine, after consultation, and never for the past."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final, assert_never

from domain.commands.threshold import DetermineThreshold, ThresholdCommand
from domain.errors import Refused
from domain.events.consultation import SubjectKind
from domain.events.threshold import ThresholdDetermined, ThresholdEvent, ThresholdSuperseded
from domain.markings import UnknownMarking, parse
from domain.recorded import Recorded
from domain.rules.asked import Asked
from domain.rules.joint.state import Version, Versions
from domain.rules.seen import Seen, of_consultation
from domain.rules.stream import Rules
from domain.values import StreamId

INITIAL: Final = Versions()


def evolve(state: Versions, recorded: Recorded[ThresholdEvent]) -> Versions:
    event = recorded.event
    match event:
        case ThresholdDetermined():
            version = Version(
                number=event.version,
                digest=event.digest,
                marking=recorded.marking,
                since=recorded.taken_in_at,
                said=_said(event),
            )
            marking = state.marking or recorded.marking
            return replace(state, known=True, marking=marking, versions=(*state.versions, version))
        case ThresholdSuperseded():
            return state
        case _:
            assert_never(event)


def known_to(state: Versions, asked: Asked) -> bool:
    """Whether there is such a threshold, and the actor may see it."""
    return state.known and asked.may_see(state.marking)


def may(state: Versions, command: type[ThresholdCommand], asked: Asked, seen: Seen) -> None:
    """Raise Refused where the threshold is hidden from this actor."""
    if state.known and not known_to(state, asked):
        raise Refused("not-cleared", hidden=True)


def decide(state: Versions, command: ThresholdCommand, asked: Asked, seen: Seen) -> list[ThresholdEvent]:
    may(state, type(command), asked, seen)
    if (known := state.version(command.version)) is not None:
        if (known.digest, known.said) == (command.digest, _said(command)):
            return []
        raise Refused("exists")
    if command.version != state.next_version:
        raise Refused("version-gap")
    if (command.consultation is None) == (command.no_consultation_because is None):
        raise Refused("consultation-unclear")
    _must_be_about(command, asked, seen)
    try:
        parse(command.body_marking)
    except UnknownMarking as error:
        raise Refused("body-marking-unknown") from error
    before = state.versions[-1].number if state.versions else None
    determined = ThresholdDetermined(
        code=command.code,
        version=command.version,
        digest=command.digest,
        holder=command.holder,
        body_marking=command.body_marking,
        title=command.title,
        consultation=command.consultation,
        no_consultation_because=command.no_consultation_because,
        supersedes=before,
    )
    if before is None:
        return [determined]
    return [determined, ThresholdSuperseded(code=command.code, version=before, superseded_by=command.version)]


def _said(of: ThresholdDetermined | DetermineThreshold) -> tuple[str, ...]:
    return of.title, of.holder, of.body_marking, of.consultation or "", of.no_consultation_because or ""


def _must_be_about(command: DetermineThreshold, asked: Asked, seen: Seen) -> None:
    if command.consultation is None:
        return
    consultation = seen.consultation(command.consultation)
    subject = consultation.subject
    if (
        subject is None
        or not asked.may_see(consultation.marking)
        or subject.kind is not SubjectKind.THRESHOLD
        or subject.reference is None
        or (subject.reference.id, subject.reference.version) != (command.code, command.version)
    ):
        raise Refused("reference-unknown", "This consultation is not about this version of the threshold.")


def _reads(command: ThresholdCommand, asked: Asked, seen: Seen) -> Iterable[StreamId]:
    if command.consultation is not None:
        yield of_consultation(command.consultation)


RULES: Final = Rules(
    commands=ThresholdCommand,
    events=ThresholdEvent,
    id_field="code",
    initial=INITIAL,
    evolve=evolve,
    may=may,
    decide=decide,
    known_to=known_to,
    reads=_reads,
)
