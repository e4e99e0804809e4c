"""The views of several machines are one schema of PostgreSQL, which may be dropped: it is folded again."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Final

from psycopg import errors

from projections.stores.postgres_schema import PostgresSchema, translated
from projections.stores.postgres_writing import PostgresWriting
from projections.stores.selecting import DIGESTED, Ask, Selecting, T, digest
from projections.stores.tables import Overtaken, Table, Writing
from projections.view import Key, View

SCHEMA: Final = "views"
_LOOKS: Final = 5
_FETCHED: Final = 2_000
"""Rows that a digest has in memory."""


class PostgresViews(Selecting):
    """A store of views in the schema `views` of a database. Safe to use from any thread; one view has one runner.

    Raises WrongStore for a schema that is something else, and psycopg.OperationalError for a database that does not
    answer; the next call connects anew. `patience_s` is how long it waits for a connection, and for another
    transaction's lock.
    """

    def __init__(self, dsn: str, *, patience_s: float = 10.0) -> None:
        super().__init__()
        self._connections = PostgresSchema(
            dsn, schema=SCHEMA, migrations="projections.stores.migrations", patience_s=patience_s
        )

    def close(self) -> None:
        """Close every connection that is not in use. Again is not an error."""
        self._connections.close()

    def look(self, read: Callable[[Ask], T]) -> T:
        for _ in range(_LOOKS):
            # a table that was switched meanwhile is not there
            with suppress(errors.UndefinedTable), self._connections.reading() as connection:
                return read(lambda sql, values: connection.execute(translated(sql), values).fetchall())
        raise errors.UndefinedTable("tables go faster than they can be read")

    def key_of(self, kept: Any) -> Key:  # noqa: ANN401 - the same
        return int(kept[1:]) if kept[0] == "n" else str(kept[1:])

    def kept_of(self, view: View[Any]) -> str:
        return "'t' || t.key" if view.key_type == "TEXT" else "'n' || t.key"

    def load(self, table: Table, keys: Sequence[Key]) -> Mapping[Key, bytes]:
        sql = f"SELECT key, body FROM {table.name} WHERE key = ANY(?)"  # noqa: S608 - our name
        return dict(self.look(lambda ask: ask(sql, ([*keys],))))

    def digest(self, table: Table) -> str:
        with self._connections.reading() as connection, connection.cursor(name="digest") as rows:
            rows.itersize = _FETCHED
            rows.execute(DIGESTED.format(table.name).encode())
            return digest(rows)

    @contextmanager
    def write(self) -> Iterator[Writing]:
        with self._connections.writing() as connection:
            writing = PostgresWriting(connection)
            try:
                with connection.pipeline():
                    yield writing
                    writing.tell()
            except (errors.DuplicateTable, errors.UniqueViolation) as error:
                raise Overtaken("another runner made this table first") from error
            finally:  # also where a statement failed over it
                writing.check()
