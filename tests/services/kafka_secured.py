"""A real Apache Kafka that asks for names and rights: by password, by password over TLS, or by certificate."""

import json
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kafka import KafkaAdminClient
from kafka.admin import UserScramCredentialUpsertion

from consumers.topics.connection import Connection
from tests.services.certificates import Authority
from tests.services.kafka import Broker, Kafka, free_port
from tests.services.kafka_engines import Engine, find_engine
from tests.services.lease import Lease, alone

TEMPLATE = Path(__file__).with_name("secured.properties")
PORTS = ("SCRAM", "SCRAMTLS", "MTLS")


class SecuredKafka(Kafka):
    """The listener at `bootstrap` asks for nothing: the administrator's. Shared: use a prefix of your own."""

    def __init__(self, bootstrap: str, *, ports: dict[str, int], folder: Path) -> None:
        super().__init__(bootstrap)
        self._ports, self.folder = ports, folder
        self.authority = Authority.read(folder)

    def address(self, listener: str) -> str:
        return f"127.0.0.1:{self._ports[listener]}"

    def admin(self) -> Connection:
        """Whoever may do everything."""
        return Connection(bootstrap=self.bootstrap, patience_ms=10_000)

    def add_user(self, name: str) -> str:
        """Make a user who comes by password; return the password."""
        password = uuid.uuid4().hex
        with KafkaAdminClient(bootstrap_servers=self.bootstrap) as admin:
            told = admin.alter_user_scram_credentials([UserScramCredentialUpsertion(name, "SCRAM-SHA-512", password)])
        assert told == {name: None}
        return password

    def certificate(self, name: str, folder: Path) -> tuple[Path, Path]:
        """Files of a certificate that names this user, and of its key."""
        key, certificate = self.authority.issue(name)
        files = folder / f"{name}.pem", folder / f"{name}.key"
        for file, text in zip(files, (certificate, key), strict=True):
            file.write_text(text)
        return files

    @property
    def ca(self) -> Path:
        return self.folder / "ca.pem"


class SecuredBroker(Broker):
    """One broker with three more listeners and an authorizer."""

    def __init__(self, engine: Engine, *, lease: Lease, directory: Path) -> None:
        self.ports = {name: free_port() for name in PORTS}
        super().__init__(engine, lease=lease, directory=directory, more_ports=tuple(self.ports.values()))

    def _template(self) -> str:
        folder = self._place.directory
        authority = Authority.new()
        authority.write(folder)
        key, certificate = authority.issue("broker")
        text = super()._template() + TEMPLATE.read_text()
        for name, port in self.ports.items():
            text = text.replace(f"@{name}_PORT@", str(port))
        for word, pem in (("SERVER_KEY", key), ("SERVER_CERTIFICATE", certificate), ("CA", authority.text)):
            text = text.replace(f"@{word}@", pem.strip().replace("\n", r"\n"))  # as java.util.Properties reads it
        return text


@contextmanager
def shared_secured_kafka(run: Path) -> Iterator[SecuredKafka]:
    """The one such broker of this run of tests, likewise started by whoever comes first. Raises Missing."""
    directory = run / "kafka-secured"
    address = directory / "address"
    with Lease(run / "kafka-secured.lease") as lease:
        with alone(run / "kafka-secured.lock"):
            if not address.exists():
                shutil.rmtree(directory, ignore_errors=True)
                broker = SecuredBroker(find_engine(), lease=lease, directory=directory)
                broker.start()
                address.write_text(json.dumps({"bootstrap": broker.bootstrap, "ports": broker.ports}))
        yield SecuredKafka(**json.loads(address.read_text()), folder=directory)
