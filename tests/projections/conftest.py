"""A ledger and a store of views of its own for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from projections.store import SQLiteViews
from tests.projections.small_ledger import Small, small
from tests.projections.stage import Stage
from tests.projections.stage import stage as on_stage


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


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """A ledger of its own on which the whole cast acts, with every view behind it."""
    made = on_stage(tmp_path)
    yield made
    made.recorder.close()
    made.store.close()
