"""The views of one machine are one SQLite file, which may be deleted: it is folded again from the record."""

import sqlite3
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any, Final

import msgspec

from projections.reads import Found
from projections.schema import made
from projections.tables import Change, Forgotten, Letter, NotBuilt, Table, Writing, WrongStore
from projections.view import Key, R, View
from projections.visible import Sight
from projections.writing import SQLiteWriting

_IDLE_READERS: Final = 16
_TABLES: Final = "SELECT name, view, version, position, digest, live, halted FROM positions"


class SQLiteViews:
    """A store of views in one file. Safe to use from any thread; one view has one runner.

    Raises WrongStore for a file that is something else. `patience_s` is how long it waits for another process's
    transaction before it raises sqlite3.OperationalError.
    """

    def __init__(self, path: Path, *, patience_s: float = 10.0) -> None:
        self.path = path.absolute()
        self._patience_s = patience_s
        self._readers: deque[sqlite3.Connection] = deque()
        self._decoders: dict[type[Any], msgspec.json.Decoder[Any]] = {}
        self._lock = Lock()
        self._writer = self._open()
        try:
            made(self._writer, self.path)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise
            raise WrongStore(f"{self.path}: {error}") from error

    def close(self) -> None:
        """Close every connection that is not in use. Again is not an error."""
        with self._lock:
            self._writer.close()
        while self._readers:
            self._readers.popleft().close()

    def tables(self) -> list[Table]:
        with self._reading() as connection:
            return [_table(found) for found in connection.execute(_TABLES)]

    def load(self, table: Table, keys: Sequence[Key]) -> Mapping[Key, bytes]:
        sql = f"SELECT key, body FROM {table.name} WHERE key IN (SELECT value FROM json_each(?))"  # noqa: S608 - our name
        with self._reading() as connection:
            return dict(connection.execute(sql, (msgspec.json.encode(keys).decode(),)).fetchall())

    def letters(self, table: Table) -> list[Letter]:
        sql = "SELECT key, position, error FROM dead_letters WHERE name = ? ORDER BY key, position"
        with self._reading() as connection:
            return [Letter(*found) for found in connection.execute(sql, (table.name,))]

    @contextmanager
    def write(self) -> Iterator[Writing]:
        with self._lock:
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield SQLiteWriting(self._writer)
                self._writer.execute("COMMIT")
            except BaseException:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                raise

    def digest(self, table: Table) -> str:
        rows, encode = sha256(), msgspec.json.Encoder().encode
        sql = f"SELECT key, marking, scope, position, body FROM {table.name} ORDER BY key"  # noqa: S608 - our name
        with self._reading() as connection:
            for *before, body in connection.execute(sql):
                rows.update(encode((*before, len(body))))
                rows.update(body)
        return rows.hexdigest()

    def get(self, view: View[R], sight: Sight, key: Key) -> Found[R] | None:
        """One row; None where there is none for this reader. Raises NotBuilt."""
        found = self.find(view, sight, where="key = ?", values=(key,), limit=1)
        return found[0] if found else None

    def find(
        self,
        view: View[R],
        sight: Sight,
        *,
        where: str = "",
        values: Sequence[object] = (),
        order: str = "key",
        limit: int = 100,
    ) -> list[Found[R]]:
        """The rows that this reader may see and that `where` finds: see `reads.Reads`. Raises NotBuilt."""
        with self._reading() as connection:
            table = _live(connection, view)
            occur = connection.execute("SELECT marking FROM markings WHERE name = ?", (table.name,)).fetchall()
            condition, allowed = sight.condition((one for (one,) in occur), table=table.name, shared=view.shared)
            found = connection.execute(
                "SELECT key, position, body, EXISTS (SELECT 1 FROM dead_letters d WHERE d.name = ? AND d.key = t.key)"  # noqa: S608 - what comes from outside is bound
                f" FROM {table.name} t WHERE {condition}{f' AND ({where})' if where else ''} ORDER BY {order} LIMIT ?",
                (table.name, *allowed, *values, limit),
            ).fetchall()
        decode = self._decoder(view).decode
        return [
            Found(
                key=key,
                position=position,
                row=sight.portions(decode(body)),
                stale=bool(parked) or table.halted is not None,
            )
            for key, position, body, parked in found
        ]

    def withheld(self, view: View[R], sight: Sight) -> bool | None:
        """Whether oversight is not given some rows of the view; None for anybody else. Raises NotBuilt."""
        if not sight.oversight:
            return None
        with self._reading() as connection:
            table = _live(connection, view)
            occur = connection.execute("SELECT marking FROM markings WHERE name = ?", (table.name,)).fetchall()
        return not all(sight.marked(one) for (one,) in occur)

    def position(self, view: View[R]) -> int:
        """Up to which position the live table has folded. Raises NotBuilt."""
        with self._reading() as connection:
            return _live(connection, view).position

    def changes_after(self, view: View[Any], position: int, limit: int, number: int = 0) -> list[Change]:
        """What changed in a view behind a position, in order, at least `limit` where there is more.

        Positions are never split. Whoever follows hands in the highest position and the highest number that it got;
        whoever comes back, its position alone. Raises Forgotten.
        """
        with self._reading() as connection:
            (upto,) = connection.execute("SELECT max(forgotten) FROM told WHERE view = ?", (view.name,)).fetchone()
            if position < (upto or 0):
                raise Forgotten(f"what changed up to position {upto} is not remembered: read everything again")
            found = connection.execute(
                "SELECT position, number, key FROM changes WHERE view = ? AND (position, number) > (?, ?)"
                " ORDER BY position, number LIMIT ?",
                (view.name, position, number, limit),
            ).fetchall()
            if len(found) == limit:
                found += connection.execute(
                    "SELECT position, number, key FROM changes WHERE view = ? AND position = ? AND number > ?"
                    " ORDER BY number",
                    (view.name, *found[-1][:2]),
                ).fetchall()
        return [Change(*each) for each in found]

    def _decoder(self, view: View[R]) -> msgspec.json.Decoder[R]:
        if (decoder := self._decoders.get(view.row)) is None:
            decoder = self._decoders[view.row] = msgspec.json.Decoder(view.row)
        return decoder

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """One look at the store: whatever is read inside is of one moment."""
        try:
            connection = self._readers.pop()
        except IndexError:
            connection = self._open()
            connection.execute("PRAGMA query_only = ON")
        try:
            connection.execute("BEGIN")
            yield connection
        finally:
            connection.execute("COMMIT")
            if len(self._readers) < _IDLE_READERS:
                self._readers.append(connection)
            else:
                connection.close()

    def _open(self) -> sqlite3.Connection:
        # it goes from thread to thread, to one at a time
        return sqlite3.connect(self.path, isolation_level=None, check_same_thread=False, timeout=self._patience_s)


def _live(connection: sqlite3.Connection, view: View[R]) -> Table:
    found = connection.execute(
        f"{_TABLES} WHERE view = ? AND version = ? AND live", (view.name, view.version)
    ).fetchone()
    if found is None:
        raise NotBuilt(f"{view.name} has no live table of version {view.version}")
    return _table(found)


def _table(found: tuple[Any, ...]) -> Table:
    name, view, version, position, digest, live, halted = found
    return Table(
        name=name, view=view, version=version, position=position, digest=digest, live=bool(live), halted=halted
    )
