"""Sets of positions are kept in pieces of 65,536 positions, with the one position up to which the record is in them."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeVar

from projections.stores.selecting import Ask

T = TypeVar("T")
PIECE: Final = 16
"""Bits of a position that a set of one piece has; the rest is the number of the piece."""
BLOCK: Final = 10
"""Bits of a position whose times lie in one row."""
_ASKED: Final = 400
"""Terms that are asked for at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """How far the sets are."""

    position: int
    digest: bytes
    """SHA-256 of the document at that position; b"" at position 0."""
    built: bool
    """They have been as far as the record once: whoever asks is answered."""


class Keeping(Protocol):
    """One transaction on the sets: all of it, or nothing. Nobody else writes meanwhile."""

    def ask(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """The rows that SQL finds, with `?` for each of the values."""

    def change(self, sql: str, values: Sequence[object] = ()) -> None:
        """Carry out SQL."""

    def put(self, table: str, keys: Sequence[str], columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
        """Put rows of `keys` and then `columns` into a table of ours, instead of those of the same keys."""


class Kept(ABC):
    """Where sets are kept. Safe to use from any thread."""

    @abstractmethod
    def look(self, read: Callable[[Ask], T]) -> T:
        """What `read` makes of one look: whatever it asks is of one moment."""

    @abstractmethod
    def write(self) -> AbstractContextManager[Keeping]:
        """A transaction, once those of others are over."""

    @abstractmethod
    def scrub(self) -> bool:
        """Whether nothing that was taken away lies in the files any more, as far as the database can see to that."""

    @abstractmethod
    def close(self) -> None:
        """Again is not an error."""

    def reached(self) -> Reached:
        """How far the sets are."""
        return self.look(reached)


def reached(ask: Ask) -> Reached:
    """How far the sets are, as this look has it."""
    ((position, digest, built),) = ask("SELECT position, digest, built FROM reached", ())
    return Reached(position=position, digest=bytes(digest), built=bool(built))


def occurring(ask: Ask) -> list[str]:
    """The terms of every marking that occurs."""
    return [term for (term,) in ask("SELECT term FROM occurring", ())]


def pieces(ask: Ask, numbers: Collection[int], terms: Iterable[str]) -> dict[tuple[int, str], bytes]:
    """The sets of these terms in these pieces; what is not there is missing."""
    found: dict[tuple[int, str], bytes] = {}
    wanted = sorted(terms)
    of = ", ".join("?" * len(numbers))
    for at in range(0, len(wanted), _ASKED):
        some = wanted[at : at + _ASKED]
        sql = f"SELECT piece, term, bits FROM sets WHERE piece IN ({of}) AND term IN ({', '.join('?' * len(some))})"  # noqa: S608 - places for values
        found |= {(piece, term): bits for piece, term, bits in ask(sql, (*numbers, *some))}
    return found
