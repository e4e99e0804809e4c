"""The file of a ledger: what makes it one, how it is opened, and how a copy of it is taken."""

import os
import sqlite3
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Final

from eventsourcing.persistence import IntegrityError, OperationalError

from domain.ledger.recorder import Closed, WrongStore

APPLICATION_ID: Final = 0x444B4C47  # "DKLG"
SCHEMA_VERSION: Final = 1
LOG_PAGES: Final = 32_000
"""Pages of 4 KiB in the write-ahead log before the writer itself folds them into the file."""
_IDLE_READERS: Final = 16
_PAGES_A_STEP: Final = 1024

_SCHEMA: Final = (
    """CREATE TABLE events (
        position INTEGER PRIMARY KEY, stream TEXT NOT NULL, version INTEGER NOT NULL, type TEXT NOT NULL,
        document BLOB NOT NULL, UNIQUE (stream, version)) STRICT""",
    "CREATE TABLE disclosures (position INTEGER PRIMARY KEY, disclosures BLOB NOT NULL) STRICT",
    """CREATE TABLE acts (
        id TEXT PRIMARY KEY, first INTEGER, last INTEGER, head INTEGER NOT NULL, digest BLOB) STRICT, WITHOUT ROWID""",
    # another program that opens the file is told so, too
    """CREATE TRIGGER events_are_not_edited BEFORE UPDATE ON events
        BEGIN SELECT RAISE(ABORT, 'no event is ever edited'); END""",
    """CREATE TRIGGER events_are_not_deleted BEFORE DELETE ON events
        BEGIN SELECT RAISE(ABORT, 'no event is ever deleted'); END""",
    f"PRAGMA application_id = {APPLICATION_ID}",
    f"PRAGMA user_version = {SCHEMA_VERSION}",
)


class LedgerFile:
    """Connections to one ledger. Creates it where there is none. Raises WrongStore, OperationalError."""

    def __init__(self, path: Path, *, patience_s: float) -> None:
        self.path = path.absolute()
        self.patience_s = patience_s
        self._readers: deque[sqlite3.Connection] = deque()
        self._closed = False
        try:
            with closing(self._open("rwc")) as connection:
                _make(connection, self.path, until=monotonic() + patience_s)
        except sqlite3.OperationalError as e:
            raise OperationalError(f"{self.path}: {e}") from e
        except sqlite3.DatabaseError as e:
            raise WrongStore(f"{self.path}: {e}") from e
        self._identity = self._identified()

    def moved(self) -> bool:
        """Whether the path leads to another file than at first, or nowhere: a writer would write for nobody."""
        try:
            return self._identified() != self._identity
        except FileNotFoundError:
            return True

    def writer(self) -> sqlite3.Connection:
        """A connection whose commits are durable (synchronous=FULL) and whose deletions leave no bytes behind."""
        connection = self._open("rw")
        for setting in (
            "synchronous = FULL",
            "fullfsync = ON",
            "secure_delete = ON",
            "cache_size = -16000",
            f"wal_autocheckpoint = {LOG_PAGES}",
        ):
            connection.execute(f"PRAGMA {setting}")
        return connection

    @contextmanager
    def reader(self) -> Iterator[sqlite3.Connection]:
        """A connection that cannot write and that nobody else uses meanwhile. Raises Closed."""
        try:
            connection = self._readers.pop()
        except IndexError:
            connection = self._open("rw")
            connection.execute("PRAGMA query_only = ON")
        try:
            if self._closed:
                raise Closed("the recorder is closed")
            yield connection
        finally:
            self._readers.append(connection)
            if self._closed or len(self._readers) > _IDLE_READERS:
                self._close_one()

    def close(self) -> None:
        """Close every reader; one that is in use closes when it is given back."""
        self._closed = True
        while self._readers:
            self._close_one()

    def _close_one(self) -> None:
        try:
            self._readers.popleft().close()
        except IndexError:
            return  # another thread was first

    def _open(self, mode: str) -> sqlite3.Connection:
        return sqlite3.connect(
            f"{self.path.as_uri()}?mode={mode}",
            uri=True,
            isolation_level=None,
            check_same_thread=False,  # a reader goes from thread to thread, to one at a time
            timeout=self.patience_s,
        )

    def _identified(self) -> tuple[int, int]:
        status = self.path.stat()
        return status.st_dev, status.st_ino

    def backup(self, path: Path, progress: Callable[[int, int], object] | None = None) -> int:
        """A copy of the ledger as it is at one moment, complete and durable when this returns its last position.

        Writers go on meanwhile. `progress` gets pages copied and pages in all. Raises FileExistsError;
        IntegrityError when the copy is not what was copied.
        """
        path = path.absolute()
        if path.exists():
            raise FileExistsError(f"{path} exists")
        told = None if progress is None else lambda _, left, pages: progress(pages - left, pages)
        part = path.with_name(f".{path.name}.{os.getpid()}.part")
        try:
            with closing(self._open("rw")) as source, closing(sqlite3.connect(part, isolation_level=None)) as copy:
                source.execute("BEGIN")
                head = last_position(source)  # opens the snapshot: what is written from now on is not copied
                copy.execute("PRAGMA synchronous = OFF")  # one fsync, at the end
                source.backup(copy, pages=_PAGES_A_STEP, progress=told)
                copy.execute("PRAGMA journal_mode = DELETE")  # one file, nothing beside it
                found = copy.execute("PRAGMA integrity_check").fetchone()[0]
                if found != "ok" or last_position(copy) != head:
                    raise IntegrityError(f"the copy is not whole: {found}, position {last_position(copy)} of {head}")
            _sync(part)
            os.link(part, path)  # unlike a rename, it never takes the place of what came meanwhile
        finally:
            part.unlink(missing_ok=True)
        _sync(path.parent)
        return head


def last_position(connection: sqlite3.Connection) -> int:
    """Position of the last event; 0 while there is none."""
    found: int | None = connection.execute("SELECT max(position) FROM events").fetchone()[0]
    return found or 0


def _make(connection: sqlite3.Connection, path: Path, *, until: float) -> None:
    """Make an empty file a ledger; leave a ledger as it is. Two processes may do so at once."""
    connection.execute("BEGIN")  # what is asked of the file is asked of one moment
    made = _is_ledger(connection, path)
    connection.execute("COMMIT")
    if not made:
        connection.execute("BEGIN IMMEDIATE")
        if not _is_ledger(connection, path):
            for statement in _SCHEMA:
                connection.execute(statement)
        connection.execute("COMMIT")
    mode = ""
    while not mode:
        try:
            mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
        except sqlite3.OperationalError:  # SQLite does not wait for this lock by itself
            if monotonic() > until:
                raise
            sleep(0.01)
    if mode != "wal":
        raise WrongStore(f"{path}: no write-ahead log there (journal mode {mode}); is it a network drive?")


def _is_ledger(connection: sqlite3.Connection, path: Path) -> bool:
    """Raises WrongStore unless the file is a ledger of this version, or empty."""
    (application_id,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if (application_id, version, tables) == (0, 0, 0):
        return False
    if application_id != APPLICATION_ID:
        raise WrongStore(f"{path} belongs to another application (application_id {application_id:#x})")
    if version != SCHEMA_VERSION:
        raise WrongStore(f"{path} has schema {version}, this Docket reads {SCHEMA_VERSION}: upgrade it first")
    return True


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
