"""Who is given a duty, from where and until when: of an order, as it says; of hardening, each office its own."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from domain import clocks
from domain.commands.tasking import AmendTasking, AssignTasking
from domain.errors import Refused
from domain.events.office import OfficeKind
from domain.events.tasking import HardeningRow, StatusOwed, TaskingAmended, TaskingAssigned, TaskingKind
from domain.rules import due as by_policy
from domain.rules.asked import Asked
from domain.rules.authority import instrument_of, policy_of
from domain.rules.due import due
from domain.rules.policy import ZONE
from domain.rules.policy.table import HardeningAction
from domain.rules.seen import Seen, of_instrument, of_office, of_policy
from domain.rules.tasking.state import Assignment, Tasking, Terms
from domain.values import Citation, OfficeCode, PolicyCode, StreamId

ORDER_DAYS: Final = PolicyCode("EO-DAYS")
OWN_DAYS: Final = PolicyCode("TASKING-DAYS")
STATUS: Final = PolicyCode("TASKING-STATUS")
_DAY: Final = timedelta(days=1)
_MOMENT: Final = timedelta(microseconds=1)


def assign(
    state: Tasking, command: AssignTasking, office: OfficeCode, asked: Asked, seen: Seen
) -> TaskingAssigned | None:
    """What gives offices a duty; None where exactly that was done. Raises Refused."""
    if state.assignment is not None:
        if not _same(state.assignment, command, office):
            raise Refused("id-used")
        return None
    leads, consulted, coordinated = _each_once(command, seen)
    _whose(command, leads, office, seen)
    _stands(command, seen)
    days, over = _due(command, asked, seen)
    return TaskingAssigned(
        tasking=command.tasking,
        kind=command.kind,
        provision=command.provision,
        hardening=command.hardening,
        title=command.title,
        assigned_by=office,
        leads=leads,
        consulted=consulted,
        coordinated=coordinated,
        days=days,
        due_at=None if over is None else over.at,
        due_policy=None if over is None else over.policy,
        next_status=next_status(None if over is None else over.at, asked, seen),
        words=command.words,
    )


def amend(state: Tasking, terms: Terms, command: AmendTasking, asked: Asked, seen: Seen) -> TaskingAmended | None:
    """What changes the terms of a duty; None where they are so already. Raises Refused."""
    leads, consulted, coordinated = _each_once(command, seen)
    due_at = _end_of(command.due_on) or terms.due_at
    wanted = Terms(title=command.title, leads=leads, consulted=consulted, coordinated=coordinated, due_at=due_at)
    if wanted == terms:
        return None
    if due_at != terms.due_at and due_at is not None and due_at <= asked.taken_in_at:
        raise Refused("date-in-past")
    if state.assignment is not None and state.assignment.kind is TaskingKind.HARDENING and leads != terms.leads:
        raise Refused("not-your-act", "An office assigns hardening to itself alone.")
    return TaskingAmended(
        tasking=command.tasking,
        title=command.title,
        leads=leads,
        consulted=consulted,
        coordinated=coordinated,
        due_at=due_at,
        previous_due_at=terms.due_at,
        next_status=next_status(due_at, asked, seen),
        reason=command.reason,
    )


def next_status(due_at: datetime | None, asked: Asked, seen: Seen) -> StatusOwed | None:
    """When word is owed next: counted from the last day in time, or from this word if that is later."""
    if due_at is None:
        return None
    owed = due(STATUS, asked, seen, since=max(asked.taken_in_at, due_at - _MOMENT))
    return StatusOwed(due_at=owed.at, policy=owed.policy)


def reads(command: AssignTasking | AmendTasking, seen: Seen) -> Iterable[StreamId]:
    """What a decision on the terms of a duty reads."""
    for office in (*command.leads, *command.consulted, *command.coordinated):
        yield of_office(office)
    if not isinstance(command, AssignTasking):
        return
    if (instrument := instrument_of(command.provision)) is not None:
        yield of_instrument(instrument)
    elif (policy := policy_of(command.provision)) is not None:
        yield of_policy(policy)
    if command.hardening is not None and (table := policy_of(command.hardening.policy)) is not None:
        yield of_policy(table)
    yield from by_policy.reads(_clock(command), seen)


def _whose(command: AssignTasking, leads: tuple[OfficeCode, ...], office: OfficeCode, seen: Seen) -> None:
    if command.kind is TaskingKind.ORDER_DUTY:
        if seen.office(office).kind is not OfficeKind.SECRETARIAT:
            raise Refused("not-your-act", "The secretariat assigns what an instrument orders.")
        owner = instrument_of(command.provision)
        if owner is None or command.hardening is not None:
            raise Refused("authority-not-fitting", "What is ordered follows from a provision of an instrument.")
    else:
        if leads != (office,):
            raise Refused("not-your-act", "An office assigns hardening to itself alone.")
        owner = None
    if not command.tasking.startswith(f"{owner or office.upper()}-"):
        raise Refused("tasking-code")


def _stands(command: AssignTasking, seen: Seen) -> None:
    if (instrument := instrument_of(command.provision)) is not None:
        if not seen.instrument(instrument).bears(command.provision.partition(":")[2]):
            raise Refused("authority-revoked")
    elif (policy := policy_of(command.provision)) is not None:
        seen.policy(policy).version(command.provision)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Over:
    """When the time is over, and by which clock; by none where a day was named."""

    at: datetime
    policy: Citation | None


def _due(command: AssignTasking, asked: Asked, seen: Seen) -> tuple[int | None, _Over | None]:
    """How many days were given, and until when; the days of a row are its own."""
    days = command.days
    if command.hardening is not None and (row := _row(command.hardening, seen)).days is not None:
        if days is not None:
            raise Refused("due-unclear", "The row says how many days there are.")
        days = row.days
    if (named := _end_of(command.due_on)) is not None:
        if days is not None or command.kind is TaskingKind.ORDER_DUTY:
            raise Refused("due-unclear")
        if named <= asked.taken_in_at:
            raise Refused("date-in-past")
        return None, _Over(at=named, policy=None)
    if days is None:
        return None, None
    counted = due(_clock(command), asked, seen, since=_begins(command, seen), days=days)
    return days, _Over(at=counted.at, policy=counted.policy)


def _same(before: Assignment, command: AssignTasking, office: OfficeCode) -> bool:
    """Whether it was assigned so, whenever that was."""
    stated = command.days is not None or command.due_on is not None or command.hardening is None
    again = Assignment(
        kind=command.kind,
        provision=command.provision,
        hardening=command.hardening,
        title=command.title,
        assigned_by=office,
        leads=tuple(dict.fromkeys(command.leads)),
        consulted=tuple(dict.fromkeys(command.consulted)),
        coordinated=tuple(dict.fromkeys(command.coordinated)),
        days=command.days if stated else before.days,
        due_at=before.due_at if before.days is not None else _end_of(command.due_on),
    )
    return again == before


def _row(cited: HardeningRow, seen: Seen) -> HardeningAction:
    if (code := policy_of(cited.policy)) is None:
        raise Refused("row-unknown")
    table = seen.policy(code).version(cited.policy).table
    found = table.get(cited.row) if isinstance(table, dict) else None
    if not isinstance(found, HardeningAction):
        raise Refused("row-unknown", f"{cited.policy} has no row {cited.row}.")
    return found


def _begins(command: AssignTasking, seen: Seen) -> datetime | None:
    """Of an order, its day: 'within N days of the date of this order'."""
    instrument = instrument_of(command.provision)
    if command.kind is not TaskingKind.ORDER_DUTY or instrument is None:
        return None
    issued = seen.instrument(instrument).issued
    return None if issued is None else clocks.day_begins(issued.issued_on, ZONE)


def _clock(command: AssignTasking) -> PolicyCode:
    return ORDER_DAYS if command.kind is TaskingKind.ORDER_DUTY else OWN_DAYS


def _end_of(last_day: date | None) -> datetime | None:
    return None if last_day is None else clocks.day_begins(last_day + _DAY, ZONE)


def _each_once(
    command: AssignTasking | AmendTasking, seen: Seen
) -> tuple[tuple[OfficeCode, ...], tuple[OfficeCode, ...], tuple[OfficeCode, ...]]:
    named = (command.leads, command.consulted, command.coordinated)
    if not all(seen.office(each).known for offices in named for each in offices):
        raise Refused("office-unknown")
    leads, consulted, coordinated = (tuple(dict.fromkeys(offices)) for offices in named)
    return leads, consulted, coordinated
