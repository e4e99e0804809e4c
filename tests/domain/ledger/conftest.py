"""A ledger of its own for each test, closed when the test is over."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.ledger.sqlite import SQLiteRecorder
from tests.domain.ledger.some_appends import opened


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the ledger's file is, or will be."""
    return tmp_path / "ledger.db"


@pytest.fixture
def recorder(path: Path) -> Iterator[SQLiteRecorder]:
    """An empty ledger in a file."""
    made = opened(path)
    yield made
    made.close()
