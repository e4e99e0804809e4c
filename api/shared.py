"""One of several processes that serve one record: the ledger is in PostgreSQL, and projectors keep the views."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event
from typing import Final

import structlog

from api.compose import Work, found, guarded
from consumers.opening import shared_ledger
from consumers.settings import Settings
from consumers.timer.timer import Timer
from consumers.topics.published import Published
from consumers.topics.rights import Service
from domain.ledger import StoreError
from domain.ledger.ledger import Busy, Ledger
from domain.ledger.recorder import LedgerRecorder, WentBack
from projections.catalogue import views
from projections.folding.following import Follower
from projections.stores.postgres import PostgresViews
from projections.stores.postgres_hints import PostgresHints

LOOK_S: Final = 1.0
"""Seconds between looks at whether the store still has what it had."""
_log: Final = structlog.get_logger(__name__)


@dataclass(slots=True, kw_only=True)
class Shared:
    """What one process holds open."""

    ledger: Ledger
    store: PostgresViews
    runner: Follower
    """Knows how far the views are, which others fold."""
    timer: Timer
    """For whoever tells the time; otherwise it is a process of its own."""
    stopping: Event = field(default_factory=Event)
    failed: BaseException | None = None
    """Why a thread ended that may not end: nothing is answered any more that could be old or forked."""

    @property
    def recorder(self) -> LedgerRecorder:
        return self.ledger.recorder


@contextmanager
def shared(
    settings: Settings, *, clock: Callable[[], datetime], ceiling: str, simulated: bool = False
) -> Iterator[Shared]:
    """Open the ledger, and found it if nobody has.

    Raises what `shared_ledger` raises, and what the views raise when they cannot be opened.
    """
    with shared_ledger(settings, Service.API, clock=clock, simulated=simulated) as ledger:
        if ledger.recorder.head() == 0:
            try:
                found(ledger, ceiling)
            except Busy:
                if ledger.recorder.head() == 0:
                    raise
        dsn = settings.needed("postgres")
        with closing(PostgresViews(dsn)) as store, closing(PostgresHints(dsn)) as hints:
            runner = Follower(store, views(), head=ledger.recorder.head, hints=hints)
            yield Shared(ledger=ledger, store=store, runner=runner, timer=Timer(ledger, store, clock))


@contextmanager
def following(docket: Shared, places: Published | None = None) -> Iterator[None]:
    """Follow how far the views are, and what is published; see to it that the store has what it had."""
    work: dict[str, Work] = {"follower": docket.runner.run, "ledger": _look(docket.recorder)}
    if places is not None:
        work["published"] = places.run
    with guarded(docket, **work):
        yield


def _look(recorder: LedgerRecorder) -> Callable[[Event], None]:
    """A database that is away may come back; one that went back ends the process."""

    def look(stop: Event) -> None:
        while not stop.wait(LOOK_S):
            try:
                recorder.head()
            except WentBack:
                raise
            except StoreError as error:
                _log.warning("the ledger does not answer", error=type(error).__name__)

    return look
