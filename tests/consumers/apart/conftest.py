"""What is kept apart, in each kind of store."""

from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from consumers.apart import Apart
from consumers.apart.postgres import PostgresApart
from consumers.apart.sqlite import SQLiteApart

Opens = Callable[[], Apart]


@pytest.fixture(params=["sqlite", "postgres"])
def opens(request: pytest.FixtureRequest, tmp_path: Path) -> Opens:
    """Opens one store, as often as it is called."""
    if request.param == "sqlite":
        return partial(SQLiteApart, tmp_path / "apart.db")
    return partial(PostgresApart, request.getfixturevalue("postgres").new_database())


@pytest.fixture
def apart(opens: Opens) -> Iterator[Apart]:
    with closing(opens()) as made:
        yield made
