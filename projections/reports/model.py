"""A report is tables of cells, and a cell is a value with the events that make it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from projections.reports.source import Source
from projections.view import View

NEW_YORK: Final = ZoneInfo("America/New_York")


class Cell(msgspec.Struct, kw_only=True, frozen=True):
    """One value of a table."""

    value: int | str | None
    """None where there is none, or where it is suppressed."""
    positions: tuple[int, ...] = ()
    """Of the events that make it, in order; none in a public part."""
    suppressed: bool = False
    """It is too small to be published, or would tell one that is."""


class Column(msgspec.Struct, kw_only=True, frozen=True):
    """What the cells of a column say."""

    code: str
    title: str


class Line(msgspec.Struct, kw_only=True, frozen=True):
    """One row: what it is about, and its cells."""

    heads: tuple[str, ...]
    cells: tuple[Cell, ...]


class Table(msgspec.Struct, kw_only=True, frozen=True):
    """One table of a report."""

    code: str
    title: str
    note: str
    """How its values are defined."""
    heads: tuple[str, ...]
    """Titles of what rows are about."""
    columns: tuple[Column, ...]
    rows: tuple[Line, ...]
    totals: bool = False
    """Its last row and its last column are the sums of the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Days in New York, from the first one until before the last one; None: without end on that side."""

    from_on: date | None = None
    until_on: date | None = None

    def has(self, at: datetime) -> bool:
        """Whether an instant is in it."""
        return (self.from_on is None or at >= _begin(self.from_on)) and (
            self.until_on is None or at < _begin(self.until_on)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """What a report says. A change of what it counts needs another version."""

    code: str
    version: int
    title: str
    says: str
    """What is counted, in a few sentences."""
    views: tuple[View[Any], ...]
    """That it reads."""
    make: Callable[[Source, Period], tuple[Table, ...]]
    public: bool = False
    """It has a public part: all of its tables are counts with totals."""


Placed = Mapping[tuple[str, str], Sequence[int]]
"""(row, column) → positions of the events that are counted there."""


def count(positions: Iterable[int]) -> Cell:
    """How many events these are."""
    found = tuple(sorted(positions))
    return Cell(value=len(found), positions=found)


def cross(
    *, code: str, title: str, note: str, head: str, rows: Sequence[str], columns: Sequence[Column], placed: Placed
) -> Table:
    """Counts of events by two things, with totals."""
    lines = [(row, [tuple(placed.get((row, column.code), ())) for column in columns]) for row in rows]
    sums = [tuple(position for _, cells in lines for position in cells[n]) for n in range(len(columns))]
    return Table(
        code=code,
        title=title,
        note=note,
        heads=(head,),
        columns=(*columns, Column(code="total", title="Total")),
        rows=tuple(
            Line(heads=(row,), cells=(*map(count, cells), count(position for cell in cells for position in cell)))
            for row, cells in (*lines, ("Total", sums))
        ),
        totals=True,
    )


def columns(*codes: str) -> tuple[Column, ...]:
    """Columns whose titles are their codes in words."""
    return tuple(Column(code=code, title=titled(code)) for code in codes)


def titled(code: str) -> str:
    """A code in words."""
    words = code.replace("-", " ")
    return words[:1].upper() + words[1:]


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), NEW_YORK)
