"""What a witness has signed last is on the disk before it answers, and moves forward only."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Final

from projections.transparency.witness import NOTHING, Seen

APPLICATION_ID: Final = 0x444B5754  # "DKWT"
_MADE: Final = (
    """CREATE TABLE IF NOT EXISTS seen (
        log TEXT PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL) STRICT, WITHOUT ROWID""",
    """CREATE TRIGGER IF NOT EXISTS no_log_becomes_shorter BEFORE UPDATE ON seen WHEN new.size < old.size
        BEGIN SELECT RAISE(ABORT, 'no log becomes shorter'); END""",
    """CREATE TRIGGER IF NOT EXISTS no_log_is_forgotten BEFORE DELETE ON seen
        BEGIN SELECT RAISE(ABORT, 'no log is forgotten'); END""",
    f"PRAGMA application_id = {APPLICATION_ID}",
)


class NotOurs(Exception):
    """The file is no witness's; it was left as it is."""


class SeenFile:
    """A file of SQLite. For any thread, and for several processes. Raises NotOurs, sqlite3.OperationalError."""

    def __init__(self, path: Path) -> None:
        self._lock = Lock()
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10.0)
        try:
            self._begin(path)
        except sqlite3.OperationalError:
            self._connection.close()
            raise
        except (sqlite3.DatabaseError, NotOurs) as error:
            self._connection.close()
            raise NotOurs(f"{path} is no file of a witness") from error

    def close(self) -> None:
        self._connection.close()

    def of(self, log: str) -> Seen:
        """What was signed last of a log."""
        with self._lock:
            return self._of(log)

    def move(self, log: str, after: Callable[[Seen], Seen]) -> Seen:
        """What is signed last from now on: `after` is asked while nobody else can move it. Raises what it raises."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                now = after(self._of(log))
                self._connection.execute(
                    "INSERT INTO seen VALUES (?, ?, ?) ON CONFLICT (log) DO UPDATE SET size = ?, root = ?",
                    (log, now.size, now.root, now.size, now.root),
                )
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
            return now

    def _begin(self, path: Path) -> None:
        ours = self._number("PRAGMA application_id")
        if ours != APPLICATION_ID and (ours or self._number("SELECT count(*) FROM sqlite_schema")):
            raise NotOurs(path)
        # what was signed is known after a power cut, too
        for statement in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "PRAGMA fullfsync = ON", *_MADE):
            self._connection.execute(statement)

    def _of(self, log: str) -> Seen:
        found = self._connection.execute("SELECT size, root FROM seen WHERE log = ?", (log,)).fetchone()
        return NOTHING if found is None else Seen(*found)

    def _number(self, sql: str) -> int:
        (number,) = self._connection.execute(sql).fetchone()
        return int(number)
