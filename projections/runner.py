"""One loop folds the record into every view: at start, live, after a write and for a rebuild."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain, groupby
from threading import Condition, Event, RLock
from typing import Any, Final

import structlog

from domain import wire
from projections.collector import Collector
from projections.entries import batches, decoded, told
from projections.feed import Feed
from projections.fold import Folding, JournalFolding
from projections.opening import created, opened
from projections.status import Alarm, Rebuilt, Status, progress, standing
from projections.tables import Letter, Store, Table, Upsert, Writing, WrongStore
from projections.view import View

IDLE_S: Final = 0.25
"""Seconds after which an idle runner looks whether it was told to stop."""
_COLLECTOR: Final = Collector()  # a process has one
_log: Final = structlog.get_logger(__name__)


class Halted(Exception):
    """The new table could not be folded to the end; the live one is as it was."""


class Runner:
    """Folds a feed into views. One store has one runner; everything may be called from any thread.

    Events in one transaction: at most `batch` live, `rebuild_batch` beside live tables, and `build_batch` before
    anybody can read: the more, the fewer times a row is written. Rows of `kept_bytes` in all stay in memory between
    transactions (in objects they take about four times that). What changed is remembered for the last `remembered`
    positions.
    """

    def __init__(
        self,
        feed: Feed,
        store: Store,
        views: Sequence[View[Any]],
        *,
        batch: int = 5_000,
        rebuild_batch: int = 20_000,
        build_batch: int = 100_000,
        kept_bytes: int = 24_000_000,
        remembered: int = 100_000,
    ) -> None:
        self._feed, self._store, self._views = feed, store, tuple(views)
        self._batch, self._rebuild_batch, self._build_batch = batch, rebuild_batch, build_batch
        self._kept_bytes, self._remembered = kept_bytes, remembered
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
                    self._advance(missing, self._build_batch)
                    for folding in missing:
                        self._finish(folding, live)
                self._advance(live, self._batch)
            except BaseException as error:
                self._live = None  # what is in memory may be ahead of the store
                self._stop(error)
                raise
            self._stopped = None
            going = [folding.position for folding in live if folding.halted is None]
            return min(going, default=self._feed.head())

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
            folding = created(self._store, self._feed, view)
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
            try:
                live = self._tables()[0]
                return sum(self._replay(folding) for folding in live if folding.view.name == view.name)
            except BaseException:
                self._live = None
                raise

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
        self._live, missing = opened(self._store, self._feed, self._views, self._rebuilding)
        self._announce()
        return self._live, missing

    def _advance(self, foldings: Sequence[Folding], most: int) -> None:
        """Fold until there is no more; those that are behind go first, until all go together."""
        while going := [folding for folding in foldings if folding.halted is None]:
            at = min(folding.position for folding in going)
            group = [folding for folding in going if folding.position == at]
            ahead = min((folding.position for folding in going if folding.position > at), default=None)
            front = max((folding.position for folding in going if folding.table.live), default=0)
            if not self._step(group, front, at + most if ahead is None else min(at + most, ahead)):
                return

    def _step(self, group: Sequence[Folding], front: int, upto: int) -> bool:
        """One transaction: rows, what changed, what waits, and positions. False where there is no event."""
        coming = batches(self._feed, group[0].position, upto)
        if (first := next(coming, None)) is None:
            return False
        letters: list[tuple[Folding, Letter]] = []
        with _COLLECTOR.held(), self._store.write() as writing:
            for folding in group:
                writing.hold(folding.table)
            for entries in chain((first,), coming):
                for folding in group:
                    if folding.halted is None:
                        folding.fold(entries)
                    if isinstance(folding, JournalFolding):  # what no event touches again need not be kept in memory
                        letters += self._put(writing, folding, front)
            for folding in group:
                letters += self._put(writing, folding, front)
                table, moved = folding.table, folding.moved()
                writing.move(table, moved.position, moved.digest)
                if moved.halted != table.halted:
                    writing.halt(table, moved.halted)
                if table.live and table.position < front <= moved.position:  # followers are there already
                    writing.note_late(table.view, moved.position, None)
            writing.prune(group[0].position - self._remembered)
        self._written(group, letters)
        return True

    def _put(self, writing: Writing, folding: Folding, front: int) -> list[tuple[Folding, Letter]]:
        folded, table = folding.taken(), folding.table
        writing.put(table, folding.view, Upsert(folded.rows, folded.new))
        writing.delete(table, folded.gone)
        writing.mark(table, folded.markings)
        writing.park(table, folded.letters)
        if table.live and table.position >= front:
            writing.note(table.view, folded.changes())
        return [(folding, letter) for letter in folded.letters]

    def _written(self, group: Sequence[Folding], letters: Sequence[tuple[Folding, Letter]]) -> None:
        for folding in group:
            folding.written()
        over = sum(folding.weight for folding in group) - self._kept_bytes
        if over > 0:
            max(group, key=lambda folding: folding.weight).lighten(over)
        for folding, letter in letters:
            if letter.error is not None:
                self._alarm("row parked", folding, key=letter.key, position=letter.position, error=letter.error)
        for folding in group:
            if folding.halted is not None:
                self._alarm("view halted", folding, position=folding.position + 1, error=folding.halted)
        self._announce()

    def _index(self, folding: Folding) -> None:
        with self._store.write() as writing:
            writing.index(folding.table, folding.view)

    def _switched(self, folding: Folding, live: list[Folding], *, compare: bool) -> Rebuilt:
        if folding.halted is not None:
            raise Halted(f"{folding.view.name}: {folding.halted}")
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
            with self._store.write() as writing:
                writing.unpark(folding.table, letters)
                folding.replay(key, entries)
                waiting = self._put(writing, folding, folding.position + 1)
                writing.note_late(folding.view.name, folding.position, key)
            delivered += not waiting
        return delivered

    def _announce(self) -> None:
        with self._moved:
            self._positions = {folding.view.name: folding.table.position for folding in self._live or ()}
            self._moved.notify_all()

    def _alarm(self, what: str, folding: Folding, **more: object) -> None:
        self._raised += 1
        _log.error(what, view=folding.view.name, **more)

    def _stop(self, error: BaseException) -> None:
        self._stopped = str(error) if isinstance(error, (wire.Corrupt, WrongStore)) else told(error)
        self._raised += 1
        _log.error("runner stopped", error=self._stopped)
        with self._moved:
            self._moved.notify_all()
