"""A duty is assigned, claimed with evidence, and verified by another office or not; the clock says when it was due."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final, TypeVar, assert_never

from domain import clocks
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
from domain.events.tasking import (
    TaskingCompletionClaimed,
    TaskingCompletionVerified,
    TaskingDeadlinePassed,
    TaskingDelayExplained,
    TaskingEvent,
    TaskingProgressReported,
    TaskingRescinded,
    TaskingResumed,
    TaskingVerificationFailed,
    TaskingWaiting,
    WaitingOn,
)
from domain.rules.asked import Asked
from domain.rules.policy import ZONE, separated
from domain.rules.seen import Seen, of_office, of_policy, of_tasking
from domain.rules.stream import Rules
from domain.rules.tasking import assigning
from domain.rules.tasking.assigning import STATUS, next_status
from domain.rules.tasking.state import INITIAL, Claim, Tasking, evolve
from domain.values import OfficeCode, PolicyCode, StreamId, TaskingCode

__all__ = ["INITIAL", "RULES", "Claim", "Tasking", "decide", "evolve", "known_to", "may"]

T = TypeVar("T")
SEPARATION: Final = PolicyCode("SEPARATION")
CLAIM: Final = "tasking.claim-completion.v1"
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
            if not _said_before(state, command, ("progress", office, command.evidence)):
                yield TaskingProgressReported(
                    tasking=command.tasking,
                    report_id=command.report_id,
                    office=office,
                    evidence=command.evidence,
                    next_status=next_status(state.due_at, asked, seen),
                    report=command.report,
                )
        case ExplainDelay():
            if not _said_before(state, command, ("delay", office, command.expected_on)):
                yield _explain(state, command, office, asked, seen)
        case AwaitSomebody():
            yield from _wait(state, command, office, asked, seen)
        case ResumeTasking():
            if office not in state.waits:
                raise Refused("not-waiting")
            waited_on, waited_for = state.waits[office]
            yield TaskingResumed(
                tasking=command.tasking,
                office=office,
                waited_on=waited_on,
                waited_for=waited_for,
                next_status=next_status(state.due_at, asked, seen),
            )
        case ClaimCompletion():
            yield from _claim(state, command, office, asked)
        case VerifyCompletion():
            claims = _claims(state, asked, seen, command.type)
            completed_at = max(claim.at for claim in claims)
            yield TaskingCompletionVerified(
                tasking=command.tasking,
                office=office,
                verifier=_there(asked.person),
                claims=tuple(claim.id for claim in claims),
                completed_at=completed_at,
                due_at=state.due_at,
                late=state.due_at is not None and completed_at >= state.due_at,
                note=command.note,
            )
        case FailVerification():
            yield from _fail(state, command, office, asked, seen)
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


def _wait(state: Tasking, command: AwaitSomebody, office: OfficeCode, asked: Asked, seen: Seen) -> Iterable[Event]:
    for_office = command.waiting_on is WaitingOn.OFFICE
    if (command.waiting_for is None) == for_office or command.waiting_for == office:
        raise Refused("waiting-unclear")
    if command.waiting_for is not None and not seen.office(command.waiting_for).known:
        raise Refused("office-unknown")
    if state.waits.get(office) == (command.waiting_on, command.waiting_for):
        return
    yield TaskingWaiting(
        tasking=command.tasking,
        office=office,
        waiting_on=command.waiting_on,
        waiting_for=command.waiting_for,
        next_status=next_status(state.due_at, asked, seen),
        reason=command.reason,
    )


def _explain(
    state: Tasking, command: ExplainDelay, office: OfficeCode, asked: Asked, seen: Seen
) -> TaskingDelayExplained:
    if state.due_at is None:
        raise Refused("no-due-date")
    if clocks.day_begins(command.expected_on, ZONE) <= asked.taken_in_at:
        raise Refused("date-in-past")
    return TaskingDelayExplained(
        tasking=command.tasking,
        report_id=command.report_id,
        office=office,
        due_at=state.due_at,
        expected_on=command.expected_on,
        next_status=next_status(state.due_at, asked, seen),
        reason=command.reason,
    )


def _claim(state: Tasking, command: ClaimCompletion, office: OfficeCode, asked: Asked) -> Iterable[Event]:
    if (standing := state.claims.get(office)) is not None:
        if standing.evidence != command.evidence:
            raise Refused("exists", "The office has claimed completion, and its claim stands.")
        return
    yield TaskingCompletionClaimed(
        tasking=command.tasking,
        office=office,
        claimant=_there(asked.person),
        evidence=command.evidence,
        outstanding=tuple(lead for lead in state.outstanding() if lead != office),
        due_at=state.due_at,
        late=state.due_at is not None and asked.taken_in_at >= state.due_at,
        statement=command.statement,
    )


def _fail(state: Tasking, command: FailVerification, office: OfficeCode, asked: Asked, seen: Seen) -> Iterable[Event]:
    wanted = tuple(lead for lead in state.leads if lead in command.not_sustained) or state.leads
    if not set(command.not_sustained) <= set(state.leads):
        raise Refused("not-a-lead", "Only a claim of a lead can fail.")
    if state.failed == (office, wanted):
        return
    _claims(state, asked, seen, command.type)
    yield TaskingVerificationFailed(
        tasking=command.tasking,
        office=office,
        verifier=_there(asked.person),
        claims=tuple(state.claims[lead].id for lead in wanted),
        not_sustained=wanted,
        next_status=next_status(state.due_at, asked, seen),
        reason=command.reason,
    )


def _claims(state: Tasking, asked: Asked, seen: Seen, verifying: str) -> tuple[Claim, ...]:
    """The claims of every lead. Raises Refused where one is missing, or is of the person who looks at it."""
    if state.outstanding():
        raise Refused("not-claimed")
    claims = tuple(state.claims[lead] for lead in state.leads)
    if separated(seen.policy(SEPARATION), CLAIM, verifying) and asked.person in {each.claimant for each in claims}:
        raise Refused("separate-persons", "Somebody else than who claimed it looks at the evidence.")
    return claims


def _said_before(state: Tasking, command: ReportProgress | ExplainDelay, said: object) -> bool:
    if (known := state.reports.get(command.report_id)) is None:
        return False
    if known != said:
        raise Refused("id-used")
    return True


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
