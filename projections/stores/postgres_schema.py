"""A schema of PostgreSQL has one connection that writes to it, and others that read, each look of one moment."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from math import ceil
from threading import Lock
from typing import Any, Final

import psycopg
from psycopg import Connection, IsolationLevel
from psycopg.conninfo import make_conninfo

from domain.ledger import recorder
from domain.ledger.migrating import migrate
from projections.stores.tables import WrongStore

_IDLE_READERS: Final = 16


class PostgresSchema:
    """A schema that the migrations of a package make, and that may be dropped. Safe to use from any thread.

    Raises WrongStore for a schema that is something else, and psycopg.OperationalError for a database that does not
    answer; the next call connects anew. `patience_s` is how long it waits for a connection, and for another
    transaction's lock.
    """

    def __init__(self, dsn: str, *, schema: str, migrations: str, patience_s: float) -> None:
        patience = max(2, ceil(patience_s))
        self._dsn = make_conninfo(
            dsn, application_name=f"docket {schema}", connect_timeout=patience, tcp_user_timeout=patience * 1000
        )
        # a crash of the database may take the last commits: they are made again
        self._options = (
            f"-c search_path={schema} -c synchronous_commit=off -c lock_timeout={round(patience_s * 1000)}"
            # a plan made while a table was small would read all of it, again and again, once it is not
            " -c plan_cache_mode=force_custom_plan"
        )
        self._lock = Lock()
        self._readers: deque[Connection[Any]] = deque()
        self._writer = self._open()
        try:
            migrate(self._writer, schema, migrations)
        except recorder.WrongStore as error:
            self._writer.close()
            raise WrongStore(str(error)) from error

    def close(self) -> None:
        """Close every connection that is not in use. Again is not an error."""
        with self._lock:
            self._writer.close()
        while self._readers:
            self._readers.popleft().close()

    @contextmanager
    def reading(self) -> Iterator[Connection[Any]]:
        """One look at the schema: whatever is read inside is of one moment."""
        connection = self._reader()
        try:
            yield connection
        finally:
            if not connection.closed:
                connection.rollback()
            if not connection.closed and len(self._readers) < _IDLE_READERS:
                self._readers.append(connection)
            else:
                connection.close()

    @contextmanager
    def writing(self) -> Iterator[Connection[Any]]:
        """A transaction: all of it, or nothing."""
        with self.alone() as connection, connection.transaction():
            yield connection

    @contextmanager
    def alone(self) -> Iterator[Connection[Any]]:
        """The connection that writes, outside of any transaction of this process."""
        with self._lock:
            if self._writer.closed:
                self._writer = self._open()
            yield self._writer

    def _reader(self) -> Connection[Any]:
        """A connection with a snapshot; those that the database left while they were idle are thrown away."""
        while self._readers:
            with suppress(IndexError):  # another thread took it
                connection = self._readers.pop()
                try:
                    connection.execute(b"SELECT")
                except psycopg.OperationalError:
                    connection.close()
                else:
                    return connection
        connection = self._open()
        connection.autocommit = False
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        return connection

    def _open(self) -> Connection[Any]:
        connection = psycopg.connect(self._dsn, autocommit=True, options=self._options)
        connection.isolation_level = IsolationLevel.READ_COMMITTED
        return connection


@lru_cache(maxsize=1024)
def translated(sql: str) -> bytes:
    """SQL as psycopg takes it: the one place where `?` becomes what PostgreSQL is given."""
    return sql.replace("%", "%%").replace("?", "%s").encode()
