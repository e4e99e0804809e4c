"""What was published about a clock contradicts itself nowhere, or it is no clock."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, time
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

LONGEST_DAYS: Final = 3660

_SATURDAY: Final = 5
_DIGITS: Final = frozenset("0123456789")
_LOWER: Final = frozenset("abcdefghijklmnopqrstuvwxyz")
_UPPER: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
# Only places: a zone "localtime" is whatever the machine says, and those under "right/" count leap seconds.
_AREAS: Final = frozenset(
    ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific", "UTC")
)


class BadTable(ValueError):
    """A published table, or the terms made of it, cannot be a clock or a calendar; the sentence says why."""


class CalendarExhausted(LookupError):
    """A calendar was asked about a day outside its years: a version that covers the day has to be published first."""

    def __init__(self, policy: str, day: date) -> None:
        super().__init__(f"{policy} does not cover {day}: publish a version that does")
        self.policy = policy
        self.day = day


class Ends(StrEnum):
    """How a clock ends."""

    CEILING = "ceiling"
    """At the wall-clock time of its start, some days later. Nothing rolls, pauses or extends it."""
    DUTY = "duty"
    """With the end of its last day."""


class Days(StrEnum):
    """Which days a clock counts."""

    CALENDAR = "calendar"
    BUSINESS = "business"
    """Monday to Friday, without the calendar's holidays and the days that were closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """A clock as it was published. Raises BadTable for terms that contradict each other."""

    policy: str
    """As it is cited, with its version: `POLICY:ACCESS-WINDOW-1`."""
    starts_with: str
    """The event that starts it, without the version of its type: `case.access-opened`."""
    length_days: int | None
    """None: stated by what the clock is for, like the order's own "within 30 days"; see `lasting`."""
    days: Days
    ends: Ends
    zone: str
    """Whose days and hours these are: `America/New_York`."""
    cutoff: time | None
    """To the minute. What starts later that day, or on no business day, counts from the next business day."""
    roll_forward: bool
    """A last day that is no business day moves to the next one."""
    pauses: tuple[str, ...]
    """Causes whose days do not count."""
    extended_by: tuple[str, ...]
    """Offices that may set a later end, by an act of their own."""
    calendar: str | None
    """The calendar that says what a business day is, as it is cited."""

    def __post_init__(self) -> None:
        for sentence in self._contradictions():
            raise BadTable(f"{self.policy}: {sentence}")

    def lasting(self, length_days: int) -> "Terms":
        """The same terms with the length that was stated. Raises ValueError if they have a length of their own."""
        if self.length_days is not None:
            raise ValueError(f"{self.policy} lasts {self.length_days} days, whatever else is stated")
        return replace(self, length_days=length_days)

    def _contradictions(self) -> Iterator[str]:
        asks = self.days is Days.BUSINESS or self.cutoff is not None or self.roll_forward
        if not _is_citation(self.policy):
            yield "a policy is cited like POLICY:NAME-1"
        if not (self.starts_with.count(".") == 1 and all(map(_is_code, self.starts_with.split(".")))):
            yield f"starts_with {self.starts_with!r} is no event; one is called like noun.verbed"
        if self.length_days is not None and not 1 <= self.length_days <= LONGEST_DAYS:
            yield f"length_days {self.length_days} is not between 1 and {LONGEST_DAYS}"
        if not _is_zone(self.zone):
            yield f"zone {self.zone!r} is not known"
        if self.cutoff is not None and self.cutoff != time(self.cutoff.hour, self.cutoff.minute):
            yield f"cutoff {self.cutoff} is not an hour and a minute alone"
        for name, codes in (("pauses", self.pauses), ("extended_by", self.extended_by)):
            if "none" in codes or len(set(codes)) < len(codes) or not all(map(_is_code, codes)):
                yield f"{name} {', '.join(codes)!r} is no list of codes that stand once each"
        if self.calendar is not None and not _is_citation(self.calendar):
            yield f"calendar {self.calendar!r} is not cited like POLICY:NAME-1"
        if self.ends is Ends.CEILING and (asks or self.pauses or self.extended_by):
            yield "a ceiling counts calendar days and knows no cutoff, roll, pause or extension"
        if self.days is Days.BUSINESS and self.roll_forward:
            yield "business days end on a business day; they do not roll"
        if asks and self.calendar is None:
            yield "business days, a cutoff and a roll need a calendar"
        if not asks and self.calendar is not None:
            yield "it cites a calendar that it never asks"


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The holidays of whole years. It knows nothing of other years, and says so rather than guess."""

    policy: str
    """As it is cited, with its version: `POLICY:FEDERAL-HOLIDAYS-1`."""
    first: date
    """First day that it covers."""
    last: date
    """Last day that it covers."""
    holidays: frozenset[date]

    def is_business_day(self, day: date) -> bool:
        """Neither a weekend nor a holiday. Raises CalendarExhausted for a day that it does not cover."""
        if not self.first <= day <= self.last:
            raise CalendarExhausted(self.policy, day)
        return day.weekday() < _SATURDAY and day not in self.holidays


def _is_code(text: str) -> bool:
    return text[:1] in _LOWER and set(text) <= _LOWER | _DIGITS | {"-"}


def _is_citation(text: str) -> bool:
    kind, _, rest = text.partition(":")
    code, _, version = rest.rpartition("-")
    named = code[:1] in _UPPER and set(code) <= _UPPER | _DIGITS | {"-"}
    return kind == "POLICY" and named and version[:1] in _DIGITS - {"0"} and set(version) <= _DIGITS


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a folder of zones
        return False
    return name.partition("/")[0] in _AREAS
