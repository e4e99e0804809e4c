"""A ledger and a store of views of its own for each test, which is run with each kind of store."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.projections.small_ledger import Small, small
from tests.projections.stage import Stage
from tests.projections.stage import stage as on_stage
from tests.projections.stores import Views, new_store

KINDS = ("sqlite", "postgres")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Small]:
    """A founded ledger in a file, with the clock in hand."""
    made = small(tmp_path / "ledger.db")
    yield made
    made.recorder.close()


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Views]:
    """A new store of views."""
    with new_store(request, tmp_path) as made:
        yield made


@pytest.fixture(params=KINDS)
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stage]:
    """A ledger of its own on which the whole cast acts, with every view behind it."""
    with new_store(request, tmp_path) as store:
        made = on_stage(tmp_path, store)
        yield made
        made.recorder.close()
