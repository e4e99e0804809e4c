"""A real Apache Kafka runs here with Java and jars from Maven, else with Docker, else not at all."""

import base64
import functools
import hashlib
import os
import re
import shutil
import signal
import subprocess
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tests.services.lease import alone

POM = Path(__file__).with_name("pom.xml")
CACHE = Path(__file__).parents[2] / ".cache" / "kafka"
LOWEST_JAVA = 17
JVM = (
    "-Xms128m",
    "-Xmx384m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-Xshare:auto",
    "-Djava.awt.headless=true",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
)


class Missing(Exception):
    """This machine cannot run the service; the text says what it lacks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where one broker lives: its folder and its ports, the same after every restart."""

    directory: Path
    port: int
    more_ports: tuple[int, ...] = ()

    @property
    def properties(self) -> Path:
        return self.directory / "server.properties"

    @property
    def name(self) -> str:
        return f"{self.directory.parent.name}-{self.directory.name}"


class Engine(Protocol):
    """Prepares a broker once, names the command that runs it in the foreground, and kills it."""

    @property
    def bind(self) -> str: ...
    def data(self, place: Place) -> str: ...
    def prepare(self, place: Place) -> None: ...
    def command(self, place: Place) -> Sequence[str]: ...
    def kill(self, place: Place, *, pid: int) -> None: ...
    def afterwards(self, place: Place) -> Sequence[str]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Java:
    """The broker is a process of this machine; its data stand beside its properties."""

    libs: Path

    @property
    def bind(self) -> str:
        return "127.0.0.1"

    def data(self, place: Place) -> str:
        return str(place.directory / "data")

    def prepare(self, place: Place) -> None:
        tool = self._java("kafka.tools.StorageTool")
        _run([*tool, "format", "--standalone", "-t", _cluster_id(), "-c", str(place.properties)], seconds=120)

    def command(self, place: Place) -> Sequence[str]:
        return [*self._java("kafka.Kafka"), str(place.properties)]

    def kill(self, place: Place, *, pid: int) -> None:
        os.kill(pid, signal.SIGKILL)

    def afterwards(self, place: Place) -> Sequence[str]:
        return ()

    def _java(self, main_class: str) -> list[str]:
        return ["java", *JVM, "-cp", f"{self.libs}/*", main_class]


@dataclass(frozen=True, slots=True, kw_only=True)
class Docker:
    """The broker is a container of Apache's own image; its data live and go with the container."""

    image: str

    @property
    def bind(self) -> str:
        return "0.0.0.0"  # noqa: S104 - inside the container; outside it the port is open on loopback only

    def data(self, place: Place) -> str:
        return "/tmp/docket-kafka"  # noqa: S108 - inside the container

    def prepare(self, place: Place) -> None:
        # the properties travel as a variable: a daemon on another machine sees no folder of this one
        script = (
            'printf %s "$PROPERTIES" > /tmp/broker.properties && cd /opt/kafka/bin && '
            './kafka-storage.sh format --standalone --ignore-formatted -t "$CLUSTER" -c /tmp/broker.properties && '
            "exec ./kafka-server-start.sh /tmp/broker.properties"
        )
        options = ["--name", place.name]
        options += [f"--publish=127.0.0.1:{port}:{port}" for port in (place.port, *place.more_ports)]
        options += ["--env", f"PROPERTIES={place.properties.read_text()}", "--env", f"CLUSTER={_cluster_id()}"]
        _run(["docker", "create", *options, self.image, "sh", "-c", script], seconds=120)

    def command(self, place: Place) -> Sequence[str]:
        return ["docker", "start", "--attach", place.name]

    def kill(self, place: Place, *, pid: int) -> None:
        _run(["docker", "kill", "--signal", "KILL", place.name], seconds=30)

    def afterwards(self, place: Place) -> Sequence[str]:
        return ["docker", "rm", "--force", "--volumes", place.name]


def find_engine() -> Engine:
    """The first way that this machine has. Raises Missing, with the reason, where it has none."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with alone(CACHE / "lock"):  # one worker fetches, the others find
        if _java_is_here() and (_libs(POM).exists() or shutil.which("mvn")):
            return Java(libs=jars(POM))
        if _docker_is_here():
            return Docker(image=_pull(f"apache/kafka:{_version()}"))
    raise Missing(f"neither Java {LOWEST_JAVA} with Maven nor a Docker that answers is here")


def _java_is_here() -> bool:
    if not shutil.which("java"):
        return False
    said = subprocess.run(["java", "-version"], check=False, capture_output=True, text=True, timeout=60).stderr
    major = re.search(r'version "(\d+)', said)
    return major is not None and int(major[1]) >= LOWEST_JAVA


def _docker_is_here() -> bool:
    return (
        bool(shutil.which("docker"))
        and not subprocess.run(["docker", "info"], check=False, capture_output=True, timeout=60).returncode
    )


def jars(pom: Path) -> Path:
    """The folder of what a pom asks for, fetched by Maven where it is not there yet. Raises Missing."""
    libs = _libs(pom)
    if libs.exists():
        return libs
    half = libs.with_suffix(".half")  # a fetch that was cut off is never taken for a whole one
    shutil.rmtree(half, ignore_errors=True)
    maven = ["mvn", "-q", "-B", "-f", str(pom), "dependency:copy-dependencies", "-DincludeScope=runtime"]
    try:
        _run([*maven, f"-DoutputDirectory={half}"], seconds=900)
    except RuntimeError as error:
        raise Missing(f"Maven could not fetch the jars of Kafka: {error}") from error
    half.rename(libs)
    return libs


def _libs(pom: Path) -> Path:
    return CACHE / hashlib.sha256(pom.read_bytes()).hexdigest()[:12]


def _pull(image: str) -> str:
    try:
        _run(["docker", "pull", "--quiet", image], seconds=900)
    except RuntimeError as error:
        raise Missing(f"Docker could not fetch {image}: {error}") from error
    return image


@functools.cache
def _version() -> str:
    stated = re.search(r"<kafka\.version>(.+)</kafka\.version>", POM.read_text())
    assert stated is not None
    return stated[1]


def _cluster_id() -> str:
    """Kafka's text form of a UUID: url-safe base64 of its bytes, not beginning with a dash."""
    return "D" + base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")[1:]


def _run(command: Sequence[str], *, seconds: int) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=seconds)
    if done.returncode:
        raise RuntimeError(f"{command[0]} ended with {done.returncode}:\n{(done.stdout + done.stderr)[-4000:]}")
