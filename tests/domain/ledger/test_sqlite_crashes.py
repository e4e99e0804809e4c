"""What was acknowledged outlives the process, and a store that went back, or is closed, is asked in vain.

kill -9 shows a crash of the process, not a power cut; of a power cut only the failed fsync before it is shown.
"""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Event

import pytest

from domain.ledger.recorder import Closed, WentBack
from domain.ledger.sqlite import SQLiteRecorder
from tests.domain.ledger.some_appends import ROOT, all_of, event, opened


@pytest.fixture
def where(path: Path) -> str:
    return f"file:{path}"


@pytest.mark.parametrize("acknowledged_first", [1, 200, 4000])
def test_kill_9_loses_nothing_that_was_acknowledged_and_leaves_no_half_act(path: Path, acknowledged_first: int) -> None:
    program = [sys.executable, "-m", "tests.domain.ledger.some_appends", f"file:{path}", "k", "8", "0"]
    with subprocess.Popen(program, cwd=ROOT, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        lines = [writer.stdout.readline() for _ in range(acknowledged_first)]
        os.kill(writer.pid, signal.SIGKILL)
        lines += writer.stdout.readlines()
        assert writer.wait(30) == -signal.SIGKILL
    acknowledged = [(act.decode(), int(first), int(last)) for act, first, last in (line.split() for line in lines)]
    with closing(opened(path)) as recorder:
        rows = all_of(recorder)  # raises where a position is missing
        for act, first, last in acknowledged:
            assert recorder.act(act) == (first, last, last, None)
        with recorder._file.reader() as connection:
            acts = {act: (first, last) for act, first, last in connection.execute("SELECT id, first, last FROM acts")}
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            orphans = connection.execute("SELECT count(*) FROM disclosures WHERE position > ?", (len(rows),)).fetchone()
        assert orphans == (0,)
        assert len(acts) >= len(acknowledged)
        assert sum(last - first + 1 for first, last in acts.values()) == len(rows)
        for act, (first, last) in acts.items():
            said = [document.rstrip(b".").decode() for _, _, document in rows[first - 1 : last]]
            assert said == [f"{act} {n}" for n in range(last - first + 1)]
        assert recorder.insert_events([event("case-new", 1)]) == [len(rows) + 1]


FSYNC_FAILS = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
static int fails(int fd) {  /* once, for the write-ahead log, when the file FAIL is there */
    char link[64], name[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, name, sizeof name - 1);
    return n > 4 && !strncmp(name + n - 4, "-wal", 4) && !unlink(getenv("FAIL"));
}
#define FAILING(call) int call(int fd) { \
    if (fails(fd)) { errno = EIO; return -1; } \
    return ((int (*)(int))dlsym(RTLD_NEXT, #call))(fd); }
FAILING(fsync)
FAILING(fdatasync)
"""

KILLED_AFTER_FSYNC_FAILED = """
import os, signal, sys
from pathlib import Path
from eventsourcing.persistence import OperationalError
from domain.ledger import sqlite_checkpoints
from tests.domain.ledger.some_appends import event, opened
sqlite_checkpoints.EVERY_S = 3600.0  # it is the commit's own fsync that is to fail
recorder = opened(Path(sys.argv[1]))
recorder.insert_events([event("case-1", 1)])
Path(os.environ["FAIL"]).touch()
try:
    recorder.insert_events([event("case-1", 2)])
except OperationalError as e:
    print(type(e).__name__, recorder.head(), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(not (sys.platform == "linux" and shutil.which("cc")), reason="needs Linux and a C compiler")
def test_an_append_whose_fsync_failed_and_was_called_not_stored_does_not_come_back(path: Path, tmp_path: Path) -> None:
    """Its frames are in the log, complete; a restart would take them up if nothing had been written over them."""
    source, library = tmp_path / "fails.c", tmp_path / "fails.so"
    source.write_text(FSYNC_FAILS)
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    environment = os.environ | {"LD_PRELOAD": str(library), "FAIL": str(tmp_path / "fail")}
    program = [sys.executable, "-c", KILLED_AFTER_FSYNC_FAILED, str(path)]
    done = subprocess.run(program, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (-signal.SIGKILL, "OperationalError 1\n"), done.stderr
    with closing(opened(path)) as recorder:
        assert recorder.head() == 1


def lose_the_end(path: Path) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("DROP TRIGGER events_are_not_deleted")
        other.execute("DELETE FROM events WHERE position > 1")
        other.commit()


def an_older_copy_takes_its_place(path: Path) -> None:
    with closing(opened(path)) as recorder:
        old = path.with_name("old.db")
        recorder.backup(old)
    old.replace(path)


def unlink(path: Path) -> None:
    path.unlink()


ASKED: dict[str, Callable[[SQLiteRecorder], object]] = {
    "head": lambda r: r.head(),
    "read": lambda r: r.read(0, 10),
    "append": lambda r: r.insert_events([event("case-9", 1)]),
    "wait": lambda r: r.wait(5, 0.0),
}


@pytest.mark.parametrize("loss", [lose_the_end, an_older_copy_takes_its_place, unlink])
@pytest.mark.parametrize("ask", ASKED.values(), ids=ASKED.keys())
def test_a_store_that_went_back_is_never_believed_again(
    recorder: SQLiteRecorder, path: Path, loss: Callable[[Path], None], ask: Callable[[SQLiteRecorder], object]
) -> None:
    recorder.insert_events([event("case-1", 1), event("case-1", 2), event("case-1", 3)])
    loss(path)
    with pytest.raises(WentBack):
        ask(recorder)
    for again in [
        *ASKED.values(),
        lambda r: r.read_stream("case-1"),
        lambda r: r.act("a"),
        lambda r: r.backup(path.with_name("b")),
    ]:
        with pytest.raises(WentBack):
            again(recorder)


def test_what_another_process_appended_counts_as_seen(recorder: SQLiteRecorder, path: Path) -> None:
    with closing(opened(path)) as other:
        other.insert_events([event("case-1", 1), event("case-1", 2)])
    assert len(recorder.read(0, 10)) == 2
    lose_the_end(path)
    with pytest.raises(WentBack):
        recorder.insert_events([event("case-2", 1)])


def test_closing_under_load_hangs_nobody_and_every_acknowledged_append_is_there(path: Path) -> None:
    recorder, busy = opened(path), Event()

    def call(n: int) -> int:
        version = 0
        try:
            while True:
                recorder.insert_events([event(f"case-{n}", version + 1)])
                version += 1
                if version == 20:
                    busy.set()
        except Closed:
            return version

    with ThreadPoolExecutor(18) as pool:
        calls = [pool.submit(call, n) for n in range(16)]
        assert busy.wait(60)
        for closing_ in [pool.submit(recorder.close) for _ in range(2)]:
            closing_.result(30)
        versions = [one.result(30) for one in calls]
    with closing(opened(path)) as again:
        assert [len(again.read_stream(f"case-{n}")) for n in range(16)] == versions


def test_a_closed_recorder_refuses_and_holds_no_file(path: Path) -> None:
    recorder = opened(path)
    recorder.insert_events([event("case-1", 1)])
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda _: recorder.read(0, 10), range(200)))
    recorder.close()
    recorder.close()
    for ask in ASKED.values():
        with pytest.raises(Closed):
            ask(recorder)
    if (descriptors := Path("/proc/self/fd")).exists():
        held = [str(one.readlink()) for one in descriptors.iterdir() if one.is_symlink()]
        assert [name for name in held if name.startswith(str(path))] == []


def test_many_may_open_a_new_ledger_at_once(path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        recorders = list(pool.map(lambda _: opened(path), range(8)))
        got = sorted(pool.map(lambda n: recorders[n].insert_events([event(f"case-{n}", 1)])[0], range(8)))
    for recorder in recorders:
        recorder.close()
    assert got == list(range(1, 9))
