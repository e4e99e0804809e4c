"""Whoever uses a service holds a lease on it; the guard ends the service when nobody does."""

import fcntl
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Self

from tests.services import guard


class Lease:
    """A shared lock on a file, until it is released or the process ends. Waits while a guard is clearing up."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("a")
        fcntl.flock(self._file, fcntl.LOCK_SH)

    def release(self) -> None:
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


class Guarded:
    """A service that runs under a guard; `pid` is the service's own process id."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        lease: Lease,
        directory: Path,
        log: IO[bytes],
        afterwards: Sequence[str] = (),
        user: str | None = None,
        ends_with: int = signal.SIGTERM,
    ) -> None:
        order = {
            "lease": str(lease.path),
            "directory": str(directory),
            "command": command,
            "afterwards": afterwards,
            "user": user,
            "ends_with": int(ends_with),
        }
        self.process = subprocess.Popen(
            [sys.executable, "-I", guard.__file__, json.dumps(order)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,  # a Ctrl-C at the terminal reaches the tests, not what they still need to end well
            text=True,
        )
        assert self.process.stdout is not None
        with self.process.stdout as out:
            self.pid = int(out.readline())

    @property
    def running(self) -> bool:
        return self.process.poll() is None


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Nobody else is in here at the same time, in this process or another."""
    with path.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def guards_left(run: Path, *, patience_seconds: float) -> list[str]:
    """Wait until every guard of this run has ended; name those that have not when patience is over."""
    until = time.monotonic() + patience_seconds
    while (left := [mark.stem for mark in run.glob("*.guard") if _is_held(mark)]) and time.monotonic() < until:
        time.sleep(0.05)
    return left


def _is_held(mark: Path) -> bool:
    with mark.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False
