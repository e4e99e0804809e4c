"""An append of another process is told of at once while the connection holds, and found by polling otherwise."""

import socket
from collections.abc import Callable
from contextlib import suppress
from selectors import EVENT_READ, DefaultSelector
from threading import Thread
from typing import Final

import psycopg
from eventsourcing.persistence import PersistenceError

from domain.ledger.postgres_database import Connection, LedgerDatabase

_AGAIN_S: Final = 0.5
"""Seconds before a lost connection is tried again."""


class Listener:
    """One thread with one connection, which calls `ring` after appends of others, until it is closed."""

    def __init__(
        self, database: LedgerDatabase, *, channel: str, ours: Callable[[], int | None], ring: Callable[[], None]
    ) -> None:
        self._database, self._channel, self._ours, self._ring = database, channel, ours, ring
        self._bell, self._rope = socket.socketpair()
        self._over = False
        self._thread = Thread(target=self._run, name="ledger listener", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Again is not an error."""
        self._over = True
        with suppress(OSError):  # it is gone already
            self._rope.send(b"!")
        self._thread.join()
        self._rope.close()

    def _run(self) -> None:
        with self._bell, DefaultSelector() as selector:
            selector.register(self._bell, EVENT_READ)
            while not self._over:
                try:
                    with self._database.connect(given_up=lambda: self._over) as connection:
                        self._listen(connection, selector)
                except (psycopg.Error, PersistenceError):  # lost, or went back: whoever polls is told
                    selector.select(_AGAIN_S)

    def _listen(self, connection: Connection, selector: DefaultSelector) -> None:
        connection.execute(f"LISTEN {self._channel}".encode())
        self._ring()  # what was appended while nobody listened
        descriptor = connection.fileno()  # a connection that is lost no longer tells
        selector.register(descriptor, EVENT_READ)
        try:
            while not self._over:
                selector.select()
                told = [notify.pid for notify in connection.notifies(timeout=0)]
                if any(pid != self._ours() for pid in told):
                    self._ring()
        finally:
            selector.unregister(descriptor)
