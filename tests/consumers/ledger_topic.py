"""A ledger topic of a test's own, filled as a relay fills it: in transactions, some of which come to nothing."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from consumers.topics.connection import Connection, discard
from consumers.topics.names import Topics
from consumers.topics.profile import wanted
from consumers.topics.record import Outgoing, ledger_record
from tests.services.kafka import Kafka
from tests.services.test_kafka import await_markers


def short(position: int, type: str = "case.accepted.v1") -> bytes:
    """A document with nothing in it but its position and its type, which is last as in every document."""
    return b'{"id":"%d","type":"%s"}' % (position, type.encode())


def bare(position: int, document: bytes | None = None) -> Outgoing:
    """A record of which a feed reads everything that it reads."""
    return Outgoing(b"case", short(position) if document is None else document, [("position", b"%d" % position)])


@dataclass
class LedgerTopic:
    """Where a feed reads."""

    kafka: Kafka
    topics: Topics = field(default_factory=lambda: Topics(f"test-{uuid.uuid4().hex[:12]}"))
    relay: str = field(default_factory=lambda: f"relay-{uuid.uuid4()}")

    def __post_init__(self) -> None:
        self.connection = Connection(bootstrap=self.kafka.bootstrap)
        (ledger,) = wanted(self.topics, (), "single")[:1]
        self.kafka.make_topic(ledger.name, settings=ledger.settings)

    def publish(self, events: Iterable[tuple[int, str, bytes]], *, at_once: int = 40) -> None:
        """These events, so many in a transaction."""
        records = [ledger_record(position, document, None) for position, _, document in events]
        self.send(*(records[at : at + at_once] for at in range(0, len(records), at_once)))

    def send(self, *transactions: Sequence[Outgoing]) -> None:
        """Records, each in its transaction; they can be read when this returns."""
        if not transactions:
            return
        producer = self.connection.transactions(self.relay)
        try:
            producer.init_transactions()
            for records in transactions:
                producer.begin_transaction()
                self._sent(producer, records)
                producer.commit_transaction()
        finally:
            discard(producer)
        await_markers(self.kafka, self.topics.ledger)

    def abort(self, records: Sequence[Outgoing]) -> None:
        """Records that a relay took back."""
        producer = self.connection.transactions(self.relay)
        try:
            producer.init_transactions()
            producer.begin_transaction()
            self._sent(producer, records)
            producer.abort_transaction()
        finally:
            discard(producer)
        await_markers(self.kafka, self.topics.ledger)

    def _sent(self, producer, records: Sequence[Outgoing]) -> None:
        sent = [producer.send(self.topics.ledger, key=r.key, value=r.value, headers=r.headers) for r in records]
        producer.flush(timeout=15)
        assert all(future.succeeded() for future in sent)
