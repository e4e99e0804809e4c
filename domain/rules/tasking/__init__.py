"""A duty is assigned, claimed with evidence, and verified by another office or not; the clock says when it was due."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final, TypeVar, assert_never

from domain.commands.tasking import (
    AmendTasking,
    AssignTasking,
    AwaitSomebody,
    ClaimCompletion,
    ExplainDelay,
    FailVerification,
    RecordTaskingDeadline,
    ReportProgress,
    RescindTasking,
    ResumeTasking,
    TaskingCommand,
    VerifyCompletion,
)
from domain.errors import Refused
from domain.events import Event
from domain.events.tasking import TaskingDeadlinePassed, TaskingEvent, TaskingRescinded
from domain.rules.asked import Asked
from domain.rules.seen import Seen, of_office, of_policy, of_tasking
from domain.rules.stream import Rules
from domain.rules.tasking import assigning, completing, doing
from domain.rules.tasking.assigning import STATUS
from domain.rules.tasking.completing import SEPARATION
from domain.rules.tasking.offers import beside, offers
from domain.rules.tasking.state import INITIAL, Claim, Tasking, evolve
from domain.values import OfficeCode, StreamId, TaskingCode

__all__ = ["INITIAL", "RULES", "Claim", "Tasking", "decide", "evolve", "known_to", "may"]

T = TypeVar("T")
_BY_LEADS: Final = frozenset({ReportProgress, AwaitSomebody, ResumeTasking, ClaimCompletion, ExplainDelay})
_BY_WHO_ASSIGNED: Final = frozenset({AmendTasking, RescindTasking})
_BY_OTHERS: Final = frozenset({VerifyCompletion, FailVerification})


def known_to(state: Tasking, asked: Asked) -> bool:
    """Whether there is such a tasking, and the actor may see it: it stays among offices."""
    return state.known and asked.participant is None and asked.may_see(state.marking)


def may(state: Tasking, command: type[TaskingCommand], asked: Asked, seen: Seen) -> None:
    """Raise Refused where the tasking, as it stands, does not allow such a command from this actor."""
    if state.known and not asked.may_see(state.marking):
        raise Refused("not-cleared", hidden=True)
    if command is AssignTasking:
        return
    if state.assignment is None:
        raise Refused("not-found")
    if command in _BY_LEADS and asked.office not in state.leads:
        raise Refused("not-a-lead")
    if command in _BY_WHO_ASSIGNED and asked.office != state.assignment.assigned_by:
        raise Refused("not-your-act")
    if command in _BY_OTHERS and asked.office in state.leads:
        raise Refused("verified-by-lead")
    if command is RecordTaskingDeadline:
        if state.due_at not in state.passed and not state.deadline_passed(asked.taken_in_at):
            raise Refused("deadline-not-passed")
        return
    if state.ended and not _ended_so(state, command, asked):
        raise Refused("tasking-ended")


def decide(state: Tasking, command: TaskingCommand, asked: Asked, seen: Seen) -> list[Event]:
    may(state, type(command), asked, seen)
    if isinstance(command, RecordTaskingDeadline):
        return [*passing(state, command.tasking, asked.taken_in_at)]
    office = _there(asked.office)
    if isinstance(command, AssignTasking):
        assigned = assigning.assign(state, command, office, asked, seen)
        return [] if assigned is None else [assigned]
    if state.ended and not isinstance(command, RescindTasking):
        return []  # by `may` it ended exactly so
    return [*_going_on(state, command, office, asked, seen)]


def passing(state: Tasking, tasking: TaskingCode, at: datetime) -> Iterable[TaskingDeadlinePassed]:
    """What the clock has to say by then, and has not said yet."""
    if state.due_at is not None and state.due_at not in state.passed and state.deadline_passed(at):
        yield TaskingDeadlinePassed(tasking=tasking, due_at=state.due_at, unclaimed=state.unclaimed_when_due())


def _going_on(
    state: Tasking,
    command: AmendTasking
    | RescindTasking
    | ReportProgress
    | AwaitSomebody
    | ResumeTasking
    | ClaimCompletion
    | VerifyCompletion
    | FailVerification
    | ExplainDelay,
    office: OfficeCode,
    asked: Asked,
    seen: Seen,
) -> Iterable[Event]:
    match command:
        case AmendTasking():
            amended = assigning.amend(state, _there(state.terms), command, asked, seen)
            if amended is not None:  # the date that it had has passed, whatever is said of it from now on
                yield from passing(state, command.tasking, asked.taken_in_at)
                yield amended
        case RescindTasking():
            yield from _rescind(state, command, asked, seen)
        case ReportProgress():
            yield from doing.report(state, command, office, asked, seen)
        case ExplainDelay():
            yield from doing.explain(state, command, office, asked, seen)
        case AwaitSomebody():
            yield from doing.wait(state, command, office, asked, seen)
        case ResumeTasking():
            yield from doing.resume(state, command, office, asked, seen)
        case ClaimCompletion():
            yield from completing.claim(state, command, office, asked)
        case VerifyCompletion():
            yield from completing.verify(state, command, office, asked, seen)
        case FailVerification():
            yield from completing.fail(state, command, office, asked, seen)
        case _:
            assert_never(command)


def _rescind(state: Tasking, command: RescindTasking, asked: Asked, seen: Seen) -> Iterable[Event]:
    if state.rescinded:
        if state.replaced_by != command.replaced_by:
            raise Refused("exists")
        return
    if command.replaced_by is not None and not known_to(seen.tasking(command.replaced_by), asked):
        raise Refused("not-found")
    yield from passing(state, command.tasking, asked.taken_in_at)
    yield TaskingRescinded(tasking=command.tasking, replaced_by=command.replaced_by, reason=command.reason)


def _ended_so(state: Tasking, command: type[TaskingCommand], asked: Asked) -> bool:
    """Whether exactly this act has ended it."""
    return (command is RescindTasking and state.rescinded) or (
        command is VerifyCompletion and state.verified_by == asked.office
    )


def _there(value: T | None) -> T:
    """What the guards have made sure of."""
    if value is None:
        raise Refused("not-your-act")
    return value


def _reads(command: TaskingCommand, asked: Asked, seen: Seen) -> Iterable[StreamId]:
    match command:
        case AssignTasking() | AmendTasking():
            yield from assigning.reads(command, seen)
        case AwaitSomebody():
            if command.waiting_for is not None:
                yield of_office(command.waiting_for)
        case RescindTasking():
            if command.replaced_by is not None:
                yield of_tasking(command.replaced_by)
        case VerifyCompletion() | FailVerification():
            yield of_policy(SEPARATION)
        case _:
            pass


RULES: Final = Rules(
    commands=TaskingCommand,
    events=TaskingEvent,
    id_field="tasking",
    initial=INITIAL,
    evolve=evolve,
    may=may,
    offers=offers,
    beside=beside,
    decide=decide,
    known_to=known_to,
    reads=_reads,
    policies={
        "tasking.assign.v1": STATUS,
        "tasking.amend.v1": STATUS,
        "tasking.report-progress.v1": STATUS,
        "tasking.wait.v1": STATUS,
        "tasking.resume.v1": STATUS,
        "tasking.fail-verification.v1": STATUS,
        "tasking.explain-delay.v1": STATUS,
    },
)
