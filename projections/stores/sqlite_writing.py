"""One transaction on a store of views: rows, what changed, what is parked, and the position, or none of it."""

import sqlite3
from collections.abc import Iterable
from itertools import count
from typing import Any, Final

from projections.stores.tables import Letter, Overtaken, Table, Upsert, column_names
from projections.view import Key, View

_FIRST: Final = -(2**31)
"""Number of the first that changed in turn: all at one position are noted in one transaction."""


class SQLiteWriting:
    """What a runner writes in one transaction, over the one connection that writes."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._numbers = count(_FIRST)

    def hold(self, table: Table) -> None:
        self._one("UPDATE positions SET live = live WHERE name = ? AND position = ?", (table.name, table.position))

    def put(self, table: Table, view: View[Any], upsert: Upsert) -> None:
        names = column_names(view)
        sql = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"  # noqa: S608 - our names
        if not upsert.new:
            sql += " ON CONFLICT (key) DO UPDATE SET " + ", ".join(f"{name} = excluded.{name}" for name in names[1:])
        self._connection.executemany(sql, upsert.rows)

    def delete(self, table: Table, keys: Iterable[Key]) -> None:
        self._connection.executemany(f"DELETE FROM {table.name} WHERE key = ?", ((key,) for key in keys))  # noqa: S608 - our name

    def mark(self, table: Table, markings: Iterable[str]) -> None:
        rows = ((table.name, marking) for marking in markings)
        self._connection.executemany("INSERT OR IGNORE INTO markings (name, marking) VALUES (?, ?)", rows)

    def note(self, view: str, changes: Iterable[tuple[int, Key | None]]) -> None:
        numbers = self._numbers
        self._connection.executemany(
            "INSERT INTO changes (view, position, number, key) VALUES (?, ?, ?, ?)",
            ((view, position, next(numbers), key) for position, key in changes),
        )

    def note_late(self, view: str, position: int, key: Key | None) -> None:
        self._connection.execute("UPDATE told SET late = late + 1 WHERE view = ?", (view,))
        self._connection.execute(
            "INSERT INTO changes (view, position, number, key) SELECT view, ?, late, ? FROM told WHERE view = ?",
            (position, key, view),
        )

    def park(self, table: Table, letters: Iterable[Letter]) -> None:
        self._connection.executemany(
            "INSERT INTO dead_letters (name, key, position, error) VALUES (?, ?, ?, ?)",
            ((table.name, *letter) for letter in letters),
        )

    def unpark(self, table: Table, letters: Iterable[Letter]) -> None:
        self._connection.executemany(
            "DELETE FROM dead_letters WHERE name = ? AND key = ? AND position = ?",
            ((table.name, letter.key, letter.position) for letter in letters),
        )

    def move(self, table: Table, position: int, digest: bytes) -> None:
        self._one("UPDATE positions SET position = ?, digest = ? WHERE name = ?", (position, digest, table.name))

    def halt(self, table: Table, why: str | None) -> None:
        self._one("UPDATE positions SET halted = ? WHERE name = ?", (why, table.name))

    def create(self, table: Table, view: View[Any]) -> None:
        more = "".join(f", {name} {kind}" for name, kind in view.columns.items())
        self._connection.execute(
            f"CREATE TABLE {table.name} (key {view.key_type} PRIMARY KEY, marking TEXT NOT NULL, scope TEXT,"
            f" position INTEGER NOT NULL, body BLOB NOT NULL{more}) STRICT"
        )
        self._connection.execute(
            "INSERT INTO positions (name, view, version, position, digest, live) VALUES (?, ?, ?, 0, ?, 0)",
            (table.name, table.view, table.version, b""),
        )
        self._connection.execute("INSERT OR IGNORE INTO told (view, forgotten, late) VALUES (?, 0, 0)", (table.view,))

    def index(self, table: Table, view: View[Any]) -> None:
        for columns in view.indexes:
            self._connection.execute(
                f"CREATE INDEX IF NOT EXISTS {table.name}_by_{'_'.join(columns)} ON {table.name} ({', '.join(columns)})"
            )

    def drop(self, name: str) -> None:
        self._connection.execute(f"DROP TABLE {name}")
        for kept in ("positions", "dead_letters", "markings"):
            self._connection.execute(f"DELETE FROM {kept} WHERE name = ?", (name,))  # noqa: S608 - our names

    def switch(self, table: Table) -> None:
        old = self._connection.execute("SELECT name FROM positions WHERE view = ? AND live", (table.view,)).fetchall()
        for (name,) in old:
            self.drop(name)
        self._one("UPDATE positions SET live = 1 WHERE name = ?", (table.name,))

    def prune(self, view: str, upto: int) -> None:
        if self._connection.execute("DELETE FROM changes WHERE view = ? AND position <= ?", (view, upto)).rowcount:
            self._connection.execute("UPDATE told SET forgotten = ? WHERE view = ?", (upto, view))

    def _one(self, sql: str, values: tuple[object, ...]) -> None:
        if self._connection.execute(sql, values).rowcount != 1:
            raise Overtaken("the table is not where this runner left it")
