"""Events are folded in memory, a batch at a time; a row whose fold fails waits alone, and what follows waits behind it.

Rows do not depend on each other, so each is folded by itself through the events of the batch that touch it.
"""

from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final, Protocol

import msgspec

from projections.entries import Entry, told
from projections.tables import Letter, Table
from projections.view import Journal, Key, View

_ENCODE: Final = msgspec.json.Encoder().encode
_Values = tuple[object, ...]


class Load(Protocol):
    """How a folding gets rows that it does not have in memory."""

    def __call__(self, table: Table, keys: Sequence[Key]) -> Mapping[Key, bytes]: ...


@dataclass(slots=True, kw_only=True)
class Folded:
    """What a batch makes of a table, to be written in one transaction."""

    position: int
    digest: bytes
    rows: list[_Values] = field(default_factory=list)
    gone: list[Key] = field(default_factory=list)
    new: bool = False
    """Every row is new, and its key is its position."""
    touched: list[tuple[int, Key | None]] = field(default_factory=list)
    """Rows that are not new, each with the last event that touched it."""
    letters: list[Letter] = field(default_factory=list)
    markings: set[str] = field(default_factory=set)
    halted: str | None = None

    def changes(self) -> Iterable[tuple[int, Any]]:
        """What changed, by position."""
        return ((row[3], row[0]) for row in self.rows) if self.new else self.touched  # type: ignore[misc]


class Folding:
    """A table being folded: the rows used last, and which rows wait. It is as the store is, or it is thrown away."""

    def __init__(self, view: View[Any], table: Table, parked: Iterable[Key], kept: int) -> None:
        self.view = view
        self.table = table
        self.parked = set(parked)
        self.halted = False
        self._kept = kept
        self._rows: OrderedDict[Key, Any] = OrderedDict()
        self._decode = msgspec.json.Decoder(view.row).decode
        self._markings: set[str] = set()

    def fold(self, batch: Sequence[Entry], load: Load) -> Folded:
        """The batch begins right behind this table's position. Raises what `load` raises."""
        last = batch[-1]
        folded = Folded(position=last.position, digest=sha256(last.document).digest())
        if isinstance(self.view, Journal):
            self._journal(self.view, batch, folded)
        else:
            self._rows_of(batch, load, folded)
        folded.markings -= self._markings
        return folded

    def written(self, table: Table, folded: Folded) -> None:
        """The store has it now."""
        self.table = table
        self.parked.update(letter.key for letter in folded.letters)
        self._markings |= folded.markings
        self.halted = folded.halted is not None
        while len(self._rows) > self._kept:
            self._rows.popitem(last=False)

    def replayed(self, key: Key, entries: Sequence[Entry], load: Load) -> Folded:
        """A row with the events that it waited for; those that it still waits for are letters again."""
        folded = Folded(position=self.table.position, digest=self.table.digest)
        if isinstance(self.view, Journal):
            self._journal(self.view, entries, folded)
        else:
            self._one_by_one(key, load(self.table, (key,)).get(key), entries, folded)
        return folded

    def _journal(self, view: Journal[Any], batch: Sequence[Entry], folded: Folded) -> None:
        entry, indexed, encode = view.entry, view.indexed, _ENCODE
        rows, markings = folded.rows.append, folded.markings.add
        for position, recorded, document in batch:
            try:
                if (row := entry(position, recorded, document)) is None:
                    continue
                values = (position, row.marking, row.scope, position, encode(row), *indexed(row))
            except Exception as error:  # noqa: BLE001 - the one per-event fold: a poison event stops nothing but its row
                folded.letters.append(Letter(position, position, told(error)))
                continue
            rows(values)
            markings(row.marking)
        folded.new = True

    def _rows_of(self, batch: Sequence[Entry], load: Load, folded: Folded) -> None:
        touched = self._touched(batch, folded)
        if self.parked:
            for key in self.parked & touched.keys():
                folded.letters += [Letter(key, entry.position, None) for entry in touched.pop(key)]
        rows, view, encode = self._rows, self.view, _ENCODE
        evolve, indexed = view.evolve, view.indexed
        missing = [key for key in touched if key not in rows]
        bodies = load(self.table, missing) if missing else {}
        for key, entries in touched.items():
            position = 0
            try:
                row = rows.pop(key, None)
                if row is None and key in bodies:
                    row = self._decode(bodies[key])
                was = row is not None
                for position, recorded, _ in entries:
                    row = evolve(row, position, recorded)
                values = () if row is None else (key, row.marking, row.scope, position, encode(row), *indexed(row))
            except Exception:  # noqa: BLE001 - the same: folded again from what is stored, to find where it fails
                self._one_by_one(key, load(self.table, (key,)).get(key), entries, folded)
                continue
            if row is None:
                if not was:
                    continue
                folded.gone.append(key)
            else:
                rows[key] = row
                folded.rows.append(values)
                folded.markings.add(row.marking)
            folded.touched.append((position, key))

    def _touched(self, batch: Sequence[Entry], folded: Folded) -> dict[Key, list[Entry]]:
        touched: defaultdict[Key, list[Entry]] = defaultdict(list)
        keys = self.view.keys
        before: Entry | None = None
        for entry in batch:
            try:
                for key in keys(entry.recorded):
                    touched[key].append(entry)
            except Exception as error:  # noqa: BLE001 - the same: nobody can say which row has to wait, so all do
                for entries in touched.values():
                    if entries and entries[-1] is entry:
                        entries.pop()
                folded.halted = told(error)
                folded.position = before.position if before else self.table.position
                folded.digest = sha256(before.document).digest() if before else self.table.digest
                return {key: entries for key, entries in touched.items() if entries}
            before = entry
        return touched

    def _one_by_one(self, key: Key, body: bytes | None, entries: Sequence[Entry], folded: Folded) -> None:
        """What a row is right before the event that cannot be folded; that event and those behind it wait."""
        self._rows.pop(key, None)
        values: _Values | None = None
        last = 0
        for number, (position, recorded, _) in enumerate(entries):
            try:
                row = self.view.evolve(None if body is None else self._decode(body), position, recorded)
                encoded = None if row is None else _ENCODE(row)
                after = row and (key, row.marking, row.scope, position, encoded, *self.view.indexed(row))
            except Exception as error:  # noqa: BLE001 - the same
                folded.letters.append(Letter(key, position, told(error)))
                folded.letters += [Letter(key, entry.position, None) for entry in entries[number + 1 :]]
                break
            body, values, last = encoded, after, position
        if not last:
            return  # the row is as it was
        if values is None:
            folded.gone.append(key)
        else:
            folded.rows.append(values)
            folded.markings.add(str(values[1]))
        folded.touched.append((last, key))
