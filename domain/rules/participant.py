"""A participant takes part by its own choice, and leaves when it wants, at no cost."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, assert_never

from domain.commands.participant import (
    AcceptFramework,
    DeclareSectors,
    EnrolParticipant,
    ParticipantCommand,
    SetBudget,
    WithdrawParticipant,
)
from domain.errors import Refused
from domain.events import Event
from domain.events.participant import (
    BudgetSet,
    ParticipantCaseNoted,
    ParticipantEnrolled,
    ParticipantEvent,
    ParticipantKind,
    ParticipantReportNoted,
    ParticipantTermsAccepted,
    ParticipantWithdrawn,
    SectorsDeclared,
)
from domain.recorded import Recorded
from domain.rules.asked import Asked
from domain.rules.case import withdrawal
from domain.rules.citing import Text, cited, of_text
from domain.rules.sectors import SECTORS, listed
from domain.rules.seen import Seen, of_case, of_participant, of_policy
from domain.rules.stream import Rules
from domain.rules.taking_part import must_take_part
from domain.values import CaseId, Cited, ParticipantId, StreamId, same


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """A participant as it stands."""

    known: bool = False
    participant: ParticipantId | None = None
    name: str = ""
    kind: ParticipantKind | None = None
    withdrawn: bool = False
    framework: Cited | None = None
    sectors: tuple[str, ...] = ()
    budgets: tuple[tuple[str, int], ...] = ()
    cases: tuple[CaseId, ...] = ()
    reports: Mapping[tuple[str, date], int] = field(default_factory=dict)
    """Maintainer, and month by its first day → vulnerabilities that were reported to it then."""


INITIAL: Final = Participant()


def evolve(state: Participant, recorded: Recorded[ParticipantEvent]) -> Participant:
    event = recorded.event
    match event:
        case ParticipantEnrolled():
            enrolled = replace(state, known=True, participant=event.participant, withdrawn=False)
            return replace(enrolled, name=event.name, kind=event.kind)
        case ParticipantTermsAccepted():
            return replace(state, framework=event.framework)
        case SectorsDeclared():
            return replace(state, sectors=event.sectors)
        case BudgetSet():
            others = tuple(b for b in state.budgets if b[0] != event.maintainer)
            return replace(state, budgets=(*others, (event.maintainer, event.reports_per_month)))
        case ParticipantCaseNoted():
            return replace(state, cases=(*state.cases, event.case_id))
        case ParticipantReportNoted():
            counted = (event.maintainer, event.month)
            return replace(state, reports={**state.reports, counted: state.reports.get(counted, 0) + 1})
        case ParticipantWithdrawn():
            return replace(state, withdrawn=True)
        case _:
            assert_never(event)


def may(state: Participant, command: type[ParticipantCommand], asked: Asked, seen: Seen) -> None:
    """Raise Refused where the participant is not there or has withdrawn."""
    if command is EnrolParticipant or (command is WithdrawParticipant and state.known):
        return
    must_take_part(state)


def offers(state: Participant, command: type[ParticipantCommand], asked: Asked, seen: Seen) -> None:
    """Raise Refused where whatever the command said would be refused as things stand, or would add nothing."""
    if state.known and asked.participant != state.participant:
        raise Refused("not-cleared", hidden=True)
    if command is EnrolParticipant and state.known and not state.withdrawn:
        raise Refused("exists")
    if command is WithdrawParticipant and state.withdrawn:
        raise Refused("participant-withdrawn")


def decide(state: Participant, command: ParticipantCommand, asked: Asked, seen: Seen) -> list[Event]:
    if asked.participant != command.participant:
        raise Refused("not-cleared", hidden=True)
    may(state, type(command), asked, seen)
    match command:
        case EnrolParticipant():
            if state.known and not state.withdrawn:
                if (state.name, state.kind) == (command.name, command.kind):
                    return []
                raise Refused("exists")
            return [ParticipantEnrolled(participant=command.participant, name=command.name, kind=command.kind)]
        case AcceptFramework():
            if state.framework is not None and same(state.framework) == same(command.framework):
                return []
            framework = cited(Text.FRAMEWORK, command.framework, asked, seen)
            return [ParticipantTermsAccepted(participant=command.participant, framework=framework)]
        case DeclareSectors():
            if state.sectors == command.sectors:
                return []
            listed(command.sectors, seen)
            return [SectorsDeclared(participant=command.participant, sectors=command.sectors)]
        case SetBudget():
            if (command.maintainer, command.reports_per_month) in state.budgets:
                return []
            return [
                BudgetSet(
                    participant=command.participant,
                    maintainer=command.maintainer,
                    reports_per_month=command.reports_per_month,
                )
            ]
        case WithdrawParticipant():
            if state.withdrawn:
                return []
            cases = [event for case in state.cases for event in withdrawal(seen.case(case), case, asked)]
            return [*cases, ParticipantWithdrawn(participant=command.participant, reason=command.reason)]
        case _:
            assert_never(command)


def _reads(command: ParticipantCommand, asked: Asked, seen: Seen) -> Iterable[StreamId]:
    match command:
        case WithdrawParticipant():
            if of_participant(command.participant) in seen:
                yield from map(of_case, seen.participant(command.participant).cases)
        case DeclareSectors():
            yield of_policy(SECTORS)
        case AcceptFramework():
            yield from of_text(Text.FRAMEWORK, command.framework)
        case _:
            pass


RULES: Final = Rules(
    commands=ParticipantCommand,
    events=ParticipantEvent,
    id_field="participant",
    initial=INITIAL,
    evolve=evolve,
    may=may,
    offers=offers,
    decide=decide,
    reads=_reads,
)
