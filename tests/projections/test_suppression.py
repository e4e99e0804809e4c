"""Nobody can subtract a suppressed count from the totals: what is published always leaves it another value."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projections.reports.model import Column, Line, Table, columns, count, cross
from projections.reports.suppression import THRESHOLD, hide, suppressed

COUNTS = st.one_of(st.just(0), st.integers(0, 7), st.integers(0, 60))
Grid = list[list[int]]


@st.composite
def grids(draw: st.DrawFn, most: int = 5, counts: st.SearchStrategy[int] = COUNTS) -> Grid:
    """A table with its totals in the last row and column."""
    width = draw(st.integers(1, most))
    inside = draw(st.lists(st.lists(counts, min_size=width, max_size=width), min_size=1, max_size=most))
    rows = [[*row, sum(row)] for row in inside]
    return [*rows, [sum(column) for column in zip(*rows, strict=True)]]


def sums(grid: Grid) -> Iterator[list[tuple[int, int]]]:
    """Cells of which the last is the sum of the others."""
    height, width = len(grid), len(grid[0])
    yield from ([(r, c) for c in range(width)] for r in range(height))
    yield from ([(r, c) for r in range(height)] for c in range(width))


def rank(matrix: list[list[Fraction]]) -> int:
    rows = [row[:] for row in matrix]
    found = 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((n for n in range(found, len(rows)) if rows[n][column]), None)
        if pivot is None:
            continue
        rows[found], rows[pivot] = rows[pivot], rows[found]
        for n in range(found + 1, len(rows)):
            factor = rows[n][column] / rows[found][column]
            rows[n] = [a - factor * b for a, b in zip(rows[n], rows[found], strict=True)]
        found += 1
    return found


@given(grids())
def test_no_suppressed_count_follows_from_what_is_published(grid: Grid) -> None:
    hidden = sorted(hide(grid))
    knows = [
        [Fraction((-1 if place == line[-1] else 1) if place in line else 0) for place in hidden] for line in sums(grid)
    ]
    for n in range(len(hidden)):
        alone = [Fraction(int(n == m)) for m in range(len(hidden))]
        assert rank([*knows, alone]) == rank(knows) + 1, f"{hidden[n]} can be computed"


@settings(max_examples=40)
@given(grids(most=2, counts=st.integers(0, 6)))
def test_every_suppressed_count_could_be_another_count_that_is_not_negative(grid: Grid) -> None:
    hidden = hide(grid)
    height, width = len(grid) - 1, len(grid[0]) - 1
    possible: dict[tuple[int, int], set[int]] = {place: set() for place in hidden}
    for values in product(range(9), repeat=height * width):
        inside = [list(values[n * width : (n + 1) * width]) for n in range(height)]
        rows = [[*row, sum(row)] for row in inside]
        whole = [*rows, [sum(column) for column in zip(*rows, strict=True)]]
        if all(whole[r][c] == value or (r, c) in hidden for r, row in enumerate(grid) for c, value in enumerate(row)):
            for r, c in hidden:
                possible[r, c].add(whole[r][c])
    assert all(len(each) > 1 for each in possible.values()), possible


@given(grids())
def test_small_counts_are_suppressed_and_nothing_is_where_none_is_small(grid: Grid) -> None:
    hidden = hide(grid)
    small = {(r, c) for r, row in enumerate(grid) for c, value in enumerate(row) if 0 < value < THRESHOLD}
    assert small <= hidden
    assert small or not hidden


def test_a_published_table_names_no_event_and_keeps_its_zeros() -> None:
    table = cross(
        code="t",
        title="T",
        note="",
        head="Office",
        rows=("dod", "nsa"),
        columns=columns("a", "b"),
        placed={("dod", "a"): [1, 2], ("nsa", "a"): range(10, 20), ("nsa", "b"): range(30, 40)},
    )
    assert [cell.positions for cell in table.rows[0].cells] == [(1, 2), (), (1, 2)]
    told = suppressed(table)
    assert {cell.positions for row in told.rows for cell in row.cells} == {()}
    assert [[cell.value for cell in row.cells] for row in told.rows] == [
        [None, 0, None],
        [None, 10, None],
        [12, 10, 22],
    ]


def test_what_is_no_counts_with_totals_has_no_public_form() -> None:
    table = Table(
        code="t",
        title="T",
        note="",
        heads=("Office",),
        columns=(Column(code="a", title="A"),),
        rows=(Line(heads=("dod",), cells=(count([1]),)),),
    )
    with pytest.raises(ValueError, match="t is no counts"):
        suppressed(table)
