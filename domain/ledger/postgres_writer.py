"""The one connection of a process that writes to the ledger's database: what it answers is durable, or settled."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from time import monotonic
from typing import Any, Final, NamedTuple

import psycopg
from eventsourcing.persistence import PersistenceError
from psycopg.pq import TransactionStatus

from domain.ledger.append import Append
from domain.ledger.batches import Answer, BatchWriter, NotBegun, Rows, act_row, judged, translated
from domain.ledger.postgres_database import Connection, LedgerDatabase
from domain.ledger.recorder import OutcomeUnknown, Watermark

# a statement of its own: what the next one sees was committed before the lock was had
_LOCK: Final = b"SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
_HEAD: Final = b"""
    SELECT coalesce((SELECT max(position) FROM events), 0),
        (SELECT document FROM events WHERE position = %s)"""
_HEADS: Final = b"""
    SELECT stream, (SELECT max(version) FROM events WHERE events.stream = asked.stream)
    FROM unnest(%b::text[]) AS asked (stream)"""
_KNOWN: Final = b"SELECT id FROM acts WHERE id = ANY(%b::text[])"
_EVENTS: Final = b"""
    INSERT INTO events
    SELECT * FROM unnest(%b::bigint[], %b::text[], %b::bigint[], %b::text[], %b::bytea[])"""
_DISCLOSURES: Final = b"INSERT INTO disclosures SELECT * FROM unnest(%b::bigint[], %b::bytea[])"
_ACTS: Final = b"""
    INSERT INTO acts SELECT * FROM unnest(%b::text[], %b::bigint[], %b::bigint[], %b::bigint[], %b::bytea[])"""
_DESTROY: Final = b"""
    DELETE FROM disclosures USING events, unnest(%b::text[], %b::bigint[]) AS gone (stream, version)
    WHERE events.stream = gone.stream AND events.version = gone.version AND disclosures.position = events.position"""
_FORGET: Final = b"""
    UPDATE ledger.acts SET digest = NULL WHERE digest IS NOT NULL AND head >= (
        SELECT min(position) FROM ledger.events JOIN unnest(%b::text[], %b::bigint[]) AS gone (stream, version)
            ON events.stream = gone.stream AND events.version = gone.version)"""
_NOTIFY: Final = b"SELECT pg_notify(%s, %s)"


class _Shown(NamedTuple):
    """What a transaction that has the lock sees."""

    head: int
    heads: dict[str, int]
    """Stream → version, of those that were asked for and exist."""
    acts: list[str]
    """Those of the acts that are known."""


class Writer(BatchWriter):
    """Used by one thread at a time. Writers of other processes take turns with it, by one lock in the database.

    A batch is two exchanges with the server: what is true, and what is added to it. Each is sent as a whole.
    """

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
        streams = list({stream for append in batch for stream in append.streams()})
        ids = list({append.act for append in batch if append.act is not None})
        try:
            connection, shown = self._begun(streams, ids)
            answers, rows = judged(batch, head=shown.head, heads=shown.heads, acts=shown.acts, at=at)
        except BaseException:
            self._abandon()
            raise
        sent = False
        try:
            with connection.pipeline():
                _write(connection, rows, self._database.channel)
                sent = True
                self._commit(connection)
                meanwhile()
        except BaseException as e:
            # behind a statement that failed the server carried out no COMMIT: it is still in that transaction
            stored_nothing = not sent or connection.info.transaction_status == TransactionStatus.INERROR
            self._abandon()
            if stored_nothing:
                raise
            answers = self._settled(batch, answers, e)
        if any(isinstance(answer, range) for answer in answers) and rows.events:
            self._database.mark.move(rows.events[-1][0], rows.events[-1][4])
            self._watermark.after(0, rows.events[-1][0])
        return answers

    def _begun(self, streams: list[str], ids: list[str]) -> tuple[Connection, _Shown]:
        """Raises NotBegun; and what is wrong with one of these names, whoever brought it."""
        until = monotonic() + self._database.patience_s
        while True:
            try:
                connection = self._connection = self._connection or self._database.connect()
                return connection, self._locked(connection, streams, ids)
            except (psycopg.Error, PersistenceError) as e:
                lost = self._connection is not None and self._connection.closed
                if lost and monotonic() <= until:
                    self._connection = None  # perhaps long ago: the next may be whole
                    continue
                if lost or isinstance(e, (psycopg.OperationalError, PersistenceError)):
                    raise NotBegun from e
                raise

    def _locked(self, connection: Connection, streams: list[str], ids: list[str]) -> _Shown:
        """What nobody changes before this transaction ends."""
        least, mark = self._watermark.before(), self._database.mark.position
        with connection.pipeline():
            connection.execute(b"BEGIN")
            connection.execute(_LOCK, (self._database.lock,))
            of_the_end = connection.execute(_HEAD, (mark,), binary=True)
            of_streams = connection.execute(_HEADS, (streams,), binary=True)
            of_acts = connection.execute(_KNOWN, (ids,), binary=True)
        [(head, document)] = of_the_end
        self._database.mark.compare(mark, document, self._watermark)
        return _Shown(
            head=self._watermark.after(least, head),
            heads={stream: version for stream, version in of_streams if version is not None},
            acts=[id for (id,) in of_acts],
        )

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
                other.execute(_LOCK, (self._database.lock,))
                stored = any(_is_stored(other, append, answer) for append, answer in zip(batch, answers, strict=True))
        except BaseException as e:  # noqa: BLE001 - raised from here, it would mean that nothing was stored
            return [OutcomeUnknown(f"{error!r}; looking it up: {e!r}") for _ in batch]
        # a refusal may rest on a neighbour that is not there now, so without a commit nobody keeps its answer
        return answers if stored else [translated(error) for _ in batch]


def _write(connection: Connection, rows: Rows, channel: str) -> None:
    for statement, of_table in (
        (_EVENTS, rows.events),
        (_DISCLOSURES, rows.disclosures),
        (_ACTS, rows.acts),
        (_DESTROY, rows.destroyed),
        (_FORGET, rows.destroyed),
    ):
        if of_table:
            connection.execute(statement, [list(column) for column in zip(*of_table, strict=True)])
    if rows.events:
        connection.execute(_NOTIFY, (channel, str(rows.events[-1][0])))


def _is_stored(connection: Connection, append: Append, answer: Answer) -> bool:
    if not isinstance(answer, range):
        return False
    if append.act is not None:
        found = _found(connection, b"SELECT first, last, head, digest FROM acts WHERE id = %s", append.act)
        return found == act_row(append, answer)
    if append.events:
        found = _found(connection, b"SELECT stream, version, type, document FROM events WHERE position = %s", answer[0])
        return found == append.events[0]
    return False


def _found(connection: Connection, statement: bytes, key: object) -> tuple[Any, ...] | None:
    return connection.execute(statement, (key,), binary=True).fetchone()
