"""A projector folds the ledger topic into those of the views that are its own now; several share them."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from threading import Event
from time import monotonic
from typing import Any, Final, Protocol

import psycopg
import structlog
from prometheus_client import REGISTRY, CollectorRegistry, Gauge

from consumers import process
from consumers.opening import topic_check
from consumers.projector.sharing import LOOK_S, Sharing
from consumers.settings import Settings
from consumers.topics.feed import KafkaFeed
from consumers.topics.rights import Service
from domain import wire
from projections.catalogue import views
from projections.folding.feed import Feed
from projections.folding.runner import IDLE_S, Runner
from projections.stores.postgres import PostgresViews
from projections.stores.tables import Overtaken, Store, WrongStore
from projections.view import View

WATCHED_S: Final = 900.0
"""Seconds that one transaction, or one index, may take."""
_TOLD_S: Final = 5.0
_log: Final = structlog.get_logger(__name__)


class Shares(Protocol):
    """Who folds what; see `sharing.Sharing`."""

    def settled(self) -> frozenset[str]: ...
    def changed(self) -> bool: ...
    def withdraw(self, name: str) -> None: ...


class Figures:
    """How far the views are that this process folds."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        self._position = Gauge("docket_view_position", "Last position folded", ["view"], registry=registry)
        self._lag = Gauge("docket_view_lag", "Events of the ledger topic behind that", ["view"], registry=registry)
        self._parked = Gauge("docket_view_parked", "Rows that wait for a repair", ["view"], registry=registry)
        self._told_at = float("-inf")

    def tell(self, runner: Runner) -> None:
        """Of now, once in a while."""
        if monotonic() - self._told_at < _TOLD_S:
            return
        self.forget()
        for view in runner.status().views:
            self._position.labels(view.view).set(view.position)
            self._lag.labels(view.view).set(view.lag)
            self._parked.labels(view.view).set(view.parked)
        self._told_at = monotonic()

    def forget(self) -> None:
        """What another folds is another's to tell."""
        for figure in (self._position, self._lag, self._parked):
            figure.clear()
        self._told_at = float("-inf")


@dataclass(frozen=True, slots=True, kw_only=True)
class Projector:
    """Folds what is its own until that changes: it ends a transaction, gives up, takes, and goes on.

    A view that has to be built is built in turns with those that are followed, which stay a transaction behind at most.
    Raises what Runner and Sharing raise, but not Overtaken: somebody else moved a view, so it looks again.
    """

    feed: Feed
    store: Store
    views: Sequence[View[Any]]
    sharing: Shares
    figures: Figures
    beat: Callable[[], object] = field(default=lambda: None)
    """Called before each transaction."""
    at_once: int = 20_000
    """Events in one transaction of a view that is built while others are followed."""

    def run(self, stop: Event) -> None:
        """Until told to stop."""
        while not stop.is_set():
            if mine := self._mine():
                self._fold(mine, stop)
            else:
                self.beat()
                stop.wait(LOOK_S)

    def _fold(self, mine: Sequence[View[Any]], stop: Event) -> None:
        _log.info("folding", views=[name_of(view) for view in mine])
        live = self._live(mine)
        building = [view for view in mine if view not in live]
        following = Runner(self.feed, self.store, live)
        builder = Runner(self.feed, self.store, building, **({"build_batch": self.at_once} if live else {}))
        turned = False

        def enough() -> bool:
            nonlocal turned
            self.beat()
            turned = turned or stop.is_set() or self.sharing.changed()
            return turned

        try:
            while not enough():
                position = following.catch_up(enough)
                self.figures.tell(following)
                if not building:
                    self.feed.wait(position, IDLE_S)
                    continue
                builder.catch_up(_after_one(enough) if live else enough)
                if self._live(building):
                    return  # what was built is followed from now on, with the others
        except (Overtaken, psycopg.errors.UndefinedTable) as error:  # the second: dropped while it was read
            _log.warning("overtaken", error=type(error).__name__)
            stop.wait(LOOK_S)
        finally:
            self.figures.forget()

    def _live(self, views: Sequence[View[Any]]) -> list[View[Any]]:
        live = {(table.view, table.version) for table in self.store.tables() if table.live}
        return [view for view in views if (view.name, view.version) in live]

    def _mine(self) -> list[View[Any]]:
        """What is ours to fold. A view that is live in a newer version is left to whoever knows that one."""
        newest = {table.view: table.version for table in self.store.tables() if table.live}
        for view in self.views:
            if newest.get(view.name, 0) > view.version:
                self.sharing.withdraw(name_of(view))
        held = self.sharing.settled()
        return [view for view in self.views if name_of(view) in held]


def _after_one(enough: Callable[[], bool]) -> Callable[[], bool]:
    """Enough, after one transaction at the latest: those who can be read already do not wait for one that is built."""
    asked = count()
    return lambda: next(asked) > 0 or enough()


def name_of(view: View[Any]) -> str:
    """What is shared: each version of a view by those who know it, so that a newer one is built beside the old."""
    return f"{view.name}@{view.version}"


def serve(settings: Settings) -> None:
    """Fold until told to stop. Raises NotAsAgreed, Diverged, KafkaError, Unreachable; it is then started again."""
    stop, watchdog = process.stopping(), process.Watchdog(WATCHED_S)
    dsn, every = settings.needed("postgres"), views()
    topic_check(settings, Service.PROJECTOR).refuse()
    feed = KafkaFeed(settings.connection(), settings.names().ledger)
    try:
        store = PostgresViews(dsn)
        try:
            with Sharing(dsn, [name_of(view) for view in every]) as sharing, watchdog.watching():
                Projector(
                    feed=feed, store=store, views=every, sharing=sharing, figures=Figures(), beat=watchdog.beat
                ).run(stop)
        finally:
            store.close()
    except (WrongStore, psycopg.OperationalError, wire.Corrupt) as error:
        sys.exit(f"docket: projector: {error}")
    finally:
        feed.close()
