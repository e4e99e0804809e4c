"""Whoever signs out, here or at their provider, is forgotten here at once."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Final
from urllib.parse import parse_qs, urlsplit

from anyio import to_thread
from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from api.acts.bodies import media_type, whole
from api.identity import Unauthenticated, Unavailable
from api.identity.provider import NotSignedIn
from api.identity.sessions import COOKIE
from api.pages.asking import Asking, NotShown, somebody
from api.pages.sending import own
from api.pages.showing import Pages
from api.pages.sign_in_pages import SignIn
from api.problems import CODES, Problem, members
from api.tally import Tally

BACK_CHANNEL: Final = "/sign-out/back-channel"
"""Where a provider says that it signed somebody out (OpenID Connect Back-Channel Logout 1.0)."""
LONGEST_BODY: Final = 16 * 1024
"""Bytes of what it says."""
_MOST_FIELDS: Final = 20


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

    async def token_in(request: Request) -> str:
        """The logout token that a provider sends: no browser takes part, and nobody is signed in."""
        media_type(request, "application/x-www-form-urlencoded")
        body = await whole(request, LONGEST_BODY)
        try:
            fields = parse_qs(body.decode("ascii"), strict_parsing=True, max_num_fields=_MOST_FIELDS)
            (token,) = fields["logout_token"]
        except (ValueError, KeyError):
            raise Problem("logout-not-believed") from None
        return token

    @routes.post(BACK_CHANNEL)
    def left_elsewhere(request: Request, token: Annotated[str, Depends(token_in)]) -> Response:
        host = None if request.client is None else request.client.host
        try:
            ended = sessions.end_elsewhere(issuer, provider.ended(token))
        except Unauthenticated as error:
            tally.sign_in("logout-not-believed", host, why=str(error))
            raise Problem("logout-not-believed") from error
        except Unavailable as error:
            tally.unavailable("identity-unavailable", error, why=str(error))
            raise Problem("identity-unavailable") from error
        tally.sign_in("signed-out-by-provider", host, why=f"{ended} sessions")
        return Response(None, HTTPStatus.OK)

    return routes
