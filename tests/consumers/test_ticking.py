"""Timers that run by themselves record what is due once, however many there are and whichever of them is killed."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread

from prometheus_client import CollectorRegistry
from structlog import wrap_logger
from structlog.testing import LogCapture

from consumers.process import Watchdog
from consumers.timer.ticking import TimerTally, ticking
from consumers.timer.timer import Timer
from domain import wire
from domain.ledger.recorder import LedgerRecorder
from projections.catalogue import views
from projections.folding.runner import Runner
from projections.stores.postgres import PostgresViews
from tests.consumers.sharing_a_ledger import ENOUGH_S, shared, until
from tests.projections.small_ledger import Small
from tests.services.postgres import Postgres, Server

ROOT = Path(__file__).parents[2]
MANY = 60


def lapsed(recorder: LedgerRecorder) -> list[str]:
    """The cases whose review lapsed, as it was recorded."""
    return [
        wire.load(document).stream for _, type, document in recorder.read(0, 10_000) if type == "case.review-lapsed.v1"
    ]


@contextmanager
def folded(dsn: str, ledger: Small) -> Iterator[PostgresViews]:
    """Views that have everything."""
    with closing(PostgresViews(dsn)) as store:
        Runner(ledger.recorder, store, views()).catch_up()
        yield store


def spawned(dsn: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "consumers", "timer"]
    environment = os.environ | {"DOCKET_POSTGRES": dsn}
    return subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True)


def test_two_timers_of_which_one_is_killed_record_each_clock_once(postgres: Postgres) -> None:
    dsn = postgres.new_database()
    with shared(dsn) as ledger:
        cases = {f"case-{ledger.submit(f'Model {number}')}" for number in range(MANY)}
        with folded(dsn, ledger):
            pass
        killed, other = spawned(dsn), spawned(dsn)
        until(lambda: len(lapsed(ledger.recorder)) > 2, "nothing is recorded")
        killed.kill()
        killed.communicate()
        until(lambda: len(lapsed(ledger.recorder)) >= MANY, "not everything is recorded")
        other.terminate()
        _, said = other.communicate(timeout=ENOUGH_S)
        assert other.returncode == 0, said
        with folded(dsn, ledger) as store:
            assert Timer(ledger.ledger, store, lambda: datetime.now(UTC)).record() == 0, "something is due still"
        assert len(lapsed(ledger.recorder)) == MANY
        assert set(lapsed(ledger.recorder)) == cases


def test_what_was_due_while_the_stores_were_away_is_recorded_when_they_are_back(own_server: Server) -> None:
    dsn, told, registry, log = own_server.new_database(), Event(), CollectorRegistry(), LogCapture()

    def ready() -> float | None:
        return registry.get_sample_value("docket_timer_ready")

    with shared(dsn) as ledger, closing(PostgresViews(dsn, patience_s=2)) as store:
        ledger.submit()
        timer = Timer(ledger.ledger, store, lambda: datetime.now(UTC))
        arguments = {
            "watchdog": Watchdog(ENOUGH_S),
            "tally": TimerTally(registry),
            "log": wrap_logger(None, processors=[log]),
            "tick_s": 0.05,
        }
        running = Thread(target=ticking, args=(timer, told), kwargs=arguments)
        running.start()
        until(
            lambda: any(entry["error"] == "NotBuilt" for entry in log.entries), "there is no view, and nobody says so"
        )
        own_server.kill()
        until(lambda: log.entries[-1]["error"] != "NotBuilt", "the stores answer although they are away")
        assert (ready(), running.is_alive()) == (0, True)
        own_server.start()
        with folded(dsn, ledger):
            pass
        until(lambda: ready() == 1, "the stores are back, and nobody looks")
        until(lambda: len(lapsed(ledger.recorder)) == 1, "what was due is not recorded")
        told.set()
        running.join(ENOUGH_S)
        assert not running.is_alive()
        assert registry.get_sample_value("docket_timer_recorded_total") == 1
