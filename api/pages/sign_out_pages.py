"""Whoever signs out is forgotten here at once, and is told that their provider may know them still."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from urllib.parse import urlsplit

from anyio import to_thread
from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from api.identity import Unavailable
from api.identity.provider import NotSignedIn
from api.identity.sessions import COOKIE
from api.pages.asking import Asking, NotShown, somebody
from api.pages.sending import own
from api.pages.showing import Pages
from api.pages.sign_in_pages import SignIn
from api.problems import CODES, members
from api.tally import Tally


def router(ask: Asking, pages: Pages, clock: Callable[[], datetime], sign_in: SignIn, tally: Tally) -> APIRouter:
    """Routes by which somebody signs out."""
    routes = APIRouter(include_in_schema=False)
    provider, sessions = sign_in.provider, sign_in.sessions
    issuer = provider.client.issuer

    @routes.get("/sign-out")
    async def about_leaving(request: Request) -> Response:
        if sessions.is_sent(request):
            await somebody(ask, request)
        try:
            leads_to = await to_thread.run_sync(provider.leaving)
        except NotSignedIn:
            leads_to = None  # the page says that the provider may know its reader still
        return pages.show(request, "sign_out", now=clock(), provider=urlsplit(issuer).hostname, leads_to=leads_to)

    @routes.post("/sign-out")
    def leave(request: Request) -> Response:
        own(request)
        try:
            sessions.end(request)
        except Unavailable as error:
            tally.unavailable("identity-unavailable", error, why=str(error))
            code = "identity-unavailable"
            raise NotShown(CODES[code].status, members(code)) from error
        tally.sign_in("signed-out", None if request.client is None else request.client.host)
        answer = RedirectResponse("/sign-out", HTTPStatus.SEE_OTHER)
        sessions.keep(answer, COOKIE, "")
        return answer

    return routes
