"""Whoever listens gets one message for each position that it may know of, and goes on behind the last that it had."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Collection, Hashable
from dataclasses import dataclass, replace
from typing import Annotated, Any, Final, Protocol

from anyio import to_thread
from fastapi import APIRouter, Depends, Header, Query, Request, Response
from sse_starlette import EventSourceResponse
from starlette.types import Message, Receive, Scope, Send

from api.audit.events import read
from api.contract import PROBLEMS
from api.identity import still_known
from api.problems import Problem
from api.quotas import streaming
from api.reading import LARGEST, Reading
from api.reading.overseen import CURRENT, BeingRead
from api.reading.rendering import item
from api.streaming.fanout import Fanout, Mark, Stretch
from api.tally import Tally
from domain import wire
from domain.events.reading import Way
from domain.ledger.recorder import LedgerRecorder
from domain.wire import EVENTS
from projections.disclosed import disclosed
from projections.folding.feed import Feed
from projections.folding.following import Follows
from projections.given import Given
from projections.reads import Reads
from projections.stores.tables import Change, Forgotten
from projections.view import View
from projections.visible import Sight

MOST_EVENTS: Final = 256
"""Positions of one stretch: what a stream holds in memory is some such documents."""
MOST_CHANGES: Final = 1000
PATIENCE_S: Final = 30
"""Seconds for which a client may read nothing before its stream ends; it can come back."""
HEARTBEAT_S: Final = 15
KNOWN_S: Final = 5.0
"""Seconds after which whoever listens is looked at again."""


class Changes(Reads, Protocol):
    """A store of views that remembers what changed."""

    def changes_after(self, view: View[Any], position: int, limit: int, number: int = 0) -> list[Change]:
        """What changed in a view behind a position, in order. Raises Forgotten."""


@dataclass(frozen=True, slots=True)
class Listening:
    """Which events somebody listens for; nothing named is everything."""

    types: frozenset[str]
    streams: frozenset[str]
    offices: frozenset[str]
    after: int
    """-1: what comes from now on."""


class Streams:
    """Everything that can be listened to."""

    def __init__(self, reading: Reading, store: Changes, views: Collection[View[Any]]) -> None:
        self.store = store
        self.views = {view.name: view for view in views}
        self.recorder = reading.ledger.recorder
        self.events = Fanout(Recorded(self.recorder), most=MOST_EVENTS)
        self.changes = {view.name: Fanout(Folded(reading.runner, store, view), most=MOST_CHANGES) for view in views}

    def stop(self) -> None:
        """End every stream. From any thread; again is not an error."""
        for fanout in (self.events, *self.changes.values()):
            fanout.stop()

    def join(self) -> None:
        """Wait until nothing is looked at any more; `stop` was called before."""
        for fanout in (self.events, *self.changes.values()):
            fanout.join()


def router(reading: Reading, streams: Streams, tally: Tally) -> APIRouter:
    """The route for streams."""
    routes = APIRouter(tags=["stream"], prefix="/v1")
    known = ", ".join(sorted(streams.views))
    Seeing = Annotated[Sight, Depends(reading.sight())]  # noqa: N806 - a type

    @routes.get(
        "/stream",
        operation_id="stream",
        summary="Events as they are recorded, or rows of views as they change",
        description=(
            "Server-sent events; the id of a message is its position, so that a client which comes back with "
            "`Last-Event-ID` misses nothing. With `view`, a message says which rows of a view are now how; `reset` "
            "says that everything has to be read again."
        ),
        response_class=StreamResponse,
        responses={status: PROBLEMS[status] for status in (400, 401, 403, 409, 503)},
    )
    async def stream(
        *,
        request: Request,
        sight: Seeing,
        listening: Annotated[Listening, Depends(listens)],
        view: Annotated[str | None, Query(max_length=40, description=f"One of {known}.")] = None,
    ) -> Response:
        if view is not None and view not in streams.views:
            raise Problem("parameter-wrong", f"The views are {known}.")
        streaming(request)
        fanout = streams.events if view is None else streams.changes[view]
        mark = await fanout.mark()
        if listening.after > mark.position:
            raise Problem("position-ahead", f"The end is at position {mark.position}.", position=mark.position)
        begin = mark if listening.after < 0 else Mark(listening.after)
        being_read = None if sight.given is None else CURRENT.get()
        if being_read is not None:
            being_read.way = Way.STREAM
        sight = replace(sight, given=None)  # what is made for one is sent to all who see the same
        if view is None:
            sent = events(fanout, streams.recorder, sight, listening, begin)
        else:
            sent = changes(fanout, streams.store, streams.views[view], sight, begin)
        return StreamResponse(_counted(_noted(sent, being_read), tally), still=still_known(request))

    return routes


class StreamResponse(EventSourceResponse):
    """Bytes that are messages already, with a heartbeat, until the client or the server ends it.

    Whoever listens is looked at again and again: once they are not known any more, or as somebody else, it ends.
    """

    media_type = "text/event-stream"

    def __init__(
        self, content: AsyncIterator[bytes], status_code: int = 200, *, still: Callable[[], bool] = lambda: True
    ) -> None:
        super().__init__(content, status_code, ping=HEARTBEAT_S, send_timeout=PATIENCE_S, sep="\n")
        self._still = still

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        unknown = whole = False

        async def heard() -> Message:
            nonlocal unknown
            hearing = asyncio.ensure_future(receive())
            try:
                while not (await asyncio.wait({hearing}, timeout=KNOWN_S))[0]:
                    if not await to_thread.run_sync(self._still):
                        unknown = True
                        return {"type": "http.disconnect"}
                return hearing.result()
            finally:
                hearing.cancel()

        async def noted(message: Message) -> None:
            nonlocal whole
            whole = message["type"] == "http.response.body" and not message.get("more_body", False)
            await send(message)

        await super().__call__(scope, heard, noted)
        if unknown and not whole:
            await send({"type": "http.response.body", "body": b"", "more_body": False})


async def listens(
    *,
    type: Annotated[list[str] | None, Query(description="Types of event.")] = None,
    stream: Annotated[list[str] | None, Query(description="Streams, such as `case-<uuid>`.")] = None,
    office: Annotated[list[str] | None, Query(description="Offices that acted.")] = None,
    after: Annotated[int | None, Query(ge=0, le=LARGEST, description="The same as Last-Event-ID, which wins.")] = None,
    last_event_id: Annotated[str | None, Header(description="The position behind which to begin.")] = None,
) -> Listening:
    """A dependency: what somebody listens for. Raises Problem (400)."""
    if last_event_id and not re.fullmatch("[0-9]{1,15}", last_event_id):
        raise Problem("parameter-wrong", "Last-Event-ID is a position.")
    if unknown := set(type or ()) - set(EVENTS):
        raise Problem("parameter-wrong", f"{len(unknown)} of the types are none of an event.")
    return Listening(
        types=frozenset(type or ()),
        streams=frozenset(stream or ()),
        offices=frozenset(office or ()),
        after=int(last_event_id) if last_event_id else after if after is not None else -1,
    )


class Recorded:
    """The ledger, as what streams of events follow."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed

    def mark(self) -> Mark:
        return Mark(self._feed.head())

    def wait(self, beyond: Mark, timeout: float) -> bool:
        return self._feed.wait(beyond.position, timeout)


class Folded:
    """A view, as what streams of its changes follow: it moves when it was folded on, and when something was late."""

    def __init__(self, runner: Follows, store: Changes, view: View[Any]) -> None:
        self._runner, self._store, self._view = runner, store, view
        self._number = 0

    def mark(self) -> Mark:
        position = self._store.position(self._view)
        late = self._store.changes_after(self._view, position, MOST_CHANGES, self._number)
        self._number = max([self._number, *(change.number for change in late)])
        return Mark(position, self._number)

    def wait(self, beyond: Mark, timeout: float) -> bool:
        return self._runner.wait(self._view, beyond.position + 1, timeout) or self.mark() > beyond


async def events(
    fanout: Fanout, recorder: LedgerRecorder, sight: Sight, listening: Listening, begin: Mark
) -> AsyncIterator[Stretch]:
    """Messages for events behind a mark."""
    yield Stretch(begin, b": from behind %d\n\n" % begin.position)
    key: Hashable = (sight, listening.types, listening.streams, listening.offices)

    def encode(after: Mark, upto: Mark) -> Stretch:
        return _events(recorder, sight, listening, after.position, upto)

    async for stretch in fanout.stretches(key, begin, encode):
        yield stretch


def _events(recorder: LedgerRecorder, sight: Sight, listening: Listening, after: int, upto: Mark) -> Stretch:
    given = Given() if sight.oversight else None
    rows = recorder.read(after, upto.position - after)
    asked = [position for position, type, _ in rows if not listening.types or type in listening.types]
    actors = {f"office/{code}" for code in listening.offices}
    found = [
        each
        for each in disclosed(recorder, asked, replace(sight, given=given)).values()
        if (not listening.streams or each.recorded.stream in listening.streams)
        and (not actors or each.recorded.actor in actors)
    ]
    messages = [_message(each.position, each.recorded.event.type, read(each)) for each in found]
    if not found or found[-1].position < upto.position:
        messages.append(b"id: %d\n\n" % upto.position)  # no message, but whoever comes back begins here
    return Stretch(upto, b"".join(messages), given)


async def changes(fanout: Fanout, store: Changes, view: View[Any], sight: Sight, begin: Mark) -> AsyncIterator[Stretch]:
    """Messages for the rows of a view that change behind a mark: how they are now, each once for all that came."""
    yield Stretch(begin, b": from behind %d\n\n" % begin.position)

    def encode(after: Mark, upto: Mark) -> Stretch:
        return _changes(store, view, sight, after, upto)

    async for stretch in fanout.stretches((sight, view.name), begin, encode):
        yield stretch


def _changes(store: Changes, view: View[Any], sight: Sight, after: Mark, upto: Mark) -> Stretch:
    try:
        found = store.changes_after(view, after.position, MOST_CHANGES, after.number)
    except Forgotten:
        return Stretch(upto, _message(upto.position, "reset", {"view": view.name}))
    if len(found) >= MOST_CHANGES and found[-1].position < upto.position:
        upto = Mark(found[-1].position, after.number)
    mine = [change for change in found if change.position <= upto.position]
    upto = Mark(upto.position, max([upto.number, *(change.number for change in mine)]))
    if any(change.key is None for change in mine):
        return Stretch(upto, _message(upto.position, "reset", {"view": view.name}))
    given = Given() if sight.oversight else None
    sight = replace(sight, given=given)
    last = {change.key: change.position for change in mine if change.key is not None}
    rows: dict[int, list[dict[str, Any]]] = {}
    for key, position in last.items():
        # what cannot be seen is not named: not even that something is there
        if (row := store.get(view, sight, key)) is not None:
            rows.setdefault(position, []).append(item(row))
    messages = [_message(at, view.name, {"position": at, "rows": each}) for at, each in sorted(rows.items())]
    if upto.position not in rows:
        messages.append(b"id: %d\n\n" % upto.position)
    return Stretch(upto, b"".join(messages), given)


def _message(position: int, event: str, data: object) -> bytes:
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (position, event.encode(), wire.canonical(data))


async def _noted(sent: AsyncIterator[Stretch], being_read: BeingRead | None) -> AsyncIterator[bytes]:
    """The bytes of each stretch, once what it was made from is noted for whoever is sent it."""
    async for stretch in sent:
        if being_read is not None and stretch.given is not None:
            being_read.given.include(stretch.given)
        yield stretch.body


async def _counted(sent: AsyncIterator[bytes], tally: Tally) -> AsyncIterator[bytes]:
    with tally.streaming():
        async for each in sent:
            yield each
