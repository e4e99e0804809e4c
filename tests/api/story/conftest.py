"""The story of the demonstration is told once for a run of tests, by the program that tells it to people."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.api.knocking import Hand
from tests.conftest import RUN
from tests.services.lease import alone


@pytest.fixture(scope="session")
def founded(request: pytest.FixtureRequest) -> Path:
    """A folder with a ledger in which the whole story is told, and its views: each test has a copy."""
    run = request.config.stash[RUN]
    folder, told = run / "story", run / "story.told"
    with alone(run / "story.lock"):
        if not told.exists():
            command = (sys.executable, "-m", "api", "demo", "--once", "--port", "0", "--folder", str(folder))
            subprocess.run(command, check=True, capture_output=True, timeout=120)
            told.touch()
    return folder


@pytest.fixture
def clock() -> Hand:
    return Hand(now=datetime(2026, 11, 20, tzinfo=UTC))
