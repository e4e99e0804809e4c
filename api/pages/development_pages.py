"""In development, somebody says on a page as whom they look; the cookie that keeps it is believed on loopback alone."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from api.identity.development import DEVELOPMENT_COOKIE
from api.pages.addresses import knows
from api.pages.sending import form, own
from api.pages.showing import Pages

_LONGEST: Final = 1000


def router(pages: Pages, clock: Callable[[], datetime], personas: Mapping[str, str]) -> APIRouter:
    """Routes by which somebody says, in development, whom they look as."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/sign-in", dependencies=[knows("return_to")])
    async def asked(request: Request) -> Response:
        return pages.show(request, "look_as", now=clock(), personas=personas)

    @routes.post("/sign-in")
    async def said(request: Request) -> Response:
        principal = (await form(request)).get("principal", "")
        answer = RedirectResponse("/", 303)
        answer.set_cookie(DEVELOPMENT_COOKIE, quote(principal[:_LONGEST]), httponly=True, samesite="strict")
        return answer

    @routes.post("/sign-out")
    async def out(request: Request) -> Response:
        own(request)
        answer = RedirectResponse("/sign-in", 303)
        answer.delete_cookie(DEVELOPMENT_COOKIE, httponly=True, samesite="strict")
        return answer

    return routes
