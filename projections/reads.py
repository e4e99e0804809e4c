"""Rows leave a store only with somebody's sight: what the queries of the views are written against."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Protocol

from projections.view import Key, R, View
from projections.visible import Sight


@dataclass(frozen=True, slots=True, kw_only=True)
class Found(Generic[R]):
    """A row as one reader may see it."""

    key: Key
    position: int
    """Of the last event that touched it."""
    row: R
    """Without the parts that this reader may not see; `withheld` counts them."""
    stale: bool
    """An event of this row could not be folded: what came after it is not in here yet."""


class Reads(Protocol):
    """A store of views, as queries see it. Raises NotBuilt for a view that has no live table yet."""

    def get(self, view: View[R], sight: Sight, key: Key) -> Found[R] | None:
        """One row; None where there is none for this reader."""

    def find(
        self,
        view: View[R],
        sight: Sight,
        *,
        where: str = "",
        values: Sequence[object] = (),
        order: str = "key",
        limit: int = 100,
    ) -> list[Found[R]]:
        """The rows that this reader may see and that `where` finds.

        `where` is SQL over key, position and the view's own columns, with `?` for each of `values`; `order` is what
        stands behind ORDER BY. Both are written in this program, never taken from a request.
        """

    def withheld(self, view: View[R], sight: Sight) -> bool | None:
        """Whether the view has, or had, rows that this reader is not cleared for; None unless it is oversight."""

    def position(self, view: View[R]) -> int:
        """Up to which position the live table has folded."""
