"""A cursor reads the ledger topic onwards from one event: each position follows the one before it, or it refuses."""

from time import monotonic
from typing import Any, Final, NamedTuple

from kafka import TopicPartition
from kafka.errors import KafkaError

from consumers.topics.connection import Connection, Unreachable
from consumers.topics.names import PARTITION
from consumers.topics.record import Unreadable, position_of
from consumers.topics.tail import Diverged
from domain import wire

CLOSE_MS: Final = 2_000
_POLL_MS: Final = 100


class Broken(Diverged):
    """The ledger topic is no complete copy of the record: nothing may be built from it before somebody has looked."""


class Place(NamedTuple):
    """Where an event lies on the ledger topic."""

    position: int
    offset: int


BEFORE_ALL: Final = Place(0, -1)
"""What the first event follows."""


def event_of(record: Any) -> tuple[int, str, bytes]:  # noqa: ANN401 - kafka-python's ConsumerRecord
    """(position, type, document) of a record. Raises Broken."""
    try:
        return position_of(record.headers), wire.type_of(record.value), record.value
    except (AttributeError, Unreadable, UnicodeDecodeError) as error:  # the first: a record without a value
        raise Broken(f"{record.topic} at offset {record.offset}: {error}") from error


def silent(topic: str, offset: int) -> Unreachable:
    """What is said where there is more and nothing comes."""
    return Unreachable(f"{topic}: nothing from offset {offset} on; is the broker there, may we READ?")


class Cursor:
    """One reader, right behind an event. For one thread at a time; to be closed after whatever it raised.

    Raises Broken, and KafkaError or Unreachable where no broker answers for `patience_ms` of the connection.
    """

    def __init__(self, connection: Connection, topic: str) -> None:
        self._partition = TopicPartition(topic, PARTITION)
        self._patience_s = connection.patience_ms / 1000
        self._reader = connection.reader()
        self._reader.assign([self._partition])
        self._ahead: list[tuple[int, str, bytes]] = []
        self._taken = 0
        self.at = -1
        """Position of the event before the next one."""
        self.last = BEFORE_ALL
        """The last event that was fetched."""

    def close(self) -> None:
        try:
            self._reader.close(timeout_ms=CLOSE_MS)
        except KafkaError:
            return  # no broker said goodbye; there is nothing of ours to lose

    def go(self, place: Place) -> None:
        """Stand right behind this event."""
        self._reader.seek(self._partition, place.offset + 1)
        self._ahead, self._taken = [], 0
        self.at, self.last = place.position, place

    def take(self, limit: int) -> list[tuple[int, str, bytes]]:
        """At most so many of the events that were fetched."""
        taken = self._ahead[self._taken : self._taken + limit]
        self._taken += len(taken)
        self.at += len(taken)
        return taken

    def ready(self, timeout_s: float) -> bool:
        """Whether an event was fetched that was not taken, waiting for one at most so long."""
        return self._taken < len(self._ahead) or self._fetched(int(timeout_s * 1000))

    def ready_upto(self, end: int) -> bool:
        """The same, waiting for nothing but what lies before this offset."""
        until = monotonic() + self._patience_s
        while not self.ready(0):
            if self._reader.position(self._partition) >= end:
                return False
            if self._fetched(_POLL_MS):
                break
            if monotonic() > until:
                raise silent(self._partition.topic, self.last.offset + 1)
        return True

    def _fetched(self, timeout_ms: int) -> bool:
        if not (found := self._reader.poll(timeout_ms).get(self._partition)):
            return False
        events = list(map(event_of, found))
        for expected, (position, _, _) in enumerate(events, self.last.position + 1):
            if position != expected:
                raise Broken(
                    f"{self._partition.topic}: position {position} stands where {expected} has to, at or before offset"
                    f" {found[-1].offset}"
                )
        self._ahead, self._taken = events, 0
        self.last = Place(events[-1][0], found[-1].offset)
        return True
