"""One of several processes that serve one record: the ledger is in PostgreSQL, and projectors keep the views."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event
from typing import Any, Final

import structlog

from api.acts.receipts import published
from api.audit.log import proved
from api.compose import Work, found, guarded, readings
from consumers.apart import Apart
from consumers.apart.postgres import PostgresApart
from consumers.checkpoints.opening import Behind, checkpoints_of, checkpoints_of_reads
from consumers.opening import shared_ledger, topic_check
from consumers.settings import Settings
from consumers.timer.timer import Timer
from consumers.topics.published import Published
from consumers.topics.rights import Service
from domain import wire
from domain.ledger import StoreError
from domain.ledger.ledger import Busy, Ledger
from domain.ledger.postgres import PostgresRecorder
from domain.ledger.readings import SCHEMA, Readings
from domain.ledger.recorder import LedgerRecorder, WentBack
from projections.catalogue import views
from projections.folding.following import Follower
from projections.searching.index import Index
from projections.searching.postgres import PostgresSets
from projections.stores.postgres import PostgresViews
from projections.stores.postgres_hints import PostgresHints
from projections.transparency.log import LogReader

LOOK_S: Final = 1.0
"""Seconds between looks at whether the store still has what it had."""
_log: Final = structlog.get_logger(__name__)


@dataclass(slots=True, kw_only=True)
class Shared:
    """What one process holds open."""

    ledger: Ledger
    store: PostgresViews
    index: Index
    runner: Follower
    """Knows how far the views are, which others fold."""
    timer: Timer
    """For whoever tells the time; otherwise it is a process of its own."""
    readings: Readings
    """What oversight reads; every door records it in the same place."""
    apart: Apart
    """What is neither record nor view; every door has the same."""
    places: Published
    """Knows where events lie on the ledger topic."""
    more: Mapping[str, Any]
    """What the door gets beside: ack levels, checks, topics, offices."""
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
    check = topic_check(settings, Service.API)
    with shared_ledger(settings, Service.API, clock=clock, simulated=simulated, check=check) as ledger:
        if ledger.recorder.head() == 0:
            try:
                found(ledger, ceiling)
            except Busy:
                if ledger.recorder.head() == 0:
                    raise
        dsn, topics = settings.needed("postgres"), settings.names()
        with (
            closing(PostgresViews(dsn)) as store,
            closing(PostgresSets(dsn)) as sets,
            closing(PostgresHints(dsn)) as hints,
            closing(PostgresApart(dsn)) as apart,
            closing(PostgresRecorder(dsn, verify=wire.verify, schema=SCHEMA)) as reads,
            closing(Published(settings.connection(), topics.ledger)) as places,
        ):
            files = settings.log_files()
            kept = checkpoints_of(files, apart, ledger.opened.ledger)
            of_reads = readings(reads, ceiling=ledger.opened.ceiling, clock=clock, simulated=simulated)
            yield Shared(
                ledger=ledger,
                store=store,
                index=Index(ledger.recorder, sets),
                runner=Follower(store, views(), head=ledger.recorder.head, hints=hints),
                timer=Timer(ledger, store, clock),
                readings=of_reads,
                apart=apart,
                places=places,
                more={
                    "acks": {"published": published(places), "proved": proved(LogReader(store), kept.wait)},
                    "checks": {"topics": check, "log": Behind(kept, ledger.recorder.head)},
                    "checkpoints": kept,
                    "checkpoints_of_reads": checkpoints_of_reads(files, apart, of_reads.ledger),
                    "topics": topics,
                    "offices": settings.offices,
                },
            )


@contextmanager
def following(docket: Shared, **more: Work) -> Iterator[None]:
    """Follow how far the views are, and what is published; see to it that the store has what it had.

    `more` are threads beside.
    """
    with guarded(
        docket,
        follower=docket.runner.run,
        index=docket.index.run,
        published=docket.places.run,
        ledger=_look(docket.recorder),
        **more,
    ):
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
