"""The views of several machines are one schema of PostgreSQL, which may be dropped: it is folded again."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from threading import Lock
from typing import Any, Final

import psycopg
from psycopg import Connection, IsolationLevel, errors
from psycopg_pool import ConnectionPool

from domain.ledger import recorder
from domain.ledger.migrating import migrate
from projections.postgres_writing import PostgresWriting
from projections.selecting import DIGESTED, Ask, Selecting, T, digest
from projections.tables import Table, Writing, WrongStore
from projections.view import Key, View

SCHEMA: Final = "views"
_READERS: Final = 16
_LOOKS: Final = 5
_FETCHED: Final = 2_000
"""Rows that a digest has in memory."""


class PostgresViews(Selecting):
    """A store of views in the schema `views` of a database. Safe to use from any thread; one view has one runner.

    Raises WrongStore for a schema that is something else, and psycopg.OperationalError for a database that does not
    answer; the next call connects anew. `patience_s` is how long it waits for a connection, and for another
    transaction's lock.
    """

    def __init__(self, dsn: str, *, patience_s: float = 10.0) -> None:
        super().__init__()
        self.dsn = dsn
        # a crash of the database may take the last commits: they are folded again
        self._options = f"-c search_path={SCHEMA} -c synchronous_commit=off -c lock_timeout={round(patience_s * 1000)}"
        self._lock = Lock()
        self._writer = self._open()
        try:
            migrate(self._writer, SCHEMA, "projections.migrations")
        except recorder.WrongStore as error:
            self._writer.close()
            raise WrongStore(str(error)) from error
        self._readers = ConnectionPool(
            dsn,
            kwargs={"options": self._options},
            min_size=1,
            max_size=_READERS,
            timeout=patience_s,
            configure=_reads_only,
            check=ConnectionPool.check_connection,
            open=True,
            name="views",
        )

    def close(self) -> None:
        """Close every connection. Again is not an error."""
        with self._lock:
            self._writer.close()
        self._readers.close()

    def look(self, read: Callable[[Ask], T]) -> T:
        for _ in range(_LOOKS):
            with suppress(errors.UndefinedTable), self._readers.connection() as connection:  # it was switched meanwhile
                return read(lambda sql, values: connection.execute(_translated(sql), values).fetchall())
        raise errors.UndefinedTable("tables go faster than they can be read")

    def key_of(self, kept: Any) -> Key:  # noqa: ANN401 - the same
        return int(kept[1:]) if kept[0] == "n" else str(kept[1:])

    def kept_of(self, view: View[Any]) -> str:
        return "'t' || t.key" if view.key_type == "TEXT" else "'n' || t.key"

    def load(self, table: Table, keys: Sequence[Key]) -> Mapping[Key, bytes]:
        sql = f"SELECT key, body FROM {table.name} WHERE key = ANY(?)"  # noqa: S608 - our name
        return dict(self.look(lambda ask: ask(sql, ([*keys],))))

    def digest(self, table: Table) -> str:
        with self._readers.connection() as connection, connection.cursor(name="digest") as rows:
            rows.itersize = _FETCHED
            rows.execute(DIGESTED.format(table.name).encode())
            return digest(rows)

    @contextmanager
    def write(self) -> Iterator[Writing]:
        with self._lock:
            if self._writer.closed:
                self._writer = self._open()
            with self._writer.transaction():
                writing = PostgresWriting(self._writer)
                try:
                    with self._writer.pipeline():
                        yield writing
                        writing.tell()
                finally:  # also where a statement failed over it
                    writing.check()

    def _open(self) -> Connection[Any]:
        connection = psycopg.connect(self.dsn, autocommit=True, options=self._options)
        connection.isolation_level = IsolationLevel.READ_COMMITTED
        return connection


def _reads_only(connection: Connection[Any]) -> None:
    connection.isolation_level = IsolationLevel.REPEATABLE_READ
    connection.read_only = True


@lru_cache(maxsize=1024)
def _translated(sql: str) -> bytes:
    """The SQL of the views, as psycopg takes it: the one place where `?` becomes what PostgreSQL is given."""
    return sql.replace("%", "%%").replace("?", "%s").encode()
