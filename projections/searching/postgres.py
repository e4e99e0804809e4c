"""The sets of several machines are one schema of PostgreSQL, which may be dropped: it is filled again."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from math import ceil
from threading import Lock
from typing import Any, Final

import psycopg
from psycopg import Connection, IsolationLevel
from psycopg.conninfo import make_conninfo

from domain.ledger import recorder
from domain.ledger.migrating import migrate
from projections.searching.kept import Keeping, Kept, T
from projections.stores.postgres import translated
from projections.stores.selecting import Ask
from projections.stores.tables import WrongStore

SCHEMA: Final = "search"
_IDLE_READERS: Final = 8
_ARRAYS: Final = {str: "%s::text[]", int: "%s::bigint[]", bytes: "%b::bytea[]"}


class PostgresSets(Kept):
    """Sets in the schema `search` of a database. Several processes may fill them: they take turns.

    Raises WrongStore for a schema that is something else, and psycopg.OperationalError for a database that does not
    answer; the next call connects anew. `patience_s` is how long it waits for a connection, and for another's lock.
    """

    def __init__(self, dsn: str, *, patience_s: float = 10.0) -> None:
        patience = max(2, ceil(patience_s))
        self._dsn = make_conninfo(
            dsn, application_name="docket search", connect_timeout=patience, tcp_user_timeout=patience * 1000
        )
        # a crash of the database may take the last commits: they are made again
        self._options = (
            f"-c search_path={SCHEMA} -c synchronous_commit=off -c lock_timeout={round(patience_s * 1000)}"
            " -c plan_cache_mode=force_custom_plan"
        )
        self._lock = Lock()
        self._readers: deque[Connection[Any]] = deque()
        self._writer = self._open()
        try:
            migrate(self._writer, SCHEMA, "projections.searching.migrations")
        except recorder.WrongStore as error:
            self._writer.close()
            raise WrongStore(str(error)) from error

    def close(self) -> None:
        with self._lock:
            self._writer.close()
        while self._readers:
            self._readers.popleft().close()

    def look(self, read: Callable[[Ask], T]) -> T:
        connection = self._reader()
        try:
            return read(lambda sql, values: connection.execute(translated(sql), values).fetchall())
        finally:
            if not connection.closed:
                connection.rollback()
            if not connection.closed and len(self._readers) < _IDLE_READERS:
                self._readers.append(connection)
            else:
                connection.close()

    @contextmanager
    def write(self) -> Iterator[Keeping]:
        with self._lock:
            if self._writer.closed:
                self._writer = self._open()
            with self._writer.transaction():
                self._writer.execute("SELECT position FROM reached FOR UPDATE")
                yield _PostgresKeeping(self._writer)

    def scrub(self) -> bool:
        """Write what is left anew: VACUUM alone leaves words in the file. PostgreSQL's log has them until it goes."""
        with self._lock:
            if self._writer.closed:
                self._writer = self._open()
            self._writer.execute("VACUUM (FULL) sets")
        return True

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


class _PostgresKeeping:
    def __init__(self, connection: Connection[Any]) -> None:
        self._connection = connection

    def ask(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        return self._connection.execute(translated(sql), values).fetchall()

    def change(self, sql: str, values: Sequence[object] = ()) -> None:
        self._connection.execute(translated(sql), values)

    def put(self, table: str, keys: Sequence[str], columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
        if not (rows := list(rows)):
            return
        arrays = ", ".join(_ARRAYS[type(value)] for value in rows[0])
        names, key = (*keys, *columns), ", ".join(keys)
        instead = ", ".join(f"{name} = excluded.{name}" for name in columns)
        self._connection.execute(
            f"INSERT INTO {table} ({', '.join(names)}) SELECT * FROM unnest({arrays})"  # noqa: S608 - our names
            f" ON CONFLICT ({key}) DO {f'UPDATE SET {instead}' if instead else 'NOTHING'}".encode(),
            [list(column) for column in zip(*rows, strict=True)],
        )
