"""What is folded in memory and what is written are two positions of one table; journals keep nothing between them."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any, Final

import msgspec

from domain.faults import told
from projections.folding.entries import Entry
from projections.folding.feed import Feed
from projections.stores.tables import Letter, Store, Table
from projections.view import Journal, Key, View

ENCODE: Final = msgspec.json.Encoder().encode
"""How rows are kept."""
_Values = tuple[object, ...]


@dataclass(slots=True, kw_only=True)
class Folded:
    """What is to be written of a table."""

    new: bool = False
    """Every row is new, and its key is its position."""
    rows: list[_Values] = field(default_factory=list)
    gone: list[Key] = field(default_factory=list)
    touched: list[tuple[int, Key | None]] = field(default_factory=list)
    """Rows that are not new, each with the last event that touched it."""
    letters: list[Letter] = field(default_factory=list)
    markings: set[str] = field(default_factory=set)

    def changes(self) -> Iterable[tuple[int, Any]]:
        """What changed, by position."""
        return ((row[3], row[0]) for row in self.rows) if self.new else self.touched  # type: ignore[misc]


class Folding(ABC):
    """A table on its way: what is folded in memory, up to a position, and not yet written.

    Once something failed to be written it is not as the store is, and has to be thrown away.
    """

    def __init__(self, view: View[Any], table: Table, feed: Feed, store: Store) -> None:
        self.view = view
        self.table = table
        self.position = table.position
        self.halted: str | None = None
        """Why nothing more can be folded."""
        self.waiting: list[Letter] = []
        """Rows that began to wait in the last transaction."""
        self._digest = table.digest
        self._feed, self._store = feed, store
        self._pending = Folded()

    @property
    def weight(self) -> int:
        """Bytes of the rows that are kept in memory, as they are in the store."""
        return 0

    @property
    def unwritten(self) -> int:
        """How many rows are kept in memory only."""
        return 0

    def fold(self, batch: Sequence[Entry]) -> None:
        """Fold events that follow right behind its position. Raises what feed and store raise."""
        self._fold(batch)
        if self.halted is None:
            self.position = batch[-1].position
            self._digest = sha256(batch[-1].document).digest()

    def taken(self) -> Folded:
        """What was folded since the last time, to be written now."""
        pending, self._pending = self._pending, Folded()
        return pending

    def moved(self) -> Table:
        """The table as it is once everything was written."""
        return replace(self.table, position=self.position, digest=self._digest, halted=self.halted)

    def written(self) -> None:
        """Everything was."""
        self.table = self.moved()

    def lighten(self, bytes_: int) -> None:  # noqa: B027 - who keeps no rows has none to forget
        """Forget rows that weigh so much, or all of them, beginning with those used longest ago."""

    @abstractmethod
    def _fold(self, batch: Sequence[Entry]) -> None: ...

    @abstractmethod
    def replay(self, key: Key, entries: Sequence[Entry]) -> None:
        """Fold a row with the events that it waited for, to be taken; those that it still waits for are letters."""


class JournalFolding(Folding):
    """A journal: no event touches the row of another."""

    view: Journal[Any]

    def replay(self, key: Key, entries: Sequence[Entry]) -> None:
        self._fold(entries)

    def _fold(self, batch: Sequence[Entry]) -> None:
        entry, indexed, encode, pending = self.view.entry, self.view.indexed, ENCODE, self._pending
        pending.new = True
        rows, markings = pending.rows.append, pending.markings.add
        for position, recorded, document in batch:
            try:
                if (row := entry(position, recorded, document)) is None:
                    continue
                values = (position, row.marking, row.scope, position, encode(row), *indexed(row))
            except Exception as error:  # noqa: BLE001 - the one per-event fold: a poison event stops nothing but its row
                pending.letters.append(Letter(position, position, told(error)))
                continue
            rows(values)
            markings(row.marking)
