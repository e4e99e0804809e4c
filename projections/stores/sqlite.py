"""The views of one machine are one SQLite file, which may be deleted: it is folded again from the record."""

import sqlite3
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any, Final, cast

import msgspec

from projections.stores.selecting import DIGESTED, Ask, Selecting, T, digest
from projections.stores.sqlite_schema import made
from projections.stores.sqlite_writing import SQLiteWriting
from projections.stores.tables import Table, Writing, WrongStore
from projections.view import Key, View

_IDLE_READERS: Final = 16


class SQLiteViews(Selecting):
    """A store of views in one file. Safe to use from any thread; one view has one runner.

    Raises WrongStore for a file that is something else. `patience_s` is how long it waits for another process's
    transaction before it raises sqlite3.OperationalError.
    """

    def __init__(self, path: Path, *, patience_s: float = 10.0) -> None:
        super().__init__()
        self.path = path.absolute()
        self._patience_s = patience_s
        self._readers: deque[sqlite3.Connection] = deque()
        self._lock = Lock()
        self._writer = self._open()
        try:
            made(self._writer, self.path)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise
            raise WrongStore(f"{self.path}: {error}") from error

    def close(self) -> None:
        """Close every connection that is not in use. Again is not an error."""
        with self._lock:
            self._writer.close()
        while self._readers:
            self._readers.popleft().close()

    def load(self, table: Table, keys: Sequence[Key]) -> Mapping[Key, bytes]:
        sql = f"SELECT key, body FROM {table.name} WHERE key IN (SELECT value FROM json_each(?))"  # noqa: S608 - our name
        with self._reading() as connection:
            return dict(connection.execute(sql, (msgspec.json.encode(keys).decode(),)).fetchall())

    def look(self, read: Callable[[Ask], T]) -> T:
        with self._reading() as connection:
            return read(lambda sql, values: connection.execute(sql, values).fetchall())

    def key_of(self, kept: Any) -> Key:  # noqa: ANN401 - the same
        return cast(Key, kept)

    def kept_of(self, view: View[Any]) -> str:
        return "t.key"

    @contextmanager
    def write(self) -> Iterator[Writing]:
        with self._lock:
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield SQLiteWriting(self._writer)
                self._writer.execute("COMMIT")
            except BaseException:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                raise

    def digest(self, table: Table) -> str:
        with self._reading() as connection:
            return digest(connection.execute(DIGESTED.format(table.name)))

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """One look at the store: whatever is read inside is of one moment."""
        try:
            connection = self._readers.pop()
        except IndexError:
            connection = self._open()
            connection.execute("PRAGMA query_only = ON")
        try:
            connection.execute("BEGIN")
            yield connection
        finally:
            connection.execute("COMMIT")
            if len(self._readers) < _IDLE_READERS:
                self._readers.append(connection)
            else:
                connection.close()

    def _open(self) -> sqlite3.Connection:
        # it goes from thread to thread, to one at a time
        return sqlite3.connect(self.path, isolation_level=None, check_same_thread=False, timeout=self._patience_s)
