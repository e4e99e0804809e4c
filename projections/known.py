"""One row for each stream of a kind, found by what its name ends with, in the order in which they became known."""

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from domain.events import Event
from domain.recorded import Recorded
from projections.parts import upto
from projections.reads import Found, Reads
from projections.view import Key, Row, View
from projections.visible import Sight
from projections.walk import walk

N = TypeVar("N")


class Entry(Row, kw_only=True, omit_defaults=True):
    """What is known of one stream."""

    began: int
    """Position of the event that made it known."""


E = TypeVar("E", bound=Entry)


class ByStream(View[E]):
    """One row for each stream of a kind, by what stands behind the first `-` of its name."""

    columns = {"began": "INTEGER"}  # noqa: RUF012 - a constant of the class
    indexes: ClassVar[tuple[tuple[str, ...], ...]] = (("began",),)

    def indexed(self, row: E) -> tuple[object, ...]:
        return (row.began,)

    @abstractmethod
    def evolve(self, row: E | None, position: int, recorded: Recorded[Event]) -> E:
        """The row after this event: none of them ever ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told(Generic[E, N]):
    """One thing as one reader may see it: its facts, and what follows from them."""

    facts: E
    now: N
    position: int
    """Of the last event that touched it."""
    stale: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[E, N]):
    """Some of what was asked for, in the order in which it became known."""

    found: tuple[Told[E, N], ...]
    after: int | None
    """Where the next page begins; None where there is none."""


def one(
    reads: Reads, sight: Sight, view: View[E], key: Key, *, as_of: int | None, tell: Callable[[E], N | None]
) -> Told[E, N] | None:
    """One row and what follows from it; None where this reader has none, or `tell` wants none. Raises NotBuilt."""
    found = reads.get(view, sight, key)
    return None if found is None else _told(found, as_of, tell)


def page(
    reads: Reads,
    sight: Sight,
    view: View[E],
    *,
    tell: Callable[[E], N | None],
    as_of: int | None,
    after: int,
    limit: int | None,
    where: str = "",
    values: Sequence[object] = (),
) -> Page[E, N]:
    """The rows of which `tell` says something, behind the cursor `after`. Raises NotBuilt.

    `as_of` is a position: only what was recorded up to it counts. `where` is SQL over the view's columns. Without a
    `limit` these are all.
    """
    told: list[Told[E, N]] = []
    for found in walk(
        reads,
        view,
        sight,
        by="began",
        place=lambda found: found.row.began,
        after=after,
        where=where,
        values=values,
    ):
        if (each := _told(found, as_of, tell)) is None:
            continue
        if len(told) == limit:
            return Page(found=tuple(told), after=told[-1].facts.began)
        told.append(each)
    return Page(found=tuple(told), after=None)


def _told(found: Found[E], as_of: int | None, tell: Callable[[E], N | None]) -> Told[E, N] | None:
    row = found.row
    if as_of is not None:
        if row.began > as_of:
            return None
        row = upto(row, as_of)
    now = tell(row)
    return None if now is None else Told(facts=row, now=now, position=found.position, stale=found.stale)


def code_of(recorded: Recorded[Event]) -> str:
    """What stands behind the first `-` of the stream's name."""
    return recorded.stream.partition("-")[2]


def begun(row: E | None, recorded: Recorded[Event]) -> E:
    """A row that has to be there. Raises TypeError, which parks the row, where the stream's first event made none."""
    if row is None:
        raise TypeError(f"nothing of {recorded.stream} is known before {recorded.event.type}")
    return row
