"""A list is walked in an order that nothing changes, page by page, until whoever reads has enough."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from projections.reads import Found, Reads
from projections.view import Key, R, View
from projections.visible import Sight

_PAGE: Final = 200


def walk(
    reads: Reads,
    view: View[R],
    sight: Sight,
    *,
    by: str,
    place: Callable[[Found[R]], Key],
    after: Key,
    where: str = "",
    values: Sequence[object] = (),
) -> Iterator[Found[R]]:
    """The rows that this reader may see and `where` finds, in the order of the column `by`, behind `after`.

    `by` never changes in a row, is one row's alone, and no secret in a row that may be seen; `place` is its value.
    Raises NotBuilt.
    """
    condition = f"{by} > ? AND ({where})" if where else f"{by} > ?"
    while found := reads.find(view, sight, where=condition, values=(after, *values), order=by, limit=_PAGE):
        yield from found
        after = place(found[-1])


def one_of(keys: Sequence[Key]) -> tuple[str, tuple[Key, ...]]:
    """SQL that finds the rows of these keys alone, and its values."""
    return f"key IN ({', '.join('?' * len(keys)) or 'NULL'})", tuple(keys)
