"""What an overseer reads is recorded before a byte of it is sent; what cannot be recorded is not read.

The record is of the request that came in: a page that asks several routes of its own process is one reading. It is of
what the answer was made from, which is noted by the reader's sight: what is marked above plain UNCLASSIFIED. Where more
comes later, as in a stream, it is recorded again only when it is marked higher than all that was recorded.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from anyio import to_thread
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.ids import uuid7
from api.problems import problem, unavailable
from domain.act import Principal
from domain.events.reading import ReadingRecorded, Way
from domain.ledger.readings import Readings
from domain.markings import parse
from domain.values import ReadingId
from projections.given import PLAIN, Given

_ERROR: Final = 400
"""From this status on an answer is a problem: it holds nothing of the record."""


@dataclass(slots=True)
class BeingRead:
    """One request that came in, as far as somebody of an overseer reads by it."""

    asked: str
    begun_at: datetime
    id: ReadingId = field(default_factory=lambda: ReadingId(uuid7()))
    given: Given = field(default_factory=Given)
    by: Principal | None = None
    """Who reads, once that is known and an overseer."""
    way: Way = Way.ANSWER
    on_page: bool = False
    """A page asks, and is marked as all that it was made from, whoever looks."""
    recorded: str | None = None
    """The highest that a record of this reading says."""
    version: int = 0

    def unrecorded(self) -> str | None:
        """The highest that has to be recorded before more is sent; None where nothing has."""
        if self.by is None:
            return None
        highest = self.given.highest
        if self.recorded is None:
            return highest if highest != PLAIN or self.way is Way.READS else None
        return None if parse(highest) <= parse(self.recorded) else highest

    def as_event(self, highest: str) -> ReadingRecorded:
        """What is recorded of it now."""
        assert self.by is not None  # noqa: S101 - `unrecorded` said so
        assert self.by.actor.office is not None  # noqa: S101 - an overseer is an office
        positions = self.given.positions
        return ReadingRecorded(
            reading_id=self.id,
            office=self.by.actor.office,
            way=self.way,
            marked=len(positions),
            first_position=min(positions, default=None),
            last_position=max(positions, default=None),
            highest=highest,
            asked=self.asked,
        )


CURRENT: Final[ContextVar[BeingRead | None]] = ContextVar("reading", default=None)
"""The reading that is under way: what a page asks of its own process belongs to it."""


@contextmanager
def outside(asked: str, begun_at: datetime) -> Iterator[BeingRead]:
    """A reading that no request began: what is sent to somebody who asked for it once, such as a webhook."""
    reading = BeingRead(asked, begun_at, way=Way.STREAM)
    token = CURRENT.set(reading)
    try:
        yield reading
    finally:
        CURRENT.reset(token)


def record(readings: Readings, reading: BeingRead) -> None:
    """Returns once nothing of it is left to be recorded. Raises what the recorder raises: then nothing may be given."""
    if (highest := reading.unrecorded()) is None or reading.by is None:
        return
    version = reading.version + 1
    readings.record(reading.as_event(highest), by=reading.by, begun_at=reading.begun_at, version=version)
    reading.recorded, reading.version = highest, version


class Overseen:
    """Records readings. It stands inside all that only adds headers, and outside of all that answers."""

    def __init__(self, app: ASGIApp, readings: Readings, clock: Callable[[], datetime]) -> None:
        self._app, self._readings, self._clock = app, readings, clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or CURRENT.get() is not None:
            await self._app(scope, receive, send)
            return
        reading = BeingRead(_asked(scope), self._clock())
        begun = refused = False

        async def recorded(message: Message) -> None:
            nonlocal begun, refused
            if refused:
                return
            holds = begun or (message["type"] == "http.response.start" and message["status"] < _ERROR)
            if holds and reading.unrecorded() is not None:
                try:
                    await to_thread.run_sync(record, self._readings, reading)
                except Exception as error:
                    if begun or unavailable(error) is None:
                        raise  # what was sent so far is recorded; the rest is not sent, and the connection breaks
                    refused = True
                    await problem("read-not-recorded")(scope, receive, send)
                    return
            begun = holds
            await send(message)

        token = CURRENT.set(reading)
        try:
            await self._app(scope, receive, recorded)
        finally:
            CURRENT.reset(token)


def _asked(scope: Scope) -> str:
    path: bytes = scope.get("raw_path") or scope["path"].encode()
    query: bytes = scope["query_string"]
    return f"{scope['method']} {(path + b'?' + query if query else path).decode('latin-1')}"
