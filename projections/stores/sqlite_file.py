"""A file of SQLite says what it is; one connection writes to it, and others read, each look of one moment."""

import sqlite3
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Final

from projections.stores.tables import WrongStore

_IDLE_READERS: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What a file has to be: another program's, or another form of ours, is left as it is."""

    what: str
    application_id: int
    version: int
    schema: tuple[str, ...]
    """What makes an empty file one."""
    settings: tuple[str, ...]
    """Of the connection that writes."""


class SQLiteFile:
    """A file of this form, which is made where there is none. Safe to use from any thread.

    Raises WrongStore for a file that is something else. `patience_s` is how long it waits for another process's
    transaction before it raises sqlite3.OperationalError.
    """

    def __init__(self, path: Path, form: Form, *, patience_s: float) -> None:
        self.path = path.absolute()
        self._patience_s = patience_s
        self._readers: deque[sqlite3.Connection] = deque()
        self._lock = Lock()
        self._writer = self._open()
        try:
            _make(self._writer, self.path, form)
        except sqlite3.DatabaseError as error:
            self._writer.close()
            if isinstance(error, sqlite3.OperationalError):
                raise
            raise WrongStore(f"{self.path}: {error}") from error

    def close(self) -> None:
        """Close every connection that is not in use. Again is not an error."""
        with self._lock:
            self._writer.close()
        while self._readers:
            self._readers.popleft().close()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One look at the file: whatever is read inside is of one moment."""
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

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction: all of it, or nothing."""
        with self._lock:
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
                self._writer.execute("COMMIT")
            except BaseException:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                raise

    @contextmanager
    def alone(self) -> Iterator[sqlite3.Connection]:
        """The connection that writes, outside of any transaction of this process."""
        with self._lock:
            yield self._writer

    def _open(self) -> sqlite3.Connection:
        # it goes from thread to thread, to one at a time
        return sqlite3.connect(self.path, isolation_level=None, check_same_thread=False, timeout=self._patience_s)


def _make(connection: sqlite3.Connection, path: Path, form: Form) -> None:
    """Make an empty file one of this form, and leave one that is. Raises WrongStore for anything else."""
    if _is_empty(connection):
        connection.execute("BEGIN IMMEDIATE")
        try:
            if _is_empty(connection):  # another process may have been first
                for statement in form.schema:
                    connection.execute(statement)
                connection.execute(f"PRAGMA application_id = {form.application_id}")
                connection.execute(f"PRAGMA user_version = {form.version}")
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
    if _number(connection, "PRAGMA application_id") != form.application_id:
        raise WrongStore(f"{path} is no {form.what}")
    if (version := _number(connection, "PRAGMA user_version")) != form.version:
        raise WrongStore(f"{path} has form {version}, not {form.version}: delete it, and it is built again")
    for setting in form.settings:
        connection.execute(setting)


def _is_empty(connection: sqlite3.Connection) -> bool:
    return not _number(connection, "SELECT count(*) FROM sqlite_schema") and not _number(
        connection, "PRAGMA application_id"
    )


def _number(connection: sqlite3.Connection, sql: str) -> int:
    (number,) = connection.execute(sql).fetchone()
    return int(number)
