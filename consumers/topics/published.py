"""Where an event lies on the ledger topic is known as soon as it can be read there."""

from collections import OrderedDict
from threading import Condition, Event
from typing import Any, Final, NamedTuple

import structlog
from kafka.errors import KafkaError

from consumers.topics.connection import Connection, Unreachable
from consumers.topics.cursor import CLOSE_MS
from consumers.topics.feed import KafkaFeed
from consumers.topics.names import PARTITION
from consumers.topics.record import Unreadable, position_of
from consumers.topics.tail import Diverged, existing

_REMEMBERED: Final = 50_000
"""Places that are kept in memory; older ones are looked for."""
_POLL_MS: Final = 250
_PAUSE_S: Final = 1.0
_log: Final = structlog.get_logger(__name__)


class Place(NamedTuple):
    """Where an event can be read."""

    topic: str
    partition: int
    offset: int

    def __str__(self) -> str:
        return "/".join(map(str, self))


class Published:
    """Follows the ledger topic in a thread of its owner; whoever waits is told in milliseconds.

    A broker that is away is no error: nobody is told anything meanwhile, and it follows again once it is back.
    """

    def __init__(self, connection: Connection, topic: str) -> None:
        self._connection, self._topic = connection, topic
        self._feed = KafkaFeed(connection, topic)
        self._moved = Condition()
        self._offsets: OrderedDict[int, int] = OrderedDict()
        self._position = 0

    def close(self) -> None:
        """Close every reader. Again is not an error."""
        self._feed.close()

    def run(self, stop: Event) -> None:
        """Follow until told to stop."""
        while not stop.is_set():
            try:
                self._follow(stop)
            except (Diverged, KafkaError, Unreachable, Unreadable) as error:
                _log.warning("ledger topic not followed", error=str(error))
                stop.wait(_PAUSE_S)

    def wait(self, position: int, timeout: float) -> Place | None:
        """Where the event of this position lies, waiting for it at most `timeout` seconds; None where it does not yet.

        Also None where no broker can be asked: what is not known is not said.
        """
        with self._moved:
            if not self._moved.wait_for(lambda: self._position >= position, timeout):
                return None
            offset = self._offsets.get(position)
        if offset is None:
            offset = self._looked_for(position)
        return None if offset is None else Place(self._topic, PARTITION, offset)

    def _looked_for(self, position: int) -> int | None:
        try:
            found = self._feed.place(position) if position else None
        except (Diverged, KafkaError, Unreachable) as error:
            _log.warning("ledger topic not searched", error=str(error))
            return None
        return None if found is None else found.offset

    def _follow(self, stop: Event) -> None:
        reader = self._connection.reader()
        try:
            place = existing(reader, self._topic)
            reader.assign([place])
            reader.seek(place, reader.end_offsets([place])[place])
            self._reached(self._feed.head())  # what lies before the end, and perhaps some of what is read again
            while not stop.is_set():
                if found := reader.poll(_POLL_MS).get(place):
                    self._note(found)
        finally:
            reader.close(timeout_ms=CLOSE_MS)

    def _note(self, found: list[Any]) -> None:
        with self._moved:
            for record in found:
                self._offsets[position_of(record.headers)] = record.offset
            while len(self._offsets) > _REMEMBERED:
                self._offsets.popitem(last=False)
        self._reached(position_of(found[-1].headers))

    def _reached(self, position: int) -> None:
        with self._moved:
            self._position = max(self._position, position)
            self._moved.notify_all()
