"""`docket restore` as somebody runs it: into a folder or a database, again, and where it may not."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from domain import wire
from domain.ledger.postgres import PostgresRecorder
from domain.ledger.sqlite import SQLiteRecorder
from tests.consumers.relaying import KEYRING, ROOT, Between, Copied, everything
from tests.projections.small_ledger import small
from tests.services.kafka import Kafka
from tests.services.postgres import Postgres


@pytest.fixture
def between(kafka: Kafka) -> Between:
    return Between(kafka=kafka).made()


@pytest.fixture
def stored(between: Between, tmp_path: Path) -> list[Copied]:
    """What a ledger had that is on Kafka."""
    ledger = small(tmp_path / "lost.db")
    ledger.enrol()
    ledger.concern(ledger.submit())
    between.catch_up(ledger.recorder)
    had = everything(ledger.recorder)
    ledger.recorder.close()
    KEYRING.write(tmp_path / "keyring")
    return had


def restore(between: Between, folder: Path, *words: object, **environ: str) -> subprocess.CompletedProcess[str]:
    said = {
        "PATH": os.environ["PATH"],
        "DOCKET_KAFKA": between.kafka.bootstrap,
        "DOCKET_TOPICS": between.topics.prefix,
        "DOCKET_KEYS": str(folder / "keyring"),
    }
    command = [sys.executable, "-m", "api", "restore", "--from-kafka", "--json", *map(str, words)]
    return subprocess.run(
        command, cwd=ROOT, env=said | environ, capture_output=True, text=True, timeout=60, check=False
    )


def test_a_folder_comes_back_and_again_is_not_an_error(between: Between, stored: list[Copied], tmp_path: Path):
    for events in (len(stored), 0):
        done = restore(between, tmp_path, "--data", tmp_path / "data")
        assert done.returncode == 0, done.stderr
        said = json.loads(done.stdout)
        assert (said["position"], said["events"], said["disclosures_destroyed"]) == (len(stored), events, 0)
    assert of(SQLiteRecorder(tmp_path / "data" / "ledger.db", verify=wire.verify)) == stored


def test_a_database_comes_back(between: Between, stored: list[Copied], tmp_path: Path, postgres: Postgres):
    dsn = postgres.new_database()
    done = restore(between, tmp_path, "--postgres", dsn)
    assert done.returncode == 0, done.stderr
    assert of(PostgresRecorder(dsn, verify=wire.verify)) == stored


def test_a_restore_that_may_not_be_says_so_in_a_line(between: Between, stored: list[Copied], tmp_path: Path):
    (tmp_path / "other").mkdir()
    small(tmp_path / "other" / "ledger.db").recorder.close()
    KEYRING.new("another").write(tmp_path / "another")
    for words, environ, code, why in (
        (["--data", tmp_path / "other"], {}, 65, "no earlier state"),
        (["--data", tmp_path / "new"], {"DOCKET_KEYS": str(tmp_path / "another")}, 1, "no key '2026-11'"),
    ):
        done = restore(between, tmp_path, *words, **environ)
        assert (done.returncode, done.stderr.count("\n")) == (code, 1), done.stderr
        assert why in done.stderr


def of(recorder: Any) -> list[Copied]:
    try:
        return everything(recorder)
    finally:
        recorder.close()
