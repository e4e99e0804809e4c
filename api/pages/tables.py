"""A list is a table of data: what is shown, sorted and given as a file are the same columns."""

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from io import StringIO
from typing import Any, Final, TypeAlias

from api.reports.as_csv import guarded

Item: TypeAlias = Mapping[str, Any]
"""One of a list, as the door gives it."""
_DOWN: Final = "-"


class Form(StrEnum):
    """How a value is written for people."""

    TEXT = "text"
    WORDS = "words"
    CODE = "code"
    INSTANT = "instant"
    DAY = "day"
    COUNT = "count"
    OFFICES = "offices"
    ACTOR = "actor"
    STREAM = "stream"
    PARTICIPANT = "participant"
    EVENT = "event"
    MARKING = "marking"
    YES_NO = "yes-no"


@dataclass(frozen=True, slots=True)
class Column:
    """One thing that is said of each item of a list."""

    code: str
    """As the address and a file name it."""
    title: str
    of: Callable[[Item], Any]
    """What is said; None where there is nothing."""
    form: Form = Form.TEXT
    to: Callable[[Item], str | None] = lambda _: None
    """The page that it leads to."""


@dataclass(frozen=True, slots=True)
class Head:
    """A column as it stands above its values."""

    column: Column
    sorted: str
    """As `aria-sort` says it."""
    next: str
    """What to ask for to sort by it, or the other way round."""


def at(path: str) -> Callable[[Item], Any]:
    """What stands in an item at `now.priority.outcome`; None where something on the way is missing."""
    names = path.split(".")

    def of(item: Item) -> Any:  # noqa: ANN401 - JSON
        found: Any = item
        for name in names:
            found = found.get(name) if isinstance(found, dict) else None
        return found

    return of


def heads(columns: Sequence[Column], sort: str | None) -> list[Head]:
    """The columns, with which way they are sorted."""
    found = []
    for each in columns:
        down = sort == _DOWN + each.code
        way = "descending" if down else "ascending" if sort == each.code else "none"
        found.append(Head(each, way, each.code if way != "ascending" else _DOWN + each.code))
    return found


def orders(columns: Sequence[Column]) -> list[str]:
    """By what a list may be sorted, each up and down."""
    return [way + each.code for each in columns for way in ("", _DOWN)]


def ordered(columns: Sequence[Column], items: Sequence[Item], sort: str | None) -> list[Item]:
    """The items sorted by a column, what says nothing last; in their own order where no column is of that code."""
    wanted = next((each for each in columns if sort in {each.code, _DOWN + each.code}), None)
    if wanted is None:
        return list(items)
    silent = [item for item in items if wanted.of(item) is None]
    said = [item for item in items if wanted.of(item) is not None]
    return sorted(said, key=lambda item: _rank(wanted.of(item)), reverse=sort != wanted.code) + silent


def as_csv(columns: Sequence[Column], items: Iterable[Item]) -> bytes:
    """All of them as a file of RFC 4180, in UTF-8, in which no text begins like a formula."""
    written = StringIO(newline="")
    lines = csv.writer(written, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    lines.writerow([each.code for each in columns])
    for item in items:
        lines.writerow([guarded(_plain(each.of(item))) for each in columns])
    return written.getvalue().encode()


def _plain(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case list() | tuple():
            return " ".join(map(_plain, value))
        case _:
            return str(value)


def _rank(value: object) -> tuple[float, str]:
    match value:
        case int():
            return float(value), ""
        case list() | tuple():
            return float(len(value)), _plain(value).casefold()
        case _:
            return 0.0, _plain(value).casefold()
