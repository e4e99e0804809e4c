"""What the ledger stores is what Kafka carries: the same documents, byte for byte, in the order of their positions."""

from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from domain import wire
from domain.act import Act, Actor, ActorKind, Attestation, Principal
from domain.founding import founding
from domain.ledger.ledger import Ledger
from domain.ledger.sqlite import SQLiteRecorder
from domain.markings import EVERY_CATEGORY, TLP, Classification, Clearance
from domain.values import CommandId, LedgerId
from tests.services.kafka import Kafka
from tests.services.test_kafka import Record, committed, in_one_transaction, transactional_producer

INSTALLATION = Principal(
    actor=Actor(ActorKind.INSTALLATION, "installation", "Docket"),
    person=None,
    attestation=Attestation.NONE,
    clearance=Clearance(
        classification=Classification.UNCLASSIFIED,
        cui=EVERY_CATEGORY,
        controls=frozenset({"FED ONLY"}),
        country="USA",
        tlp=TLP.RED,
    ),
)


def test_stored_documents_go_through_kafka_and_come_back_as_the_same_bytes(kafka: Kafka, tmp_path: Path) -> None:
    recorder = SQLiteRecorder(tmp_path / "ledger.db", verify=wire.verify)
    try:
        ledger = Ledger(recorder, clock=lambda: datetime(2026, 6, 2, 14, tzinfo=UTC))
        opening = founding(LedgerId("00000000-0000-7000-8000-000000000001"), "UNCLASSIFIED")
        ledger.act(
            Act(
                id=CommandId("00000000-0000-7000-8000-000000000002"),
                command=opening,
                marking="UNCLASSIFIED",
            ),
            by=INSTALLATION,
        )
        stored = recorder.read(0, 1000)
    finally:
        recorder.close()
    topic = kafka.new_topic(settings={"message.timestamp.type": "LogAppendTime", "compression.type": "producer"})
    with transactional_producer(kafka) as producer:
        in_one_transaction(
            producer,
            topic,
            [Record(None, document, [("position", str(position).encode())]) for position, _, document in stored],
        )

    came_back = committed(kafka, topic)

    assert len(came_back) == len(stored) > 30
    for (position, _, document), record in zip(stored, came_back, strict=True):
        assert dict(record.headers)["position"] == str(position).encode()
        assert record.value is not None
        assert sha256(record.value).digest() == sha256(document).digest()
        wire.verify(record.value, ())
