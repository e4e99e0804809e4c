"""Duties are counted by provision or by office, and behind each number stand the events that it counts."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec

from domain.values import EventId
from projections.tasking.at import Stands, TaskingAt
from projections.tasking.views import Duty

_Behind = Callable[[Duty, TaskingAt], Iterable[EventId]]


class By(StrEnum):
    """What duties are counted by."""

    SECTION = "section"
    """What they follow from, as it is cited."""
    OFFICE = "office"
    """Each lead: a joint duty counts once for each of its leads."""


class Counted(msgspec.Struct, kw_only=True, frozen=True):
    """A number, and the events that it counts."""

    count: int
    """Duties."""
    events: tuple[EventId, ...]
    """The events that make them so; of a claimed joint duty, the claim of each lead."""


class Rollup(msgspec.Struct, kw_only=True, frozen=True):
    """Duties of one section or of one office. The numbers overlap: what is verified was claimed and assigned."""

    key: str
    """A citation, or the code of an office."""
    assigned: Counted
    claimed: Counted
    """Every lead has a claim that stands."""
    verified: Counted
    failed: Counted
    """A claim did not hold, and has not been made anew."""
    overdue: Counted
    """Past the due date, and something is owed; the event is the one that set the date."""
    waiting: Counted
    rescinded: Counted


def rollup(duties: Iterable[tuple[Duty, TaskingAt]], by: By) -> tuple[Rollup, ...]:
    """Every section or office that has duties, in the order of its name."""
    groups: dict[str, list[tuple[Duty, TaskingAt]]] = {}
    for row, now in duties:
        for key in _keys(now, by):
            groups.setdefault(key, []).append((row, now))
    return tuple(
        Rollup(key=key, **{name: _counted(groups[key], behind) for name, behind in _COUNTS.items()})
        for key in sorted(groups)
    )


def _keys(now: TaskingAt, by: By) -> Iterator[str]:
    if by is By.SECTION:
        yield now.provision
    else:
        yield from (lead.office for lead in now.leads)


def _counted(group: list[tuple[Duty, TaskingAt]], behind: _Behind) -> Counted:
    found = [events for row, now in group if (events := tuple(behind(row, now)))]
    return Counted(count=len(found), events=tuple(event for events in found for event in events))


def _claims(row: Duty, now: TaskingAt) -> Iterator[EventId]:
    claims = [lead.claim for lead in now.leads]
    if None not in claims and now.state is not Stands.RESCINDED:
        yield from (claim for claim in claims if claim is not None)


def _failures(row: Duty, now: TaskingAt) -> Iterator[EventId]:
    if now.state is Stands.NOT_SUSTAINED:
        yield row.failures[-1].id


def _dates(row: Duty, now: TaskingAt) -> Iterator[EventId]:
    if now.overdue:
        yield _date_set(row, now.due_at)


def _date_set(row: Duty, due_at: datetime | None) -> EventId:
    changes = [change for change in row.term_changes if change.due_at != change.previous_due_at]
    return next((change.id for change in reversed(changes) if change.due_at == due_at), row.assignments[0].id)


def _waits(row: Duty, now: TaskingAt) -> Iterator[EventId]:
    if now.state in {Stands.VERIFIED, Stands.RESCINDED}:
        return
    last = {wait.office: wait.id for wait in row.waits}
    yield from (last[lead.office] for lead in now.leads if lead.waiting_on is not None)


_COUNTS: Final[Mapping[str, _Behind]] = {
    "assigned": lambda row, now: (row.assignments[0].id,),
    "claimed": _claims,
    "verified": lambda row, now: (each.id for each in row.verifications),
    "failed": _failures,
    "overdue": _dates,
    "waiting": _waits,
    "rescinded": lambda row, now: (each.id for each in row.rescissions),
}
