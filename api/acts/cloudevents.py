"""Acts come in as CloudEvents too: one (structured or binary), a batch, or lines that act as they arrive."""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final
from urllib.parse import unquote
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from api.acts.actions import Wishes, acted, object_in, wishes
from api.acts.bodies import MOST_OF_BATCH, MOST_OF_ONE, check_length, chunks, media_type, whole
from api.acts.receipts import JSON, Ack, Acting
from api.contract import OUTCOMES, PROBLEMS, cloudevents_body
from api.problems import Problem
from api.quotas import charging
from consumers.acts import cloudevent, strict_json
from consumers.acts.intake import Malformed, Wrong
from domain import wire
from domain.act import Act, Principal
from domain.errors import TurnedAway
from domain.values import derived

STRUCTURED: Final = "application/cloudevents+json"
BATCH: Final = "application/cloudevents-batch+json"
LINES: Final = "application/x-ndjson"
_PREFIX: Final = "ce-"


@dataclass(frozen=True, slots=True)
class Shared:
    """What a batch states for all of its items."""

    id: str | None
    marking: str | None


async def shared(
    docket_batch_id: Annotated[str | None, Header(description="UUID of a batch.")] = None,
    docket_marking: Annotated[str | None, Header(description="Marking of items that bring none.")] = None,
    batch_id: Annotated[str | None, Query(description="The same as Docket-Batch-Id.")] = None,
    marking: Annotated[str | None, Query(description="The same as Docket-Marking.")] = None,
) -> Shared:
    """A dependency that reads what a batch states. Raises Problem (400)."""
    id = docket_batch_id or batch_id
    if id is not None and not _is_uuid(id):
        raise Problem("parameter-wrong", "A batch is known by a UUID, in small letters.")
    return Shared(id, docket_marking or marking)


class Batch:
    """Where the acts of one request that is not a transaction stand: their order, and what they have in common."""

    def __init__(self, acting: Acting, by: Principal, shared: Shared, charge: Callable[[int], None]) -> None:
        self._acting, self._by, self._shared, self._charge = acting, by, shared, charge
        self._index = 0
        self.over = False
        """The record cannot answer: what comes later would overtake what could not act."""

    def item(self, event: object) -> dict[str, Any]:
        """What became of the next item."""
        self._charge(1)
        index, self._index = self._index, self._index + 1
        derived_id = None if self._shared.id is None else derived("item", self._shared.id, str(index))
        said = event.get("id") if isinstance(event, dict) else None
        named = {"index": index, "id": said if _is_uuid(said) else derived_id if said is None else None}
        try:
            if not isinstance(event, dict):
                raise Malformed("The item is no object.")
            act = cloudevent.asked(event, id=derived_id, marking=self._shared.marking)
        except TurnedAway as error:
            return named | self._acting.refused_entry(error, self._by)
        became = self._acting.outcome(act, self._by, complete_at=self._acting.clock())
        self.over = became["outcome"] == "unavailable"
        return named | became

    def line(self, line: bytes) -> bytes:
        """What became of the next line, as a line."""
        try:
            event: object = strict_json.read(line)
        except strict_json.NotStrict as error:
            return self.not_an_item(str(error))
        return wire.canonical(self.item(event)) + b"\n"

    def not_an_item(self, sentence: str) -> bytes:
        """A line for something that is no item, and takes the place of one."""
        self._charge(1)
        index, self._index = self._index, self._index + 1
        entry = self._acting.refused_entry(Malformed(sentence), self._by)
        return wire.canonical({"index": index, "id": None, **entry}) + b"\n"


class LineByLine(Response):
    """Answers while the request is still arriving: whoever sends slowly reads what became of the lines so far."""

    media_type = LINES

    def __init__(self, answers: AsyncIterator[bytes]) -> None:
        super().__init__()
        del self.headers["content-length"]
        self._answers = answers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        async for answer in self._answers:
            await send({"type": "http.response.body", "body": answer, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def each_line(request: Request, batch: Batch) -> AsyncIterator[bytes]:
    """What becomes of each line once it is whole; what has no end by the end of the body does not act."""
    rest = b""
    try:
        async for chunk in chunks(request, MOST_OF_BATCH):
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                if line.strip():
                    yield await run_in_threadpool(batch.line, line)
                if batch.over:
                    return
            if len(rest) > MOST_OF_ONE:
                yield batch.not_an_item(f"A line has at most {MOST_OF_ONE} bytes. Nothing behind it was read.")
                return
    except Problem as problem:
        yield batch.not_an_item(f"{problem.detail} Nothing behind it was read.")
        return
    except ClientDisconnect:
        return
    if rest.strip():
        yield batch.not_an_item("The last line has no end, so it did not act.")


def binary(request: Request, body: bytes) -> dict[str, Any]:
    """The event of a request in binary mode. Raises Malformed."""
    event: dict[str, Any] = {}
    for header, value in request.headers.items():
        if header.startswith(_PREFIX):
            name = header.removeprefix(_PREFIX)
            if name in event or name in {"data", "datacontenttype"}:
                raise Malformed(errors=[Wrong("", "An attribute stands in one header, and data in the body.")])
            try:
                event[name] = unquote(value.strip(), errors="strict")
            except UnicodeDecodeError:
                raise Malformed(errors=[Wrong("", "A header is percent-encoded UTF-8.")]) from None
    try:
        return {**event, "data": strict_json.read(body)}
    except strict_json.NotStrict as error:
        raise Malformed(str(error)) from None


def router(acting: Acting, caller: Callable[[Request], Principal], acks: Mapping[str, Ack]) -> APIRouter:
    """The route for CloudEvents."""
    routes = APIRouter(tags=["actions"])
    By = Annotated[Principal, Depends(caller)]  # noqa: N806 - a type
    Wished = Annotated[Wishes, Depends(wishes(acks))]  # noqa: N806 - the same

    @routes.post(
        "/v1/actions",
        operation_id="postCloudEvents",
        summary="Acts as CloudEvents: one, a batch, or lines",
        description=(
            "Structured, binary and batch mode, and lines of structured events (`application/x-ndjson`), each of which "
            "acts as soon as it is whole and is answered by one line. A batch is no transaction: its items act in "
            "order, each with its outcome; it ends early where the record cannot answer. The id of an item that "
            "brings none derives from the batch and its index, so that sending the batch again repeats nothing."
        ),
        openapi_extra=cloudevents_body(),
        responses={**OUTCOMES, **PROBLEMS},
    )
    async def post(request: Request, by: By, wished: Wished, shared: Annotated[Shared, Depends(shared)]) -> Response:
        binary_mode = "ce-specversion" in request.headers
        kind = media_type(request, *((JSON,) if binary_mode else (STRUCTURED, BATCH, LINES)))
        if kind in {STRUCTURED, JSON}:
            body = await whole(request, MOST_OF_ONE)
            at = acting.clock()

            def one() -> Response:
                act: Act = cloudevent.asked(binary(request, body) if binary_mode else object_in(body))
                return acted(acting, act, by, at, wished)

            return await run_in_threadpool(one)
        if wished.version is not None or wished.ack != "stored":
            raise Problem("parameter-wrong", "If-Match and ack go with one act.")
        batch = Batch(acting, by, shared, charging(request))
        check_length(request, MOST_OF_BATCH)
        if kind == LINES:
            return LineByLine(each_line(request, batch))
        body = await whole(request, MOST_OF_BATCH)
        return await run_in_threadpool(all_of, batch, body)

    return routes


def all_of(batch: Batch, body: bytes) -> Response:
    """Answer a batch with what became of each of its items. Raises Malformed."""
    try:
        events = strict_json.read(body)
    except strict_json.NotStrict as error:
        raise Malformed(str(error)) from None
    if not isinstance(events, list):
        raise Malformed("A batch is an array.")
    became = []
    for event in events:
        became.append(batch.item(event))
        if batch.over:
            break
    return Response(wire.canonical(became), 200, None, JSON)


def _is_uuid(value: object) -> bool:
    try:
        return isinstance(value, str) and str(UUID(value)) == value
    except ValueError:
        return False
