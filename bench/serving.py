"""What is measured over HTTP is a process of its own on a free port of this machine, with a folder of its own."""

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_READY_S = 60


@contextmanager
def docket(folder: Path, **environ: str) -> Iterator[int]:
    """The port of `docket serve`, with its ledger and its views; what is measured is no quota, unless that is said."""
    given = ["serve", "--development", "--port", "0", "--data", str(folder), "--ceiling", "CUI"]
    unlimited = dict.fromkeys(("DOCKET_QUOTA", "DOCKET_QUOTA_AT_ONCE", "DOCKET_QUOTA_STREAMS"), "1000000000")
    with _serving([sys.executable, "-m", "api", *given], folder, {**unlimited, **environ}) as port:
        yield port


@contextmanager
def peer(name: str, folder: Path) -> Iterator[int]:
    """The port of an app of `bench.peers`, under the same server with the same settings."""
    with _serving([sys.executable, "-m", "bench.peers", name, str(folder)], folder, {}) as port:
        yield port


@contextmanager
def _serving(command: Sequence[str], folder: Path, environ: Mapping[str, str]) -> Iterator[int]:
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "said"
    with (
        log.open("wb") as said,
        subprocess.Popen(command, stdout=said, stderr=said, env={**os.environ, **environ}) as process,
    ):
        try:
            yield _port(process, log)
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()


def _port(process: subprocess.Popen[bytes], log: Path) -> int:
    """The port that a server says it is at, once it answers there."""
    for _ in range(_READY_S * 20):
        if (found := re.search(r"http://127\.0\.0\.1:([0-9]+)", log.read_text())) and _answers(int(found[1])):
            return int(found[1])
        try:
            process.wait(0.05)
        except subprocess.TimeoutExpired:
            continue
        break
    raise SystemExit(f"{' '.join(process.args)} does not serve:\n{log.read_text()}")  # type: ignore[arg-type]


def _answers(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def measured(module: str, *given: object) -> dict[str, Any]:
    """What a client says at its end, which is a process of its own too."""
    command = [sys.executable, "-m", module, *map(str, given)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
