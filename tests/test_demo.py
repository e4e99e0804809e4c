"""The demonstration survives kill -9: what was acknowledged is there once, and there is no half act."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from api.demo import STORY
from domain import wire
from domain.ledger.sqlite import SQLiteRecorder

DOCKET = (sys.executable, "-m", "api", "demo", "--port", "0")


def acts() -> list[bytes]:
    return [line for file in STORY for line in file.read_bytes().splitlines()]


def position(folder: Path) -> int:
    if not (folder / "ledger.db").exists():
        return 0
    recorder = SQLiteRecorder(folder / "ledger.db", verify=wire.verify)
    try:
        return recorder.head()
    finally:
        recorder.close()


def test_the_story_has_what_was_promised_and_is_told_the_same_every_time():
    assert len(acts()) >= 300
    told = [json.loads(line) for line in acts()]
    assert len({act["id"] for act in told}) == len(told)
    assert {act["time"] for act in told if act["time"] < "2026-06-02"} == set()


def test_a_demonstration_that_is_killed_in_the_middle_goes_on_where_it_was(tmp_path: Path):
    folder = tmp_path / "demo"
    first = subprocess.Popen(
        [*DOCKET, "--once", "--folder", str(folder)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    until = time.monotonic() + 60
    while position(folder) < 150 and time.monotonic() < until:
        assert first.poll() is None, "it ended before it could be killed"
        time.sleep(0.02)
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    reached = position(folder)
    assert reached >= 150

    again = subprocess.run(
        [*DOCKET, "--once", "--folder", str(folder)], capture_output=True, text=True, timeout=120, check=False
    )

    assert again.returncode == 0, again.stdout + again.stderr
    assert "repeated" in again.stdout
    recorder = SQLiteRecorder(folder / "ledger.db", verify=wire.verify)
    try:
        events = [wire.load(document) for _, _, document in recorder.read(0, 10_000)]
        kept = recorder.disclosures(range(1, len(events) + 1))
        for number, (_, _, document) in enumerate(recorder.read(0, 10_000), 1):
            wire.verify(document, kept[number])
    finally:
        recorder.close()
    assert len(events) > reached
    recorded = Counter(event.command_id for event in events)
    assert {json.loads(line)["id"] for line in acts()} <= set(recorded), "an act of the story is missing"
    versions: Counter[str] = Counter()
    for event in events:
        versions[event.stream] += 1
        assert event.version == versions[event.stream]
        assert event.simulated
