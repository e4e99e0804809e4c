"""What Docket on Kafka is measured beside: kafka-python alone, confluent-kafka, and the broker's own tools."""

import re
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final
from uuid import uuid4

from confluent_kafka import Consumer, Producer
from confluent_kafka import TopicPartition as Place
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from consumers.topics.record import Outgoing
from tests.services.kafka import Kafka
from tests.services.kafka_engines import jars

TOGETHER: Final = 500
"""Records of one transaction."""
_POM: Final = Path(__file__).with_name("pom.xml")


def kafka_python(kafka: Kafka, records: Sequence[Outgoing]) -> float:
    """Records a second in transactions, every future looked at: what a relay cannot be faster than."""
    topic = kafka.new_topic("bench")
    with KafkaProducer(
        bootstrap_servers=kafka.bootstrap,
        transactional_id=f"bench-{uuid4()}",
        compression_type="zstd",
        batch_size=256 * 1024,
        retry_backoff_ms=2,
    ) as producer:
        producer.init_transactions()
        began = time.perf_counter()
        for start in range(0, len(records), TOGETHER):
            producer.begin_transaction()
            sent = [
                producer.send(topic, key=key, value=value, headers=headers)
                for key, value, headers in records[start : start + TOGETHER]
            ]
            producer.flush(60)
            assert all(future.succeeded() for future in sent)
            producer.commit_transaction()
        return len(records) / (time.perf_counter() - began)


def confluent(kafka: Kafka, records: Sequence[Outgoing]) -> float:
    """The same with librdkafka, in C."""
    topic, failed = kafka.new_topic("bench"), []
    producer = Producer(
        {
            "bootstrap.servers": kafka.bootstrap,
            "transactional.id": f"bench-{uuid4()}",
            "compression.type": "zstd",
            "queue.buffering.max.messages": 1_000_000,
        }
    )
    producer.init_transactions()

    def told(error: object, _: object) -> None:
        if error is not None:
            failed.append(error)

    began = time.perf_counter()
    for start in range(0, len(records), TOGETHER):
        producer.begin_transaction()
        for key, value, headers in records[start : start + TOGETHER]:
            producer.produce(topic, value, key, headers=dict(headers), on_delivery=told)
        producer.flush(60)
        assert not failed, failed
        producer.commit_transaction()
    return len(records) / (time.perf_counter() - began)


def producer_tool(kafka: Kafka, records: Sequence[Outgoing]) -> float:
    """The broker's own ProducerPerformance in Java, with values of the same size and no headers."""
    topic = kafka.new_topic("bench")
    size = sum(record.size for record in records) // len(records)
    said = _tool(
        "ProducerPerformance",
        ("--topic", topic, "--num-records", str(len(records)), "--record-size", str(size), "--throughput", "-1"),
        ("--bootstrap-server", kafka.bootstrap, "--transactional-id", f"bench-{uuid4()}"),
        ("--command-property", "compression.type=zstd", "batch.size=262144", "linger.ms=0"),
    )
    return _found(r"([0-9.]+) records/sec", said)


WRITERS: Final[Mapping[str, Callable[[Kafka, Sequence[Outgoing]], float]]] = {
    "kafka-python": kafka_python,
    "confluent-kafka": confluent,
    "ProducerPerformance": producer_tool,
}


def kafka_python_reads(kafka: Kafka, topic: str, many: int) -> float:
    """Records a second from the beginning of a topic, committed ones only, and nothing done with them."""
    partition, found = TopicPartition(topic, 0), 0
    with KafkaConsumer(
        bootstrap_servers=kafka.bootstrap,
        isolation_level="read_committed",
        max_poll_records=2_000,
        fetch_max_bytes=16 * 1024 * 1024,
        max_partition_fetch_bytes=4 * 1024 * 1024,
    ) as consumer:
        consumer.assign([partition])
        consumer.seek_to_beginning(partition)
        began = time.perf_counter()
        while found < many:
            found += sum(map(len, consumer.poll(1000).values()))
        return found / (time.perf_counter() - began)


def confluent_reads(kafka: Kafka, topic: str, many: int) -> float:
    """The same with librdkafka."""
    consumer, found = Consumer({"bootstrap.servers": kafka.bootstrap, "group.id": f"bench-{uuid4()}"}), 0
    consumer.assign([Place(topic, 0, 0)])
    try:
        began = time.perf_counter()
        while found < many:
            found += len(consumer.consume(2_000, timeout=1))
        return found / (time.perf_counter() - began)
    finally:
        consumer.close()


def consumer_tool(kafka: Kafka, topic: str, many: int) -> float:
    """The broker's own ConsumerPerformance in Java."""
    said = _tool(
        "ConsumerPerformance",
        ("--topic", topic, "--num-records", str(many), "--bootstrap-server", kafka.bootstrap, "--timeout", "60000"),
    )
    head, figures = [line.split(", ") for line in said.strip().splitlines()[-2:]]
    return float(dict(zip(head, figures, strict=True))["fetch.nMsg.sec"])


READERS: Final[Mapping[str, Callable[[Kafka, str, int], float]]] = {
    "kafka-python": kafka_python_reads,
    "confluent-kafka": confluent_reads,
    "ConsumerPerformance": consumer_tool,
}


def _tool(name: str, *given: Sequence[str]) -> str:
    command = ["java", "-Xmx384m", "-cp", f"{jars(_POM)}/*", f"org.apache.kafka.tools.{name}"]
    command += [word for words in given for word in words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _found(pattern: str, said: str) -> float:
    return float(re.findall(pattern, said)[-1])
