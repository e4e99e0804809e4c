"""What is destroyed is in no file of the folder any more, whoever reads meanwhile and whatever is killed."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from time import monotonic, sleep
from typing import Final

import pytest

from domain import wire
from domain.ledger.sqlite import SQLiteRecorder
from domain.ledger.sqlite_checkpoints import Checkpoints
from tests.projections.destroying import destroyed, elapsed, scheduled
from tests.projections.small_ledger import Small, small

CANARY: Final = "canary 7d1c7f0a-4c1b-4a55-9d57-a41f3c0a9b52"
PATIENCE_S: Final = 20.0


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Small]:
    (tmp_path / "data").mkdir()
    made = small(tmp_path / "data" / "ledger.db")
    made.enrol()
    scheduled(made)
    yield made
    made.recorder.close()


def planted(ledger: Small) -> tuple[int, set[bytes]]:
    """Where an event stands that protects the canary, and the bytes of that: plain, and as it is disclosed.

    Many events stand before and behind it, so that pages were split and folded; one of them is longer than a page.
    """
    case = ledger.submit()
    for number in range(40):
        ledger.concern(case, f"{number} (invented)")
    position = ledger.concern(case, CANARY + " and on, and on" * 400).position
    for number in range(40):
        ledger.concern(case, f"{number} (invented)")
    disclosures = ledger.recorder.disclosures([position])[position]
    pieces = {each[at : at + 60] for each in disclosures for at in range(0, len(each) - 60, 500)}
    return position, {CANARY.encode(), *pieces}


def holding(folder: Path, planted: set[bytes]) -> set[str]:
    """Names of the files in which some of these bytes stand."""
    return {
        each.name for each in folder.iterdir() if each.is_file() and any(one in each.read_bytes() for one in planted)
    }


def await_nothing(folder: Path, planted: set[bytes]) -> None:
    until = monotonic() + PATIENCE_S
    while found := holding(folder, planted):
        assert monotonic() < until, found
        sleep(0.02)


def test_no_file_has_the_bytes_any_more(ledger: Small, tmp_path: Path) -> None:
    position, planted_bytes = planted(ledger)
    elapsed(ledger)
    assert holding(tmp_path / "data", planted_bytes), "it is there to be found"
    destroyed(ledger, position)
    await_nothing(tmp_path / "data", planted_bytes)
    ledger.recorder.backup(tmp_path / "later.db")
    assert holding(tmp_path, planted_bytes) == set()
    with closing(sqlite3.connect(tmp_path / "later.db")) as copy:
        assert copy.execute("SELECT count(*) FROM disclosures WHERE position = ?", (position,)).fetchone() == (0,)


def test_an_earlier_backup_has_them_still(ledger: Small, tmp_path: Path) -> None:
    position, planted_bytes = planted(ledger)
    ledger.recorder.backup(tmp_path / "earlier.db")
    elapsed(ledger)
    destroyed(ledger, position)
    assert holding(tmp_path, planted_bytes) == {"earlier.db"}


def test_a_reader_that_stands_in_the_log_only_delays_it_and_hinders_no_writer(ledger: Small, tmp_path: Path) -> None:
    position, planted_bytes = planted(ledger)
    elapsed(ledger)
    with closing(sqlite3.connect(tmp_path / "data" / "ledger.db", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT max(position) FROM events").fetchone()
        destroyed(ledger, position)
        for _ in range(20):
            ledger.concern(ledger.submit("Vega"), "Meanwhile (invented)")
        assert holding(tmp_path / "data", planted_bytes), "what the reader may still ask for is there"
        reader.execute("COMMIT")
        await_nothing(tmp_path / "data", planted_bytes)


def test_whoever_opens_a_ledger_finishes_what_a_killed_process_began(
    ledger: Small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    position, planted_bytes = planted(ledger)
    elapsed(ledger)
    monkeypatch.setattr(Checkpoints, "scrub", lambda self: None)  # as if it was killed before
    destroyed(ledger, position)
    shutil.copytree(tmp_path / "data", tmp_path / "killed")
    assert holding(tmp_path / "killed", planted_bytes)
    with closing(SQLiteRecorder(tmp_path / "killed" / "ledger.db", verify=wire.verify)) as again:
        assert again.disclosures([position]) == {}
        assert holding(tmp_path / "killed", planted_bytes) == set()
