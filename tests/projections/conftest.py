"""A ledger and a store of views of its own for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from projections.store import SQLiteViews
from tests.projections.small_ledger import Small, small


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Small]:
    """A founded ledger in a file, with the clock in hand."""
    made = small(tmp_path / "ledger.db")
    yield made
    made.recorder.close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SQLiteViews]:
    """A new store of views in a file."""
    made = SQLiteViews(tmp_path / "views.db")
    yield made
    made.close()
