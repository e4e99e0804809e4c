"""What docker-compose.yml and the Dockerfile say holds, as far as it can be seen without an engine."""

import re
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli import app
from api.settings import Settings
from consumers.topics.sealing import Keyring
from tests.services.composed import COMPOSED, ONCE, OURS, SERVICES, composed
from tests.services.kafka import Kafka
from tests.services.postgres import Postgres

ROOT = Path(__file__).parents[1]
ROOMS = ("domain", "projections", "consumers", "api")


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
    assert ("healthcheck" in service) is (name != ONCE)
    told = {key: value for key, value in service["environment"].items() if re.search("PASSWORD|SECRET|KEYS", key)}
    assert all(value.startswith("/run/secrets/") or value == f"${{{key}:-}}" for key, value in told.items())
    mounted = {f"/run/secrets/{secret}" for secret in service.get("secrets", ())}
    assert set(re.findall(r"/run/secrets/[a-z-]+", str(service["environment"]))) == mounted
    assert set(service.get("secrets", ())) <= COMPOSED["secrets"].keys()


def test_the_door_is_told_all_that_it_can_be_told_and_nothing_by_default() -> None:
    told, ours = SERVICES["api"]["environment"], {"data", "host", "port", "development"}
    passed = {f"DOCKET_{name.upper()}" for name in Settings.model_fields if name not in ours}
    assert {name for name, value in told.items() if value == f"${{{name}:-}}"} == passed


def test_a_setting_that_is_empty_is_as_if_it_were_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.setenv(f"DOCKET_{name.upper()}", "")
    assert Settings().model_dump() == {name: each.get_default() for name, each in Settings.model_fields.items()}


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
    CliRunner().invoke(app, ["secrets", str(tmp_path)])
    with composed(bootstrap=kafka.bootstrap, dsn=postgres.new_database(), folder=tmp_path) as docket:
        docket.once()
        docket.start()
        docket.awaited(docket.ready)
        docket.awaited(docket.folded)  # what the door founded went through Kafka
        assert docket.stop() == dict.fromkeys(OURS, 0), docket.said()
