"""PostgreSQL says which views moved to whoever listens; a connection that is lost costs a hint, and nothing else."""

from contextlib import suppress
from threading import Event
from typing import Any

import psycopg
from psycopg import Connection

from projections.stores.postgres_writing import CHANNEL


class PostgresHints:
    """One connection that listens. One thread waits on it."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._connection: Connection[Any] | None = None
        self._closed = Event()

    def close(self) -> None:
        """Again is not an error; nobody may be waiting."""
        self._closed.set()
        if self._connection is not None:
            self._connection.close()

    def wait(self, timeout: float) -> None:
        """Return when something moved, after `timeout` seconds, or when it begins to listen: some may be missed."""
        try:
            if self._connection is None:
                self._connection = psycopg.connect(self._dsn, autocommit=True)
                self._connection.execute(f"LISTEN {CHANNEL}".encode())
                return
            for _ in self._connection.notifies(timeout=timeout, stop_after=1):
                pass
        except psycopg.OperationalError:
            if self._connection is not None:
                with suppress(psycopg.Error):
                    self._connection.close()
                self._connection = None
            self._closed.wait(timeout)
