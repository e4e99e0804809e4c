"""A view of the sequence grows by every event; what is not full of it stays in memory between transactions."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from projections.folding.entries import Entry
from projections.folding.feed import Feed
from projections.folding.fold import ENCODE, Folded, Folding
from projections.stores.tables import Store, Table
from projections.view import Growing, Key, Row


class GrowingFolding(Folding):
    """No event is left out, and none waits: whatever fails is a bug or a fault of the store, and ends the runner."""

    view: Growing[Any]

    def __init__(self, view: Growing[Any], table: Table, feed: Feed, store: Store) -> None:
        super().__init__(view, table, feed, store)
        self._decode = msgspec.json.Decoder(view.row).decode
        self._growth = view.grown(table.position, self._load)

    @property
    def unwritten(self) -> int:
        return self._growth.unwritten

    def replay(self, key: Key, entries: Sequence[Entry]) -> None:
        raise AssertionError(f"nothing waits in {self.view.name}")

    def taken(self) -> Folded:
        pending = self._pending
        for key, (position, row) in self._growth.taken().items():
            pending.rows.append((key, row.marking, row.scope, position, ENCODE(row), *self.view.indexed(row)))
            pending.markings.add(row.marking)
            pending.touched.append((position, key))
        return super().taken()

    def _fold(self, batch: Sequence[Entry]) -> None:
        append = self._growth.append
        for entry in batch:
            append(entry.document)
        self.position = batch[-1].position

    def _load(self, keys: Sequence[Key]) -> Mapping[Key, Row]:
        return {key: self._decode(body) for key, body in self._store.load(self.table, keys).items()}
