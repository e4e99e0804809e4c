"""The one writer of a ledger's file: what it answers is durable, or settled by another look."""

import json
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from time import monotonic, sleep
from typing import Final

from domain.ledger.append import Append
from domain.ledger.batches import Answer, BatchWriter, NotBegun, act_row, judged, translated
from domain.ledger.recorder import OutcomeUnknown, Watermark
from domain.ledger.sqlite_checkpoints import Checkpoints
from domain.ledger.sqlite_file import SCHEMA_VERSION, LedgerFile, last_position

_TURN_S: Final = 0.0005
_HEAD: Final = "SELECT max(version) FROM events WHERE stream = ?"
_KNOWN: Final = "SELECT 1 FROM acts WHERE id = ?"
_EVENT: Final = "INSERT INTO events VALUES (?, ?, ?, ?, ?)"
_DISCLOSURES: Final = "INSERT INTO disclosures VALUES (?, ?)"
_ACT: Final = "INSERT INTO acts VALUES (?, ?, ?, ?, ?)"
_DESTROY: Final = """
    DELETE FROM disclosures WHERE position = (SELECT position FROM events WHERE stream = ? AND version = ?)"""
_FORGET: Final = """
    UPDATE acts SET digest = NULL WHERE digest IS NOT NULL AND head >= (
        SELECT min(position) FROM json_each(?) AS gone JOIN events
            ON stream = json_extract(gone.value, '$[0]') AND version = json_extract(gone.value, '$[1]'))"""


class Writer(BatchWriter):
    """The one connection that writes. Used by one thread at a time."""

    def __init__(self, file: LedgerFile, watermark: Watermark) -> None:
        self._file = file
        self._watermark = watermark
        self._connection: sqlite3.Connection | None = None
        self._checkpoints: Checkpoints | None = None

    def close(self) -> None:
        if self._checkpoints is not None:
            self._checkpoints.close()
            self._checkpoints = None
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _together(self, batch: Sequence[Append], meanwhile: Callable[[], None], at: int | None) -> list[Answer]:
        connection, head = self._begun(meanwhile)
        try:
            answers = _written(connection, batch, head, at)
            meanwhile()
        except BaseException:
            self._abandon()
            raise
        try:
            self._commit(connection)
        except BaseException as e:  # noqa: BLE001 - whether it was stored is not guessed from what it is
            self._abandon()
            answers = self._settled(batch, answers, e)
        if self._checkpoints is not None and any(append.destroys for append in batch):
            self._checkpoints.scrub()
        self._watermark.after(0, max((a.stop - 1 for a in answers if isinstance(a, range)), default=head))
        return answers

    def _begun(self, meanwhile: Callable[[], None]) -> tuple[sqlite3.Connection, int]:
        try:
            least = self._watermark.before()
            if self._file.moved():
                self._watermark.lose(f"{self._file.path} is another file than at first, or gone")
            if self._connection is None:
                self._connection = self._file.writer()
                self._connection.execute("PRAGMA busy_timeout = 0")  # waiting is done by _lock
                self._checkpoints = self._checkpoints or Checkpoints(self._file)
            self._lock(self._connection, meanwhile)
            return self._connection, self._watermark.after(least, last_position(self._connection))
        except BaseException as e:
            self._abandon()
            raise NotBegun from e

    def _lock(self, connection: sqlite3.Connection, meanwhile: Callable[[], None]) -> None:
        """Wait for another process's transaction: SQLite's own waiting looks too seldom to get a turn under load."""
        until = monotonic() + self._file.patience_s
        while True:
            try:
                # never deferred: between a read and the first write another process could write
                connection.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError as e:
                if e.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or monotonic() > until:
                    raise
            meanwhile()
            sleep(_TURN_S)

    def _commit(self, connection: sqlite3.Connection) -> None:
        connection.execute("COMMIT")

    def _abandon(self) -> None:
        if self._connection is None:
            return
        try:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
        except sqlite3.Error:
            with suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None

    def _settled(self, batch: Sequence[Append], answers: list[Answer], error: BaseException) -> list[Answer]:
        """The truth after a commit that failed: it is there as a whole or not at all, so one witness settles it.

        Asked over another connection, since this one's word is in doubt. Frames whose fsync failed could come back
        after a power cut: a small durable write takes their place in the log before anybody is told "not stored".
        """
        try:
            with closing(self._file.writer()) as other:
                other.execute("BEGIN IMMEDIATE")
                stored = any(_is_stored(other, append, answer) for append, answer in zip(batch, answers, strict=True))
                if not stored:
                    other.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
                other.execute("COMMIT")
        except BaseException as e:  # noqa: BLE001 - raised from here, it would mean that nothing was stored
            return [OutcomeUnknown(f"{error!r}; looking it up: {e!r}") for _ in batch]
        # a refusal may rest on a neighbour that is not there now, so without a commit nobody keeps its answer
        return answers if stored else [translated(error) for _ in batch]


def _written(connection: sqlite3.Connection, batch: Sequence[Append], head: int, at: int | None) -> list[Answer]:
    """Judge each append by what the transaction shows, and write those that may be stored."""
    heads: dict[str, int] = {}
    for stream in {stream for append in batch for stream in append.streams()}:
        version = connection.execute(_HEAD, (stream,)).fetchone()[0]
        if version is not None:
            heads[stream] = version
    ids = {append.act for append in batch if append.act is not None}
    known = [id for id in ids if connection.execute(_KNOWN, (id,)).fetchone()]
    answers, rows = judged(batch, head=head, heads=heads, acts=known, at=at)
    for statement, of_table in (
        (_EVENT, rows.events),
        (_DISCLOSURES, rows.disclosures),
        (_ACT, rows.acts),
        (_DESTROY, rows.destroyed),
    ):
        if of_table:
            connection.executemany(statement, of_table)
    if rows.destroyed:
        connection.execute(_FORGET, (json.dumps(rows.destroyed),))
    return answers


def _is_stored(connection: sqlite3.Connection, append: Append, answer: Answer) -> bool:
    if not isinstance(answer, range):
        return False
    if append.act is not None:
        found = connection.execute("SELECT * FROM acts WHERE id = ?", (append.act,)).fetchone()
        return bool(found == (append.act, *act_row(append, answer)))
    if append.events:
        found = connection.execute("SELECT * FROM events WHERE position = ?", (answer[0],)).fetchone()
        return bool(found == (answer[0], *append.events[0]))
    return False
