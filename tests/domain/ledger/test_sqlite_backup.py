"""A backup is the ledger as it was at one moment: whole, verified, in one file, and never in the place of another."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Event

import pytest
from eventsourcing.persistence import IntegrityError

from domain.ledger import sqlite_file
from domain.ledger.recorder import Attached
from domain.ledger.sqlite import SQLiteRecorder
from tests.domain.ledger.some_appends import all_of, event, opened


@pytest.fixture
def where(path: Path) -> str:
    return f"file:{path}"


def test_a_backup_is_a_ledger_that_goes_on(recorder: SQLiteRecorder, tmp_path: Path) -> None:
    recorder.insert_events([event("case-1", 1, b"one")], attached=Attached(act="act-1", disclosures=((b"Wy", b"Wz"),)))
    pages: list[tuple[int, int]] = []
    assert recorder.backup(tmp_path / "copy.db", lambda done, all_: pages.append((done, all_))) == 1
    assert pages[-1][0] == pages[-1][1] > 0
    assert sorted(p.name for p in tmp_path.iterdir() if not p.name.startswith("ledger.db")) == ["copy.db"]
    with closing(opened(tmp_path / "copy.db")) as copy:
        assert all_of(copy) == all_of(recorder)
        assert copy.disclosures([1]) == {1: (b"Wy", b"Wz")}
        assert copy.act("act-1") == recorder.act("act-1")
        assert copy.insert_events([event("case-1", 2)]) == [2]
    assert recorder.head() == 1


def test_a_backup_takes_nobody_s_place(recorder: SQLiteRecorder, tmp_path: Path) -> None:
    (tmp_path / "copy.db").write_text("last week's")
    with pytest.raises(FileExistsError):
        recorder.backup(tmp_path / "copy.db")
    assert (tmp_path / "copy.db").read_text() == "last week's"


def test_a_backup_does_not_take_the_place_of_what_came_meanwhile(recorder: SQLiteRecorder, tmp_path: Path) -> None:
    with pytest.raises(FileExistsError):
        recorder.backup(tmp_path / "copy.db", lambda done, all_: (tmp_path / "copy.db").write_text("quicker"))
    assert (tmp_path / "copy.db").read_text() == "quicker"
    assert list(tmp_path.glob(".*.part")) == []


def test_a_copy_that_is_not_whole_is_no_backup(
    recorder: SQLiteRecorder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder.insert_events([event("case-1", 1)])
    answers = iter([1, 0, 0])
    monkeypatch.setattr(sqlite_file, "last_position", lambda connection: next(answers))
    with pytest.raises(IntegrityError, match="position 0 of 1"):
        recorder.backup(tmp_path / "copy.db")
    assert [p.name for p in tmp_path.iterdir() if not p.name.startswith("ledger.db")] == []


def test_a_backup_under_load_is_a_prefix_without_half_an_act(
    recorder: SQLiteRecorder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_file, "_PAGES_A_STEP", 16)
    for n in range(1, 201):
        recorder.insert_events([event("case-0", n, b"x" * 3000)])
    over = Event()

    def write(n: int) -> int:
        version = 0
        while not over.is_set():
            events = [event(f"case-{n}", version + 1, b"y" * 900), event(f"case-{n}", version + 2)]
            recorder.insert_events(events, attached=Attached(act=f"act-{n}-{version}"))
            version += 2
        return version

    with ThreadPoolExecutor(4) as pool:
        writers = [pool.submit(write, n) for n in range(1, 5)]
        try:
            heads = [recorder.backup(tmp_path / f"copy-{n}.db") for n in range(3)]
        finally:
            over.set()
        assert all(writer.result(60) for writer in writers)
    assert heads == sorted(heads)
    for n, head in enumerate(heads):
        with closing(opened(tmp_path / f"copy-{n}.db")) as copy:
            assert all_of(copy) == recorder.read(0, head)
            with copy._file.reader() as connection:
                acts = connection.execute("SELECT sum(last - first + 1) FROM acts").fetchone()[0] or 0
            assert acts == head - 200
