"""Every checkpoint goes to Kafka, and once more when a quorum has signed it: for ever, for whoever may read there."""

from typing import Final

from kafka import KafkaProducer

from consumers.checkpoints.kept import Checkpoints, Published
from consumers.topics.connection import Connection, discard
from consumers.topics.names import PARTITION
from consumers.topics.record import GRADE, SIZE
from projections.transparency.policy import Grade

_TEXT: Final = b"text/plain; charset=utf-8"


class Unsent(Exception):
    """A checkpoint was not taken by the brokers."""


class Sending:
    """Sends in order. One that begins anew sends the last one again: readers take the same twice. For one thread."""

    def __init__(self, connection: Connection, topic: str, kept: Checkpoints, *, flush_s: float = 15.0) -> None:
        self._topic, self._kept, self._flush_s = topic, kept, flush_s
        last, final = kept.latest(), kept.latest(Grade.FINAL)
        self._sent = 0 if last is None else last.checkpoint.size - 1
        self._final = 0 if final is None else final.checkpoint.size - 1
        self._producer: KafkaProducer | None = connection.producer()

    def step(self) -> int:
        """Send what is new; how many that was. Raises Unsent, KafkaError, and what the store raises."""
        count = 0
        while (found := self._kept.covering(self._sent + 1)) is not None:
            self._send(found)
            self._sent = found.checkpoint.size
            if found.grade is Grade.FINAL:
                self._final = found.checkpoint.size
            count += 1
        final = self._kept.latest(Grade.FINAL)
        if final is not None and final.checkpoint.size > self._final:
            self._send(final)
            self._final = final.checkpoint.size
            count += 1
        return count

    def close(self) -> None:
        """Let go of Kafka. Again is not an error."""
        if self._producer is not None:
            discard(self._producer)
            self._producer = None

    def _send(self, published: Published) -> None:
        if self._producer is None:
            raise Unsent("it was closed")
        headers = [
            ("content-type", _TEXT),
            (SIZE, b"%d" % published.checkpoint.size),
            (GRADE, published.grade.value.encode()),
        ]
        key, note = published.checkpoint.origin.encode(), bytes(published.note)
        sent = self._producer.send(self._topic, key=key, value=note, headers=headers, partition=PARTITION)
        self._producer.flush(timeout=self._flush_s)
        if not sent.succeeded():
            raise Unsent(f"a checkpoint was not taken: {sent.exception!r}")
