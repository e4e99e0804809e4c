"""One caller's poison is its own, a full disk refuses what does not fit, and nobody is told a guess."""

import json
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier
from typing import Protocol

import pytest
from eventsourcing.persistence import DataError, OperationalError

from domain.ledger.append import Append
from domain.ledger.recorder import Attached, OutcomeUnknown
from domain.ledger.sqlite import SQLiteRecorder
from tests.domain.ledger.some_appends import ROOT, accepts, an_append, event, opened


@pytest.fixture
def where(path: Path) -> str:
    return f"file:{path}"


GOOD, ALSO_GOOD = an_append(("case-1", 1), act="act-1"), an_append(("case-2", 1), act="act-2")


class Arm(Protocol):
    def __call__(self, *, carried_out: bool) -> None: ...


def poison(**wrong: object) -> Append:
    fields = {"events": (), "disclosures": (), "act": None, "reads": (), "nothing_new": None}
    return Append(**(fields | wrong))  # type: ignore[arg-type]


POISON = {
    "a document that is no bytes": poison(events=(("case-3", 1, "t", object()),)),
    "a type that is no text": poison(events=(("case-3", 1, "\ud800", b""),)),
    "no document": poison(events=(("case-3", 1, "t", None),)),
    "a stream that is no key": poison(events=((["unhashable"], 1, "t", b""),)),
    "half an event": poison(events=(("case-3",),)),
    "a version beyond all": poison(reads=(("case-3", 2**70), ("\ud800", 0))),
    "an id beyond all": poison(act=2**70),
    "a digest that is no bytes": poison(act="act-3", nothing_new="text in a strict column"),
}


@pytest.mark.parametrize("bad", POISON.values(), ids=POISON.keys())
def test_poison_harms_only_whoever_brings_it(recorder: SQLiteRecorder, bad: Append) -> None:
    first, error, second = recorder._writer([GOOD, bad, ALSO_GOOD], lambda: None)
    assert (first, second) == (range(1, 2), range(2, 3))
    assert isinstance(error, Exception)
    assert recorder.head() == 2
    recorder._writer.close()


def test_callers_beside_one_with_a_poisonous_version_get_their_commits(recorder: SQLiteRecorder) -> None:
    together = Barrier(8)

    def call(n: int) -> list[int]:
        together.wait()
        return [recorder.insert_events([event(f"case-{n}", v if n else 2**70)])[0] for v in range(1, 31)]

    with ThreadPoolExecutor(8) as pool:
        calls = [pool.submit(call, n) for n in range(8)]
        assert isinstance(calls[0].exception(60), DataError)
        got = sorted(position for call_ in calls[1:] for position in call_.result(60))
    assert got == list(range(1, 7 * 30 + 1))


@pytest.fixture
def failing_commit(recorder: SQLiteRecorder, monkeypatch: pytest.MonkeyPatch) -> Arm:
    """The next commit fails, after it was carried out or before."""

    def arm(*, carried_out: bool) -> None:
        commit = recorder._writer._commit

        def fails(connection: sqlite3.Connection) -> None:
            monkeypatch.setattr(recorder._writer, "_commit", commit)
            if carried_out:
                commit(connection)
            raise sqlite3.OperationalError("disk I/O error")

        monkeypatch.setattr(recorder._writer, "_commit", fails)

    return arm


@pytest.mark.parametrize("act", [None, "act-1"])
def test_a_commit_that_failed_but_happened_is_reported_as_it_is(
    recorder: SQLiteRecorder, failing_commit: Arm, act: str | None
) -> None:
    failing_commit(carried_out=True)
    assert recorder.insert_events([event("case-1", 1)], attached=Attached(act=act)) == [1]
    assert recorder.insert_events([event("case-1", 2)]) == [2]
    failing_commit(carried_out=True)
    assert recorder.insert_events([], attached=Attached(act="act-2", nothing_new=b"salted")) == []
    assert recorder.act("act-2") is not None


@pytest.mark.parametrize("act", [None, "act-1"])
def test_a_commit_that_did_not_happen_stored_nothing_and_may_be_repeated(
    recorder: SQLiteRecorder, failing_commit: Arm, act: str | None
) -> None:
    failing_commit(carried_out=False)
    with pytest.raises(OperationalError, match="disk I/O error") as failed:
        recorder.insert_events([event("case-1", 1)], attached=Attached(act=act))
    assert not isinstance(failed.value, OutcomeUnknown)
    assert recorder.head() == 0
    assert recorder.insert_events([event("case-1", 1)], attached=Attached(act=act)) == [1]


def test_nobody_is_told_that_an_act_is_known_when_its_commit_did_not_happen(
    recorder: SQLiteRecorder, failing_commit: Arm
) -> None:
    failing_commit(carried_out=False)
    answers = recorder._writer([GOOD, GOOD], lambda: None)
    assert [type(answer) for answer in answers] == [OperationalError, OperationalError]
    assert recorder.act("act-1") is None
    recorder._writer.close()


@pytest.mark.parametrize(
    "met", [sqlite3.OperationalError("unable to open"), MemoryError("no room")], ids=["sqlite3", "other"]
)
def test_a_commit_that_nobody_can_settle_is_called_unknown(
    recorder: SQLiteRecorder, failing_commit: Arm, monkeypatch: pytest.MonkeyPatch, met: Exception
) -> None:
    recorder.insert_events([event("case-1", 1)])

    def away() -> sqlite3.Connection:
        raise met

    with monkeypatch.context() as patch:
        patch.setattr(recorder._file, "writer", away)
        failing_commit(carried_out=True)
        with pytest.raises(OutcomeUnknown, match=str(met)):
            recorder.insert_events([event("case-1", 2)])
    assert recorder.insert_events([event("case-1", 3)]) == [3]


def test_a_full_disk_refuses_those_that_do_not_fit_and_ends_when_there_is_room(recorder: SQLiteRecorder) -> None:
    recorder.insert_events([event("case-0", 1)])
    connection = recorder._writer._connection
    assert connection is not None
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages + 4}")
    large = b"x" * 3000

    def call(n: int) -> list[int] | BaseException:
        try:
            beside = Attached(act=f"act-{n}", disclosures=((b"W" * 3000,), ()))
            return recorder.insert_events([event(f"case-{n}", 1, large), event(f"case-{n}", 2, large)], attached=beside)
        except OperationalError as e:
            return e

    with ThreadPoolExecutor(8) as pool:
        outcomes = dict(zip(range(1, 17), pool.map(call, range(1, 17)), strict=True))
    refused = [n for n, outcome in outcomes.items() if isinstance(outcome, OperationalError)]
    assert len(refused) > 8
    assert all("full" in str(outcomes[n]) for n in refused)
    for n, outcome in outcomes.items():
        stored = recorder.read_stream(f"case-{n}")
        row = recorder.act(f"act-{n}")
        if n in refused:
            assert (stored, row) == ([], None)
        else:
            assert [position for position, _, _ in stored] == outcome
            assert row is not None
    connection.execute("PRAGMA max_page_count = 1000000")
    head = recorder.head()
    assert [call(n) for n in refused] == [[head + 2 * n + 1, head + 2 * n + 2] for n in range(len(refused))]


FULL = """
import json, resource, sys
from pathlib import Path
from eventsourcing.persistence import OperationalError
from tests.domain.ledger.some_appends import event, opened
path = Path(sys.argv[1])
recorder = opened(path)
for n in range(1, 6):
    recorder.insert_events([event("case-1", n, b"x" * 2000)])
soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (path.with_name(path.name + "-wal").stat().st_size + 6000, hard))
stored, errors = 5, []
while len(errors) < 3:
    try:
        recorder.insert_events([event("case-1", stored + 1, b"x" * 2000)])
        stored += 1
    except OperationalError as e:
        errors.append(str(e))
resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
found = len(recorder.read_stream("case-1"))
after = recorder.insert_events([event("case-1", stored + 1)])
recorder.close()
print(json.dumps({"stored": stored, "found": found, "after": after, "errors": errors}))
"""


def test_a_log_that_may_not_grow_fails_at_the_commit_and_what_was_told_is_true(path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(path)], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["found"] == told["stored"]
    assert told["after"] == [told["stored"] + 1]
    with closing(opened(path)) as recorder:
        assert recorder.head() == told["stored"] + 1


def test_a_transaction_of_another_process_is_waited_for(recorder: SQLiteRecorder, path: Path) -> None:
    recorder.insert_events([event("case-1", 1)])
    with closing(sqlite3.connect(path, isolation_level=None)) as other, ThreadPoolExecutor(1) as pool:
        other.execute("BEGIN IMMEDIATE")
        appending = pool.submit(recorder.insert_events, [event("case-1", 2)])
        assert not appending.done()
        other.execute("COMMIT")
        assert appending.result(30) == [2]


def test_a_transaction_that_does_not_end_refuses_and_the_next_append_works(path: Path) -> None:
    with (
        closing(SQLiteRecorder(path, verify=accepts, patience_s=0.05)) as recorder,
        closing(sqlite3.connect(path, isolation_level=None)) as other,
    ):
        recorder.insert_events([event("case-1", 1)])
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError, match="locked"):
            recorder.insert_events([event("case-1", 2)])
        other.execute("ROLLBACK")
        assert recorder.insert_events([event("case-1", 2)]) == [2]
