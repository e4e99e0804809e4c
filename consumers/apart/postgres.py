"""What several machines keep apart is one schema of PostgreSQL, beside the record and its views."""

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import ceil
from typing import Any, Final

import psycopg
from psycopg import Connection, Cursor
from psycopg.conninfo import make_conninfo

from consumers.apart import MIGRATIONS, Ask
from consumers.apart.session import Session
from domain.ledger.migrating import migrate
from projections.stores.postgres_schema import translated

SCHEMA: Final = "apart"
_IDLE: Final = 8


class PostgresApart:
    """The store in the schema `apart` of a database, which is made where there is none.

    Raises WrongStore for a schema that is something else, or that a newer Docket made.
    """

    def __init__(self, dsn: str, *, patience_s: float = 5.0) -> None:
        patience = max(2, ceil(patience_s))
        self._dsn = make_conninfo(
            dsn, application_name="docket apart", connect_timeout=patience, tcp_user_timeout=patience * 1000
        )
        self._options = (
            f"-c search_path={SCHEMA} -c synchronous_commit=on -c lock_timeout={round(patience_s * 1000)}"
            " -c default_transaction_isolation=read\\ committed"
        )
        self._idle: deque[Connection[Any]] = deque()
        self._closed = False
        with self._connection() as connection:
            migrate(connection, SCHEMA, MIGRATIONS)

    def ask(self, sql: str, values: Sequence[object] = (), /) -> list[tuple[Any, ...]]:
        with self._connection() as connection:
            return _rows(connection.execute(translated(sql), values))

    @contextmanager
    def together(self) -> Iterator[Ask]:
        with self._connection() as connection, connection.transaction():
            yield lambda sql, values=(), /: _rows(connection.execute(translated(sql), values))

    def claiming(self) -> Session:
        return Session(self._connected())

    def close(self) -> None:
        self._closed = True
        while self._idle:
            self._idle.popleft().close()

    @contextmanager
    def _connection(self) -> Iterator[Connection[Any]]:
        """A connection that nobody else uses meanwhile."""
        connection = self._whole()
        try:
            yield connection
        finally:
            if self._closed or len(self._idle) >= _IDLE:
                connection.close()
            elif not connection.closed:
                self._idle.append(connection)

    def _whole(self) -> Connection[Any]:
        """Those that the database left while they were idle are thrown away."""
        while self._idle:
            try:
                connection = self._idle.pop()
            except IndexError:
                break  # another thread took it
            try:
                connection.execute(b"SELECT")
            except psycopg.OperationalError:
                connection.close()
            else:
                return connection
        return self._connected()

    def _connected(self) -> Connection[Any]:
        return psycopg.connect(self._dsn, autocommit=True, options=self._options)


def _rows(done: Cursor[Any]) -> list[tuple[Any, ...]]:
    return [] if done.description is None else done.fetchall()
