"""What docker-compose.yml and the Dockerfile say holds, as far as it can be seen without an engine."""

import os
import re
import signal
import stat
import subprocess
import sys
import time
import uuid
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner

from api.cli import app
from consumers.sealing import Keyring
from tests.services.kafka import Kafka, free_port
from tests.services.postgres import Postgres

ROOT = Path(__file__).parents[1]
ROOMS = ("domain", "projections", "consumers", "api")
COMPOSED: dict[str, Any] = YAML(typ="safe").load(ROOT / "docker-compose.yml")
SERVICES: dict[str, dict[str, Any]] = COMPOSED["services"]
ONCE = {"topics"}
OTHERS = {"kafka", "postgres"}
PATIENCE_S = 60.0


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_may_do_nothing_that_it_does_not_need(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "cap_add" not in service
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["user"].split(":")[0] not in {"root", "0"}
    assert {"mem_limit", "cpus", "pids_limit"} <= service.keys()


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_is_reached_from_this_machine_alone_and_its_image_has_a_version(name: str) -> None:
    service = SERVICES[name]
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))
    if "ports" not in service:
        assert service["networks"] == ["inside"]
    assert re.fullmatch(r"[a-z/]+:[0-9].*", service["image"])


@pytest.mark.parametrize("name", SERVICES)
def test_what_runs_on_says_how_it_is_and_secrets_are_files(name: str) -> None:
    service = SERVICES[name]
    assert ("healthcheck" in service) is (name not in ONCE)
    told = {key: value for key, value in service["environment"].items() if re.search("PASSWORD|SECRET|KEYS", key)}
    assert all(value.startswith("/run/secrets/") for value in told.values())
    mounted = {f"/run/secrets/{secret}" for secret in service.get("secrets", ())}
    assert set(re.findall(r"/run/secrets/[a-z-]+", str(service["environment"]))) == mounted
    assert set(service.get("secrets", ())) <= COMPOSED["secrets"].keys()


def test_the_image_has_every_file_of_the_rooms_and_only_those(tmp_path: Path) -> None:
    """The wheel that the Dockerfile installs; a template or a table that is missing would show at run time only."""
    build = [sys.executable, "-m", "pip", "wheel", "--no-build-isolation", "--no-deps", "--no-index", "--quiet", "."]
    subprocess.run([*build, "--wheel-dir", str(tmp_path)], cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as made:
        inside = {name for name in made.namelist() if ".dist-info/" not in name}
    listed = subprocess.run(["git", "ls-files", *ROOMS], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert set(listed.splitlines()) <= inside
    assert {name.split("/")[0] for name in inside} == set(ROOMS)


def test_what_the_dockerfile_copies_is_there_and_is_not_ignored() -> None:
    text = (ROOT / "Dockerfile").read_text()
    copied = {
        name.rstrip("/")
        for line in re.findall(r"^COPY (?!--from)(.+) \S+$", text, flags=re.MULTILINE)
        for name in line.split()
    }
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert copied == allowed
    assert all((ROOT / name).exists() for name in copied)
    assert re.search(r"^USER \d+:\d+$", text, flags=re.MULTILINE)
    assert "--require-hashes -r requirements.lock" in text


def test_secrets_are_made_once_for_their_owner_alone_and_never_shown(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    first = CliRunner().invoke(app, ["secrets", str(folder), "--json"])
    kept = {file.name: file.read_bytes() for file in folder.iterdir()}
    assert kept.keys() == {Path(secret["file"]).name for secret in COMPOSED["secrets"].values()}
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}
    assert len(Keyring.read(folder / "keyring").keys) == 1
    assert kept["pgpass"].decode().strip().endswith(f":docket:{kept['postgres-password'].decode()}")
    assert kept["postgres-password"].decode() not in first.output
    again = CliRunner().invoke(app, ["secrets", str(folder), "--json"])
    assert again.exit_code == 0
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == kept


def test_every_process_runs_as_it_is_described_until_all_of_it_is_ready(
    kafka: Kafka, postgres: Postgres, tmp_path: Path
) -> None:
    """Commands, environments and health checks are the file's; addresses, ports and folders are the test's."""
    CliRunner().invoke(app, ["secrets", str(tmp_path / "secrets")])
    outside = Outside(kafka.bootstrap, postgres.new_database(), tmp_path)
    for name in ONCE:
        subprocess.run(**outside.of(name), check=True, capture_output=True, timeout=PATIENCE_S)
    with running() as processes:
        for name in ("api", *sorted(SERVICES.keys() - ONCE - OTHERS - {"api"})):
            processes[name] = subprocess.Popen(**outside.of(name), stdout=subprocess.DEVNULL, stderr=outside.log(name))
            awaited(partial(outside.healthy, name), processes, outside.said)
        door = f"http://127.0.0.1:{outside.ports['api']}"
        awaited(partial(ready, door), processes, outside.said)
        awaited(partial(all_folded, door), processes, outside.said)  # what the door founded went through Kafka
        assert {name: process.poll() for name, process in processes.items()} == dict.fromkeys(processes)
        for process in processes.values():
            process.send_signal(signal.SIGTERM)
        ended = {name: process.wait(PATIENCE_S) for name, process in processes.items()}
        assert ended == dict.fromkeys(processes, 0), outside.said(processes)


class Outside:
    """What a container would be given, with what is the test's own in place of what is the container's."""

    def __init__(self, bootstrap: str, dsn: str, folder: Path) -> None:
        self.folder, self.ports = folder, {name: free_port() for name in SERVICES}
        self._prefix = f"compose-{uuid.uuid4().hex[:8]}"
        self._whole = {"kafka:19092": bootstrap, SERVICES["api"]["environment"]["DOCKET_POSTGRES"]: dsn}
        self._said = {
            "/run/secrets": str(folder / "secrets"),
            "/tmp/docket": str(folder / "data"),  # noqa: S108 - a container's
            "0.0.0.0": "127.0.0.1",  # noqa: S104 - the same
        }

    def of(self, name: str) -> dict[str, Any]:
        """What starts it."""
        told = {key: self._replaced(name, value) for key, value in SERVICES[name]["environment"].items()}
        kept = {key: value for key, value in os.environ.items() if not key.startswith("DOCKET_")}
        return {
            "args": self._command(name, SERVICES[name]["command"]),
            "env": {**kept, **told, "DOCKET_TOPICS": self._prefix},
            "cwd": ROOT,
        }

    def healthy(self, name: str) -> bool:
        """What its health check says."""
        _, *test = SERVICES[name]["healthcheck"]["test"]
        return not subprocess.run(self._command(name, test), check=False, capture_output=True).returncode

    def log(self, name: str) -> Any:
        return (self.folder / f"{name}.log").open("ab")

    def said(self, names: dict[str, Any]) -> str:
        return "\n".join(f"{name}: {(self.folder / f'{name}.log').read_text()[-2000:]}" for name in names)

    def _command(self, name: str, command: Sequence[str]) -> list[str]:
        programs = {"python": sys.executable, "docket": str(Path(sys.executable).with_name("docket"))}
        first, *rest = command
        return [programs[first], *(self._replaced(name, word) for word in rest)]

    def _replaced(self, name: str, text: str) -> str:
        if text in self._whole:
            return self._whole[text]
        for theirs, ours in self._said.items():
            text = text.replace(theirs, ours)
        return re.sub(r"\b(8040|9108)\b", str(self.ports[name]), text)


@contextmanager
def running() -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    processes: dict[str, subprocess.Popen[bytes]] = {}
    try:
        yield processes
    finally:
        for process in processes.values():
            process.kill()
            process.wait()


def ready(door: str) -> bool:
    try:
        return httpx2.get(f"{door}/readyz", timeout=5).status_code == 200
    except httpx2.HTTPError:
        return False


def all_folded(door: str) -> bool:
    figures = httpx2.get(f"{door}/metrics", timeout=5).text
    lags = re.findall(r"^docket_view_lag\{.+\} (\S+)$", figures, flags=re.MULTILINE)
    (position,) = re.findall(r"^docket_position (\S+)$", figures, flags=re.MULTILINE)
    return float(position) > 0 and len(lags) > 5 and set(map(float, lags)) == {0.0}


def awaited(
    condition: Callable[[], bool],
    processes: dict[str, subprocess.Popen[bytes]],
    said: Callable[[dict[str, subprocess.Popen[bytes]]], str],
) -> None:
    """Return once it is so; every process has to go on meanwhile."""
    until = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < until, said(processes)
        assert not any(process.poll() is not None for process in processes.values()), said(processes)
        time.sleep(0.1)
