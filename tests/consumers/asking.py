"""An office at the other end of its two topics: what it asks, and what it is told."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_OID, uuid4, uuid5

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from prometheus_client import CollectorRegistry
from structlog import wrap_logger
from structlog.testing import LogCapture

from consumers.inbox.inbox import Inbox
from consumers.inbox.tally import InboxTally
from consumers.topics.connection import Connection
from consumers.topics.names import Topics
from domain.ledger.ledger import Ledger
from tests.services.kafka import Kafka

FOR_A_WHILE = {"message.timestamp.type": "LogAppendTime", "compression.type": "producer"}
STRUCTURED = [("content-type", b"application/cloudevents+json; charset=UTF-8")]
PERSON = {"person": str(uuid5(NAMESPACE_OID, "dhs")), "personname": "H. Example", "personclearance": "CUI//TLP:RED"}


def named(*parts: object) -> str:
    """An id, the same in every run."""
    return str(uuid5(NAMESPACE_OID, "/".join(map(str, parts))))


def event(type: str, id: str, data: Mapping[str, Any] | None, **more: Any) -> dict[str, Any]:
    """A CloudEvent that asks for an act, by somebody of the office; `None` leaves an attribute out."""
    said = {
        "specversion": "1.0",
        "id": id,
        "source": "urn:office",
        "type": type,
        "marking": "UNCLASSIFIED",
        **PERSON,
        **more,
        "data": data,
    }
    return {name: value for name, value in said.items() if value is not None}


def concern(case: str, number: object, **more: Any) -> dict[str, Any]:
    """A concern of a case, conveyed; the same number is the same act."""
    says = f"Concern {number} (invented)."
    data = {"case_id": case, "concern_id": named("concern", number), "concern": says}
    return event("case.convey-concern.v1", **{"id": named("act", number), "data": data, **more})


def binary(said: Mapping[str, Any]) -> tuple[bytes, list[tuple[str, bytes]]]:
    """Value and headers of an event in binary mode."""
    headers = [(f"ce_{name}", str(value).encode()) for name, value in said.items() if name != "data"]
    return json.dumps(said["data"]).encode(), [("content-type", b"application/json"), *headers]


@dataclass(frozen=True)
class Told:
    """An outcome as it stands on the topic."""

    event: dict[str, Any]
    headers: dict[str, bytes]
    key: bytes

    @property
    def data(self) -> dict[str, Any]:
        data: dict[str, Any] = self.event["data"]
        return data

    @property
    def outcome(self) -> str:
        return str(self.data["outcome"])

    @property
    def code(self) -> str:
        return str(self.data["problem"]["code"])


@dataclass
class Office:
    """Two topics of a test's own, and whoever writes to and reads from them."""

    kafka: Kafka
    code: str = "dhs"
    topics: Topics = field(default_factory=lambda: Topics(f"test-{uuid4().hex[:12]}"))
    log: LogCapture = field(default_factory=LogCapture)
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    settings: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.kafka.make_topic(self.topics.actions(self.code), settings={**FOR_A_WHILE, **self.settings})
        self.kafka.make_topic(self.topics.outcomes(self.code), settings=FOR_A_WHILE)
        self.tally = InboxTally(self.registry)

    @property
    def connection(self) -> Connection:
        return Connection(bootstrap=self.kafka.bootstrap)

    @property
    def actions(self) -> TopicPartition:
        return TopicPartition(self.topics.actions(self.code), 0)

    def ask(self, *events: Mapping[str, Any]) -> None:
        """Structured events, in this order."""
        self.send([(json.dumps(said).encode(), STRUCTURED) for said in events])

    def send_at(self, said: Mapping[str, Any], at: datetime) -> None:
        """A structured event that its sender says is of this time."""
        with KafkaProducer(bootstrap_servers=self.kafka.bootstrap) as producer:
            value, when = json.dumps(said).encode(), int(at.timestamp() * 1000)
            topic = self.topics.actions(self.code)
            producer.send(topic, value=value, headers=STRUCTURED, partition=0, timestamp_ms=when).get(timeout=30)

    def send(self, records: Sequence[tuple[bytes | None, list[tuple[str, bytes]]]]) -> None:
        """Records as they are."""
        with KafkaProducer(
            bootstrap_servers=self.kafka.bootstrap,
            acks="all",
            enable_idempotence=True,
            linger_ms=5,
            max_request_size=16 * 1024 * 1024,
        ) as producer:
            topic = self.topics.actions(self.code)
            sent = [
                producer.send(topic, key=b"any", value=value, headers=headers, partition=0)
                for value, headers in records
            ]
            producer.flush(timeout=30)
            for future in sent:
                future.get(timeout=0)

    def inbox(self, ledger: Ledger, kind: type[Inbox] = Inbox) -> Inbox:
        return kind(
            ledger=ledger,
            connection=self.connection,
            topics=self.topics,
            office=self.code,
            clock=lambda: datetime.now(UTC),
            tally=self.tally,
            log=wrap_logger(None, processors=[self.log]),
        )

    @contextmanager
    def answering(self, ledger: Ledger, kind: type[Inbox] = Inbox) -> Iterator[Inbox]:
        """An inbox that is closed afterwards."""
        with closing(self.inbox(ledger, kind)) as inbox:
            yield inbox

    def answered(self, ledger: Ledger, *events: Mapping[str, Any]) -> list[Told]:
        """Every outcome there is, once these events and all before them are answered."""
        self.ask(*events)
        with self.answering(ledger) as inbox:
            self.catch_up(inbox)
        return self.told()

    def catch_up(self, inbox: Inbox) -> None:
        """Answer until the topic of actions ends."""
        with self.connection.reader() as reader:
            end = reader.end_offsets([self.actions])[self.actions]
        while inbox.position < end:
            inbox.step()

    def told(self) -> list[Told]:
        """Every outcome that a reader of committed records gets, in order."""
        place = TopicPartition(self.topics.outcomes(self.code), 0)
        found: list[Told] = []
        with KafkaConsumer(
            bootstrap_servers=self.kafka.bootstrap, isolation_level="read_committed", auto_offset_reset="none"
        ) as reader:
            reader.assign([place])
            reader.seek(place, reader.beginning_offsets([place])[place])
            end = reader.end_offsets([place])[place]
            while reader.position(place) < end:
                got = reader.poll(timeout_ms=500).get(place, ())
                found.extend(Told(json.loads(record.value), dict(record.headers), record.key) for record in got)
        return found

    def figure(self, name: str, **labels: str) -> float | None:
        """A figure of the tally."""
        return self.registry.get_sample_value(f"docket_inbox_{name}", {"office": self.code, **labels})
