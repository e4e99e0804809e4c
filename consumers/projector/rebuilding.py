"""A view that projectors fold is built anew by whoever claims it: it is followed meanwhile, and then given back."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread
from typing import Any, Final

import psycopg
from kafka.errors import KafkaError

from consumers.projector.projector import name_of
from consumers.projector.sharing import claimed
from consumers.topics.connection import Connection, Unreachable
from consumers.topics.feed import KafkaFeed
from consumers.topics.tail import Diverged
from domain import wire
from projections.folding.runner import Runner
from projections.folding.status import Rebuilt
from projections.stores.postgres import PostgresViews
from projections.stores.tables import Overtaken, WrongStore
from projections.view import View

_PATIENCE_S: Final = 60.0
"""How long a projector may take to give a view up."""


class Newer(Exception):
    """The view is live in a version that this Docket does not know."""


class Rebuilding:
    """Builds views anew from the ledger topic, in PostgreSQL.

    Raises Unreachable where database or brokers are away, InUse, Newer, Diverged, WrongStore, and what a runner raises.
    """

    def __init__(self, connection: Connection, topic: str, dsn: str) -> None:
        self._dsn = dsn
        self._feed = KafkaFeed(connection, topic)
        with _reaching():
            self._store = PostgresViews(dsn)

    def close(self) -> None:
        self._store.close()
        self._feed.close()

    def head(self) -> int:
        """Last position of the topic."""
        with _reaching():
            return self._feed.head()

    def rebuild(self, view: View[Any]) -> Rebuilt:
        """Build it beside its live table, compare, and switch."""
        with _reaching(), claimed(self._dsn, name_of(view), patience_s=_PATIENCE_S):
            live = [table.version for table in self._store.tables() if table.live and table.view == view.name]
            if max(live, default=0) > view.version:
                raise Newer(f"{view.name} is live in version {max(live)}; this Docket knows {view.version}")
            runner, stop = Runner(self._feed, self._store, [view]), Event()
            following = Thread(target=_follow, args=(runner, stop), name="follower")
            following.start()
            try:
                return runner.rebuild(view, compare=True)
            finally:
                stop.set()
                following.join()


def _follow(runner: Runner, stop: Event) -> None:
    # whatever stops it stops the rebuild as well, which says so
    with suppress(psycopg.Error, KafkaError, Unreachable, Diverged, Overtaken, WrongStore, wire.Corrupt):
        runner.run(stop)


@contextmanager
def _reaching() -> Iterator[None]:
    try:
        yield
    except (psycopg.Error, KafkaError) as error:
        raise Unreachable(str(error).strip() or type(error).__name__) from error
