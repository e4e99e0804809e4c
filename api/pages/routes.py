"""The pages are put before the door here, and what it turns down becomes a page too."""

from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Final

from fastapi import FastAPI, Request, Response
from starlette.staticfiles import StaticFiles

from api.docs import VENDORED
from api.pages import (
    act_pages,
    audit_pages,
    check_pages,
    development_pages,
    list_pages,
    operation_pages,
    record_pages,
    report_pages,
    thing_pages,
)
from api.pages.asking import Asking, NotShown
from api.pages.showing import Pages

STATIC: Final = VENDORED.parent.parent


def files() -> StaticFiles:
    """The pages' files, and what is vendored."""
    return StaticFiles(directory=STATIC)


def add_pages(
    app: FastAPI, *, clock: Callable[[], datetime], notice: str | None, personas: Mapping[str, str] | None
) -> None:
    """Put the pages before a door. `personas` are whom one may look as in development; None: nobody says so here."""
    pages = Pages(notice=notice, signs_in=personas is not None)
    ask = Asking(app)
    app.include_router(record_pages.router(ask, pages, clock))
    app.include_router(audit_pages.router(ask, pages, clock))
    app.include_router(list_pages.router(ask, pages, clock))
    app.include_router(thing_pages.router(ask, pages, clock))
    app.include_router(report_pages.router(ask, pages, clock))
    app.include_router(operation_pages.router(ask, pages, clock))
    app.include_router(check_pages.router(ask, pages, clock))
    app.include_router(act_pages.router(ask, pages, clock))
    if personas is not None:
        app.include_router(development_pages.router(pages, clock, personas))

    async def not_shown(request: Request, error: Exception) -> Response:
        assert isinstance(error, NotShown)  # noqa: S101 - registered for it
        answer = pages.show(request, "problem", now=clock(), status=error.status, problem=error.problem)
        if error.status == HTTPStatus.SERVICE_UNAVAILABLE:
            answer.headers["Retry-After"] = "1"
        return answer

    app.add_exception_handler(NotShown, not_shown)
