"""Whoever listens gets one message for each position that it may know of, and goes on behind the last that it had."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Collection
from dataclasses import replace
from typing import Annotated, Any, Final

from anyio import to_thread
from fastapi import APIRouter, Depends, Header, Query, Request, Response
from sse_starlette import EventSourceResponse
from starlette.types import Message, Receive, Scope, Send

from api.contract import PROBLEMS
from api.identity import still_known
from api.problems import Problem
from api.quotas import streaming
from api.reading import LARGEST, Reading
from api.reading.overseen import CURRENT, BeingRead
from api.streaming import changed, happened
from api.streaming.changed import Changes
from api.streaming.fanout import Fanout, Mark, Stretch
from api.streaming.happened import Listening
from api.tally import Tally
from domain.events.reading import Way
from domain.wire import EVENTS
from projections.view import View
from projections.visible import Sight

PATIENCE_S: Final = 30
"""Seconds for which a client may read nothing before its stream ends; it can come back."""
HEARTBEAT_S: Final = 15
KNOWN_S: Final = 5.0
"""Seconds after which whoever listens is looked at again."""


class Streams:
    """Everything that can be listened to."""

    def __init__(self, reading: Reading, store: Changes, views: Collection[View[Any]]) -> None:
        self.store = store
        self.views = {view.name: view for view in views}
        self.recorder = reading.ledger.recorder
        self.events = happened.follow(self.recorder)
        self.changes = {view.name: changed.follow(store, view, reading.runner) for view in views}
        self._all: tuple[Fanout[Any], ...] = (self.events, *self.changes.values())

    def stop(self) -> None:
        """End every stream. From any thread; again is not an error."""
        for fanout in self._all:
            fanout.stop()

    def join(self) -> None:
        """Wait until nothing is looked at any more; `stop` was called before."""
        for fanout in self._all:
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
        mark = await (streams.events if view is None else streams.changes[view]).mark()
        if listening.after > mark.position:
            raise Problem("position-ahead", f"The end is at position {mark.position}.", position=mark.position)
        begin = mark if listening.after < 0 else Mark(listening.after)
        being_read = None if sight.given is None else CURRENT.get()
        if being_read is not None:
            being_read.way = Way.STREAM
        sight = replace(sight, given=None)  # what is made for one is sent to all who see the same
        if view is None:
            sent = happened.sent(streams.events, streams.recorder, sight, listening, begin)
        else:
            sent = changed.sent(streams.changes[view], streams.store, streams.views[view], sight, begin)
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
