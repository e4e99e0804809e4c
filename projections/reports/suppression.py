"""Small counts are not published, nor what would tell them: each suppressed cell could have another value.

A table with its totals is a grid in which every row and every column sums up. What is suppressed in it are edges
between its rows and its columns; one of them follows from what is published exactly where it lies on no cycle. So cells
are suppressed until each lies on one, of cells that are not zero: one more here and one less there changes no sum.
"""

from collections.abc import Iterable
from heapq import heappop, heappush
from typing import Final, TypeAlias

import msgspec

from projections.reports.model import Cell, Table

THRESHOLD: Final = 5
"""Counts from 1 to below it are suppressed."""

_Place: TypeAlias = tuple[int, int]
_Grid: TypeAlias = list[list[int]]


def suppressed(table: Table) -> Table:
    """The table as it is published: without small counts, what would tell them, and the events behind any number.

    Raises ValueError for a table that is no counts with totals.
    """
    grid = [[cell.value for cell in row.cells] for row in table.rows]
    counts: _Grid = [[value for value in row if isinstance(value, int)] for row in grid]
    if not table.totals or counts != grid:
        raise ValueError(f"{table.code} is no counts with totals")
    hidden = hide(counts)
    rows = tuple(
        msgspec.structs.replace(
            line,
            cells=tuple(
                Cell(value=None, suppressed=True) if (r, c) in hidden else Cell(value=value)
                for c, value in enumerate(counts[r])
            ),
        )
        for r, line in enumerate(table.rows)
    )
    return msgspec.structs.replace(table, rows=rows)


def hide(grid: _Grid) -> set[_Place]:
    """Which cells of a grid, with its totals in the last row and column, are suppressed: (row, column)."""
    hidden = {(r, c) for r, row in enumerate(grid) for c, value in enumerate(row) if 0 < value < THRESHOLD}
    while alone := _alone(hidden):
        cycle = _cycle(grid, hidden, min(alone))
        if cycle is None:
            return {(r, c) for r, row in enumerate(grid) for c in range(len(row))}
        hidden |= cycle
    return hidden


def _alone(hidden: set[_Place]) -> set[_Place]:
    """The suppressed cells that lie on no cycle of suppressed cells."""
    return {place for place in hidden if not _reaches(hidden - {place}, place)}


def _reaches(places: Iterable[_Place], between: _Place) -> bool:
    """Whether these cells lead from the row of a cell to its column."""
    rows, columns = {between[0]}, set[int]()
    left = set(places)
    while found := {(r, c) for r, c in left if r in rows or c in columns}:
        left -= found
        rows |= {r for r, _ in found}
        columns |= {c for _, c in found}
    return between[1] in columns


def _cycle(grid: _Grid, hidden: set[_Place], place: _Place) -> set[_Place] | None:
    """The cells that have to be suppressed with a cell, those that say the least; None where there are none."""
    start, goal = ("row", place[0]), ("column", place[1])
    queue: list[tuple[int, tuple[str, int], tuple[_Place, ...]]] = [(0, start, ())]
    done: set[tuple[str, int]] = set()
    while queue:
        cost, node, path = heappop(queue)
        if node == goal:
            return set(path)
        if node in done:
            continue
        done.add(node)
        kind, number = node
        for r, row in enumerate(grid):
            for c, value in enumerate(row):
                if value == 0 or (r, c) == place or number != (r if kind == "row" else c):
                    continue
                there = ("column", c) if kind == "row" else ("row", r)
                heappush(queue, (cost + (0 if (r, c) in hidden else value), there, (*path, (r, c))))
    return None
