"""The story of the demonstration is told once for a run of tests, by the program that tells it to people."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import RUN
from tests.services.lease import alone


def story(config: pytest.Config) -> Path:
    """A folder with the ledger of the story and its views; whoever wants to write copies it."""
    run = config.stash[RUN]
    folder, told = run / "story", run / "story.told"
    with alone(run / "story.lock"):
        if not told.exists():
            command = (sys.executable, "-m", "api", "demo", "--once", "--port", "0", "--folder", str(folder))
            subprocess.run(command, check=True, capture_output=True, timeout=120)
            told.touch()
    return folder
