"""Tests meet a real Apache Kafka: one shared by the whole run, or one of their own that they may kill."""

import os
import shutil
import socket
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from tests.services.guard import clear_up
from tests.services.kafka_engines import Engine, Place, find_engine
from tests.services.lease import Guarded, Lease, alone

TEMPLATE = Path(__file__).with_name("server.properties")
START_SECONDS = 60


class Kafka:
    """A broker that answers at `bootstrap` (host:port). It may be shared: use topics of your own."""

    def __init__(self, bootstrap: str) -> None:
        self.bootstrap = bootstrap

    def new_topic(self, name: str = "test", *, partitions: int = 1, settings: Mapping[str, str] | None = None) -> str:
        """Make a topic that no other test uses, with these settings; return its full name."""
        topic = f"{name}.{uuid.uuid4().hex[:12]}"
        self.make_topic(topic, partitions=partitions, settings=settings)
        return topic

    def make_topic(self, topic: str, *, partitions: int = 1, settings: Mapping[str, str] | None = None) -> None:
        """Make a topic of exactly this name; it has a leader when this returns."""
        wanted = {"num_partitions": partitions, "replication_factor": 1, "configs": dict(settings or {})}
        with KafkaAdminClient(bootstrap_servers=self.bootstrap) as admin:
            admin.create_topics({topic: wanted}, wait_for_metadata=True)


class Broker(Kafka):
    """One broker with a folder and ports of its own; `start` again after `kill` finds the same records."""

    def __init__(self, engine: Engine, *, lease: Lease, directory: Path, more_ports: tuple[int, ...] = ()) -> None:
        self._engine = engine
        self._lease = lease
        self._place = Place(directory=directory, port=free_port(), more_ports=more_ports)
        self._log = directory / "broker.log"
        self._guarded: Guarded | None = None
        super().__init__(f"127.0.0.1:{self._place.port}")

    @property
    def pid(self) -> int:
        """The process to signal; the client's, where the broker is a container."""
        assert self._guarded is not None, "not started"
        return self._guarded.pid

    @property
    def data(self) -> Path:
        """Where its segments lie, if it is a process of this machine."""
        return self._place.directory / "data"

    def start(self) -> None:
        """Return when the broker answers. Raises RuntimeError or TimeoutError with the end of its log."""
        if not self._place.properties.exists():
            self._place.directory.mkdir()
            self._write_properties()
            self._engine.prepare(self._place)
        with self._log.open("ab") as log:
            self._guarded = Guarded(
                self._engine.command(self._place),
                lease=self._lease,
                directory=self._place.directory,
                log=log,
                afterwards=self._engine.afterwards(self._place),
            )
        self._await_answer(self._guarded)

    def kill(self) -> None:
        """SIGKILL, as a crash of the process (not of the machine: what the kernel holds, it still writes)."""
        assert self._guarded is not None, "not started"
        self._engine.kill(self._place, pid=self._guarded.pid)
        self._guarded.process.wait()

    def stop(self) -> None:
        """Give the lease back; when this returns neither process nor folder is left."""
        self._lease.release()
        if self._guarded is not None:
            self._guarded.process.wait()
        clear_up(directory=self._place.directory, afterwards=self._engine.afterwards(self._place))

    def _template(self) -> str:
        return TEMPLATE.read_text()

    def _write_properties(self) -> None:
        text = self._template()
        for word, value in {
            "@BIND@": self._engine.bind,
            "@PORT@": str(self._place.port),
            "@CONTROLLER_PORT@": str(free_port()),
            "@DATA@": self._engine.data(self._place),
        }.items():
            text = text.replace(word, value)
        self._place.properties.write_text(text)

    def _await_answer(self, guarded: Guarded) -> None:
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            if not guarded.running:
                raise RuntimeError(f"Kafka ended while it started; the end of its log:\n{self._log_tail()}")
            if self._answers():
                return
            time.sleep(0.1)
        raise TimeoutError(f"no answer of Kafka in {START_SECONDS} s; the end of its log:\n{self._log_tail()}")

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self._place.port), timeout=0.2):
                pass
            with KafkaAdminClient(bootstrap_servers=self.bootstrap, bootstrap_timeout_ms=2000) as admin:
                return bool(admin.describe_cluster()["brokers"])
        except (OSError, KafkaError):
            return False

    def _log_tail(self) -> str:
        return self._log.read_text(errors="replace")[-4000:]


@contextmanager
def shared_kafka(run: Path) -> Iterator[Kafka]:
    """The one broker of this run of tests, in whichever process it is asked for. Raises Missing where none can be had.

    The first process that comes starts it; it ends with the last that leaves. `DOCKET_TEST_KAFKA` (host:port) is used
    as it is.
    """
    if given := os.environ.get("DOCKET_TEST_KAFKA"):
        yield Kafka(given)
        return
    directory = run / "kafka"
    address = directory / "address"
    with Lease(run / "kafka.lease") as lease:
        with alone(run / "kafka.lock"):
            if not address.exists():
                shutil.rmtree(directory, ignore_errors=True)  # what a start that failed left behind
                broker = Broker(find_engine(), lease=lease, directory=directory)
                broker.start()
                address.write_text(broker.bootstrap)
        yield Kafka(address.read_text())


@contextmanager
def own_kafka(run: Path) -> Iterator[Broker]:
    """A started broker that this test alone uses, kills and starts again. Raises Missing where none can be had."""
    directory = run / f"kafka-{uuid.uuid4().hex[:12]}"
    with Lease(directory.with_suffix(".lease")) as lease:
        broker = Broker(find_engine(), lease=lease, directory=directory)
        try:
            broker.start()
            yield broker
        finally:
            broker.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
