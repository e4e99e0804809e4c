"""Nothing that the tests start outlives them, even if they are killed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.services.lease import Guarded, Lease, guards_left

ROOT = Path(__file__).parents[2]
SERVICE = ["sleep", "300"]
HOLDER = """
import pathlib, sys, time
from tests.services.lease import Guarded, Lease
run = pathlib.Path(sys.argv[1])
lease = Lease(run / "it.lease")
guarded = Guarded(["sleep", "300"], lease=lease, directory=run / "it", log=sys.stderr.buffer)
print(guarded.pid, flush=True)
time.sleep(300)
"""


def test_a_service_ends_with_the_last_of_its_leases(tmp_path: Path) -> None:
    first, second = Lease(tmp_path / "it.lease"), Lease(tmp_path / "it.lease")
    guarded = guarded_sleep(tmp_path, first)
    first.release()
    assert guards_left(tmp_path, patience_seconds=0.3) == ["it"]
    assert is_running(guarded.pid)
    second.release()
    assert guards_left(tmp_path, patience_seconds=10) == []
    assert not is_running(guarded.pid)
    assert not (tmp_path / "it").exists()


def test_a_service_ends_when_the_tests_that_started_it_are_killed(tmp_path: Path) -> None:
    (tmp_path / "it").mkdir()
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        service = int(holder.stdout.readline())
        was_running = is_running(service)
        holder.kill()
    assert was_running
    assert guards_left(tmp_path, patience_seconds=10) == []
    assert not is_running(service)
    assert not (tmp_path / "it").exists()


def test_a_service_that_was_killed_keeps_its_folder_for_the_next_start(tmp_path: Path) -> None:
    with Lease(tmp_path / "it.lease") as lease:
        guarded = guarded_sleep(tmp_path, lease)
        os.kill(guarded.pid, signal.SIGKILL)
        guarded.process.wait()
        assert (tmp_path / "it").exists()
        assert is_running(guarded_sleep(tmp_path, lease).pid)
    assert guards_left(tmp_path, patience_seconds=10) == []
    assert not (tmp_path / "it").exists()


def guarded_sleep(run: Path, lease: Lease) -> Guarded:
    (run / "it").mkdir(exist_ok=True)
    with (run / "log").open("ab") as log:
        return Guarded(SERVICE, lease=lease, directory=run / "it", log=log)


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
