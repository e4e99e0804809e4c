"""A projector that was away for long catches up, whatever waits for it, without holding all of it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bench import lives
from projections.case_status import CASE_STATUS
from projections.catalogue import views
from projections.folding.runner import Runner
from projections.stores.postgres import PostgresViews
from projections.stores.sqlite import SQLiteViews
from tests.consumers.ledger_topic import LedgerTopic
from tests.services.kafka import Kafka
from tests.services.postgres import Postgres

ROOT = Path(__file__).parents[2]
EVENTS = 100_000
MOST_MB = 512


@pytest.mark.timeout(280)
def test_a_lag_of_a_hundred_thousand_events_is_caught_up_with(kafka: Kafka, postgres: Postgres, tmp_path: Path) -> None:
    record = lives.ledger(tmp_path / "ledger.db", EVENTS, 2_000)
    topic, dsn = LedgerTopic(kafka), postgres.new_database()
    for after in range(0, EVENTS, 10_000):
        topic.publish(record.read(after, 10_000), at_once=1_000)
    store = PostgresViews(dsn)
    environ = {"DOCKET_KAFKA": kafka.bootstrap, "DOCKET_POSTGRES": dsn, "DOCKET_TOPICS": topic.topics.prefix}
    command = [sys.executable, "-m", "consumers", "projector"]
    projector = subprocess.Popen(command, cwd=ROOT, env=os.environ | environ)
    try:
        until = time.monotonic() + 200
        while positions(store) != {view.name: EVENTS for view in views()}:
            assert projector.poll() is None, "it ended"
            assert time.monotonic() < until, positions(store)
            time.sleep(0.2)
        assert peak_mb(projector.pid) < MOST_MB
        projector.send_signal(signal.SIGTERM)
        assert projector.wait(30) == 0
        mine = SQLiteViews(tmp_path / "views.db")
        Runner(record, mine, [CASE_STATUS]).catch_up()
        assert digest(store) == digest(mine)
        mine.close()
    finally:
        projector.kill()
        projector.wait()
        store.close()
        record.close()


def positions(store: PostgresViews) -> dict[str, int]:
    return {table.view: table.position for table in store.tables() if table.live}


def digest(store: PostgresViews | SQLiteViews) -> list[str]:
    return [store.digest(table) for table in store.tables() if table.live and table.view == CASE_STATUS.name]


def peak_mb(pid: int) -> float:
    """The most memory that a process has had."""
    said = Path(f"/proc/{pid}/status").read_text()
    return int(said.partition("VmHWM:")[2].split()[0]) / 1024
