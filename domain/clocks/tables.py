"""A policy's table of text says the same clock or calendar to everybody, or nothing at all."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import date, time
from enum import StrEnum
from typing import Final, TypeVar

from domain.clocks.published import BadTable, Calendar, Days, Ends, Terms

TERM_COLUMNS: Final = ("term", "value")
CALENDAR_COLUMNS: Final = ("date", "name")
NONE: Final = "none"
AS_STATED: Final = "as-stated"

_Choice = TypeVar("_Choice", bound=StrEnum)


def terms(policy: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Terms:
    """
    The clock that a table of names and values describes; `policy` is how it is cited.

    Every field of `Terms` but the policy stands once, in any order. Nothing is `none`, a length that is stated
    elsewhere `as-stated`, a roll `yes` or `no`, a cutoff `17:00`, a list its codes with `, ` between them.
    Raises BadTable.
    """
    said: dict[str, str] = {}
    for name, value in _pairs(policy, columns, rows, TERM_COLUMNS):
        if name in said:
            raise BadTable(f"{policy}: the term {name!r} stands twice")
        said[name] = value
    names = {field.name for field in fields(Terms)} - {"policy"}
    if wrong := sorted(names ^ said.keys()):
        raise BadTable(f"{policy}: the term {wrong[0]!r} is {'missing' if wrong[0] in names else 'unknown'}")
    length, cutoff, roll, cited = said["length_days"], said["cutoff"], said["roll_forward"], said["calendar"]
    if roll not in {"yes", "no"}:
        raise BadTable(f"{policy}: roll_forward {roll!r} is neither yes nor no")
    return Terms(
        policy=policy,
        starts_with=said["starts_with"],
        length_days=None if length == AS_STATED else _number(policy, length),
        days=_choice(policy, "days", Days, said["days"]),
        ends=_choice(policy, "ends", Ends, said["ends"]),
        zone=said["zone"],
        cutoff=None if cutoff == NONE else _hour(policy, cutoff),
        roll_forward=roll == "yes",
        pauses=_list(said["pauses"]),
        extended_by=_list(said["extended_by"]),
        calendar=None if cited == NONE else cited,
    )


def calendar(policy: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Calendar:
    """
    The calendar that a table of dates and names describes; `policy` is how it is cited.

    Dates ascend. It covers the years that occur, from the first January to the last December; each of them has to
    occur, so that a year which somebody forgot is not taken for one without holidays. Raises BadTable.
    """
    days: list[date] = []
    for text, name in _pairs(policy, columns, rows, CALENDAR_COLUMNS):
        day = _date(policy, text)
        if not name.strip():
            raise BadTable(f"{policy}: the holiday {text} has no name")
        if days and day <= days[-1]:
            raise BadTable(f"{policy}: {text} does not come after {days[-1]}")
        days.append(day)
    if not days:
        raise BadTable(f"{policy}: it covers no year")
    first, last = days[0].year, days[-1].year
    if forgotten := sorted(set(range(first, last)) - {day.year for day in days}):
        raise BadTable(f"{policy}: the year {forgotten[0]} is missing")
    return Calendar(policy=policy, first=date(first, 1, 1), last=date(last, 12, 31), holidays=frozenset(days))


def _pairs(
    policy: str, columns: Sequence[str], rows: Sequence[Sequence[str]], expected: tuple[str, str]
) -> list[tuple[str, str]]:
    if tuple(columns) != expected:
        raise BadTable(f"{policy}: its columns are {', '.join(columns)!r}, not {', '.join(expected)!r}")
    pairs: list[tuple[str, str]] = []
    for number, row in enumerate(rows, start=1):
        if len(row) != len(expected):
            raise BadTable(f"{policy}: row {number} has {len(row)} cells, not {len(expected)}")
        pairs.append((row[0], row[1]))
    return pairs


def _choice(policy: str, name: str, choices: type[_Choice], text: str) -> _Choice:
    try:
        return choices(text)
    except ValueError:
        raise BadTable(f"{policy}: {name} {text!r} is none of {', '.join(choices)}") from None


def _number(policy: str, text: str) -> int:
    # Only one way to write a number: int() would take "+30", "3_0" and digits of other scripts too.
    if not (text.isascii() and text.isdigit() and len(text) <= 4 and text[0] != "0"):
        raise BadTable(f"{policy}: length_days {text!r} is neither a number of days nor {AS_STATED}")
    return int(text)


def _hour(policy: str, text: str) -> time:
    try:
        hour = time.fromisoformat(text)
    except ValueError:
        hour = None
    # fromisoformat takes "T17", "1700" and an offset too.
    if hour is None or hour.isoformat() != f"{text}:00":
        raise BadTable(f"{policy}: cutoff {text!r} is neither an hour like 17:00 nor {NONE}")
    return hour


def _date(policy: str, text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    # fromisoformat takes "20260704" and "2026-W27-6" too.
    if day is None or day.isoformat() != text:
        raise BadTable(f"{policy}: {text!r} is no date like 2026-07-04")
    return day


def _list(text: str) -> tuple[str, ...]:
    return () if text == NONE else tuple(text.split(", "))
