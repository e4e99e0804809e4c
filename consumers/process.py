"""What every process has: it stops when it is told to, ends when it hangs, and says on one line why it ended."""

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Final

import structlog
from prometheus_client import start_http_server

from domain.faults import frames

HANGING: Final = 70
"""Exit code of a process whose work did not come by for too long (EX_SOFTWARE of sysexits.h)."""


class Watchdog:
    """Ends the process when `beat` was not called for `limit_s` seconds: calls of kafka-python can wait for ever."""

    def __init__(self, limit_s: float) -> None:
        self._limit_s = limit_s
        self._beat = time.monotonic()
        self._over = Event()

    def beat(self) -> None:
        """All is well."""
        self._beat = time.monotonic()

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Watched inside, from now on."""
        self.beat()
        Thread(target=self._watch, name="watchdog", daemon=True).start()
        try:
            yield
        finally:
            self._over.set()

    def _watch(self) -> None:
        while not self._over.wait(min(1.0, self._limit_s / 4)):
            if (silent := time.monotonic() - self._beat) > self._limit_s:
                sys.stderr.write(f"docket: nothing moved for {silent:.0f} s; this process ends\n")
                sys.stderr.flush()
                os._exit(HANGING)


def stopping() -> Event:
    """Set when SIGTERM or SIGINT asks the process to stop. For the main thread."""
    told = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    return told


def wordless() -> None:
    """What nobody caught, in whatever thread, is told by where it was raised, without what it said."""

    def tell(error: BaseException | None) -> None:
        sys.stderr.write(f"docket: {'nobody knows why' if error is None else frames(error)}")

    sys.excepthook = lambda _, error, trace: tell(error)
    threading.excepthook = lambda raised: tell(raised.exc_value)


def begin(*, metrics: int | None) -> None:
    """Logs go to the error stream as JSON, and figures to a port of loopback's, where one is given.

    Until `stopping` is asked nothing has begun: whoever tells the process to stop ends it there. For the main thread.
    """
    wordless()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    logging.getLogger("kafka").setLevel(logging.ERROR)  # what matters of it is raised
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    if metrics is not None:
        start_http_server(metrics, addr="127.0.0.1")
