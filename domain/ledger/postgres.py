"""The ledger of many machines is one PostgreSQL database: every append durable, every position in its place."""

from collections.abc import Collection, Sequence
from typing import Any, Final
from uuid import UUID

import psycopg
from eventsourcing.persistence import InternalError, Notification, StoredEvent

from domain.ledger.append import Append, Restored, Verify, apart, prepared
from domain.ledger.batches import translated
from domain.ledger.follow import Wakes
from domain.ledger.group_commit import GroupCommit
from domain.ledger.postgres_database import LAST, LEDGER, LedgerDatabase
from domain.ledger.postgres_listener import Listener
from domain.ledger.postgres_scrub import Scrubbed, scrub
from domain.ledger.postgres_writer import Writer
from domain.ledger.recorder import ActRow, Attached, LedgerRecorder, Watermark

_LAST: Final = 2**63 - 1
_READ: Final = "SELECT position, type, document FROM events WHERE position > %s ORDER BY position LIMIT %s"
_READ_STREAM: Final = """
    SELECT position, version, document FROM events
    WHERE stream = %s AND version > %s AND position <= %s ORDER BY version"""
_STREAM: Final = """
    SELECT stream, version, type, document FROM events
    WHERE stream = %s AND version > %s AND version <= %s ORDER BY version LIMIT %s"""
_STREAM_BACKWARDS: Final = _STREAM.replace("ORDER BY version", "ORDER BY version DESC")
_NOTIFICATIONS: Final = """
    SELECT stream, version, type, document, position FROM events
    WHERE position BETWEEN %s AND %s AND (%s::text[] IS NULL OR type = ANY(%s::text[]))
    ORDER BY position LIMIT %s"""
_DOCUMENTS: Final = "SELECT position, document FROM events WHERE position = ANY(%s::bigint[])"
_DISCLOSURES: Final = "SELECT position, disclosures FROM disclosures WHERE position = ANY(%s::bigint[])"
_ACT: Final = "SELECT first, last, head, digest FROM acts WHERE id = %s"


class PostgresRecorder(LedgerRecorder):
    """A recorder over one schema of a database, which several processes may share. Safe to use from any thread.

    `verify` is called for every document before it is stored, in the thread of the caller. `patience_s` is how long a
    call waits for a server that is away, for a connection, or for another process's transaction, before it raises
    OperationalError. Noticed, and never believed again: a database with less than was seen, another database or
    server under the same name, and one whose event at the last position that this process appended is another.
    """

    def __init__(self, dsn: str, *, verify: Verify, patience_s: float = 10.0, schema: str = LEDGER) -> None:
        self.wakes = Wakes()
        self._verify = verify
        self._watermark = Watermark()
        try:
            self._database = LedgerDatabase(dsn, schema=schema, watermark=self._watermark, patience_s=patience_s)
        except psycopg.Error as e:
            raise translated(e) from e
        self._writer = Writer(self._database, self._watermark)
        self._appends: GroupCommit[Append | Restored, range] = GroupCommit(
            self._writer, name="ledger writer", done=self.wakes.ring, ended=self._writer.close
        )
        self._listener = Listener(
            self._database, channel=self._database.channel, ours=lambda: self._writer.pid, ring=self.wakes.ring
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
        least = self._watermark.before()
        return self._watermark.after(least, self._rows(LAST)[0][0])

    def read(self, after: int, limit: int) -> list[tuple[int, str, bytes]]:
        least = self._watermark.before()
        rows = self._rows(_READ, (after, limit))
        last: int = rows[-1][0] if rows else 0
        if rows and last != after + len(rows):
            raise InternalError(f"a position is missing between {after} and {last}")
        # fewer than were asked for: behind them there is nothing, or there is less than there was
        self._watermark.after(least if len(rows) < limit and after < least else 0, last)
        if rows:
            self._database.mark.move(last, rows[-1][2])
        return rows

    def read_stream(
        self, stream: str, after_version: int = 0, upto_position: int | None = None
    ) -> list[tuple[int, int, bytes]]:
        upto = _LAST if upto_position is None else upto_position
        return self._rows(_READ_STREAM, (stream, after_version, upto))

    def documents(self, positions: Collection[int]) -> dict[int, bytes]:
        return dict(self._rows(_DOCUMENTS, (list(positions),)))

    def disclosures(self, positions: Collection[int]) -> dict[int, tuple[bytes, ...]]:
        rows = self._rows(_DISCLOSURES, (list(positions),))
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
        rows = self._rows(_STREAM_BACKWARDS if desc else _STREAM, (str(originator_id), over, upto, limit))
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
        wanted = list(topics) if topics else None
        rows = self._rows(_NOTIFICATIONS, (first, last, wanted, wanted, limit))
        return [Notification(*row) for row in rows]

    def scrub(self) -> Scrubbed:
        """Take the bytes of what was destroyed out of the files of the database. Appends wait meanwhile."""
        try:
            with self._database.connect() as connection:
                return scrub(connection)
        except psycopg.Error as e:
            raise translated(e) from e

    def close(self) -> None:
        self._appends.close()
        self._listener.close()
        self._database.close()
        self.wakes.ring()

    def _rows(self, statement: str, parameters: tuple[object, ...] = ()) -> list[Any]:
        self._watermark.before()
        try:
            return self._database.rows(statement, parameters)
        except psycopg.Error as e:
            raise translated(e) from e
