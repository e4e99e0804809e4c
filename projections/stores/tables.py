"""Every view and version has its own table and its own position; a switch of one row makes another table live."""

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from string import ascii_lowercase
from typing import Any, Final, NamedTuple, Protocol

from projections.view import Key, View

_NAME: Final = re.compile(r"[a-z][a-z_]{0,39}")
_OURS: Final = ("key", "marking", "scope", "position", "body")


class WrongStore(Exception):
    """This is no store of views, one that a newer Docket wrote, or one of another ledger; it was left as it is."""


class NotBuilt(Exception):
    """The view has no live table of this version yet."""


class Forgotten(Exception):
    """What changed since then is not remembered any more: whoever follows begins anew with `reset`."""


class Overtaken(Exception):
    """Another runner moved or switched this table meanwhile: one view has one runner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table of a view, as far as it is folded."""

    name: str
    view: str
    version: int
    position: int = 0
    digest: bytes = b""
    """SHA-256 of the document at that position; b"" at position 0."""
    live: bool = False
    halted: str | None = None
    """Why it does not go on: which rows an event touches could not be said."""


class Letter(NamedTuple):
    """An event that a row waits for: it, or one before it, could not be folded."""

    key: Key
    position: int
    error: str | None
    """Of the first of a row: what was raised, and where, without what it said. None for those behind it."""


class Change(NamedTuple):
    """What changed in a view at a position. The highest position and number that a follower got are where it is."""

    position: int
    number: int
    """Above 0 for what was noted late, such as a reset: in the order in which it was; below 0 for what came in turn."""
    key: Key | None
    """None: everything may have changed (`reset`)."""


class Upsert(NamedTuple):
    """Rows to put into a table, each `(key, marking, scope, position, body, *columns)`."""

    rows: Sequence[tuple[object, ...]]
    new: bool
    """None of them was there before."""


class Writing(Protocol):
    """One transaction on a store: all of it, or nothing."""

    def hold(self, table: Table) -> None:
        """Raises Overtaken unless the table still is where it was."""

    def put(self, table: Table, view: View[Any], upsert: Upsert) -> None: ...
    def delete(self, table: Table, keys: Iterable[Key]) -> None: ...
    def mark(self, table: Table, markings: Iterable[str]) -> None:
        """Remember that these occur in the table."""

    def note(self, view: str, changes: Iterable[tuple[int, Key | None]]) -> None:
        """What changed, by position: once for a position, all of it in one transaction."""

    def note_late(self, view: str, position: int, key: Key | None) -> None:
        """What changed after whoever follows may have been at that position."""

    def park(self, table: Table, letters: Iterable[Letter]) -> None: ...
    def unpark(self, table: Table, letters: Iterable[Letter]) -> None: ...
    def move(self, table: Table, position: int, digest: bytes) -> None: ...
    def halt(self, table: Table, why: str | None) -> None: ...
    def create(self, table: Table, view: View[Any]) -> None: ...
    def index(self, table: Table, view: View[Any]) -> None: ...
    def drop(self, name: str) -> None: ...
    def switch(self, table: Table) -> None:
        """Make this the live table of its view, and drop the one that was."""

    def prune(self, view: str, upto: int) -> None:
        """Forget what changed in a view up to this position."""


class Store(Protocol):
    """Where a runner keeps its tables."""

    def tables(self) -> list[Table]: ...
    def load(self, table: Table, keys: Sequence[Key]) -> Mapping[Key, bytes]:
        """Bodies of rows, by key; those that are not there are missing."""

    def letters(self, table: Table) -> list[Letter]:
        """What is parked, by key and then position."""

    def parked(self) -> dict[str, list[Letter]]:
        """The same of every table that has any, by its name."""

    def write(self) -> AbstractContextManager[Writing]: ...
    def digest(self, table: Table) -> str:
        """SHA-256 over its rows in the order of their keys, in hexadecimal."""


def table_name(view: View[Any], taken: Iterable[str]) -> str:
    """A name that no other table has, nor had lately: the view's with its version, then one letter after the other.

    In PostgreSQL a reader with an older snapshot would find a new table under an old name, and nothing in it.
    """
    if not _NAME.fullmatch(view.name):
        raise ValueError(f"{view.name!r} is no name of a view")
    if wrong := [name for name in view.columns if not _NAME.fullmatch(name) or name in _OURS]:
        raise ValueError(f"{view.name} cannot have columns {wrong}")
    first = f"{view.name}_{view.version}"
    names, used = [first, *(f"{first}_{letter}" for letter in ascii_lowercase[1:])], {*taken}
    behind = zip(names, [*names[1:], first], strict=True)
    return next((name for before, name in behind if before in used and name not in used), first)


def column_names(view: View[Any]) -> tuple[str, ...]:
    """Every column of the view's table, in order."""
    return (*_OURS, *view.columns)
