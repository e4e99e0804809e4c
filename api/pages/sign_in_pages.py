"""People sign in with the provider that this Docket trusts, and come back as whom the roster knows them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from api.identity import Unauthenticated, Unavailable
from api.identity.client import BACK
from api.identity.provider import Asked, NotSignedIn, Provider
from api.identity.roster import Roster
from api.identity.sessions import COOKIE, Sessions
from api.pages.addresses import knows
from api.pages.asking import Asking, somebody
from api.pages.showing import Pages
from api.problems import members
from api.tally import Tally

ASKED: Final = "docket-signing-in"
"""A cookie: what a sign-in was begun with."""
PATIENCE_S: Final = 600
"""Seconds that somebody may take at the provider."""
_LONGEST: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """What signing in takes."""

    provider: Provider
    sessions: Sessions
    roster: Roster

    def wrong(self) -> str | None:
        """Why nobody can sign in, for whoever watches over readiness; None where somebody can. It asks nobody."""
        issuer = self.provider.client.issuer
        try:
            known = any(each.issuer == issuer for each in self.roster.listed().issuers)
        except Unavailable as error:
            return str(error)
        return None if known else f"the roster says nothing of the issuer {issuer}"


def router(ask: Asking, pages: Pages, clock: Callable[[], datetime], sign_in: SignIn, tally: Tally) -> APIRouter:
    """Routes by which somebody signs in."""
    routes = APIRouter(include_in_schema=False)
    provider, sessions, roster = sign_in.provider, sign_in.sessions, sign_in.roster
    issuer = provider.client.issuer

    def show(request: Request, return_to: str, problem: Mapping[str, Any] | None = None) -> Response:
        return pages.show(
            request,
            "sign_in",
            now=clock(),
            status=HTTPStatus.OK if problem is None else problem["status"],
            provider=urlsplit(issuer).hostname,
            idle_minutes=max(1, sessions.idle_s // 60),
            longest_hours=max(1, sessions.longest_s // 3600),
            return_to=return_to,
            problem=problem,
        )

    def ended(request: Request, return_to: str, code: str, why: str) -> Response:
        """A sign-in that came to nothing."""
        tally.sign_in(code, _host(request), why=why)
        return show(request, return_to, members(code))

    @routes.get("/sign-in", dependencies=[knows("return_to")])
    async def about(request: Request) -> Response:
        if sessions.is_sent(request):
            await somebody(ask, request)
        return show(request, local(request.query_params.get("return_to", "/")))

    @routes.get("/sign-in/go", dependencies=[knows("return_to")])
    def go(request: Request) -> Response:
        return_to = local(request.query_params.get("return_to", "/"))
        try:
            address, asked = provider.begin(return_to)
        except NotSignedIn as no:
            return ended(request, return_to, no.code, str(no))
        answer = RedirectResponse(address, HTTPStatus.SEE_OTHER)
        sessions.keep(answer, ASKED, asked.written(), max_age_s=PATIENCE_S)
        return answer

    @routes.get(BACK)
    def back(request: Request) -> Response:
        asked = Asked.read(request.cookies.get(sessions.named(ASKED), ""))
        return_to = local(asked.return_to) if asked is not None else "/"
        try:
            who = provider.answered(asked, request.query_params.multi_items())
            actor = roster.subject(issuer, who.subject).actor
            sessions.end(request)
            secret = sessions.begin(issuer, who.subject, who.session)
        except NotSignedIn as no:
            answer = ended(request, return_to, no.code, str(no))
        except Unauthenticated as error:
            answer = ended(request, return_to, "sign-in-unknown", str(error))
        except Unavailable as error:
            answer = ended(request, return_to, "identity-unavailable", str(error))
        else:
            tally.sign_in("signed-in", _host(request), actor=str(actor))
            answer = RedirectResponse(return_to, HTTPStatus.SEE_OTHER)
            sessions.keep(answer, COOKIE, secret)
        sessions.keep(answer, ASKED, "")
        return answer

    return routes


def local(path: str) -> str:
    """A path of this Docket's own; `/` for whatever leads elsewhere, or is none."""
    if len(path) > _LONGEST or not re.fullmatch(r"/(?![/\\])[!-\[\]-~]*", path) or re.match("/sign-(in|out)", path):
        return "/"
    return path


def _host(request: Request) -> str | None:
    return None if request.client is None else request.client.host
