"""What only a ledger in a file meets: a full disk, and transactions of other processes."""

import json
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from eventsourcing.persistence import OperationalError

from domain.ledger.recorder import Attached
from domain.ledger.sqlite import SQLiteRecorder
from tests.domain.ledger.some_appends import ROOT, accepts, event, opened
from tests.domain.ledger.test_recorder_faults import ALSO_GOOD, GOOD, poison


@pytest.fixture
def where(path: Path) -> str:
    return f"file:{path}"


@pytest.mark.parametrize("wrong", [{"act": 2**70}, {"act": "act-3", "nothing_new": "text in a strict column"}])
def test_what_a_file_cannot_hold_harms_only_whoever_brings_it(
    recorder: SQLiteRecorder, wrong: dict[str, object]
) -> None:
    first, error, second = recorder._writer([GOOD, poison(**wrong), ALSO_GOOD], lambda: None)
    assert (first, second) == (range(1, 2), range(2, 3))
    assert isinstance(error, Exception)
    recorder._writer.close()


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
