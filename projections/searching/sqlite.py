"""The sets of one machine are one SQLite file, which may be deleted: it is filled again from the record."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from projections.searching.kept import Keeping, Kept, T
from projections.stores.selecting import Ask
from projections.stores.sqlite_file import Form, SQLiteFile

_SCHEMA: Final = (
    "CREATE TABLE reached (position INTEGER NOT NULL, digest BLOB NOT NULL, built INTEGER NOT NULL) STRICT",
    "INSERT INTO reached VALUES (0, x'', 0)",
    "CREATE TABLE sets (piece INTEGER, term TEXT, bits BLOB NOT NULL, PRIMARY KEY (piece, term)) STRICT",
    """CREATE TABLE times (
        moment TEXT, block INTEGER, lowest INTEGER NOT NULL, highest INTEGER NOT NULL, packed BLOB NOT NULL,
        PRIMARY KEY (moment, block)) STRICT""",
    "CREATE TABLE developers (case_id TEXT PRIMARY KEY, developer TEXT NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE TABLE occurring (term TEXT PRIMARY KEY) STRICT, WITHOUT ROWID",
)
_SETTINGS: Final = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",  # a power cut may take the last commits: they are made again
    "PRAGMA secure_delete = ON",  # what is taken away with a payload leaves no bytes behind
    "PRAGMA cache_size = -64000",
    "PRAGMA wal_autocheckpoint = 4000",
    "PRAGMA wal_checkpoint(TRUNCATE)",  # whoever took something away may have been killed before it left the log
)
_SETS: Final = Form(
    what="index of a record",
    application_id=0x444B5345,  # "DKSE"
    version=1,
    schema=_SCHEMA,
    settings=_SETTINGS,
)


class SQLiteSets(Kept):
    """Sets in one file. Raises WrongStore for a file that is something else.

    `patience_s` is how long it waits for another transaction before it raises sqlite3.OperationalError.
    """

    def __init__(self, path: Path, *, patience_s: float = 10.0) -> None:
        self._connections = SQLiteFile(path, _SETS, patience_s=patience_s)
        self.path = self._connections.path

    def close(self) -> None:
        self._connections.close()

    def look(self, read: Callable[[Ask], T]) -> T:
        with self._connections.reading() as connection:
            return read(lambda sql, values: connection.execute(sql, values).fetchall())

    @contextmanager
    def write(self) -> Iterator[Keeping]:
        with self._connections.writing() as connection:
            yield _SQLiteKeeping(connection)

    def scrub(self) -> bool:
        """Empty the write-ahead log, in which pages lie as they were; not while somebody reads them."""
        with self._connections.alone() as connection:
            ((busy, _, _),) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return not busy


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
