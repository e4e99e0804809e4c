"""One loop folds the record into every view: at start, live, after a write and for a rebuild."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from threading import Condition, Event, RLock
from typing import Any, Final

import structlog

from domain import wire
from projections.collector import Collector
from projections.entries import Entry, decoded, told
from projections.feed import Feed
from projections.fold import Folded, Folding
from projections.opening import created, opened
from projections.status import Alarm, Rebuilt, Status, progress, standing
from projections.tables import Store, Table, Upsert, Writing, WrongStore
from projections.view import View

IDLE_S: Final = 0.25
"""Seconds after which an idle runner looks whether it was told to stop."""
_COLLECTOR: Final = Collector()  # a process has one
_log: Final = structlog.get_logger(__name__)


class Halted(Exception):
    """The new table could not be folded to the end; the live one is as it was."""


class Runner:
    """Folds a feed into views. One store has one runner; everything may be called from any thread.

    `batch` and `rebuild_batch` are events in one transaction. For each table `kept` rows stay in memory between
    batches; what changed is remembered for the last `remembered` positions.
    """

    def __init__(
        self,
        feed: Feed,
        store: Store,
        views: Sequence[View[Any]],
        *,
        batch: int = 5_000,
        rebuild_batch: int = 20_000,
        kept: int = 10_000,
        remembered: int = 100_000,
    ) -> None:
        self._feed, self._store, self._views = feed, store, tuple(views)
        self._batch, self._rebuild_batch, self._kept, self._remembered = batch, rebuild_batch, kept, remembered
        self._folding = RLock()
        self._moved = Condition()
        self._live: list[Folding] | None = None
        self._positions: dict[str, int] = {}
        self._rebuilding: set[str] = set()
        self._stopped: str | None = None
        self._raised = 0

    def catch_up(self) -> int:
        """Fold all there is into every view, and return the position reached; views that are new are built first.

        Raises wire.Corrupt for an event of a type that this reader does not know, with everything before it folded;
        WrongStore for views of another ledger; Overtaken; and what feed and store raise.
        """
        with self._folding:
            try:
                live, missing = self._tables()
                if missing:
                    self._advance(missing, self._rebuild_batch)
                    for folding in missing:
                        self._finish(folding, live)
                self._advance(live, self._batch)
            except BaseException as error:
                self._live = None  # what is in memory may be ahead of the store
                self._stop(error)
                raise
            self._stopped = None
            return min((folding.table.position for folding in live if not folding.halted), default=self._feed.head())

    def run(self, stop: Event) -> None:
        """Catch up, wait for more, and so on until told to stop. Raises what `catch_up` raises."""
        while not stop.is_set():
            self._feed.wait(self.catch_up(), IDLE_S)

    def wait(self, view: View[Any], min_position: int, timeout: float) -> bool:
        """Whether the view has folded up to this position, waiting for it at most `timeout` seconds."""
        with self._moved:
            self._moved.wait_for(lambda: self._stopped is not None or self._has(view, min_position), timeout)
            return self._has(view, min_position)

    def rebuild(self, view: View[Any], *, compare: bool = False) -> Rebuilt:
        """Build the view anew beside its live table, which goes on meanwhile, then switch.

        `compare` takes digests of both tables at the switch. Raises Halted, and what `catch_up` raises.
        """
        with self._folding:
            self._tables()
            folding = created(self._store, view, kept=self._kept)
            self._rebuilding.add(folding.table.name)
        try:
            self._advance([folding], self._rebuild_batch)
            self._index(folding)
            with self._folding:
                live = self._tables()[0]
                self._advance([*live, folding], self._batch)
                return self._switched(folding, live, compare=compare)
        except BaseException:
            self._live = None
            raise
        finally:
            self._rebuilding.discard(folding.table.name)

    def replay_dead_letters(self, view: View[Any]) -> int:
        """Fold again, in order, what rows of this view wait for; returns how many rows wait no more."""
        with self._folding:
            self.catch_up()
            live = self._tables()[0]
            return sum(self._replay(folding) for folding in live if folding.view.name == view.name)

    def alarms(self) -> list[Alarm]:
        """What needs a person now."""
        tables = self._mine()
        found = standing(self._store, tables)
        if self._stopped is not None:
            behind = min((table.position for table in tables), default=0)
            found.insert(0, Alarm(view=None, key=None, position=behind + 1, error=self._stopped))
        return found

    def status(self) -> Status:
        """How far everything is."""
        head = self._feed.head()
        views = progress(self._store, self._mine(), head)
        return Status(head=head, stopped=self._stopped, alarms=self._raised, views=views)

    def _mine(self) -> list[Table]:
        views = {(view.name, view.version) for view in self._views}
        return [table for table in self._store.tables() if table.live and (table.view, table.version) in views]

    def _has(self, view: View[Any], position: int) -> bool:
        return self._positions.get(view.name, -1) >= position

    def _tables(self) -> tuple[list[Folding], list[Folding]]:
        if self._live is not None:
            return self._live, []
        self._live, missing = opened(self._store, self._feed, self._views, kept=self._kept, rebuilding=self._rebuilding)
        self._announce()
        return self._live, missing

    def _advance(self, foldings: Sequence[Folding], batch: int) -> None:
        """Fold until there is no more; those that are behind go first, until all go together."""
        while going := [folding for folding in foldings if not folding.halted]:
            at = min(folding.table.position for folding in going)
            group = [folding for folding in going if folding.table.position == at]
            ahead = min((folding.table.position for folding in going if folding.table.position > at), default=None)
            front = max((folding.table.position for folding in going if folding.table.live), default=0)
            if not (events := self._feed.read(at, batch if ahead is None else min(batch, ahead - at))):
                return
            with _COLLECTOR.held():
                self._step(group, decoded(events), front)

    def _step(self, group: Sequence[Folding], entries: Sequence[Entry], front: int) -> None:
        """One transaction: rows, what changed, what waits, and the position of each table of the group."""
        folded = [(folding, folding.fold(entries, self._store.load)) for folding in group]
        with self._store.write() as writing:
            for folding, made in folded:
                table = folding.table
                self._put(writing, folding, made)
                writing.park(table, made.letters)
                writing.move(table, made.position, made.digest)
                if made.halted != table.halted:
                    writing.halt(table, made.halted)
                if table.live and table.position >= front:
                    writing.note(table.view, made.changes())
                elif table.live and made.position >= front:  # followers are there already
                    writing.note_late(table.view, made.position, None)
            writing.prune(entries[-1].position - self._remembered)
        for folding, made in folded:
            table = replace(folding.table, position=made.position, digest=made.digest, halted=made.halted)
            folding.written(table, made)
            self._alarm(folding, made)
        self._announce()

    @staticmethod
    def _put(writing: Writing, folding: Folding, made: Folded) -> None:
        writing.put(folding.table, folding.view, Upsert(made.rows, made.new))
        writing.delete(folding.table, made.gone)
        writing.mark(folding.table, made.markings)

    def _index(self, folding: Folding) -> None:
        with self._store.write() as writing:
            writing.index(folding.table, folding.view)

    def _switched(self, folding: Folding, live: list[Folding], *, compare: bool) -> Rebuilt:
        if folding.halted:
            raise Halted(f"{folding.view.name}: {folding.table.halted}")
        old = [each.table for each in live if compare and each.view.name == folding.view.name]
        before = [self._store.digest(table) for table in old]
        after = self._store.digest(folding.table) if compare else None
        self._finish(folding, live)
        return Rebuilt(position=folding.table.position, before=before[0] if before else None, after=after)

    def _finish(self, folding: Folding, live: list[Folding]) -> None:
        """Make a table that was built the live one."""
        self._index(folding)
        with self._store.write() as writing:
            writing.switch(folding.table)
            writing.note_late(folding.view.name, folding.table.position, None)
        folding.table = replace(folding.table, live=True)
        live[:] = [each for each in live if each.view.name != folding.view.name] + [folding]
        self._announce()

    def _replay(self, folding: Folding) -> int:
        delivered = 0
        for key, group in groupby(self._store.letters(folding.table), lambda letter: letter.key):
            letters = list(group)
            entries = decoded([self._feed.read(letter.position - 1, 1)[0] for letter in letters])
            made = folding.replayed(key, entries, self._store.load)
            with self._store.write() as writing:
                writing.unpark(folding.table, letters)
                self._put(writing, folding, made)
                writing.park(folding.table, made.letters)
                writing.note_late(folding.view.name, folding.table.position, key)
            if not made.letters:
                folding.parked.discard(key)
                delivered += 1
        return delivered

    def _announce(self) -> None:
        with self._moved:
            self._positions = {folding.view.name: folding.table.position for folding in self._live or ()}
            self._moved.notify_all()

    def _alarm(self, folding: Folding, made: Folded) -> None:
        table = folding.table
        for letter in made.letters:
            if letter.error is not None:
                self._raised += 1
                _log.error("row parked", view=table.view, key=letter.key, position=letter.position, error=letter.error)
        if made.halted is not None:
            self._raised += 1
            _log.error("view halted", view=table.view, position=made.position + 1, error=made.halted)

    def _stop(self, error: BaseException) -> None:
        self._stopped = str(error) if isinstance(error, (wire.Corrupt, WrongStore)) else told(error)
        self._raised += 1
        _log.error("runner stopped", error=self._stopped)
        with self._moved:
            self._moved.notify_all()
