"""One loop folds the record into every view: at start, live, after a write and for a rebuild."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from threading import Condition, Event, RLock
from typing import Any, Final

import structlog

from domain import wire
from domain.faults import told
from projections.folding.feed import Feed
from projections.folding.fold import Folding
from projections.folding.opening import created, opened
from projections.folding.status import Alarm, Rebuilt, Status, progress, standing
from projections.folding.transaction import advanced, replayed
from projections.stores.tables import Store, Table, WrongStore
from projections.view import View

IDLE_S: Final = 0.25
"""Seconds after which an idle runner looks whether it was told to stop."""
_log: Final = structlog.get_logger(__name__)


def _never() -> bool:
    return False


class Halted(Exception):
    """The new table could not be folded to the end; the live one is as it was."""


class Runner:
    """Folds a feed into views. One view has one runner; everything may be called from any thread.

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
        self._halted: set[str] = set()
        self._rebuilding: set[str] = set()
        self._stopped: str | None = None
        self._raised = 0

    def catch_up(self, enough: Callable[[], bool] = _never) -> int:
        """Fold all there is into every view, and return the position reached; views that are new are built first.

        `enough` is asked before each transaction: it ends there, and what is not built stays unfinished. Raises
        wire.Corrupt for an event of a type that this reader does not know, with everything before it folded;
        WrongStore for views of another ledger; Overtaken; and what feed and store raise.
        """
        with self._folding:
            try:
                live, missing = self._tables()
                if missing:
                    if not self._advance(missing, self._build_batch, enough):
                        self._live = None  # they are still missing
                        return min(folding.position for folding in missing)
                    for folding in missing:
                        self._finish(folding, live)
                self._advance(live, self._batch, enough)
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
            self._feed.wait(self.catch_up(stop.is_set), IDLE_S)

    def wait(self, view: View[Any], min_position: int, timeout: float) -> bool:
        """Whether the view has folded up to this position, waiting for it at most `timeout` seconds."""
        with self._moved:
            self._moved.wait_for(lambda: self._has(view, min_position) or not self._goes_on(view), timeout)
            return self._has(view, min_position)

    def rebuild(self, view: View[Any], *, compare: bool = False) -> Rebuilt:
        """Build the view anew beside its live table, which goes on meanwhile, then switch.

        `compare` takes digests of both tables at the switch. Raises Halted, and what `catch_up` raises.
        """
        with self._folding:
            self.catch_up()  # so that what is missing is built as what is missing
            folding = created(self._store, self._feed, view)
            self._rebuilding.add(folding.table.name)
        try:
            self._advance([folding], self._rebuild_batch)
            self._index(folding)
            with self._folding:
                live = self._caught_up()
                self._advance([*live, folding], self._batch)
                return self._switched(folding, live, compare=compare)
        finally:
            with self._folding:
                self._rebuilding.discard(folding.table.name)
                self._live = None  # whatever came of it, the store says

    def replay_dead_letters(self, view: View[Any]) -> int:
        """Fold again, in order, what rows of this view wait for; returns how many rows wait no more."""
        with self._folding:
            mine = [folding for folding in self._caught_up() if folding.view.name == view.name]
            try:
                return sum(replayed(self._feed, self._store, folding) for folding in mine)
            finally:
                self._live = None

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
        views = progress(self._store, self._views, head)
        return Status(head=head, stopped=self._stopped, alarms=self._raised, views=views)

    def _mine(self) -> list[Table]:
        views = {(view.name, view.version) for view in self._views}
        return [table for table in self._store.tables() if table.live and (table.view, table.version) in views]

    def _has(self, view: View[Any], position: int) -> bool:
        return self._positions.get(view.name, -1) >= position

    def _goes_on(self, view: View[Any]) -> bool:
        return self._stopped is None and view.name not in self._halted

    def _caught_up(self) -> list[Folding]:
        self.catch_up()
        return self._live or []

    def _tables(self) -> tuple[list[Folding], list[Folding]]:
        if self._live is not None:
            return self._live, []
        self._live, missing = opened(self._store, self._feed, self._views, self._rebuilding)
        self._announce()
        return self._live, missing

    def _advance(self, foldings: Sequence[Folding], most: int, enough: Callable[[], bool] = _never) -> bool:
        """Fold until there is no more; those that are behind go first, until all go together. False: it was enough."""
        while going := [folding for folding in foldings if folding.halted is None]:
            if enough():
                return False
            at = min(folding.position for folding in going)
            group = [folding for folding in going if folding.position == at]
            ahead = [folding.position for folding in going if folding.position > at]
            upto = min([at + most, *ahead])
            if not advanced(self._feed, self._store, group, upto=upto, remembered=self._remembered):
                return True
            weight = sum(folding.weight for folding in group)
            if weight > self._kept_bytes:
                for folding in group:
                    folding.lighten(folding.weight * (weight - self._kept_bytes) // weight)
            self._announce()
            for folding in group:
                self._raise_alarms(folding)
        return True

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

    def _announce(self) -> None:
        with self._moved:
            if (live := self._live) is not None:
                self._positions = {folding.view.name: folding.table.position for folding in live}
                self._halted = {folding.view.name for folding in live if folding.halted is not None}
            self._moved.notify_all()

    def _raise_alarms(self, folding: Folding) -> None:
        name = folding.view.name
        for _, position, error in folding.waiting:  # its key may name what few may know of
            _log.error("row parked", view=name, position=position, error=error)
        if folding.halted is not None:
            _log.error("view halted", view=name, position=folding.position + 1, error=folding.halted)
        self._raised += len(folding.waiting) + (folding.halted is not None)

    def _stop(self, error: BaseException) -> None:
        self._stopped = str(error) if isinstance(error, (wire.Corrupt, WrongStore)) else told(error)
        self._raised += 1
        _log.error("runner stopped", error=self._stopped)
        with self._moved:
            self._moved.notify_all()
