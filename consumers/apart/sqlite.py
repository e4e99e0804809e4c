"""What is kept apart on one machine is one file of SQLite, which says what it is."""

import sqlite3
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from consumers.apart import MIGRATIONS, Ask
from domain.ledger.recorder import WrongStore

APPLICATION_ID: Final = 0x444B4150  # "DKAP"
_IDLE: Final = 16
_APPLIED: Final = "CREATE TABLE IF NOT EXISTS docket_migrations (name TEXT PRIMARY KEY) STRICT, WITHOUT ROWID"


class SQLiteApart:
    """The store in a file, which is made where there is none.

    Raises WrongStore for a file that is something else, or that a newer Docket wrote.
    """

    def __init__(self, path: Path, *, patience_s: float = 10.0) -> None:
        self._path, self._patience_s = path.absolute(), patience_s
        self._idle: deque[sqlite3.Connection] = deque()
        self._closed = False
        try:
            with self._connection() as connection:
                _made(connection, self._path)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise
            raise WrongStore(f"{self._path}: {error}") from error

    def ask(self, sql: str, values: Sequence[object] = (), /) -> list[tuple[Any, ...]]:
        with self._connection() as connection:
            return connection.execute(sql, values).fetchall()

    @contextmanager
    def together(self) -> Iterator[Ask]:
        with self._connection() as connection, _transaction(connection):
            yield lambda sql, values=(), /: connection.execute(sql, values).fetchall()

    def claiming(self) -> "Alone":
        return Alone(self)

    def close(self) -> None:
        self._closed = True
        while self._idle:
            self._idle.popleft().close()

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """A connection that nobody else uses meanwhile."""
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._open()
        try:
            yield connection
        finally:
            if self._closed or len(self._idle) >= _IDLE:
                connection.close()
            else:
                self._idle.append(connection)

    def _open(self) -> sqlite3.Connection:
        # it goes from thread to thread, to one at a time
        connection = sqlite3.connect(
            self._path, isolation_level=None, check_same_thread=False, timeout=self._patience_s
        )
        for setting in ("synchronous = FULL", "fullfsync = ON", "secure_delete = ON"):
            connection.execute(f"PRAGMA {setting}")
        return connection


class Alone:
    """One process serves a folder: whoever asks for a name has it."""

    def __init__(self, apart: SQLiteApart) -> None:
        self.together = apart.together

    def take(self, name: str) -> bool:
        return True

    def give(self, name: str) -> None:
        """Nobody else wants it."""

    def close(self) -> None:
        """Nothing is held."""


def _made(connection: sqlite3.Connection, path: Path) -> None:
    """Apply the files that it does not have yet. Raises WrongStore, and leaves what is something else as it is."""
    known = {file.name: file for file in files(MIGRATIONS).iterdir() if file.name.endswith(".sql")}
    with _transaction(connection):
        if connection.execute("SELECT count(*) FROM sqlite_schema").fetchone() == (0,):
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        if connection.execute("PRAGMA application_id").fetchone() != (APPLICATION_ID,):
            raise WrongStore(f"{path} is something else")
        connection.execute(_APPLIED)
        applied = {name for (name,) in connection.execute("SELECT name FROM docket_migrations")}
        if unknown := applied - known.keys():
            raise WrongStore(f"{path} has {min(unknown)}, unknown to this Docket: upgrade it first")
        for name in sorted(known.keys() - applied):
            for statement in known[name].read_text(encoding="utf-8").split(";"):
                connection.execute(statement)
            connection.execute("INSERT INTO docket_migrations VALUES (?)", (name,))
    connection.execute("PRAGMA journal_mode = WAL")


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
