"""One transaction folds events, and writes rows, what changed, what waits, and the position, or none of it."""

from collections.abc import Sequence
from itertools import chain, groupby
from typing import Final

from domain import wire
from projections.folding.collector import Collector
from projections.folding.entries import batches, decoded
from projections.folding.feed import Feed
from projections.folding.fold import Folding, JournalFolding
from projections.stores.tables import Store, Upsert, Writing

UNWRITTEN: Final = 20_000
"""Rows that a transaction ends for, before it has all its events: they are in memory only."""
_COLLECTOR: Final = Collector()  # a process has one


def advanced(feed: Feed, store: Store, group: Sequence[Folding], *, upto: int, remembered: int) -> bool:
    """Whether there were events behind the one position of these tables; now they have those up to `upto` at most.

    What changed in a live table is noted, for the last `remembered` positions. Raises wire.Corrupt where the very next
    event is of an unknown type.
    """
    coming = batches(feed, group[0].position, upto)
    if (first := next(coming, None)) is None:
        return False
    with _COLLECTOR.held(), store.write() as writing:
        for folding in group:
            writing.hold(folding.table)
            folding.waiting.clear()
        for entries in chain((first,), coming):
            for folding in group:
                if folding.halted is None:
                    folding.fold(entries)
                if isinstance(folding, JournalFolding):  # what no event touches again need not be kept in memory
                    _put(writing, folding, noted=folding.table.live)
            if sum(folding.unwritten for folding in group) >= UNWRITTEN:
                break
        for folding in group:
            table, moved = folding.table, folding.moved()
            _put(writing, folding, noted=table.live)
            writing.move(table, moved.position, moved.digest)
            if moved.halted != table.halted:
                writing.halt(table, moved.halted)
            if table.live:
                writing.prune(table.view, moved.position - remembered)
    for folding in group:
        folding.written()
    return True


def replayed(feed: Feed, store: Store, folding: Folding) -> int:
    """How many rows of a live table wait no more, now that what they waited for was folded again, in order."""
    delivered = 0
    for key, group in groupby(store.letters(folding.table), lambda letter: letter.key):
        letters = list(group)
        entries = decoded([feed.read(letter.position - 1, 1)[0] for letter in letters])
        if len(entries) < len(letters):
            raise wire.Corrupt(f"position {letters[len(entries)].position} was known once: this reader is older")
        with store.write() as writing:
            writing.hold(folding.table)
            writing.unpark(folding.table, letters)
            folding.waiting.clear()
            folding.replay(key, entries)
            _put(writing, folding, noted=False)
            writing.note_late(folding.view.name, folding.position, key)
        delivered += not folding.waiting
    return delivered


def _put(writing: Writing, folding: Folding, *, noted: bool) -> None:
    folded, table = folding.taken(), folding.table
    if not (folded.rows or folded.gone or folded.letters):  # one event touches few of the views
        return
    writing.put(table, folding.view, Upsert(folded.rows, folded.new))
    writing.delete(table, folded.gone)
    writing.mark(table, folded.markings)
    writing.park(table, folded.letters)
    if noted:
        writing.note(table.view, folded.changes())
    folding.waiting += [letter for letter in folded.letters if letter.error is not None]
