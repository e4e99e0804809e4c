"""What leads say while a duty is theirs: how it stands, on whom they wait, why it is late. None of it moves a date."""

from collections.abc import Iterable

from domain import clocks
from domain.commands.tasking import AwaitSomebody, ExplainDelay, ReportProgress, ResumeTasking
from domain.errors import Refused
from domain.events import Event
from domain.events.tasking import (
    TaskingDelayExplained,
    TaskingProgressReported,
    TaskingResumed,
    TaskingWaiting,
    WaitingOn,
)
from domain.rules.asked import Asked
from domain.rules.policy import ZONE
from domain.rules.seen import Seen
from domain.rules.tasking.assigning import next_status
from domain.rules.tasking.state import Tasking
from domain.values import OfficeCode


def report(state: Tasking, command: ReportProgress, office: OfficeCode, asked: Asked, seen: Seen) -> Iterable[Event]:
    if not _said_before(state, command, ("progress", office, command.evidence)):
        yield TaskingProgressReported(
            tasking=command.tasking,
            report_id=command.report_id,
            office=office,
            evidence=command.evidence,
            next_status=next_status(state.due_at, asked, seen),
            report=command.report,
        )


def wait(state: Tasking, command: AwaitSomebody, office: OfficeCode, asked: Asked, seen: Seen) -> Iterable[Event]:
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


def resume(state: Tasking, command: ResumeTasking, office: OfficeCode, asked: Asked, seen: Seen) -> Iterable[Event]:
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


def explain(state: Tasking, command: ExplainDelay, office: OfficeCode, asked: Asked, seen: Seen) -> Iterable[Event]:
    if _said_before(state, command, ("delay", office, command.expected_on)):
        return
    if state.due_at is None:
        raise Refused("no-due-date")
    if clocks.day_begins(command.expected_on, ZONE) <= asked.taken_in_at:
        raise Refused("date-in-past")
    yield TaskingDelayExplained(
        tasking=command.tasking,
        report_id=command.report_id,
        office=office,
        due_at=state.due_at,
        expected_on=command.expected_on,
        next_status=next_status(state.due_at, asked, seen),
        reason=command.reason,
    )


def _said_before(state: Tasking, command: ReportProgress | ExplainDelay, said: object) -> bool:
    if (known := state.reports.get(command.report_id)) is None:
        return False
    if known != said:
        raise Refused("id-used")
    return True
