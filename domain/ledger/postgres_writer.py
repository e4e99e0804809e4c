"""The one connection of a process that writes to the ledger's database: what it answers is durable, or settled."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from time import monotonic
from typing import Any, Final

import psycopg

from domain.ledger.append import Append
from domain.ledger.batches import Answer, BatchWriter, NotBegun, Rows, act_row, judged, translated
from domain.ledger.postgres_database import Connection, LedgerDatabase
from domain.ledger.recorder import OutcomeUnknown, Watermark

CHANNEL: Final = "docket_ledger"
# a statement of its own: what the next one sees was committed before the lock was had
_LOCK: Final = b"SELECT pg_advisory_xact_lock(hashtextextended('docket ledger', 0))"
_HEAD: Final = b"""
    SELECT coalesce((SELECT max(position) FROM ledger.events), 0),
        (SELECT document FROM ledger.events WHERE position = %s)"""
_HEADS: Final = b"""
    SELECT stream, (SELECT max(version) FROM ledger.events WHERE events.stream = asked.stream)
    FROM unnest(%b::text[]) AS asked (stream)"""
_KNOWN: Final = b"SELECT id FROM ledger.acts WHERE id = ANY(%b::text[])"
_EVENTS: Final = b"""
    INSERT INTO ledger.events
    SELECT * FROM unnest(%b::bigint[], %b::text[], %b::bigint[], %b::text[], %b::bytea[])"""
_DISCLOSURES: Final = b"INSERT INTO ledger.disclosures SELECT * FROM unnest(%b::bigint[], %b::bytea[])"
_ACTS: Final = b"""
    INSERT INTO ledger.acts SELECT * FROM unnest(%b::text[], %b::bigint[], %b::bigint[], %b::bigint[], %b::bytea[])"""
_NOTIFY: Final = b"SELECT pg_notify(%s, %s)"


class Writer(BatchWriter):
    """Used by one thread at a time. Writers of other processes take turns with it, by one lock in the database."""

    def __init__(self, database: LedgerDatabase, watermark: Watermark) -> None:
        self._database = database
        self._watermark = watermark
        self._connection: Connection | None = None

    @property
    def pid(self) -> int | None:
        """The server's process behind this connection, as it signs its notifications."""
        connection = self._connection
        return connection.info.backend_pid if connection is not None and not connection.closed else None

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _together(self, batch: Sequence[Append], meanwhile: Callable[[], None], at: int | None) -> list[Answer]:
        connection, head = self._begun()
        try:
            answers, rows = _written(connection, batch, head, at)
            meanwhile()
        except BaseException:
            self._abandon()
            raise
        try:
            self._commit(connection)
        except BaseException as e:  # noqa: BLE001 - whether it was stored is not guessed from what it is
            self._abandon()
            answers = self._settled(batch, answers, e)
        if any(isinstance(answer, range) for answer in answers) and rows.events:
            self._database.mark.move(rows.events[-1][0], rows.events[-1][4])
            self._watermark.after(0, rows.events[-1][0])
        return answers

    def _begun(self) -> tuple[Connection, int]:
        try:
            until = monotonic() + self._database.patience_s
            while True:
                connection = self._connection = self._connection or self._database.connect()
                try:
                    return connection, self._locked(connection)
                except psycopg.Error:
                    if not connection.closed or monotonic() > until:
                        raise  # otherwise it was lost, perhaps long ago: the next may be whole
                    self._connection = None
        except BaseException as e:
            self._abandon()
            raise NotBegun from e

    def _locked(self, connection: Connection) -> int:
        """The head, which nobody moves before this transaction ends."""
        least, mark = self._watermark.before(), self._database.mark.position
        with connection.pipeline():
            connection.execute(b"BEGIN")
            connection.execute(_LOCK)
            looked = connection.execute(_HEAD, (mark,), binary=True)
        [(head, document)] = looked
        self._database.mark.compare(mark, document, self._watermark)
        return self._watermark.after(least, head)

    def _commit(self, connection: Connection) -> None:
        connection.execute(b"COMMIT")

    def _abandon(self) -> None:
        if self._connection is None:
            return
        with suppress(psycopg.Error):
            self._connection.execute(b"ROLLBACK")
            return
        self.close()

    def _settled(self, batch: Sequence[Append], answers: list[Answer], error: BaseException) -> list[Answer]:
        """The truth after a commit that failed: it is there as a whole or not at all, so one witness settles it.

        Asked over another connection and under the same lock: the server may still be at that commit, and lets go of
        the lock when it has ended.
        """
        try:
            with self._database.connect() as other, other.transaction():
                other.execute(_LOCK)
                stored = any(_is_stored(other, append, answer) for append, answer in zip(batch, answers, strict=True))
        except BaseException as e:  # noqa: BLE001 - raised from here, it would mean that nothing was stored
            return [OutcomeUnknown(f"{error!r}; looking it up: {e!r}") for _ in batch]
        # a refusal may rest on a neighbour that is not there now, so without a commit nobody keeps its answer
        return answers if stored else [translated(error) for _ in batch]


def _written(connection: Connection, batch: Sequence[Append], head: int, at: int | None) -> tuple[list[Answer], Rows]:
    """Judge each append by what the transaction shows, and write those that may be stored."""
    streams = list({stream for append in batch for stream in append.streams()})
    ids = list({append.act for append in batch if append.act is not None})
    with connection.pipeline():
        of_streams = connection.execute(_HEADS, (streams,), binary=True)
        of_acts = connection.execute(_KNOWN, (ids,), binary=True)
    heads = {stream: version for stream, version in of_streams if version is not None}
    answers, rows = judged(batch, head=head, heads=heads, acts=[id for (id,) in of_acts], at=at)
    with connection.pipeline():
        for statement, of_table in ((_EVENTS, rows.events), (_DISCLOSURES, rows.disclosures), (_ACTS, rows.acts)):
            if of_table:
                connection.execute(statement, [list(column) for column in zip(*of_table, strict=True)])
        if rows.events:
            connection.execute(_NOTIFY, (CHANNEL, str(rows.events[-1][0])))
    return answers, rows


def _is_stored(connection: Connection, append: Append, answer: Answer) -> bool:
    if not isinstance(answer, range):
        return False
    if append.act is not None:
        found = _found(connection, b"SELECT first, last, head, digest FROM ledger.acts WHERE id = %s", append.act)
        return found == act_row(append, answer)
    if append.events:
        found = _found(
            connection, b"SELECT stream, version, type, document FROM ledger.events WHERE position = %s", answer[0]
        )
        return found == append.events[0]
    return False


def _found(connection: Connection, statement: bytes, key: object) -> tuple[Any, ...] | None:
    return connection.execute(statement, (key,), binary=True).fetchone()
