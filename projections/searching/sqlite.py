"""The sets of one machine are one SQLite file, which may be deleted: it is filled again from the record."""

import sqlite3
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any, Final

from projections.searching.kept import Keeping, Kept, T
from projections.stores.selecting import Ask
from projections.stores.tables import WrongStore

APPLICATION_ID: Final = 0x444B5345  # "DKSE"
SCHEMA_VERSION: Final = 1
_IDLE_READERS: Final = 8
_SCHEMA: Final = (
    "CREATE TABLE reached (position INTEGER NOT NULL, digest BLOB NOT NULL, built INTEGER NOT NULL) STRICT",
    "INSERT INTO reached VALUES (0, x'', 0)",
    "CREATE TABLE sets (piece INTEGER, term TEXT, bits BLOB NOT NULL, PRIMARY KEY (piece, term)) STRICT",
    """CREATE TABLE times (
        moment TEXT, block INTEGER, lowest INTEGER NOT NULL, highest INTEGER NOT NULL, packed BLOB NOT NULL,
        PRIMARY KEY (moment, block)) STRICT""",
    "CREATE TABLE developers (case_id TEXT PRIMARY KEY, developer TEXT NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE TABLE occurring (term TEXT PRIMARY KEY) STRICT, WITHOUT ROWID",
    f"PRAGMA application_id = {APPLICATION_ID}",
    f"PRAGMA user_version = {SCHEMA_VERSION}",
)
_SETTINGS: Final = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",  # a power cut may take the last commits: they are made again
    "PRAGMA secure_delete = ON",  # what is taken away with a payload leaves no bytes behind
    "PRAGMA cache_size = -64000",
    "PRAGMA wal_autocheckpoint = 4000",
    "PRAGMA wal_checkpoint(TRUNCATE)",  # whoever took something away may have been killed before it left the log
)


class SQLiteSets(Kept):
    """Sets in one file. Raises WrongStore for a file that is something else.

    `patience_s` is how long it waits for another transaction before it raises sqlite3.OperationalError.
    """

    def __init__(self, path: Path, *, patience_s: float = 10.0) -> None:
        self.path = path.absolute()
        self._patience_s = patience_s
        self._readers: deque[sqlite3.Connection] = deque()
        self._lock = Lock()
        self._writer = self._open()
        try:
            self._make()
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError as error:
            raise WrongStore(f"{self.path}: {error}") from error

    def close(self) -> None:
        with self._lock:
            self._writer.close()
        while self._readers:
            self._readers.popleft().close()

    def look(self, read: Callable[[Ask], T]) -> T:
        try:
            connection = self._readers.pop()
        except IndexError:
            connection = self._open()
            connection.execute("PRAGMA query_only = ON")
        try:
            connection.execute("BEGIN")
            return read(lambda sql, values: connection.execute(sql, values).fetchall())
        finally:
            connection.execute("COMMIT")
            if len(self._readers) < _IDLE_READERS:
                self._readers.append(connection)
            else:
                connection.close()

    @contextmanager
    def write(self) -> Iterator[Keeping]:
        with self._lock:
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield _SQLiteKeeping(self._writer)
                self._writer.execute("COMMIT")
            except BaseException:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                raise

    def scrub(self) -> bool:
        """Empty the write-ahead log, in which pages lie as they were; not while somebody reads them."""
        with self._lock:
            ((busy, _, _),) = self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return not busy

    def _make(self) -> None:
        self._writer.execute("BEGIN IMMEDIATE")
        try:
            ((tables,),) = self._writer.execute("SELECT count(*) FROM sqlite_schema").fetchall()
            if not tables and not self._number("application_id"):
                for statement in _SCHEMA:
                    self._writer.execute(statement)
        finally:
            self._writer.execute("COMMIT")
        if self._number("application_id") != APPLICATION_ID:
            raise WrongStore(f"{self.path} has no sets of Docket's")
        if (version := self._number("user_version")) != SCHEMA_VERSION:
            raise WrongStore(f"{self.path} has form {version}, not {SCHEMA_VERSION}: delete it, and it is made again")
        for setting in _SETTINGS:
            self._writer.execute(setting)

    def _number(self, pragma: str) -> int:
        ((number,),) = self._writer.execute(f"PRAGMA {pragma}").fetchall()
        return int(number)

    def _open(self) -> sqlite3.Connection:
        # it goes from thread to thread, to one at a time
        return sqlite3.connect(self.path, isolation_level=None, check_same_thread=False, timeout=self._patience_s)


class _SQLiteKeeping:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def ask(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        return self._connection.execute(sql, values).fetchall()

    def change(self, sql: str, values: Sequence[object] = ()) -> None:
        self._connection.execute(sql, values)

    def put(self, table: str, keys: Sequence[str], columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
        names = (*keys, *columns)
        self._connection.executemany(
            f"INSERT OR REPLACE INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})",  # noqa: S608 - our names
            rows,
        )
