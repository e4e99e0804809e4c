"""Pages ask the door like everybody else, so that none can show what the door would not tell its reader."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import quote, unquote, urlencode

import orjson
from fastapi import Request
from starlette.types import ASGIApp, Message

from api.identity import OF_A_FORM
from api.reading.overseen import CURRENT

NOTHING: Final[Mapping[str, object]] = MappingProxyType({})
_AS_CAME: Final = ("type", "asgi", "http_version", "scheme", "server", "client", "root_path")
_OF_THE_PAGE: Final = frozenset(
    {b"accept", b"accept-encoding", b"connection", b"content-length", b"content-type", b"expect", b"host"}
    | {b"if-none-match", b"origin", b"prefer", b"range", b"transfer-encoding"}
)
"""Headers that are about the page, and not about what it asks."""


class NotShown(Exception):
    """The door said no: its status, and what it answered with, which mostly is a problem of RFC 9457."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        super().__init__(problem.get("code", ""))
        self.status, self.problem = status, problem


@dataclass(slots=True)
class Answer:
    """What a route answered, as far as it came."""

    status: int = 0
    """0: nothing came yet."""
    headers: dict[str, str] = field(default_factory=dict)
    body: bytearray = field(default_factory=bytearray)


class Asking:
    """Asks routes of an application in its own process, as whoever sent a request and with what they are known by.

    Whom the door knows them as is in `request.state.who` then.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, request: Request, path: str, **query: object) -> Any:  # noqa: ANN401 - JSON
        """What a route of JSON answers. What is None is not asked. Raises NotShown."""
        return orjson.loads((await self._asked(request, "GET", path, query=query)).body)

    async def whole(self, request: Request, path: str) -> Answer:
        """What a route answers, whatever it is made of. Raises NotShown."""
        return await self._asked(request, "GET", path)

    async def text(self, request: Request, path: str) -> str:
        """What a route of text answers. Raises NotShown."""
        return (await self._asked(request, "GET", path)).body.decode()

    async def act(self, request: Request, command: str, body: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON
        """The receipt of an act that a form of ours has sent, as `sending.form` has made sure. Raises NotShown."""
        return await self.change(request, "POST", f"/v1/actions/{quote(command, safe='')}", body)

    async def change(self, request: Request, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:  # noqa: ANN401 - JSON
        """What a route answers that changes something for a form that was sent, likewise. Raises NotShown."""
        content = None if body is None else orjson.dumps(body)
        answer = await self._asked(request, method, path, body=content, of_a_form=True)
        return orjson.loads(answer.body) if answer.body else None

    async def walk(self, request: Request, path: str, body: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON
        """What a route answers that keeps nothing of what it is sent. Raises NotShown."""
        return orjson.loads((await self._asked(request, "POST", path, body=orjson.dumps(body))).body)

    async def _asked(
        self,
        request: Request,
        method: str,
        path: str,
        *,
        query: Mapping[str, object] = NOTHING,
        body: bytes | None = None,
        of_a_form: bool = False,
    ) -> Answer:
        """What a route answers. Raises NotShown.

        The application is called as a server would call it: no client of HTTP stands between, which would take longer
        than some routes do.
        """
        if (reading := CURRENT.get()) is not None:
            reading.on_page = True
        state: dict[str, Any] = {OF_A_FORM: of_a_form}
        asked = {
            name: value if isinstance(value, list) else str(value) for name, value in query.items() if value is not None
        }
        answer, whole, sent = Answer(), asyncio.Event(), False

        async def receive() -> Message:
            nonlocal sent
            if not sent:
                sent = True
                return {"type": "http.request", "body": body or b"", "more_body": False}
            await whole.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer.status = message["status"]
                answer.headers = {name.decode("latin-1"): said.decode("latin-1") for name, said in message["headers"]}
            else:
                answer.body += message.get("body", b"")
                if not message.get("more_body", False):
                    whole.set()

        scope = {
            **{name: request.scope[name] for name in _AS_CAME if name in request.scope},
            "method": method,
            "path": unquote(path),
            "raw_path": path.encode("ascii"),
            "query_string": urlencode(asked, doseq=True).encode("ascii"),
            "headers": [
                *((name, said) for name, said in request.scope["headers"] if name not in _OF_THE_PAGE),
                (b"host", request.headers.get("host", "").encode("latin-1")),
                *([] if body is None else [(b"content-type", b"application/json")]),
            ],
            "state": state,
        }
        try:
            await self._app(scope, receive, send)
        except Exception:  # what was answered with a problem of ours is logged already, and raised for servers
            if answer.status < HTTPStatus.INTERNAL_SERVER_ERROR:
                raise  # it is not answered at all, or what came of its answer is not the whole
        if (found := state.get("principal")) is not None:
            request.state.who = found
        if not HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
            raise NotShown(answer.status, orjson.loads(answer.body))
        return answer


async def signed_end(ask: Asking, request: Request, path: str) -> str | None:
    """The checkpoint of a log, where this Docket signs one."""
    try:
        return await ask.text(request, path)
    except NotShown:
        return None


async def somebody(ask: Asking, request: Request) -> None:
    """Let a page that shows nothing of the record say who its reader is, if they are somebody."""
    try:
        await ask(request, "/v1/me")
    except NotShown:
        request.state.who = None
