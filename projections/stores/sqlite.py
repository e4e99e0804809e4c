"""The views of one machine are one SQLite file, which may be deleted: it is folded again from the record."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import msgspec

from projections.stores.selecting import DIGESTED, Ask, Selecting, T, digest
from projections.stores.sqlite_file import SQLiteFile
from projections.stores.sqlite_schema import VIEWS
from projections.stores.sqlite_writing import SQLiteWriting
from projections.stores.tables import Table, Writing
from projections.view import Key, View


class SQLiteViews(Selecting):
    """A store of views in one file. Safe to use from any thread; one view has one runner.

    Raises WrongStore for a file that is something else. `patience_s` is how long it waits for another process's
    transaction before it raises sqlite3.OperationalError.
    """

    def __init__(self, path: Path, *, patience_s: float = 10.0) -> None:
        super().__init__()
        self._connections = SQLiteFile(path, VIEWS, patience_s=patience_s)
        self.path = self._connections.path

    def close(self) -> None:
        """Close every connection that is not in use. Again is not an error."""
        self._connections.close()

    def load(self, table: Table, keys: Sequence[Key]) -> Mapping[Key, bytes]:
        sql = f"SELECT key, body FROM {table.name} WHERE key IN (SELECT value FROM json_each(?))"  # noqa: S608 - our name
        with self._connections.reading() as connection:
            return dict(connection.execute(sql, (msgspec.json.encode(keys).decode(),)).fetchall())

    def look(self, read: Callable[[Ask], T]) -> T:
        with self._connections.reading() as connection:
            return read(lambda sql, values: connection.execute(sql, values).fetchall())

    def key_of(self, kept: Any) -> Key:  # noqa: ANN401 - the same
        return cast(Key, kept)

    def kept_of(self, view: View[Any]) -> str:
        return "t.key"

    @contextmanager
    def write(self) -> Iterator[Writing]:
        with self._connections.writing() as connection:
            yield SQLiteWriting(connection)

    def digest(self, table: Table) -> str:
        with self._connections.reading() as connection:
            return digest(connection.execute(DIGESTED.format(table.name)))
