"""Pages ask the door like everybody else, so that none can show what the door would not tell its reader."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

import httpx2
import orjson
from fastapi import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from api.identity import OF_A_FORM
from api.reading.overseen import CURRENT

_OF_THE_PAGE: Final = frozenset(
    {"accept", "accept-encoding", "connection", "content-length", "content-type", "expect", "host", "if-none-match"}
    | {"origin", "prefer", "range", "transfer-encoding"}
)
"""Headers that are about the page, and not about what it asks."""


_JSON: Final = {"Content-Type": "application/json"}


class NotShown(Exception):
    """The door said no: its status, and what it answered with, which mostly is a problem of RFC 9457."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        super().__init__(problem.get("code", ""))
        self.status, self.problem = status, problem


class Asking:
    """Asks routes of an application in its own process, as whoever sent a request and with what they are known by.

    Whom the door knows them as is in `request.state.who` then.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, request: Request, path: str, **query: object) -> Any:  # noqa: ANN401 - JSON
        """What a route of JSON answers. What is None is not asked. Raises NotShown."""
        return orjson.loads((await self.text(request, path, **query)).content)

    async def text(self, request: Request, path: str, **query: object) -> httpx2.Response:
        """What a route answers, whatever it is made of. Raises NotShown."""
        asked = {
            name: value if isinstance(value, list) else str(value) for name, value in query.items() if value is not None
        }
        async with self._client(request) as client:
            return _answered(await client.get(path, params=asked))

    async def act(self, request: Request, command: str, body: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON
        """The receipt of an act that a form of ours has sent, as `sending.form` has made sure. Raises NotShown."""
        return await self.change(request, "POST", f"/v1/actions/{quote(command, safe='')}", body)

    async def change(self, request: Request, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:  # noqa: ANN401 - JSON
        """What a route answers that changes something for a form that was sent, likewise. Raises NotShown."""
        async with self._client(request, of_a_form=True) as client:
            content = None if body is None else orjson.dumps(body)
            answer = _answered(await client.request(method, path, content=content, headers=_JSON))
            return orjson.loads(answer.content) if answer.content else None

    async def walk(self, request: Request, path: str, body: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON
        """What a route answers that keeps nothing of what it is sent. Raises NotShown."""
        async with self._client(request) as client:
            return orjson.loads(_answered(await client.post(path, content=orjson.dumps(body), headers=_JSON)).content)

    def _client(self, request: Request, *, of_a_form: bool = False) -> httpx2.AsyncClient:
        if (reading := CURRENT.get()) is not None:
            reading.on_page = True

        async def asked(scope: Scope, receive: Receive, send: Send) -> None:
            state: dict[str, Any] = {OF_A_FORM: of_a_form}
            scope["state"] = state
            await self._app(scope, receive, send)
            if (found := state.get("principal")) is not None:
                request.state.who = found

        host, port = request.client or ("", 0)
        door = httpx2.ASGITransport(app=asked, raise_app_exceptions=False, client=(host, port))
        headers = [(name, text) for name, text in request.headers.items() if name not in _OF_THE_PAGE]
        return httpx2.AsyncClient(transport=door, base_url=str(request.base_url), headers=headers)


async def somebody(ask: Asking, request: Request) -> None:
    """Let a page that shows nothing of the record say who its reader is, if they are somebody."""
    try:
        await ask(request, "/v1/me")
    except NotShown:
        request.state.who = None


def _answered(answer: httpx2.Response) -> httpx2.Response:
    if not answer.is_success:
        raise NotShown(answer.status_code, orjson.loads(answer.content))
    return answer
