"""The database of a ledger: what makes it one, how it is reached, and how it is known to be the same as before."""

from collections import deque
from collections.abc import Callable
from hashlib import sha256
from math import ceil
from threading import BoundedSemaphore, Lock
from time import monotonic, sleep
from typing import Any, Final, TypeAlias

import psycopg
from eventsourcing.persistence import OperationalError
from psycopg import sql
from psycopg.conninfo import make_conninfo

from domain.ledger.migrating import migrate
from domain.ledger.recorder import Closed, Watermark, WrongStore

Connection: TypeAlias = psycopg.Connection[tuple[Any, ...]]

LEDGER: Final = "ledger"
"""The schema of the record."""
_MIGRATIONS: Final = "domain.ledger.migrations"
_READERS: Final = 16
_AGAIN_S: Final = 0.1
_IDENTITY: Final = """
    SELECT system_identifier, (SELECT oid FROM pg_database WHERE datname = current_database()), current_setting('fsync')
    FROM pg_control_system()"""
LAST: Final = "SELECT coalesce(max(position), 0) FROM events"
_DOCUMENT: Final = "SELECT document FROM events WHERE position = %s"


class Mark:
    """An event that this process saw in its place; where another stands there, the history is another."""

    def __init__(self) -> None:
        self._at: tuple[int, bytes] = (0, b"")

    @property
    def position(self) -> int:
        """0 before there is an event."""
        return self._at[0]

    def move(self, position: int, document: bytes) -> None:
        """Forward only."""
        if position > self.position:
            self._at = (position, sha256(document).digest())

    def compare(self, position: int, document: bytes | None, watermark: Watermark) -> None:
        """Raises WentBack unless the document is the one that was seen at this position."""
        at, digest = self._at
        if at == position and at and (document is None or sha256(document).digest() != digest):
            watermark.lose(f"another event stands at position {at} than was seen there, or none")


class LedgerDatabase:
    """Connections to one ledger, which is made where there is none. Raises WrongStore, OperationalError.

    Each new connection must lead to the server and database of the first, and to the history that was seen there: a
    server that was restored from an older copy must have been stopped, so it is met over a new connection. Connections
    are not pooled by psycopg_pool: it connects in the background with growing pauses, and a caller would not be told
    what is wrong.
    """

    def __init__(self, dsn: str, *, schema: str, watermark: Watermark, patience_s: float) -> None:
        self._schema = schema
        self.lock = f"docket {schema}"
        """What the key of the lock is made of that whoever appends holds."""
        self.channel = f"docket_{schema}"
        """On which appends are told of."""
        self.patience_s = patience_s
        self._watermark = watermark
        self.mark = Mark()
        milliseconds = str(ceil(patience_s * 1000))
        self._dsn = make_conninfo(
            dsn,
            client_encoding="utf8",
            application_name="docket ledger",
            connect_timeout=max(2, ceil(patience_s)),
            tcp_user_timeout=milliseconds,
            keepalives_idle=max(1, ceil(patience_s)),
        )
        self._settings = sql.SQL(
            "SET synchronous_commit = on; SET default_transaction_isolation = 'read committed';"
            # a plan made while the ledger was young reads all of it for every append once it is not
            " SET enable_seqscan = off;"
            " SET search_path TO {schema}, pg_temp;"
            " SET lock_timeout = {ms}; SET idle_in_transaction_session_timeout = {ms}"
        ).format(ms=sql.Literal(milliseconds), schema=sql.Identifier(schema))
        self._idle: deque[Connection] = deque()
        self._free = BoundedSemaphore(_READERS)
        self._closed = False
        self._identity: tuple[Any, ...] | None = None
        self._first = Lock()
        with self.connect(migrating=True) as connection:
            last = one(connection, LAST)[0]
            if last:
                self.mark.move(last, one(connection, _DOCUMENT, last)[0])
            watermark.after(0, last)

    def connect(self, *, migrating: bool = False, given_up: Callable[[], bool] = lambda: False) -> Connection:
        """A connection whose commits are durable; a server that is away is waited for. Raises WentBack as well."""
        until = monotonic() + self.patience_s
        while True:
            try:
                return self._connected(migrating=migrating)
            except psycopg.OperationalError:
                if monotonic() + _AGAIN_S > until or given_up():
                    raise
            sleep(_AGAIN_S)

    def rows(self, statement: str, parameters: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
        """What a statement finds. Raises Closed; OperationalError where no connection comes free within patience."""
        if not self._free.acquire(timeout=self.patience_s):
            raise OperationalError(f"none of {_READERS} connections came free within {self.patience_s} s")
        until = monotonic() + self.patience_s
        try:
            while True:
                if self._closed:
                    raise Closed("the recorder is closed")
                connection = self._reader()
                try:
                    return connection.execute(statement.encode(), parameters, binary=True).fetchall()
                except psycopg.Error:
                    if not connection.closed or monotonic() > until:
                        raise  # otherwise it was lost, perhaps long ago: the next may be whole
                finally:
                    self._give_back(connection)
        finally:
            self._free.release()

    def close(self) -> None:
        """Close every reader; one that is in use closes when it is given back."""
        self._closed = True
        while self._idle:
            self._close_one()

    def _connected(self, *, migrating: bool) -> Connection:
        connection = psycopg.connect(self._dsn, autocommit=True)
        try:
            connection.execute(self._settings)
            if migrating:
                migrate(connection, self._schema, _MIGRATIONS)
            self._recognise(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _reader(self) -> Connection:
        try:
            return self._idle.pop()
        except IndexError:
            connection = self.connect()
            connection.execute("SET default_transaction_read_only = on")
            return connection

    def _give_back(self, connection: Connection) -> None:
        if connection.closed:
            return
        self._idle.append(connection)
        if self._closed:
            self._close_one()

    def _close_one(self) -> None:
        try:
            self._idle.popleft().close()
        except IndexError:
            return  # another thread was first

    def _recognise(self, connection: Connection) -> None:
        system, database, fsync = one(connection, _IDENTITY)
        if fsync != "on":
            raise WrongStore("the server runs with fsync=off: nothing that it acknowledges would be durable")
        with self._first:
            self._identity = self._identity or (system, database)
        if self._identity != (system, database):
            self._watermark.lose("the connection leads to another database than at first")
        if position := self.mark.position:
            found = connection.execute(_DOCUMENT.encode(), (position,), binary=True).fetchone()
            self.mark.compare(position, found[0] if found else None, self._watermark)


def one(connection: Connection, statement: str, *parameters: object) -> tuple[Any, ...]:
    """The one row of a statement that always finds one."""
    return connection.execute(statement.encode(), parameters, binary=True).fetchall()[0]
