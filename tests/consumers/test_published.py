"""Whoever asks is told where an event lies on the ledger topic, of old ones and of those to come, and never wrongly."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Event, Thread

import pytest
from kafka import TopicPartition

from consumers.topics.published import Place, Published
from consumers.topics.record import position_of
from tests.consumers.ledger_topic import LedgerTopic, bare
from tests.services.kafka import Broker, Kafka


@contextmanager
def following(topic: LedgerTopic) -> Iterator[Published]:
    published, stop = Published(topic.connection, topic.topics.ledger), Event()
    thread = Thread(target=published.run, args=(stop,))
    thread.start()
    try:
        yield published
    finally:
        stop.set()
        thread.join()
        published.close()


@pytest.fixture
def topic(kafka: Kafka) -> LedgerTopic:
    return LedgerTopic(kafka)


def position_at(topic: LedgerTopic, place: Place) -> int:
    """The position that the record at a place says."""
    with topic.connection.reader() as reader:
        partition = TopicPartition(place.topic, place.partition)
        reader.assign([partition])
        reader.seek(partition, place.offset)
        (record, *_) = reader.poll(20_000)[partition]
        assert record.offset == place.offset
        return position_of(record.headers)


def test_an_event_is_found_whether_it_was_there_before_or_comes_while_somebody_waits(topic: LedgerTopic) -> None:
    topic.send(*([bare(position)] for position in range(1, 30)))
    with following(topic) as published:
        old = published.wait(3, 20)
        assert old is not None
        assert position_at(topic, old) == 3
        assert published.wait(30, 0.05) is None
        told: list[Place | None] = []
        waiting = Thread(target=lambda: told.append(published.wait(31, 30)))
        waiting.start()
        topic.abort([bare(30), bare(31)])
        assert waiting.is_alive(), "what a relay took back is not published"
        topic.send([bare(30), bare(31)])
        waiting.join()
        assert [place is not None and position_at(topic, place) for place in told] == [31]
        last = published.wait(29, 0)
        assert last is not None
        assert position_at(topic, last) == 29
        assert str(old) == f"{topic.topics.ledger}/0/{old.offset}"


def test_while_no_broker_answers_nobody_is_told_anything_and_then_it_goes_on(own_broker: Broker) -> None:
    topic = LedgerTopic(own_broker)
    topic.connection = replace(topic.connection, patience_ms=2_000)
    topic.send([bare(1), bare(2)])
    with following(topic) as published:
        assert published.wait(2, 20) is not None
        own_broker.kill()
        assert published.wait(3, 0.1) is None
        assert published.wait(1, 0.1) is None, "what is not known is not said"
        own_broker.start()
        topic.send([bare(3)])
        until = time.monotonic() + 60
        while (place := published.wait(3, 1)) is None:
            assert time.monotonic() < until
        assert position_at(topic, place) == 3
        while published.wait(1, 1) is None:  # a broker that came back just now may answer late
            assert time.monotonic() < until
