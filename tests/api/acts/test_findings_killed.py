"""A batch whose server is killed in the middle loses nothing: sent again, what was recorded is repeated."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from itertools import islice
from pathlib import Path
from uuid import uuid4

import httpx2

from bench.findings import mixed, send
from domain import wire
from domain.ledger.sqlite import SQLiteRecorder

MANY = 400
KILLED_AFTER = 90


def serve(folder: Path) -> tuple[subprocess.Popen[bytes], int]:
    """A server of its own, and where it answers."""
    given = ["serve", "--development", "--port", "0", "--data", str(folder / "data"), "--ceiling", "CUI"]
    said = folder / f"said-{uuid4()}"
    with said.open("wb") as out:
        process = subprocess.Popen([sys.executable, "-m", "api", *given], stdout=out, stderr=out)
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        if found := re.search(r"http://127\.0\.0\.1:([0-9]+)", said.read_text()):
            with suppress(httpx2.HTTPError):
                if httpx2.get(f"{found[0]}/readyz", timeout=5).status_code == 200:
                    return process, int(found[1])
        time.sleep(0.05)
    raise AssertionError(said.read_text())


def reported(folder: Path) -> list[str]:
    """Vulnerabilities, each as often as it was reported."""
    recorder = SQLiteRecorder(folder / "data" / "ledger.db", verify=wire.verify)
    try:
        loaded = [wire.load(document) for _, _, document in recorder.read(0, 10_000)]
    finally:
        recorder.close()
    return [recorded.stream for recorded in loaded if recorded.event.type == "vulnerability.reported.v1"]


def test_a_batch_that_was_cut_off_by_a_kill_is_sent_again_and_nothing_is_lost_or_doubled(tmp_path: Path):
    lines, batch = list(islice(mixed(), MANY)), str(uuid4())
    server, port = serve(tmp_path)
    answered = []
    try:
        with suppress(httpx2.HTTPError):
            for told in send(port, lines, batch):
                answered.append(told)
                if len(answered) == KILLED_AFTER:
                    os.kill(server.pid, signal.SIGKILL)
        server.wait(30)
        assert KILLED_AFTER <= len(answered) < MANY, "it was not killed in the middle"
        before = reported(tmp_path)
        assert len(before) >= sum(told["outcome"] == "recorded" for told in answered)

        server, port = serve(tmp_path)
        again = list(send(port, lines, batch))
    finally:
        server.kill()
        server.wait(30)

    assert {told["outcome"] for told in again} == {"recorded", "repeated", "turned-away"}
    for first, second in zip(answered, again, strict=False):
        assert (first["index"], first["part"], first["id"]) == (second["index"], second["part"], second["id"])
        if first["outcome"] == "recorded":
            assert second["outcome"] == "repeated"
            assert json.dumps(first["receipt"]["events"]) == json.dumps(second["receipt"]["events"])
    after = reported(tmp_path)
    assert len(after) == len(set(after))
    findings = {f"vulnerability-{told['finding']['vulnerability_id']}" for told in again if "finding" in told}
    assert set(after) == findings
