"""What only a ledger in a file has: its settings, its log, and its refusal of other files."""

import sqlite3
from contextlib import closing
from pathlib import Path
from time import monotonic, sleep

import pytest

from domain.ledger import sqlite_checkpoints
from domain.ledger.recorder import Attached, WrongStore
from domain.ledger.sqlite import SQLiteRecorder
from domain.ledger.sqlite_file import APPLICATION_ID, LOG_PAGES
from tests.domain.ledger.some_appends import all_of, event, opened


@pytest.fixture
def where(path: Path) -> str:
    return f"file:{path}"


def test_no_event_is_edited_or_deleted_by_any_program(recorder: SQLiteRecorder, path: Path) -> None:
    recorder.insert_events([event("case-1", 1)])
    with closing(sqlite3.connect(path)) as other:
        with pytest.raises(sqlite3.IntegrityError, match="ever edited"):
            other.execute("UPDATE events SET document = x'00'")
        with pytest.raises(sqlite3.IntegrityError, match="ever deleted"):
            other.execute("DELETE FROM events")


def test_a_deleted_disclosure_leaves_no_bytes_in_the_file(recorder: SQLiteRecorder, path: Path) -> None:
    secret = b"c2VjcmV0" * 40
    recorder.insert_events([event("case-1", 1)], attached=Attached(disclosures=((secret,),)))
    with closing(recorder._file.writer()) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        assert secret in path.read_bytes()
        connection.execute("DELETE FROM disclosures")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert secret not in path.read_bytes()
    assert recorder.disclosures([1]) == {}
    assert recorder.documents([1]) == {1: b"{}"}


def test_every_commit_is_durable_and_logged_ahead(recorder: SQLiteRecorder, path: Path) -> None:
    with closing(recorder._file.writer()) as connection:
        settings = [
            connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "secure_delete", "foreign_keys")
        ]
    assert settings == ["wal", 2, 1, 0]


def test_the_log_is_folded_into_the_file_without_the_writer(
    recorder: SQLiteRecorder, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_checkpoints, "EVERY_S", 0.01)
    recorder.insert_events([event("case-1", 1, b"folded" * 20)])
    until = monotonic() + 30
    while b"folded" * 20 not in path.read_bytes():
        assert monotonic() < until
        sleep(0.01)
    assert path.with_name("ledger.db-wal").stat().st_size < LOG_PAGES * 4096


def test_a_reader_cannot_write(recorder: SQLiteRecorder) -> None:
    with recorder._file.reader() as connection, pytest.raises(sqlite3.OperationalError, match="readonly"):
        connection.execute("INSERT INTO acts VALUES ('x', 1, 1, 1, NULL)")


def test_a_position_that_is_missing_is_no_answer(recorder: SQLiteRecorder, path: Path) -> None:
    recorder.insert_events([event("case-1", 1), event("case-1", 2), event("case-1", 3)])
    with closing(sqlite3.connect(path)) as other:
        other.execute("DROP TRIGGER events_are_not_deleted")
        other.execute("DELETE FROM events WHERE position = 2")
        other.commit()
    with pytest.raises(Exception, match="missing between 0 and 3"):
        all_of(recorder)


def test_a_file_of_another_application_is_refused_and_left_as_it_is(path: Path) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE theirs (a)")
    before = path.read_bytes()
    with pytest.raises(WrongStore, match="another application"):
        opened(path)
    assert path.read_bytes() == before
    assert not path.with_name("ledger.db-wal").exists()


def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(path: Path) -> None:
    path.write_bytes(b"minutes of a meeting\n" * 1000)
    with pytest.raises(WrongStore):
        opened(path)
    assert path.read_bytes() == b"minutes of a meeting\n" * 1000


def test_a_ledger_of_a_newer_docket_is_refused(path: Path) -> None:
    opened(path).close()
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
        other.execute("PRAGMA user_version = 2")
    with pytest.raises(WrongStore, match="schema 2"):
        opened(path)
