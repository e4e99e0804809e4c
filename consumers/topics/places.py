"""Where an event of a position lies on the ledger topic: offsets have gaps, so it is looked for, and remembered."""

from bisect import bisect_right
from collections.abc import Iterator
from threading import RLock
from time import monotonic
from typing import Any, Final

from kafka import TopicPartition
from kafka.errors import KafkaError

from consumers.topics.connection import Connection
from consumers.topics.cursor import BEFORE_ALL, CLOSE_MS, Broken, Place, event_of, silent
from consumers.topics.names import PARTITION
from consumers.topics.tail import LogMoved, existing

_NEAR: Final = 200
"""Events that are sooner read through than searched."""
_APART: Final = 1_000
"""Positions between two places that are remembered, at least."""
_POLL_MS: Final = 50


class Places:
    """Looks records up by position. May be used from any thread: one at a time is served.

    Raises Broken, LogMoved, and KafkaError or Unreachable where no broker answers.
    """

    def __init__(self, connection: Connection, topic: str) -> None:
        self._connection = connection
        self._partition = TopicPartition(topic, PARTITION)
        self._using = RLock()
        self._reader: Any = None
        self._known = [BEFORE_ALL]
        self._end = -1
        self._last = BEFORE_ALL

    def close(self) -> None:
        with self._using:
            reader, self._reader = self._reader, None
            if reader is not None:
                try:
                    reader.close(timeout_ms=CLOSE_MS)
                except KafkaError:
                    return  # no broker said goodbye; there is nothing of ours to lose

    def end(self) -> int:
        """The offset behind what can be read now. Raises LogMoved where the beginning is gone."""
        with self._using:
            try:
                reader = self._open()
                if reader.beginning_offsets([self._partition])[self._partition]:
                    raise LogMoved(f"{self._partition.topic} has lost its beginning; look at its retention")
                end: int = reader.end_offsets([self._partition])[self._partition]
            except KafkaError:
                self.close()  # what a reader is after an error nobody says
                raise
            if end < self._end:  # a broker that came back without its tail: the relay sends it again
                self._known, self._end, self._last = [BEFORE_ALL], -1, BEFORE_ALL
            return end

    def last(self) -> Place:
        """The last event; BEFORE_ALL where there is none."""
        with self._using:
            if (end := self.end()) == self._end:
                return self._last
            back = 4
            while True:
                begin = max(0, end - back)
                if (found := self._last_in(begin, end)) is not None:
                    self._last = found
                    break
                if begin == 0:
                    break
                back *= 8
            self._end = end
            self.note(self._last)
            return self._last

    def find(self, position: int) -> Place | None:
        """Where the event of this position lies; None where the topic ends before it."""
        with self._using:
            low, high = self._around(position)
            if low.position == position:
                return low
            if high is None:
                high = self.last()
            if high.position < position:
                return None
            found = self._between(low, high, position)
            self.note(found)
            return found

    def event(self, position: int) -> tuple[int, str, bytes] | None:
        """(position, type, document); None where the topic ends before it."""
        with self._using:
            if (place := self.find(position)) is None or not position:
                return None
            return event_of(self._first_at(place.offset))

    def note(self, place: Place) -> None:
        """Remember where this event lies, unless one nearby is remembered."""
        with self._using:
            index = bisect_right(self._known, place)
            after = self._known[index].position if index < len(self._known) else place.position + _APART
            if place.position - self._known[index - 1].position >= _APART <= after - place.position:
                self._known.insert(index, place)

    def _around(self, position: int) -> tuple[Place, Place | None]:
        index = bisect_right(self._known, (position, 2**63))
        low, high = self._known[index - 1], self._known[index] if index < len(self._known) else None
        if self._last.position > position:
            return low, high or self._last
        return max(low, self._last), high

    def _between(self, low: Place, high: Place, position: int) -> Place:
        """Interpolation and bisection in turn. `high` may become a bound that is no event."""
        halving = False
        while position - low.position > _NEAR:
            least = low.offset + position - low.position
            most = high.offset - (high.position - position)
            if least > most:
                raise Broken(f"{self._partition.topic}: no room for position {position} before offset {high.offset}")
            share = (position - low.position) / (high.position - low.position)
            guess = (least + most) // 2 if halving else low.offset + int(share * (high.offset - low.offset))
            guess = max(low.offset + 1, min(guess, most) - _NEAR // 2)  # to land before it, and near
            halving = not halving
            record = self._first_at(guess)
            if (at := event_of(record)[0]) > position:
                high = Place(at, guess)
            elif at > low.position:
                low = Place(at, record.offset)
            else:
                raise Broken(f"{self._partition.topic}: position {at} stands again at offset {record.offset}")
        return self._onwards(low, position)

    def _onwards(self, low: Place, position: int) -> Place:
        """From an event to another nearby."""
        while low.position < position:
            record = self._first_at(low.offset + 1)
            if (at := event_of(record)[0]) != low.position + 1:
                raise Broken(f"{self._partition.topic}: position {at} stands where {low.position + 1} has to")
            low = Place(at, record.offset)
        return low

    def _first_at(self, offset: int) -> Any:  # noqa: ANN401 - kafka-python's ConsumerRecord
        """The first record at an offset or behind it, where there is one."""
        return next(self._records(offset, None))

    def _last_in(self, begin: int, end: int) -> Place | None:
        last = None
        for record in self._records(begin, end):
            last = record
        return None if last is None else Place(event_of(last)[0], last.offset)

    def _records(self, begin: int, end: int | None) -> Iterator[Any]:
        reader, until = self._open(), monotonic() + self._connection.patience_ms / 1000
        try:
            reader.seek(self._partition, begin)
            while end is None or reader.position(self._partition) < end:
                found = reader.poll(_POLL_MS, max_records=1 if end is None else None).get(self._partition, ())
                yield from found if end is None else (record for record in found if record.offset < end)
                if not found and monotonic() > until:
                    raise silent(self._partition.topic, begin)
        except KafkaError:
            self.close()
            raise

    def _open(self) -> Any:  # noqa: ANN401 - kafka-python's KafkaConsumer
        if self._reader is None:
            # it jumps: little is fetched at a time, and an answer that there is nothing yet may not hold up the next
            reader = self._connection.reader(max_partition_fetch_bytes=64 * 1024, fetch_max_wait_ms=5)
            try:
                reader.assign([existing(reader, self._partition.topic)])
            except BaseException:
                reader.close(timeout_ms=CLOSE_MS)
                raise
            self._reader = reader
        return self._reader
