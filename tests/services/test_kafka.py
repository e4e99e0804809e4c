"""The broker of the tests is a real one: what a transaction wrote comes back byte for byte, also after kill -9."""

import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import KafkaError

from tests.services.kafka import Broker, Kafka


class Record(NamedTuple):
    """What Docket puts into a record; the rest is the broker's."""

    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes]]


FACTS = [
    Record(b"case-1", b'{"specversion":"1.0"}', [("ce_type", b"case.submitted.v1"), ("ce_sequence", b"1")]),
    Record(b"case-1", bytes(range(256)), [("twice", b"first"), ("twice", b"second"), ("empty", b"")]),
    Record(b"case-2", "§ – 字".encode(), []),
    Record(b"case-2", b"x" * 65_536, [("sealed", bytes(range(255, -1, -1)))]),
    Record(None, b"", []),
    Record(b"destroyed", None, [("ce_sequence", b"6")]),
]


def test_what_a_transaction_wrote_is_read_back_byte_for_byte(kafka: Kafka) -> None:
    topic = kafka.new_topic(settings={"message.timestamp.type": "LogAppendTime", "compression.type": "producer"})
    with transactional_producer(kafka) as producer:
        in_one_transaction(producer, topic, FACTS[:4])
        in_one_transaction(producer, topic, FACTS[4:])
    await_markers(kafka, topic)
    assert committed(kafka, topic) == FACTS


def test_a_reader_of_committed_records_sees_neither_an_open_nor_an_aborted_transaction(kafka: Kafka) -> None:
    topic = kafka.new_topic()
    with transactional_producer(kafka) as producer:
        in_one_transaction(producer, topic, FACTS[:1])
        await_markers(kafka, topic)
        producer.begin_transaction()
        send_all(producer, topic, FACTS[1:3])
        assert committed(kafka, topic) == FACTS[:1]
        producer.abort_transaction()
    with transactional_producer(kafka) as successor:  # an aborted producer is not used again
        in_one_transaction(successor, topic, FACTS[3:])
    await_markers(kafka, topic)
    assert committed(kafka, topic) == FACTS[:1] + FACTS[3:]


def test_a_successor_of_the_same_name_fences_its_predecessor(kafka: Kafka) -> None:
    topic, name = kafka.new_topic(), f"relay-{uuid.uuid4()}"
    with transactional_producer(kafka, name) as zombie:
        zombie.begin_transaction()
        send_all(zombie, topic, FACTS[:1])
        with transactional_producer(kafka, name) as successor:
            in_one_transaction(successor, topic, FACTS[1:2])
            with pytest.raises(KafkaError):
                zombie.commit_transaction()
    await_markers(kafka, topic)
    assert committed(kafka, topic) == FACTS[1:2]


def test_what_could_be_read_before_kill_9_of_the_broker_is_read_after_it(own_broker: Broker) -> None:
    topic = own_broker.new_topic()
    with transactional_producer(own_broker) as producer:
        in_one_transaction(producer, topic, FACTS)
        await_markers(own_broker, topic)
    own_broker.kill()
    own_broker.start()
    assert committed(own_broker, topic) == FACTS
    with transactional_producer(own_broker) as producer:
        in_one_transaction(producer, topic, FACTS[:1])
    await_markers(own_broker, topic)
    assert committed(own_broker, topic) == FACTS + FACTS[:1]


def test_a_commit_that_kill_9_overtook_is_whole_or_gone_once_its_successor_has_settled_it(own_broker: Broker) -> None:
    """Commit returns before its marker stands in the topic. A broker that dies between may never write it: its own log
    then says complete, readers stay in front of the transaction for ever, and a new producer of the same name is not
    told. An aborted record in that name ends it. Which of the two happens is the machine's choice, hence `in`.
    """
    topic, name = own_broker.new_topic(), f"relay-{uuid.uuid4()}"
    with transactional_producer(own_broker, name) as producer:
        in_one_transaction(producer, topic, FACTS)
        own_broker.kill()
    own_broker.start()
    with transactional_producer(own_broker, name) as successor:
        if len(set(ends(own_broker, topic))) > 1:
            successor.begin_transaction()
            send_all(successor, topic, [Record(None, b"settles what hangs", [])])
            successor.abort_transaction()
    await_markers(own_broker, topic)
    assert committed(own_broker, topic) in ([], FACTS)


@contextmanager
def transactional_producer(kafka: Kafka, name: str | None = None) -> Iterator[KafkaProducer]:
    producer = KafkaProducer(
        bootstrap_servers=kafka.bootstrap,
        transactional_id=name or f"test-{uuid.uuid4()}",
        acks="all",
        enable_idempotence=True,
        compression_type="zstd",
        batch_size=262_144,
        linger_ms=0,
        retry_backoff_ms=2,  # by default 100: back-to-back transactions would take 117 ms each, not 5
        delivery_timeout_ms=60_000,
        transaction_timeout_ms=15_000,
        allow_auto_create_topics=False,
    )
    producer.init_transactions()
    try:
        yield producer
    finally:
        producer.close(timeout=5)


def in_one_transaction(producer: KafkaProducer, topic: str, records: Sequence[Record]) -> None:
    producer.begin_transaction()
    send_all(producer, topic, records)
    producer.commit_transaction()


def send_all(producer: KafkaProducer, topic: str, records: Sequence[Record]) -> None:
    sent = [producer.send(topic, key=fact.key, value=fact.value, headers=fact.headers) for fact in records]
    producer.flush(timeout=15)
    assert all(future.succeeded() for future in sent)  # a commit says nothing about records that were lost before it


def ends(kafka: Kafka, topic: str) -> tuple[int, int]:
    """Where readers of committed records stop, and where the topic ends."""
    partition = TopicPartition(topic, 0)
    stops = []
    for isolation in ("read_committed", "read_uncommitted"):
        with KafkaConsumer(bootstrap_servers=kafka.bootstrap, group_id=None, isolation_level=isolation) as consumer:
            stops.append(consumer.end_offsets([partition])[partition])
    return stops[0], stops[1]


def await_markers(kafka: Kafka, topic: str) -> None:
    """Return when no transaction of this topic is open: a commit returns a moment before its marker is written."""
    until = time.monotonic() + 20
    while len(stops := set(ends(kafka, topic))) > 1:
        assert time.monotonic() < until, f"a transaction of {topic} hangs: {stops}"
        time.sleep(0.02)


def committed(kafka: Kafka, topic: str) -> list[Record]:
    """Every record that a reader of committed records gets from the one partition, from its beginning to its end."""
    partition = TopicPartition(topic, 0)
    found: list[Record] = []
    with KafkaConsumer(
        bootstrap_servers=kafka.bootstrap,
        group_id=None,
        enable_auto_commit=False,
        isolation_level="read_committed",
        auto_offset_reset="none",
    ) as consumer:
        consumer.assign([partition])
        consumer.seek(partition, 0)
        end = consumer.end_offsets([partition])[partition]
        while consumer.position(partition) < end:  # offsets have gaps: only the position tells where the reader is
            got = consumer.poll(timeout_ms=500).get(partition, ())
            found.extend(Record(record.key, record.value, list(record.headers)) for record in got)
    return found
