"""An instant means a position: the last one whose running maximum of recorded time is not later.

That is the position before the first event that was recorded later. Each second and each hour with an event has a row,
so that it is found without a look at every event, though the clocks that recorded them may go back.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from domain.events import Event
from domain.recorded import Recorded
from projections.instants import microseconds
from projections.reads import Reads
from projections.view import EVERYBODY, Key, Row, View
from projections.visible import Sight
from projections.walk import walk

_SECOND: Final = len("2026-06-02T10:15:30")
_HOUR: Final = len("2026-06-02T10")


class Moment(Row, kw_only=True, omit_defaults=True):
    """A second or an hour in which something was recorded. When is no secret, as little as how much."""

    first: int
    """Position of its first event."""
    later: list[tuple[int, int]] = []  # noqa: RUF012 - msgspec gives each row a list of its own
    """Of a second: each (microseconds since 1970, position) that is later than all before it."""


class Seconds(View[Moment]):
    """Every second with an event."""

    name = "seconds"
    version = 1
    row = Moment
    columns = {"first": "INTEGER"}  # noqa: RUF012 - a constant of the class

    def keys(self, recorded: Recorded[Event]) -> tuple[Key, ...]:
        return (_text(recorded.recorded_at)[:_SECOND],)

    def evolve(self, row: Moment | None, position: int, recorded: Recorded[Event]) -> Moment:
        at = microseconds(recorded.recorded_at)
        made = row or _first(position)
        if not made.later or made.later[-1][0] < at:
            made.later.append((at, position))
        return made

    def indexed(self, row: Moment) -> tuple[object, ...]:
        return (row.first,)


class Hours(View[Moment]):
    """Every hour with an event."""

    name = "hours"
    version = 1
    row = Moment
    columns = {"first": "INTEGER"}  # noqa: RUF012 - a constant of the class

    def keys(self, recorded: Recorded[Event]) -> tuple[Key, ...]:
        return (_text(recorded.recorded_at)[:_HOUR],)

    def evolve(self, row: Moment | None, position: int, recorded: Recorded[Event]) -> Moment:
        return row or _first(position)

    def indexed(self, row: Moment) -> tuple[object, ...]:
        return (row.first,)


SECONDS: Final = Seconds()
HOURS: Final = Hours()


def position_at(reads: Reads, sight: Sight, at: datetime) -> int:
    """The position that an instant means, as far as these views have folded. Raises NotBuilt."""
    folded = min(reads.position(SECONDS), reads.position(HOURS))  # before the look: what comes meanwhile is later
    text = _text(at)
    second, hour = text[:_SECOND], text[:_HOUR]
    here = reads.get(SECONDS, sight, second)
    later = [position for recorded, position in (here.row.later if here else ()) if recorded > microseconds(at)]
    ranges = ((SECONDS, second, f"{hour}:99"), (HOURS, hour, "9999"))
    for view, after, before in ranges:
        values = (after, before)
        found = reads.find(view, sight, where="key > ? AND key < ?", values=values, order="first", limit=1)
        later += (each.row.first for each in found)
    return min((folded, *(position - 1 for position in later)))


def hours_between(reads: Reads, sight: Sight, begin: datetime, end: datetime) -> Iterator[tuple[datetime, int]]:
    """Hours with events, from `begin` until before `end`, each with how many were recorded before the next of them.

    Hours of the clock by which they were recorded; where it went back, events count for the hour before them in the
    record. Raises NotBuilt.
    """
    folded = reads.position(HOURS)
    after = _text(begin - timedelta(hours=1))[:_HOUR]
    rows = list(walk(reads, HOURS, sight, by="key", place=lambda found: found.key, after=after))
    firsts = sorted((each.row.first, each.key) for each in rows)
    ends = [*(first for first, _ in firsts), folded + 1][1:]
    for (first, key), next in zip(firsts, ends, strict=True):
        hour = datetime.fromisoformat(f"{key}:00:00+00:00")
        if hour < end:
            yield hour, next - first


def _first(position: int) -> Moment:
    return Moment(marking="UNCLASSIFIED", scope=EVERYBODY, first=position)


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
