"""docker-compose.yml's own processes run here outside of containers: their commands, environments and health checks."""

import os
import re
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final

import httpx2
from ruamel.yaml import YAML

from tests.services.kafka import free_port

ROOT: Final = Path(__file__).parents[2]
COMPOSED: Final[dict[str, Any]] = YAML(typ="safe").load(ROOT / "docker-compose.yml")
SERVICES: Final[dict[str, dict[str, Any]]] = COMPOSED["services"]
ONCE: Final = "topics"
DOOR: Final = "api"
OURS: Final = (DOOR, *sorted(SERVICES.keys() - {ONCE, DOOR, "kafka", "postgres"}))
"""What goes on running, the door first: it opens the ledger."""
PATIENCE_S: Final = 60.0


@dataclass(kw_only=True)
class Composed:
    """What containers would be given, with addresses, ports and folders of the test's own. Secrets are in `folder`."""

    bootstrap: str
    dsn: str
    folder: Path
    prefix: str = field(default_factory=lambda: f"composed-{uuid.uuid4().hex[:8]}")
    more: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Service → environment beside."""
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ports = {name: free_port() for name in SERVICES}

    @property
    def door(self) -> str:
        return f"http://127.0.0.1:{self.ports[DOOR]}"

    def once(self) -> None:
        """Run what runs once. Raises CalledProcessError."""
        subprocess.run(**self.order(ONCE), check=True, capture_output=True, timeout=PATIENCE_S)

    def start(self) -> None:
        """Start all that goes on, one after the other; each is healthy by its own check."""
        for name in OURS:
            with self._log(name).open("ab") as log:
                self.running[name] = subprocess.Popen(**self.order(name), stdout=log, stderr=log)
            self.awaited(partial(self.healthy, name))

    def stop(self) -> dict[str, int]:
        """SIGTERM to all; their exit codes."""
        for process in self.running.values():
            process.send_signal(signal.SIGTERM)
        return {name: process.wait(PATIENCE_S) for name, process in self.running.items()}

    def order(self, name: str) -> dict[str, Any]:
        """What starts a process, as `subprocess` takes it."""
        told = {key: self._ours(name, value) for key, value in SERVICES[name]["environment"].items()}
        kept = {key: value for key, value in os.environ.items() if not key.startswith("DOCKET_")}
        environ = {**kept, **told, "DOCKET_TOPICS": self.prefix, **self.more.get(name, {})}
        return {"args": self._command(name, SERVICES[name]["command"]), "env": environ, "cwd": ROOT}

    def healthy(self, name: str) -> bool:
        """What its health check says."""
        _, *test = SERVICES[name]["healthcheck"]["test"]
        return not subprocess.run(self._command(name, test), check=False, capture_output=True).returncode

    def ready(self) -> bool:
        """Whether the door says that it can act, and that what it shows is up to date."""
        return httpx2.get(f"{self.door}/readyz", timeout=10).status_code == 200

    def folded(self) -> bool:
        """Whether every view has all that the ledger has."""
        figures = httpx2.get(f"{self.door}/metrics", timeout=10).text
        lags = re.findall(r"^docket_view_lag\{.+\} (\S+)$", figures, flags=re.MULTILINE)
        (position,) = re.findall(r"^docket_position (\S+)$", figures, flags=re.MULTILINE)
        return float(position) > 0 and len(lags) > 5 and set(map(float, lags)) == {0.0}

    def awaited(self, condition: Callable[[], bool]) -> None:
        """Return once it is so; every process has to go on meanwhile."""
        until = time.monotonic() + PATIENCE_S
        while not condition():
            assert time.monotonic() < until, self.said()
            assert all(process.poll() is None for process in self.running.values()), self.said()
            time.sleep(0.1)

    def said(self) -> str:
        return "\n".join(f"{name}: {self._log(name).read_text()[-2000:]}" for name in self.running)

    def _log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def _command(self, name: str, command: Sequence[str]) -> list[str]:
        programs = {"python": sys.executable, "docket": str(Path(sys.executable).with_name("docket"))}
        first, *rest = command
        return [programs[first], *(self._ours(name, word) for word in rest)]

    def _ours(self, name: str, text: str) -> str:
        match text:
            case "kafka:19092":
                return self.bootstrap
            case "0.0.0.0":  # noqa: S104 - inside a container
                return "127.0.0.1"
            case _ if text == SERVICES[DOOR]["environment"]["DOCKET_POSTGRES"]:
                return self.dsn
        text = re.sub(r"\$\{[A-Z_]+:-([^}]*)\}", r"\1", text)  # nothing is set where tests run
        text = re.sub(r"^(/tmp|/run/secrets)/", f"{self.folder}/", text)
        return re.sub(r"\b(8040|9108)\b", str(self.ports[name]), text)


@contextmanager
def composed(**given: Any) -> Iterator[Composed]:
    """Nothing runs yet; whatever runs at the end is killed."""
    made = Composed(**given)
    try:
        yield made
    finally:
        for process in made.running.values():
            process.kill()
            process.wait()
