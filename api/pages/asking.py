"""Pages ask the door like everybody else, so that none can show what the door would not tell its reader."""

from collections.abc import Mapping
from typing import Any, Final

import httpx2
import orjson
from fastapi import Request
from starlette.types import ASGIApp

_OF_THE_PAGE: Final = frozenset(
    {"accept", "accept-encoding", "connection", "content-length", "content-type", "expect", "host", "if-none-match"}
    | {"origin", "prefer", "range", "transfer-encoding"}
)
"""Headers that are about the page, and not about what it asks."""


class NotShown(Exception):
    """The door said no: its status, and the problem of RFC 9457 that it answered with."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        super().__init__(problem["code"])
        self.status, self.problem = status, problem


class Asking:
    """Asks routes of an application in its own process, as whoever sent a request and with what they are known by."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, request: Request, path: str, **query: object) -> Any:  # noqa: ANN401 - JSON
        """What a route of JSON answers. What is None is not asked. Raises NotShown."""
        return orjson.loads((await self.text(request, path, **query)).content)

    async def text(self, request: Request, path: str, **query: object) -> httpx2.Response:
        """What a route answers, whatever it is made of. Raises NotShown."""
        host, port = request.client or ("", 0)
        door = httpx2.ASGITransport(app=self._app, raise_app_exceptions=False, client=(host, port))
        headers = [(name, text) for name, text in request.headers.items() if name not in _OF_THE_PAGE]
        asked = {name: str(value) for name, value in query.items() if value is not None}
        async with httpx2.AsyncClient(transport=door, base_url=str(request.base_url)) as client:
            answer = await client.get(path, params=asked, headers=headers)
        if answer.status_code != httpx2.codes.OK:
            raise NotShown(answer.status_code, orjson.loads(answer.content))
        return answer
