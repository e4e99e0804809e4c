"""Which scans there are in a month: one stream that every request reads and writes, so that no two miss each other."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, NoReturn

from domain.events.scan import CalendarEvent
from domain.recorded import Recorded
from domain.rules.asked import Asked
from domain.rules.seen import Seen
from domain.rules.stream import Rules
from domain.values import Month, ScanId, StreamId, instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The scans of a month: each with its window, in the order in which they were asked for."""

    scans: tuple[tuple[ScanId, datetime, datetime], ...] = ()

    def during(self, starts_at: datetime, ends_at: datetime) -> Iterator[ScanId]:
        """Those whose windows have an instant in common with this one."""
        for scan, starts, ends in self.scans:
            if starts < ends_at and starts_at < ends:
                yield scan


INITIAL: Final = Calendar()


def evolve(state: Calendar, recorded: Recorded[CalendarEvent]) -> Calendar:
    event = recorded.event
    return replace(state, scans=(*state.scans, (event.scan_id, event.starts_at, event.ends_at)))


def months(starts_at: datetime, ends_at: datetime) -> Iterator[Month]:
    """The months (UTC) of which a window has an instant."""
    first, last = instant(starts_at), instant(ends_at)
    number = first.year * 12 + first.month - 1
    while datetime(number // 12, number % 12 + 1, 1, tzinfo=last.tzinfo) < last:
        yield Month(f"{number // 12:04}-{number % 12 + 1:02}")
        number += 1


def of_month(month: Month) -> StreamId:
    return StreamId(f"calendar-{month}")


def _nothing_is_asked(state: Calendar, command: Any, asked: Asked, seen: Seen) -> NoReturn:  # noqa: ANN401 - none
    raise TypeError("nothing is asked of a calendar: scans are entered as they are requested")


RULES: Final = Rules(
    commands=(),
    events=CalendarEvent,
    id_field="month",
    initial=INITIAL,
    evolve=evolve,
    may=_nothing_is_asked,
    decide=_nothing_is_asked,
)
