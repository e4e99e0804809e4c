"""The page on which somebody makes addresses for calendar programs, and takes them back."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from api.calendars import LONGEST, USUAL
from api.pages import sending
from api.pages.addresses import Id, knows, quoted
from api.pages.asking import Asking, NotShown
from api.pages.showing import Pages


def router(ask: Asking, pages: Pages, clock: Callable[[], datetime]) -> APIRouter:
    """Routes of addresses of calendars."""
    routes = APIRouter(include_in_schema=False)

    async def shown(request: Request, status: int = HTTPStatus.OK, **more: Any) -> Response:  # noqa: ANN401 - what the page shows
        own = (await ask(request, "/v1/calendars"))["items"]
        days = {"usual": USUAL.days, "longest": LONGEST.days}
        said = {"made": None, "problem": None, "label": "", **more}
        return pages.show(request, "calendars", now=clock(), status=status, own=own, days=days, **said)

    @routes.get("/calendars", dependencies=[knows()])
    async def every(request: Request) -> Response:
        return await shown(request)

    @routes.post("/calendars")
    async def make(request: Request) -> Response:
        said = await sending.form(request)
        days = said.get("days", "")
        asked: dict[str, object] = {"label": said["label"]} if said.get("label") else {}
        asked |= {"days": int(days) if days.isascii() and days.isdecimal() and len(days) < 10 else days} if days else {}
        try:
            made = await ask.change(request, "POST", "/v1/calendars", asked)
        except NotShown as no:
            return await shown(request, no.status, problem=no.problem, label=said.get("label", ""))
        answer = await shown(request, HTTPStatus.CREATED, made=made, address=f"{origin(request)}{made['path']}")
        answer.headers["Cache-Control"] = "no-store"
        return answer

    @routes.post("/calendars/{id}/end")
    async def end(request: Request, id: Id) -> Response:
        sending.own(request)
        await ask.change(request, "DELETE", f"/v1/calendars/{quoted(id)}")
        return RedirectResponse("/calendars", HTTPStatus.SEE_OTHER)

    return routes


def origin(request: Request) -> str:
    """Where the browser found this Docket, as it says itself: it has shown that it sends from there."""
    return request.headers.get("origin") or str(request.base_url).rstrip("/")
