"""A timer that runs by itself looks again and again; what is hidden while a store is away is due when it is back."""

import sys
from contextlib import closing
from threading import Event
from typing import Final

import psycopg
import structlog
from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge
from structlog.typing import FilteringBoundLogger

from consumers import process
from consumers.opening import now, shared_ledger
from consumers.process import Watchdog
from consumers.settings import Settings
from consumers.timer.timer import Timer
from consumers.topics.rights import Service
from domain.ledger import StoreError
from domain.ledger.ledger import Busy, NotOpen
from domain.ledger.recorder import Closed, WentBack
from projections.stores.postgres import PostgresViews
from projections.stores.tables import NotBuilt, WrongStore

TICK_S: Final = 1.0
"""Seconds between looks."""
HANGING_S: Final = 120.0
"""Seconds without a look after which the process ends."""
AWAY: Final = (Busy, NotOpen, NotBuilt, StoreError, psycopg.OperationalError)
"""What is raised while record or views cannot answer: what is due then is due at the next look."""


class TimerTally:
    """What one timer did."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        self._recorded = Counter("docket_timer_recorded", "Events that clocks had recorded", registry=registry)
        self._ready = Gauge("docket_timer_ready", "1 while record and views answer", registry=registry)
        self._looked = Gauge("docket_timer_looked", "When the clocks were last looked at (Unix)", registry=registry)

    def looked(self, recorded: int) -> None:
        """A look that was answered."""
        self._recorded.inc(recorded)
        self._ready.set(1)
        self._looked.set_to_current_time()

    def away(self) -> None:
        """A look that was not."""
        self._ready.set(0)


def ticking(
    timer: Timer,
    told: Event,
    *,
    watchdog: Watchdog,
    tally: TimerTally,
    log: FilteringBoundLogger,
    tick_s: float = TICK_S,
) -> None:
    """Look until told to stop. Raises WentBack and Closed: what such a store says is not recorded."""
    while not told.is_set():
        watchdog.beat()
        try:
            tally.looked(timer.record())
        except (WentBack, Closed):
            raise
        except AWAY as error:
            tally.away()
            log.warning("nobody could say what is due", error=type(error).__name__)
        told.wait(tick_s)


def run(settings: Settings) -> None:
    """Look until the process is told to stop."""
    told, watchdog = process.stopping(), Watchdog(HANGING_S)
    try:
        with (
            watchdog.watching(),
            shared_ledger(settings, Service.TIMER) as ledger,
            closing(PostgresViews(settings.needed("postgres"))) as store,
        ):
            ticking(Timer(ledger, store, now), told, watchdog=watchdog, tally=TimerTally(), log=structlog.get_logger())
    except (WrongStore, psycopg.OperationalError) as error:
        sys.exit(f"docket: timer: {error}")
