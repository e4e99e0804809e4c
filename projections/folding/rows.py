"""Rows are folded in memory and written once for many events; a row whose fold fails waits, and no other.

Rows do not depend on each other, so each is folded by itself through the events that touch it.
"""

from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from typing import Any, Final

import msgspec

from domain.faults import told
from projections.folding.entries import Entry, batches
from projections.folding.feed import Feed
from projections.folding.fold import ENCODE, Folded, Folding, JournalFolding
from projections.folding.growing import GrowingFolding
from projections.stores.tables import Letter, Store, Table
from projections.view import Growing, Journal, Key, View

ROW: Final = 300
"""What keeping a row weighs beside its bytes."""


class RowFolding(Folding):
    """A view whose rows change: those used last stay in memory, and are written once for many events."""

    def __init__(self, view: View[Any], table: Table, feed: Feed, store: Store, parked: Iterable[Key]) -> None:
        super().__init__(view, table, feed, store)
        self._parked = set(parked)
        self._rows: OrderedDict[Key, Any] = OrderedDict()
        self._dirty: dict[Key, int] = {}
        """Rows that are not as they are in the store, with the last event that touched each."""
        self._weights: dict[Key, int] = {}
        self._weight = 0
        self._decode = msgspec.json.Decoder(view.form or view.row).decode

    @property
    def weight(self) -> int:
        return self._weight

    @property
    def unwritten(self) -> int:
        return len(self._dirty)

    def lighten(self, bytes_: int) -> None:
        while bytes_ > 0 and self._rows:
            key, _ = self._rows.popitem(last=False)
            bytes_ -= self._weigh(key, 0)

    def taken(self) -> Folded:
        for key in [*self._dirty]:
            try:
                self._take(key)
            except Exception:  # noqa: BLE001 - the same as below: folded again, to find where it fails
                self._again(key, self._since(key, self.position))
                if key in self._dirty:
                    self._take(key)
        self._dirty.clear()
        return super().taken()

    def _take(self, key: Key) -> None:
        position, pending = self._dirty[key], self._pending
        if (row := self._rows.get(key)) is None:
            self._weigh(key, 0)
            pending.gone.append(key)
        else:
            body = ENCODE(row)
            pending.rows.append((key, row.marking, row.scope, position, body, *self.view.indexed(row)))
            pending.markings.add(row.marking)
            self._weigh(key, len(body))
        pending.touched.append((position, key))

    def replay(self, key: Key, entries: Sequence[Entry]) -> None:
        self._parked.discard(key)
        self._again(key, entries)

    def _fold(self, batch: Sequence[Entry]) -> None:
        touched = self._touched(batch)
        upto = batch[-1].position if self.halted is None else self.position
        if self._parked:
            for key in self._parked & touched.keys():
                self._pending.letters += [Letter(key, entry.position, None) for entry in touched.pop(key)]
        rows, dirty, evolve = self._rows, self._dirty, self.view.evolve
        missing = [key for key in touched if key not in rows and key not in dirty]
        bodies = self._store.load(self.table, missing) if missing else {}
        for key, entries in touched.items():
            try:
                row = rows.pop(key, None)
                if row is None and key in bodies:
                    row = self._decode(bodies[key])
                    self._weigh(key, len(bodies[key]))
                was = row is not None
                for position, recorded, _ in entries:
                    row = evolve(row, position, recorded)
            except Exception:  # noqa: BLE001 - the one per-event fold: folded again, to find where it fails
                self._again(key, self._since(key, upto))
                continue
            if row is not None:
                rows[key] = row
                dirty[key] = entries[-1].position
            elif was or key in dirty:
                dirty[key] = entries[-1].position

    def _touched(self, batch: Sequence[Entry]) -> dict[Key, list[Entry]]:
        touched: defaultdict[Key, list[Entry]] = defaultdict(list)
        keys = self.view.keys
        for number, entry in enumerate(batch):
            try:
                for key in keys(entry.recorded):
                    touched[key].append(entry)
            except Exception as error:  # noqa: BLE001 - the same: nobody can say which row has to wait, so all do
                self.halted = told(error)
                before = batch[:number]
                if before:
                    self.position = before[-1].position
                    self._digest = sha256(before[-1].document).digest()
                return self._grouped(before)
        return touched

    def _grouped(self, batch: Iterable[Entry]) -> dict[Key, list[Entry]]:
        grouped: defaultdict[Key, list[Entry]] = defaultdict(list)
        for entry in batch:
            for key in self.view.keys(entry.recorded):
                grouped[key].append(entry)
        return grouped

    def _since(self, key: Key, upto: int) -> Iterator[Entry]:
        """Every event up to a position that touches a row, behind what the store has of it."""
        for entries in batches(self._feed, self.table.position, upto):
            yield from self._grouped(entries).get(key, ())

    def _again(self, key: Key, entries: Iterable[Entry]) -> None:
        """Fold a row one event after the other: what cannot be folded, and what is behind it, waits."""
        body = self._store.load(self.table, (key,)).get(key)
        there = body is not None
        last = 0
        for entry in entries:
            position = entry.position
            if key in self._parked:
                self._pending.letters.append(Letter(key, position, None))
                continue
            try:
                row = self.view.evolve(None if body is None else self._decode(body), position, entry.recorded)
                after = None if row is None else ENCODE(row)
                if row is not None:
                    self.view.indexed(row)
            except Exception as error:  # noqa: BLE001 - the same
                self._parked.add(key)
                self._pending.letters.append(Letter(key, position, told(error)))
                self._pending.touched.append((position, key))  # it changed so far as it is stale now
                continue
            body, last = after, position
        self._rows.pop(key, None)
        self._dirty.pop(key, None)
        if last and (there or body is not None):
            self._dirty[key] = last
            if body is not None:
                self._rows[key] = self._decode(body)

    def _weigh(self, key: Key, bytes_: int) -> int:
        """Note what a row weighs; returns what it weighed before."""
        before = self._weights.pop(key, 0)
        after = bytes_ and bytes_ + ROW
        if after:
            self._weights[key] = after
        self._weight += after - before
        return before


def folding(view: View[Any], table: Table, feed: Feed, store: Store) -> Folding:
    """The folding that a view needs, as the store has it."""
    if isinstance(view, Journal):
        return JournalFolding(view, table, feed, store)
    if isinstance(view, Growing):
        return GrowingFolding(view, table, feed, store)
    return RowFolding(view, table, feed, store, (letter.key for letter in store.letters(table)))
