"""The views of several machines are one schema of PostgreSQL, which may be dropped: it is folded again."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from math import ceil
from threading import Lock
from typing import Any, Final

import psycopg
from psycopg import Connection, IsolationLevel, errors
from psycopg.conninfo import make_conninfo

from domain.ledger import recorder
from domain.ledger.migrating import migrate
from projections.stores.postgres_writing import PostgresWriting
from projections.stores.selecting import DIGESTED, Ask, Selecting, T, digest
from projections.stores.tables import Overtaken, Table, Writing, WrongStore
from projections.view import Key, View

SCHEMA: Final = "views"
_IDLE_READERS: Final = 16
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
        patience = max(2, ceil(patience_s))
        self._dsn = make_conninfo(
            dsn, application_name="docket views", connect_timeout=patience, tcp_user_timeout=patience * 1000
        )
        # a crash of the database may take the last commits: they are folded again
        self._options = (
            f"-c search_path={SCHEMA} -c synchronous_commit=off -c lock_timeout={round(patience_s * 1000)}"
            # a plan made while a view was small would read all of it, again and again, once it is not
            " -c plan_cache_mode=force_custom_plan"
        )
        self._lock = Lock()
        self._readers: deque[Connection[Any]] = deque()
        self._writer = self._open()
        try:
            migrate(self._writer, SCHEMA, "projections.stores.migrations")
        except recorder.WrongStore as error:
            self._writer.close()
            raise WrongStore(str(error)) from error

    def close(self) -> None:
        """Close every connection. Again is not an error."""
        with self._lock:
            self._writer.close()
        while self._readers:
            self._readers.popleft().close()

    def look(self, read: Callable[[Ask], T]) -> T:
        for _ in range(_LOOKS):
            with suppress(errors.UndefinedTable), self._reading() as connection:  # it was switched meanwhile
                return read(lambda sql, values: connection.execute(translated(sql), values).fetchall())
        raise errors.UndefinedTable("tables go faster than they can be read")

    def key_of(self, kept: Any) -> Key:  # noqa: ANN401 - the same
        return int(kept[1:]) if kept[0] == "n" else str(kept[1:])

    def kept_of(self, view: View[Any]) -> str:
        return "'t' || t.key" if view.key_type == "TEXT" else "'n' || t.key"

    def load(self, table: Table, keys: Sequence[Key]) -> Mapping[Key, bytes]:
        sql = f"SELECT key, body FROM {table.name} WHERE key = ANY(?)"  # noqa: S608 - our name
        return dict(self.look(lambda ask: ask(sql, ([*keys],))))

    def digest(self, table: Table) -> str:
        with self._reading() as connection, connection.cursor(name="digest") as rows:
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
                except (errors.DuplicateTable, errors.UniqueViolation) as error:
                    raise Overtaken("another runner made this table first") from error
                finally:  # also where a statement failed over it
                    writing.check()

    @contextmanager
    def _reading(self) -> Iterator[Connection[Any]]:
        """One look at the store: whatever is read inside is of one moment."""
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
    """The SQL of the views, as psycopg takes it: the one place where `?` becomes what PostgreSQL is given."""
    return sql.replace("%", "%%").replace("?", "%s").encode()
