"""One transaction on a store of views in PostgreSQL: all that a runner writes goes out together, and is then looked at.

Statements are sent in a pipeline: none waits for the answer to the one before it. So a runner that was overtaken is
told when the transaction ends, and nothing of it is kept.
"""

from collections.abc import Callable, Iterable
from itertools import count
from typing import Any, Final

from psycopg import Connection, Cursor

from projections.stores.tables import Letter, Overtaken, Table, Upsert, column_names
from projections.view import Key, View

CHANNEL: Final = "docket_views"
"""Where the names of views are told that moved: a hint, which may be lost."""
TYPES: Final = {"TEXT": 'text COLLATE "C"', "INTEGER": "bigint"}
_ARRAYS: Final = {"TEXT": "%s::text[]", "INTEGER": "%s::bigint[]", "BLOB": "%b::bytea[]"}
_PLAIN: Final[dict[str, Callable[[Any], object]]] = {"TEXT": str.__str__, "INTEGER": int, "BLOB": bytes}
"""A kind → what makes a value plain: an array has values of one type, and 0 and 1 for what is false and true."""
_FIRST: Final = -(2**31)


def kept(key: Key | None) -> str | None:
    """A key as it is kept among changes and letters."""
    return key if key is None else f"n{key}" if isinstance(key, int) else f"t{key}"


class PostgresWriting:
    """What a runner writes in one transaction, over the one connection that writes."""

    def __init__(self, connection: Connection[Any]) -> None:
        self._connection = connection
        self._numbers = count(_FIRST)
        self._moved: set[str] = set()
        self._ones: list[Cursor[Any]] = []

    def tell(self) -> None:
        """Tell whoever listens which views moved, once this is committed."""
        if self._moved:
            self._execute("SELECT pg_notify(%s, name) FROM unnest(%s::text[]) name", (CHANNEL, sorted(self._moved)))

    def check(self) -> None:
        """Raises Overtaken where a table was not where the runner left it, as far as that was answered."""
        if any(cursor.rowcount == 0 for cursor in self._ones):
            raise Overtaken("the table is not where this runner left it")

    def hold(self, table: Table) -> None:
        self._one("SELECT 1 FROM positions WHERE name = %s AND position = %s FOR UPDATE", (table.name, table.position))

    def put(self, table: Table, view: View[Any], upsert: Upsert) -> None:
        if not upsert.rows:
            return
        names = column_names(view)
        kinds = (view.key_type, "TEXT", "TEXT", "INTEGER", "BLOB", *view.columns.values())
        arrays = [
            [None if value is None else _PLAIN[kind](value) for value in values]
            for kind, values in zip(kinds, zip(*upsert.rows, strict=True), strict=True)
        ]
        sql = f"INSERT INTO {table.name} ({', '.join(names)}) SELECT * FROM unnest({', '.join(_ARRAYS[kind] for kind in kinds)})"  # noqa: S608, E501 - our names
        if not upsert.new:
            sql += " ON CONFLICT (key) DO UPDATE SET " + ", ".join(f"{name} = excluded.{name}" for name in names[1:])
        self._execute(sql, arrays)

    def delete(self, table: Table, keys: Iterable[Key]) -> None:
        if gone := [*keys]:
            self._execute(f"DELETE FROM {table.name} WHERE key = ANY(%s)", (gone,))  # noqa: S608 - our name

    def mark(self, table: Table, markings: Iterable[str]) -> None:
        if occur := sorted(markings):
            self._execute(
                "INSERT INTO markings (name, marking) SELECT %s, * FROM unnest(%s::text[]) ON CONFLICT DO NOTHING",
                (table.name, occur),
            )

    def note(self, view: str, changes: Iterable[tuple[int, Key | None]]) -> None:
        rows = [(position, next(self._numbers), kept(key)) for position, key in changes]
        if rows:
            self._execute(
                "INSERT INTO changes (view, position, number, key)"
                " SELECT %s, * FROM unnest(%s::bigint[], %s::bigint[], %s::text[])",
                (view, *map(list, zip(*rows, strict=True))),
            )

    def note_late(self, view: str, position: int, key: Key | None) -> None:
        self._execute(
            "WITH next AS (UPDATE told SET late = late + 1 WHERE view = %s RETURNING view, late)"
            " INSERT INTO changes (view, position, number, key) SELECT view, %s, late, %s FROM next",
            (view, position, kept(key)),
        )
        self._moved.add(view)

    def park(self, table: Table, letters: Iterable[Letter]) -> None:
        for key, position, error in letters:
            self._execute(
                "INSERT INTO dead_letters (name, key, position, error) VALUES (%s, %s, %s, %s)",
                (table.name, kept(key), position, error),
            )

    def unpark(self, table: Table, letters: Iterable[Letter]) -> None:
        for letter in letters:
            self._execute(
                "DELETE FROM dead_letters WHERE name = %s AND key = %s AND position = %s",
                (table.name, kept(letter.key), letter.position),
            )

    def move(self, table: Table, position: int, digest: bytes) -> None:
        self._one("UPDATE positions SET position = %s, digest = %s WHERE name = %s", (position, digest, table.name))
        if table.live:
            self._moved.add(table.view)

    def halt(self, table: Table, why: str | None) -> None:
        self._one("UPDATE positions SET halted = %s WHERE name = %s", (why, table.name))

    def create(self, table: Table, view: View[Any]) -> None:
        more = "".join(f", {name} {TYPES[kind]}" for name, kind in view.columns.items())
        text = TYPES["TEXT"]
        self._execute(
            f"CREATE TABLE {table.name} (key {TYPES[view.key_type]} PRIMARY KEY, marking {text} NOT NULL, scope {text},"
            f" position bigint NOT NULL, body bytea NOT NULL{more})"
        )
        self._execute(
            "INSERT INTO positions (name, view, version, position, digest, live) VALUES (%s, %s, %s, 0, '', false)",
            (table.name, table.view, table.version),
        )
        self._execute(
            "INSERT INTO told (view, forgotten, late) VALUES (%s, 0, 0) ON CONFLICT DO NOTHING", (table.view,)
        )

    def index(self, table: Table, view: View[Any]) -> None:
        for columns in view.indexes:
            self._execute(
                f"CREATE INDEX IF NOT EXISTS {table.name}_by_{'_'.join(columns)} ON {table.name} ({', '.join(columns)})"
            )
        self._execute(f"ANALYZE {table.name}")  # or the first readers go through all of it

    def drop(self, name: str) -> None:
        self._execute(f"DROP TABLE {name}")
        for each in ("positions", "dead_letters", "markings"):
            self._execute(f"DELETE FROM {each} WHERE name = %s", (name,))  # noqa: S608 - our names

    def switch(self, table: Table) -> None:
        for (name,) in self._execute("SELECT name FROM positions WHERE view = %s AND live", (table.view,)).fetchall():
            self.drop(name)
        self._one("UPDATE positions SET live = true WHERE name = %s", (table.name,))

    def prune(self, view: str, upto: int) -> None:
        if upto <= 0:
            return
        self._execute(
            "WITH gone AS (DELETE FROM changes WHERE view = %s AND position <= %s RETURNING 1)"
            " UPDATE told SET forgotten = %s WHERE view = %s AND EXISTS (SELECT FROM gone)",
            (view, upto, upto, view),
        )

    def _one(self, sql: str, values: tuple[object, ...]) -> None:
        self._ones.append(self._execute(sql, values))

    def _execute(self, sql: str, values: Any = ()) -> Cursor[Any]:  # noqa: ANN401 - whatever the statement takes
        return self._connection.execute(sql.encode(), values)
