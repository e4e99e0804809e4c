"""`python -m consumers relay` as somebody runs it: by its environment, until it is told to stop or may not go on."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from consumers.topics.profile import wanted
from domain import wire
from domain.ledger.postgres import PostgresRecorder
from tests.consumers.relaying import KEYRING, ROOT, Between, everything
from tests.projections.small_ledger import Small
from tests.services.kafka import Kafka
from tests.services.postgres import Postgres


@pytest.fixture
def between(kafka: Kafka) -> Between:
    """Topics that are as they have to be."""
    made = Between(kafka=kafka)
    for topic in wanted(made.topics, (), "single"):
        kafka.make_topic(topic.name, settings=topic.settings)
    return made


def test_a_relay_sends_until_it_is_told_to_stop_and_refuses_a_store_that_went_back(
    postgres: Postgres, between: Between, tmp_path: Path
):
    dsn = postgres.new_database()
    store: Any = PostgresRecorder(dsn, verify=wire.verify)
    ledger = Small(store).found()
    environ = environment(between, dsn, tmp_path)
    with spawned(environ) as relay:
        await_copy(between, store.head(), relay)
        ledger.enrol()
        ledger.concern(ledger.submit())
        await_copy(between, store.head(), relay)
        relay.send_signal(signal.SIGTERM)
        _, said = relay.communicate(timeout=60)
    assert (relay.returncode, said) == (0, "")
    assert between.copy() == everything(store)
    store.close()

    with spawned(environ | {"DOCKET_POSTGRES": postgres.new_database()}) as relay:
        _, said = relay.communicate(timeout=60)
    assert relay.returncode == 65
    assert "docket restore --from-kafka" in said
    assert said.count("\n") == 1


def test_a_relay_says_what_it_lacks(between: Between, tmp_path: Path):
    environ = environment(between, "", tmp_path)
    del environ["DOCKET_POSTGRES"]
    with spawned(environ) as relay:
        _, said = relay.communicate(timeout=60)
    assert (relay.returncode, said) == (1, "docket: relay: set DOCKET_POSTGRES\n")


def environment(between: Between, dsn: str, folder: Path) -> dict[str, str]:
    KEYRING.write(folder / "keyring")
    return {
        "PATH": os.environ["PATH"],
        "DOCKET_POSTGRES": dsn,
        "DOCKET_KAFKA": between.kafka.bootstrap,
        "DOCKET_TOPICS": between.topics.prefix,
        "DOCKET_KEYS": str(folder / "keyring"),
    }


@contextmanager
def spawned(environ: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """A relay that does not outlive its test."""
    command = [sys.executable, "-m", "consumers", "relay"]
    with subprocess.Popen(command, cwd=ROOT, env=environ, stderr=subprocess.PIPE, text=True) as relay:
        try:
            yield relay
        finally:
            relay.kill()


def await_copy(between: Between, position: int, relay: subprocess.Popen[str]) -> None:
    until = time.monotonic() + 60
    while len(between.committed(between.topics.ledger)) < position:  # its keys may be seen a moment later
        assert relay.poll() is None, relay.communicate()
        assert time.monotonic() < until
        time.sleep(0.1)
