"""Docket behind HTTP: threads, sockets and signals are handled here and nowhere else."""

import logging
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Final

import uvicorn
from starlette.applications import Starlette

from api.app import Docket
from domain.faults import frames

STARTS_S = 0.01
"""Seconds between looks at whether connections are taken."""
LOOK_S = 0.2
"""Seconds between looks at whether everything still runs."""
GRACE_S = 5
"""How long requests may take to end once the server is told to stop; streams end at once."""


def bound(host: str, port: int) -> socket.socket:
    """A socket that listens; port 0 takes a free one. Raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
    except OSError:
        listening.close()
        raise
    return listening


def address(listening: socket.socket) -> str:
    """Where it is reached."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class Wordless(logging.Filter):
    """What was raised is logged by where that was, without what it said."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.exc_info, tuple) and (error := record.exc_info[1]) is not None:
            record.exc_info, record.exc_text = None, frames(error)
        return True


_WORDLESS: Final = Wordless()


def server(app: Starlette) -> uvicorn.Server:
    """A server of the app that says nothing of what it is asked."""
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=GRACE_S,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=1000,
    )
    for name in ("uvicorn.error", "asyncio"):  # behind the configuration, which makes these loggers anew
        logging.getLogger(name).addFilter(_WORDLESS)
    return uvicorn.Server(config)


@contextmanager
def in_background(app: Starlette, listening: socket.socket) -> Iterator[uvicorn.Server]:
    """Serve from a thread until the block ends; connections are taken once it begins."""
    serving = server(app)
    thread = Thread(target=serving.run, kwargs={"sockets": [listening]}, name="http")
    thread.start()
    try:
        while thread.is_alive() and not serving.started:
            time.sleep(STARTS_S)
        yield serving
    finally:
        app.state.end_streams()
        serving.should_exit = True
        thread.join()


def until_told(docket: Docket | None = None) -> None:
    """Return when SIGTERM or SIGINT asks to stop, or when the record cannot go on."""
    told = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    while not told.wait(LOOK_S):
        if docket is not None and docket.failed is not None:
            return
