"""Views are kept in a file of SQLite or in PostgreSQL: whoever reads and folds cannot tell which."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

import pytest

from projections.stores.postgres import PostgresViews
from projections.stores.sqlite import SQLiteViews

Views: TypeAlias = SQLiteViews | PostgresViews


@contextmanager
def new_store(request: pytest.FixtureRequest, folder: Path) -> Iterator[Views]:
    """An empty store, of the kind that the fixture's parameter says."""
    made: Views
    if request.param == "sqlite":
        made = SQLiteViews(folder / "views.db")
    else:
        made = PostgresViews(request.getfixturevalue("postgres").new_database())
    try:
        yield made
    finally:
        made.close()
