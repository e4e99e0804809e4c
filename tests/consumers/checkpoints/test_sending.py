"""Every checkpoint lies on Kafka in the order of sizes, also after a process that died, and again once it is final."""

from collections.abc import Iterator
from contextlib import closing
from uuid import uuid4

import pytest
from kafka import TopicPartition

from consumers.checkpoints.sending import Sending, Unsent
from consumers.topics.connection import Connection
from projections.transparency.checkpoint import Checkpoint
from projections.transparency.notes import Note
from projections.transparency.notes import signed as signature_of
from projections.transparency.policy import Policy
from tests.consumers.checkpoints.signing_log import Signed, signed
from tests.projections.transparency.signers import LOG_KEY, Held, witness
from tests.services.kafka import Kafka


@pytest.fixture
def topic(kafka: Kafka) -> str:
    name = f"checkpoints-{uuid4().hex[:8]}"
    kafka.make_topic(name)
    return name


@pytest.fixture
def record(tmp_path) -> Iterator[Signed]:
    with signed(tmp_path, policy=Policy.read(f"log {LOG_KEY}\nwitness gao {witness('gao')}\nquorum gao")) as made:
        yield made


def lying(kafka: Kafka, topic: str) -> list[tuple[int, str, bytes]]:
    """Size, grade and note of every record."""
    reader = Connection(bootstrap=kafka.bootstrap).reader()
    try:
        place = TopicPartition(topic, 0)
        reader.assign([place])
        reader.seek(place, 0)
        end, found = reader.end_offsets([place])[place], []
        while reader.position(place) < end:
            for each in reader.poll(500).get(place, ()):
                said = dict(each.headers)
                assert each.key == LOG_KEY.name.encode()
                assert said["content-type"] == b"text/plain; charset=utf-8"
                found.append((int(said["size"]), said["grade"].decode(), each.value))
        return found
    finally:
        reader.close()


def test_each_is_sent_once_and_again_with_its_witnesses(kafka, topic, record):
    with closing(Sending(Connection(bootstrap=kafka.bootstrap), topic, record.kept)) as sending:
        assert sending.step() == 0
        sizes = []
        for _ in range(3):
            record.grow()
            sizes.append(record.sign().checkpoint.size)
        assert sending.step() == 3
        assert sending.step() == 0
        last = record.latest()
        record.kept.witnessed(
            last.checkpoint.size, signature_of(last.note.text, witness("gao"), Held("gao"), at=1_800_000_000)
        )
        assert sending.step() == 1
        assert sending.step() == 0
    found = lying(kafka, topic)
    assert [(size, grade) for size, grade, _ in found] == [
        *((size, "provisional") for size in sizes),
        (sizes[-1], "final"),
    ]
    for size, _, note in found:
        read = Note.read(note)
        assert read.signed_by([LOG_KEY])
        assert Checkpoint.read(read.text).size == size
    assert Note.read(found[-1][2]).signed_by([witness("gao")])


def test_who_begins_anew_goes_on_with_the_last(kafka, topic, record):
    connection = Connection(bootstrap=kafka.bootstrap)
    with closing(Sending(connection, topic, record.kept)) as first:
        record.sign()
        first.step()
    record.grow()
    record.sign()  # and the process died before it was sent
    with closing(Sending(connection, topic, record.kept)) as second:
        assert second.step() == 1
        record.grow()
        record.sign()
        assert second.step() == 1
    sizes = [size for size, _, _ in lying(kafka, topic)]
    assert sizes == sorted(sizes)
    assert sizes[-1] == record.latest().checkpoint.size


def test_what_brokers_do_not_take_ends_the_process(kafka, record):
    small = f"small-{uuid4().hex[:8]}"
    kafka.make_topic(small, settings={"max.message.bytes": "100"})
    record.sign()
    sending = Sending(Connection(bootstrap=kafka.bootstrap), small, record.kept)
    with closing(sending), pytest.raises(Unsent, match="was not taken"):
        sending.step()
    with pytest.raises(Unsent, match="closed"):
        sending.step()
