"""When a time is over follows from published terms, a start and the days that did not count, and from nothing else."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, assert_never
from zoneinfo import ZoneInfo

from domain.clocks.published import Calendar, Days, Ends, Terms

_DAY: Final = timedelta(days=1)


class NaiveTime(ValueError):
    """A time without a zone is no instant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Days that do not count where the terms name their cause. Raises ValueError if it ends before it starts."""

    cause: str
    first: date
    last: date
    """The last day that does not count."""

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"a pause from {self.first} cannot end on {self.last}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """When a clock is over, and how that was counted."""

    policy: str
    counts_from: date
    """Day 0, in the zone of the terms."""
    last_day: date
    """The day that a duty ends with, or that a ceiling falls in."""
    ends_at: datetime
    """UTC. In time is what comes before it; at this instant the time is over."""


def deadline(
    terms: Terms,
    start: datetime,
    calendar: Calendar | None,
    *,
    closed: Collection[date] = frozenset(),
    paused: Sequence[Pause] = (),
) -> Deadline:
    """
    When the clock that began at `start` is over.

    `calendar` is the one that the terms cite, None where they cite none. `closed` are days without work that are
    not in it. Of `paused`, causes that the terms do not name and days up to the start do not matter, a day that is
    paused twice is paused once, and no duty ends on a paused day. A ceiling is moved by neither.

    Raises NaiveTime, CalendarExhausted, and ValueError for another calendar or for terms that state no length.
    """
    if (calendar and calendar.policy) != terms.calendar:
        raise ValueError(f"{terms.policy} cites the calendar {terms.calendar}, not {calendar and calendar.policy}")
    if terms.length_days is None:
        raise ValueError(f"{terms.policy} states no length: state it with `lasting`")

    def works(day: date) -> bool:
        return calendar is not None and calendar.is_business_day(day) and day not in closed

    def runs(day: date) -> bool:
        return not any(pause.first <= day <= pause.last for pause in paused if pause.cause in terms.pauses)

    def both(day: date) -> bool:
        return runs(day) and works(day)

    began = instant(start)
    day = began.astimezone(ZoneInfo(terms.zone)).date()
    match terms.ends:
        case Ends.CEILING:
            last = day + terms.length_days * _DAY
            over = ceiling(began, terms.length_days, terms.zone)
        case Ends.DUTY:
            if terms.cutoff is not None and (not works(day) or began > _at(day, terms.cutoff, terms.zone)):
                day = _nth(1, day, works)
            last = _nth(terms.length_days, day, both if terms.days is Days.BUSINESS else runs)
            if terms.roll_forward and not works(last):
                last = _nth(1, last, both)
            over = day_begins(last + _DAY, terms.zone)
        case _:
            assert_never(terms.ends)
    return Deadline(policy=terms.policy, counts_from=day, last_day=last, ends_at=over)


def ceiling(start: datetime, days: int, zone: str) -> datetime:
    """
    The same wall-clock time in the zone that many calendar days later, in UTC.

    Where that time does not exist or comes twice it is the earlier instant. Raises NaiveTime.
    """
    wall = instant(start).astimezone(ZoneInfo(zone)) + days * _DAY
    return min(_at(wall.date(), wall.time().replace(fold=fold), zone) for fold in (0, 1))


def day_begins(day: date, zone: str) -> datetime:
    """The first instant of a day in the zone, in UTC: 00:00, or where the clocks skip that, what they show instead."""
    return _at(day, time(), zone)


def local_day(moment: datetime, zone: str) -> date:
    """The day that it is there."""
    return instant(moment).astimezone(ZoneInfo(zone)).date()


def instant(value: datetime) -> datetime:
    """The same instant in UTC. Raises NaiveTime for a time without a zone."""
    if value.utcoffset() is None:
        raise NaiveTime(f"{value.isoformat()} says no zone")
    return value.astimezone(UTC)


def _at(day: date, wall: time, zone: str) -> datetime:
    return datetime.combine(day, wall, ZoneInfo(zone)).astimezone(UTC)


def _nth(number: int, after: date, counts: Callable[[date], bool]) -> date:
    day = after
    while number:
        day += _DAY
        number -= counts(day)
    return day
