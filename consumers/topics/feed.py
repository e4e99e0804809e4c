"""The ledger topic as a feed: every event in the order of its position, none skipped, none twice, or a refusal."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from time import monotonic, sleep
from typing import Final

from kafka.errors import OffsetOutOfRangeError

from consumers.topics.connection import Connection
from consumers.topics.cursor import Cursor, Place
from consumers.topics.places import Places

_CURSORS: Final = 3
"""Readers that are kept open: one follows, another rebuilds, a third looks something up."""
_POLL_S: Final = 0.05


class KafkaFeed:
    """A feed over the ledger topic. May be used from any thread: each read has a reader of its own.

    Every call may raise Broken, LogMoved, and KafkaError or Unreachable where no broker answers; the next begins anew.
    """

    def __init__(self, connection: Connection, topic: str) -> None:
        self._connection, self._topic = connection, topic
        self._places = Places(connection, topic)
        self._idle: list[Cursor] = []
        self._lock = Lock()

    def close(self) -> None:
        """Close every reader that is not in use. Again is not an error."""
        with self._lock:
            idle, self._idle = self._idle, []
        for cursor in idle:
            cursor.close()
        self._places.close()

    def head(self) -> int:
        return self._places.last().position

    def place(self, position: int) -> Place | None:
        """Where the event of this position lies; None where the topic ends before it."""
        return self._places.find(position)

    def read(self, after: int, limit: int) -> list[tuple[int, str, bytes]]:
        if limit == 1 and not self._stands(after):
            event = self._places.event(after + 1)
            return [] if event is None else [event]
        with self._cursor(after) as cursor:
            if cursor is None or not (cursor.ready(0) or cursor.ready_upto(self._places.end())):
                return []
            return cursor.take(limit)

    def wait(self, after: int, timeout: float) -> bool:
        until = monotonic() + timeout
        with self._cursor(after) as cursor:
            if cursor is not None:
                return cursor.ready(timeout) or cursor.ready_upto(self._places.end())
        while self.head() <= after:  # it asks for what comes long after the end
            if monotonic() > until:
                return False
            sleep(_POLL_S)
        return True

    def _stands(self, after: int) -> bool:
        with self._lock:
            return any(cursor.at == after for cursor in self._idle)

    @contextmanager
    def _cursor(self, after: int) -> Iterator[Cursor | None]:
        """A reader behind this position, for one thread; None where the topic ends before it."""
        cursor = self._taken(after)
        try:
            if cursor is None and (place := self._places.find(after)) is not None:
                cursor = self._free() or Cursor(self._connection, self._topic)
                cursor.go(place)
            yield cursor
        except BaseException as error:
            if cursor is not None:
                cursor.close()
            if isinstance(error, OffsetOutOfRangeError):
                self._places.end()  # refuses where the beginning is gone; a tail that is lost will be sent again
            raise
        if cursor is not None:
            self._places.note(cursor.last)
            with self._lock:
                self._idle.append(cursor)

    def _taken(self, after: int) -> Cursor | None:
        with self._lock:
            found = next((cursor for cursor in self._idle if cursor.at == after), None)
            if found is not None:
                self._idle.remove(found)
            return found

    def _free(self) -> Cursor | None:
        """The reader that was used longest ago, where there are enough of them."""
        with self._lock:
            return self._idle.pop(0) if len(self._idle) >= _CURSORS else None
