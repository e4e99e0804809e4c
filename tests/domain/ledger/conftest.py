"""A ledger of its own for each test, in a file or in a database, closed when the test is over."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.ledger.recorder import LedgerRecorder
from tests.domain.ledger.some_appends import opened_at
from tests.services.postgres import Postgres


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the ledger's file is, or will be."""
    return tmp_path / "ledger.db"


@pytest.fixture(params=["sqlite", "postgres"])
def where(request: pytest.FixtureRequest, path: Path) -> str:
    """Where a ledger of either kind is, or will be: see `opened_at`. A module about one kind has its own."""
    if request.param == "sqlite":
        return f"file:{path}"
    server: Postgres = request.getfixturevalue("postgres")
    return server.new_database()


@pytest.fixture
def recorder(where: str) -> Iterator[LedgerRecorder]:
    """An empty ledger."""
    made = opened_at(where)
    yield made
    made.close()
