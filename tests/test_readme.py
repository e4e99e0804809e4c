"""Every block of the README is carried out, in order, against the demonstration that its first block starts."""

import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

ROOT = Path(__file__).parent.parent
BLOCKS = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
START, TEST, *ASKED = BLOCKS
pytestmark = pytest.mark.xdist_group("demonstration")


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The demonstration, as the README starts it: its address, and the folder of its data."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = tmp_path_factory.mktemp("demo")
    command = f'{START.strip()} ARGS="--port {port} --folder {folder}"'
    with (folder.parent / "demo.log").open("w+b") as log:
        running = subprocess.Popen(command, shell=True, cwd=ROOT, stdout=log, stderr=log, start_new_session=True)  # noqa: S602 - the README's own words
        try:
            until = time.monotonic() + 120
            while time.monotonic() < until and b"Ctrl-C ends it" not in Path(log.name).read_bytes():
                assert running.poll() is None, Path(log.name).read_text(encoding="utf-8")
                time.sleep(0.2)
            yield f"http://127.0.0.1:{port}", folder
        finally:
            os.killpg(running.pid, signal.SIGTERM)
            running.wait(20)


@pytest.fixture
def demo(demonstration: tuple[str, Path]) -> str:
    """Where it answers."""
    return demonstration[0]


def test_the_readme_begins_with_its_two_commands():
    assert (START, TEST) == ("make demo\n", "make test\n")
    planned = subprocess.run(["make", "-n", "test"], cwd=ROOT, check=True, capture_output=True, text=True)
    assert "pytest" in planned.stdout


@pytest.mark.parametrize("block", ASKED, ids=lambda block: block.split("\n", 1)[0][:60])
def test_what_the_readme_asks_is_answered(demonstration: tuple[str, Path], block: str):
    demo, folder = demonstration
    asked = block.replace("http://127.0.0.1:8040", demo).replace(".docket/demo", str(folder))
    answer = subprocess.run(["bash", "-euc", asked], capture_output=True, text=True, timeout=30, cwd=ROOT, check=False)
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.strip()
    assert "/problems/" not in answer.stdout


def test_the_demonstration_told_its_whole_story(demo: str):
    header = {"docket-development-principal": "office/gao; clearance=CUI; cui=all; audiences=all; roles=oversight"}
    with httpx2.Client(base_url=demo, headers=header) as client:
        cases = client.get("/v1/cases", params={"limit": 200}).json()["items"]
        refusals = client.get("/v1/refusals", params={"limit": 200}).json()["items"]
        determinations = client.get("/v1/final-authority", params={"limit": 200}).json()["items"]
        ready = client.get("/readyz")
    assert ready.status_code == 200, ready.text
    assert len(cases) == 40
    codes = {refusal["code"] for refusal in refusals}
    assert codes >= {"not-the-final-authority", "post-not-held", "delegation-not-in-force", "window-ended"}
    assert len(determinations) >= 20
