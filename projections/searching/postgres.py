"""The sets of several machines are one schema of PostgreSQL, which may be dropped: it is filled again."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from psycopg import Connection

from projections.searching.kept import Keeping, Kept, T
from projections.stores.postgres_schema import PostgresSchema, translated
from projections.stores.selecting import Ask

SCHEMA: Final = "search"
_ARRAYS: Final = {str: "%s::text[]", int: "%s::bigint[]", bytes: "%b::bytea[]"}


class PostgresSets(Kept):
    """Sets in the schema `search` of a database. Several processes may fill them: they take turns.

    Raises WrongStore for a schema that is something else, and psycopg.OperationalError for a database that does not
    answer; the next call connects anew. `patience_s` is how long it waits for a connection, and for another's lock.
    """

    def __init__(self, dsn: str, *, patience_s: float = 10.0) -> None:
        self._connections = PostgresSchema(
            dsn, schema=SCHEMA, migrations="projections.searching.migrations", patience_s=patience_s
        )

    def close(self) -> None:
        self._connections.close()

    def look(self, read: Callable[[Ask], T]) -> T:
        with self._connections.reading() as connection:
            return read(lambda sql, values: connection.execute(translated(sql), values).fetchall())

    @contextmanager
    def write(self) -> Iterator[Keeping]:
        with self._connections.writing() as connection:
            connection.execute("SELECT position FROM reached FOR UPDATE")
            yield _PostgresKeeping(connection)

    def scrub(self) -> bool:
        """Write what is left anew: VACUUM alone leaves words in the file. PostgreSQL's log has them until it goes."""
        with self._connections.alone() as connection:
            connection.execute("VACUUM (FULL) sets")
        return True


class _PostgresKeeping:
    def __init__(self, connection: Connection[Any]) -> None:
        self._connection = connection

    def ask(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        return self._connection.execute(translated(sql), values).fetchall()

    def change(self, sql: str, values: Sequence[object] = ()) -> None:
        self._connection.execute(translated(sql), values)

    def put(self, table: str, keys: Sequence[str], columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
        if not (rows := list(rows)):
            return
        arrays = ", ".join(_ARRAYS[type(value)] for value in rows[0])
        names, key = (*keys, *columns), ", ".join(keys)
        instead = ", ".join(f"{name} = excluded.{name}" for name in columns)
        self._connection.execute(
            f"INSERT INTO {table} ({', '.join(names)}) SELECT * FROM unnest({arrays})"  # noqa: S608 - our names
            f" ON CONFLICT ({key}) DO {f'UPDATE SET {instead}' if instead else 'NOTHING'}".encode(),
            [list(column) for column in zip(*rows, strict=True)],
        )
