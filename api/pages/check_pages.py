"""The page on which anybody walks through the criteria: nobody is asked who they are, and nothing is kept."""

from collections.abc import Callable
from datetime import datetime

from fastapi import APIRouter, Request, Response

from api.pages import sending
from api.pages.addresses import knows, quoted
from api.pages.asking import Asking
from api.pages.showing import Pages

_MOST = 100


def router(ask: Asking, pages: Pages, clock: Callable[[], datetime]) -> APIRouter:
    """Routes of the self-check."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/self-check", dependencies=[knows()])
    async def asked(request: Request) -> Response:
        criteria = (await ask(request, "/v1/criteria", limit=_MOST))["items"]
        return pages.show(request, "self_check", now=clock(), criteria=criteria, answered={}, found=None, code=None)

    @routes.post("/self-check")
    async def answered(request: Request) -> Response:
        said = await sending.form(request)
        code = said.pop("code", "")
        answers = {name: text for name, text in said.items() if text}
        criteria = (await ask(request, "/v1/criteria", limit=_MOST))["items"]
        found = await ask.walk(request, f"/v1/criteria/{quoted(code)}/self-check", {"answers": answers})
        shown = pages.show(request, "self_check", now=clock(), criteria=criteria, answered=said, found=found, code=code)
        shown.headers["Cache-Control"] = "no-store"
        return shown

    return routes
