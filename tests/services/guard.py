"""A service ends with the last process that holds its lease, however that process ended.

Run as a program, by path and with one JSON argument: `lease` (a file that every user of the service holds a shared
lock on), `command` (the service, in the foreground), `user` (whom it runs as, or null), `ends_with` (the signal that it
ends on), `directory` (where it runs; removed at the end) and `afterwards` (a last command, may be empty). The kernel
gives a lock back when a process dies, so Ctrl-C and kill -9 leave nothing running.
"""

import contextlib
import fcntl
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

GRACE_SECONDS = 5


def alive_mark(lease: Path) -> Path:
    """The file that a guard keeps locked for as long as it runs."""
    return lease.with_suffix(".guard")


def clear_up(*, directory: Path, afterwards: Sequence[str]) -> None:
    """Remove what a service leaves behind; again is not an error."""
    if afterwards:
        subprocess.run(afterwards, check=False, capture_output=True)
    shutil.rmtree(directory, ignore_errors=True)


def main() -> None:
    """Start the service, print its process id, wait for whichever ends first: the service or the last lease."""
    order = json.loads(sys.argv[1])
    lease = Path(order["lease"])
    alive = alive_mark(lease).open("a")
    fcntl.flock(alive, fcntl.LOCK_EX)
    service = subprocess.Popen(
        order["command"], stdin=subprocess.DEVNULL, stdout=sys.stderr, user=order["user"], cwd=order["directory"]
    )
    print(service.pid, flush=True)  # noqa: T201 - the starter reads it from a pipe
    ending = threading.Event()

    def leave_with_the_service() -> None:
        service.wait()
        if not ending.is_set():
            os._exit(0)  # killed or stopped from outside: its folder stays, for it may be started again

    threading.Thread(target=leave_with_the_service, daemon=True).start()
    with lease.open("a") as last:
        fcntl.flock(last, fcntl.LOCK_EX)
        ending.set()
        service.send_signal(order["ends_with"])
        with contextlib.suppress(subprocess.TimeoutExpired):
            service.wait(GRACE_SECONDS)
        service.kill()
        service.wait()
        clear_up(directory=Path(order["directory"]), afterwards=order["afterwards"])


if __name__ == "__main__":
    main()
