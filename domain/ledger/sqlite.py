"""The ledger of one machine is one SQLite file: every append durable, every position in its place."""

import json
import sqlite3
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from eventsourcing.persistence import InternalError, Notification, StoredEvent

from domain.ledger.append import Append, Restored, Verify, apart, prepared
from domain.ledger.batches import translated
from domain.ledger.follow import Wakes
from domain.ledger.group_commit import GroupCommit
from domain.ledger.recorder import ActRow, Attached, LedgerRecorder, Watermark
from domain.ledger.sqlite_file import LedgerFile, last_position
from domain.ledger.sqlite_writer import Writer

_LAST: Final = 2**63 - 1
_READ: Final = "SELECT position, type, document FROM events WHERE position > ? ORDER BY position LIMIT ?"
_READ_STREAM: Final = """
    SELECT position, version, document FROM events
    WHERE stream = ? AND version > ? AND position <= ? ORDER BY version"""
_STREAM: Final = """
    SELECT stream, version, type, document FROM events
    WHERE stream = ? AND version > ? AND version <= ? ORDER BY version LIMIT ?"""
_STREAM_BACKWARDS: Final = _STREAM.replace("ORDER BY version", "ORDER BY version DESC")
_NOTIFICATIONS: Final = """
    SELECT stream, version, type, document, position FROM events
    WHERE position BETWEEN ? AND ? AND (? IS NULL OR type IN (SELECT value FROM json_each(?)))
    ORDER BY position LIMIT ?"""
_DOCUMENTS: Final = "SELECT position, document FROM events WHERE position IN (SELECT value FROM json_each(?))"
_DISCLOSURES: Final = "SELECT position, disclosures FROM disclosures WHERE position IN (SELECT value FROM json_each(?))"
_ACT: Final = "SELECT first, last, head, digest FROM acts WHERE id = ?"


class SQLiteRecorder(LedgerRecorder):
    """A recorder over one file, which several processes may share. Safe to use from any thread.

    `verify` is called for every document before it is stored, in the thread of the caller. `patience_s` is how long a
    call waits for another process's transaction before it raises OperationalError.
    """

    def __init__(self, path: Path, *, verify: Verify, patience_s: float = 10.0) -> None:
        self.wakes = Wakes()
        self._verify = verify
        self._watermark = Watermark()
        self._file = LedgerFile(path, patience_s=patience_s)
        self._writer = Writer(self._file, self._watermark)
        self._appends: GroupCommit[Append | Restored, range] = GroupCommit(
            self._writer, name="ledger writer", done=self.wakes.ring, ended=self._writer.close
        )

    def insert_events(
        self, stored_events: Sequence[StoredEvent], *, attached: Attached | None = None, **unknown: object
    ) -> list[int]:
        if unknown:
            raise TypeError(f"nothing is known of {', '.join(unknown)}")
        return list(self._appends.submit(prepared(stored_events, attached, self._verify)))

    def insert_batch(self, acts: Sequence[tuple[Sequence[StoredEvent], Attached]], *, at: int) -> list[range]:
        restored = Restored(tuple(prepared(events, attached, self._verify) for events, attached in acts), at)
        self._appends.submit(restored)
        return restored.positions()

    def head(self) -> int:
        with self._reading() as (connection, least):
            return self._watermark.after(least, last_position(connection))

    def read(self, after: int, limit: int) -> list[tuple[int, str, bytes]]:
        with self._reading() as (connection, least):
            rows = connection.execute(_READ, (after, limit)).fetchall()
            last: int = rows[-1][0] if rows else 0
            if rows and last != after + len(rows):
                raise InternalError(f"a position is missing between {after} and {last}")
            # fewer than were asked for: behind them there is nothing, or there is less than there was
            self._watermark.after(least if len(rows) < limit and after < least else 0, last)
            return rows

    def read_stream(
        self, stream: str, after_version: int = 0, upto_position: int | None = None
    ) -> list[tuple[int, int, bytes]]:
        upto = _LAST if upto_position is None else upto_position
        return self._rows(_READ_STREAM, (stream, after_version, upto))

    def documents(self, positions: Collection[int]) -> dict[int, bytes]:
        return dict(self._rows(_DOCUMENTS, (json.dumps(list(positions)),)))

    def disclosures(self, positions: Collection[int]) -> dict[int, tuple[bytes, ...]]:
        rows = self._rows(_DISCLOSURES, (json.dumps(list(positions)),))
        return {position: apart(joined) for position, joined in rows}

    def act(self, id: str) -> ActRow | None:
        rows = self._rows(_ACT, (id,))
        return ActRow(*rows[0]) if rows else None

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> list[StoredEvent]:
        over, upto = -1 if gt is None else gt, _LAST if lte is None else lte
        rows = self._rows(
            _STREAM_BACKWARDS if desc else _STREAM, (str(originator_id), over, upto, -1 if limit is None else limit)
        )
        return [StoredEvent(*row) for row in rows]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> list[Notification]:
        first = (start or 0) + (not inclusive_of_start)
        last = _LAST if stop is None else stop
        wanted = json.dumps(list(topics)) if topics else None
        rows = self._rows(_NOTIFICATIONS, (first, last, wanted, wanted, limit))
        return [Notification(*row) for row in rows]

    def backup(self, path: Path, progress: Callable[[int, int], object] | None = None) -> int:
        """Position up to which `path` is now a complete, verified and durable copy; writers went on meanwhile.

        `progress` gets pages copied and pages in all. Raises FileExistsError, and IntegrityError when the copy differs.
        """
        with self._reading():
            return self._file.backup(path, progress)

    def close(self) -> None:
        self._appends.close()
        self._file.close()
        self.wakes.ring()

    def _rows(self, statement: str, parameters: tuple[object, ...]) -> list[Any]:
        with self._reading() as (connection, _):
            return connection.execute(statement, parameters).fetchall()

    @contextmanager
    def _reading(self) -> Iterator[tuple[sqlite3.Connection, int]]:
        least = self._watermark.before()
        if self._file.moved():
            self._watermark.lose(f"{self._file.path} is another file than at first, or gone")
        try:
            with self._file.reader() as connection:
                yield connection, least
        except sqlite3.Error as e:
            raise translated(e) from e
