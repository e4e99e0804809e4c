"""The pages are put before the door here, and what it turns down becomes a page too."""

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Final, cast

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

from api.clock import Clock
from api.contract.docs import VENDORED
from api.identity.sessions import COOKIE
from api.pages import (
    act_pages,
    audit_pages,
    calendar_pages,
    check_pages,
    development_pages,
    list_pages,
    marked,
    operation_pages,
    oversight_pages,
    record_pages,
    report_pages,
    sign_in_pages,
    sign_out_pages,
    thing_pages,
)
from api.pages.asking import Asking, NotShown
from api.pages.showing import Pages
from api.pages.sign_in_pages import SignIn
from api.reading.parameters import OF_PROGRAMS
from api.tally import Tally

STATIC: Final = VENDORED.parent.parent


def files() -> StaticFiles:
    """The pages' files, and what is vendored."""
    return StaticFiles(directory=STATIC)


def add_pages(
    app: FastAPI,
    *,
    clock: Clock,
    challenge: str,
    notice: str | None,
    personas: Mapping[str, str] | None,
    sign_in: SignIn | None,
    tally: Tally,
) -> None:
    """Put the pages before a door. `challenge` is what whoever is not known is told (RFC 9110 §11.6.1).

    `personas` are whom one may look as in development; None: nobody says so here.
    """
    pages = Pages(
        notice=notice,
        stands_still=clock.simulated,
        signs_in="Look as somebody" if personas is not None else None if sign_in is None else "Sign in",
        session=None if sign_in is None else sign_in.sessions.named(COOKIE),
    )
    ask = Asking(app)
    app.include_router(marked.router())
    app.include_router(record_pages.router(ask, pages, clock))
    app.include_router(audit_pages.router(ask, pages, clock))
    app.include_router(list_pages.router(ask, pages, clock))
    app.include_router(oversight_pages.router(ask, pages, clock))
    app.include_router(thing_pages.router(ask, pages, clock))
    app.include_router(report_pages.router(ask, pages, clock))
    app.include_router(operation_pages.router(ask, pages, clock))
    app.include_router(check_pages.router(ask, pages, clock))
    app.include_router(act_pages.router(ask, pages, clock))
    app.include_router(calendar_pages.router(ask, pages, clock))
    if personas is not None:
        app.include_router(development_pages.router(pages, clock, personas))
    elif sign_in is not None:
        app.include_router(sign_in_pages.router(ask, pages, clock, sign_in, tally))
        app.include_router(sign_out_pages.router(ask, pages, clock, sign_in, tally))

    async def not_shown(request: Request, error: Exception) -> Response:
        assert isinstance(error, NotShown)  # noqa: S101 - registered for it
        unknown = error.status == HTTPStatus.UNAUTHORIZED
        page = "welcome" if unknown else "problem"
        answer = pages.show(request, page, now=clock(), status=error.status, problem=error.problem)
        if unknown:
            answer.headers["WWW-Authenticate"] = challenge
        if error.status == HTTPStatus.SERVICE_UNAVAILABLE:
            answer.headers["Retry-After"] = "1"
        return answer

    app.add_exception_handler(NotShown, not_shown)
    for kind in (HTTPException, RequestValidationError):
        app.add_exception_handler(kind, _for_people(cast("_Handler", app.exception_handlers[kind]), not_shown))


_Handler = Callable[[Request, Exception], Awaitable[Response]]


def _for_people(otherwise: _Handler, shown: _Handler) -> _Handler:
    """What nobody can be shown is a page for whoever asks for pages, and a problem of RFC 9457 for everybody else.

    Where programs ask, it always is a problem: what they are told does not depend on what they say they read.
    """

    async def handled(request: Request, error: Exception) -> Response:
        said = answer = await otherwise(request, error)
        if request.url.path.startswith(OF_PROGRAMS):
            return said
        if "text/html" in request.headers.get("accept", ""):
            answer = await shown(request, NotShown(said.status_code, orjson.loads(said.body)))
            if "allow" in said.headers:
                answer.headers["Allow"] = said.headers["allow"]
        answer.headers["Vary"] = "Accept"
        return answer

    return handled
