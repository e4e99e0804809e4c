"""A wire between a browser and a server that can be cut, and mended."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Lock, Thread
from urllib.parse import urlsplit

_AT_ONCE = 64 * 1024


class Wire:
    """Carries bytes both ways. While it is cut, nothing that was open stays open, and nothing new is let through."""

    def __init__(self, listening: socket.socket, server: tuple[str, int]) -> None:
        self._listening, self._server = listening, server
        self._open: list[socket.socket] = []
        self._cut = False
        self._lock = Lock()

    def run(self) -> None:
        """Let through whoever comes, until it is closed."""
        with suppress(OSError):
            while True:
                coming, _ = self._listening.accept()
                with self._lock:
                    if self._cut:
                        coming.close()
                        continue
                    going = socket.create_connection(self._server)
                    self._open += [coming, going]
                for one, other in ((coming, going), (going, coming)):
                    Thread(target=_carry, args=(one, other), daemon=True).start()

    def cut(self) -> None:
        with self._lock:
            self._cut = True
            for each in self._open:
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
            self._open.clear()

    def mend(self) -> None:
        with self._lock:
            self._cut = False


@contextmanager
def wire(address: str) -> Iterator[tuple[Wire, str]]:
    """A wire to a server, and the address at its other end."""
    there = urlsplit(address)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        made = Wire(listening, (there.hostname or "", there.port or 0))
        Thread(target=made.run, daemon=True).start()
        try:
            yield made, f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            made.cut()
            with suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)


def _carry(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while some := one.recv(_AT_ONCE):
            other.sendall(some)
    for each in (one, other):
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
        each.close()
