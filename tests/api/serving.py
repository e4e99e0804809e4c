"""A real server on a free port of this machine, for what only a real connection shows."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from time import monotonic, sleep

import uvicorn
from starlette.applications import Starlette


@contextmanager
def served(app: Starlette, port: int | None = None, *, tls: Path | None = None) -> Iterator[str]:
    """The address at which the application answers; it is stopped as SIGTERM would stop it.

    `tls` is a file of a key and its certificate, where it answers over TLS.
    """
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", port or 0))
        config = uvicorn.Config(
            app, log_level="warning", timeout_graceful_shutdown=5, proxy_headers=False, ssl_certfile=tls
        )
        server = uvicorn.Server(config)
        thread = Thread(target=server.run, kwargs={"sockets": [listening]}, name="server")
        thread.start()
        try:
            until = monotonic() + 10
            while not server.started and monotonic() < until:
                sleep(0.01)
            yield f"{'http' if tls is None else 'https'}://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)
            assert not thread.is_alive(), "the server did not stop"
