"""Who reads views that another process folds learns how far they are: told at once, and found by looking otherwise."""

from collections.abc import Callable, Sequence
from threading import Condition, Event
from typing import Any, Final, Protocol

import psycopg
import structlog

from projections.folding.status import Status, progress
from projections.stores.tables import Store
from projections.view import View

LOOK_S: Final = 0.25
"""Seconds after which it looks, whatever it was told."""
_log: Final = structlog.get_logger(__name__)


class Follows(Protocol):
    """What knows how far views are: a runner that folds them, or a follower of those that are folded elsewhere."""

    def wait(self, view: View[Any], min_position: int, timeout: float) -> bool:
        """Whether the view has folded up to this position, waiting for it at most `timeout` seconds."""

    def status(self) -> Status:
        """How far everything is."""


class Hints(Protocol):
    """Something that may say that views moved."""

    def wait(self, timeout: float) -> None:
        """Return when something may have moved, after `timeout` seconds at the latest."""


class Follower:
    """Follows views that others fold into a store. Everything may be called from any thread; one runs it.

    `head` is where the record ends. While the store does not answer, it says so and looks again.
    """

    def __init__(self, store: Store, views: Sequence[View[Any]], *, head: Callable[[], int], hints: Hints) -> None:
        self._store, self._views, self._head, self._hints = store, tuple(views), head, hints
        self._moved = Condition()
        self._positions: dict[tuple[str, int], int] = {}
        self._halted: set[str] = set()
        self._stopped: str | None = None

    def run(self, stop: Event) -> None:
        """Look, wait for a hint, and so on until told to stop."""
        while not stop.is_set():
            self._look()
            self._hints.wait(LOOK_S)

    def wait(self, view: View[Any], min_position: int, timeout: float) -> bool:
        """Whether the view has folded up to this position, waiting for it at most `timeout` seconds."""
        with self._moved:
            self._moved.wait_for(lambda: self._has(view, min_position) or view.name in self._halted, timeout)
            return self._has(view, min_position)

    def status(self) -> Status:
        """How far everything is, as the store says now."""
        head = self._head()
        try:
            views = progress(self._store, self._views, head)
        except psycopg.OperationalError:
            return Status(head=head, stopped="the views do not answer", alarms=0, views=())
        needing = sum(view.parked + (view.halted is not None) for view in views)
        return Status(head=head, stopped=self._stopped, alarms=needing, views=views)

    def _has(self, view: View[Any], position: int) -> bool:
        return self._positions.get((view.name, view.version), -1) >= position

    def _look(self) -> None:
        try:
            live = [table for table in self._store.tables() if table.live]
        except psycopg.OperationalError as error:
            if self._stopped is None:
                _log.warning("views do not answer", error=type(error).__name__)
            self._stopped = "the views do not answer"
            return
        self._stopped = None
        with self._moved:
            self._positions = {(table.view, table.version): table.position for table in live}
            self._halted = {table.view for table in live if table.halted is not None}
            self._moved.notify_all()
