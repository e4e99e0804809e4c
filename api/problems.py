"""Every "no" over HTTP is a problem of RFC 9457 with a code that never changes, and says nothing of what came in."""

import sqlite3
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

import psycopg
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from api.tally import Tally
from consumers.acts import outcome
from consumers.acts.outcome import Said, turned_away
from domain import wire
from domain.errors import TurnedAway
from domain.ledger import StoreError
from domain.ledger.ledger import Busy, NotOpen
from domain.ledger.recorder import OutcomeUnknown
from projections.stores.tables import NotBuilt

MEDIA_TYPE: Final = "application/problem+json"
RETRY_AFTER_S: Final = 1

_HTTP: Final[Mapping[str, Said]] = {
    "parameter-wrong": Said(HTTPStatus.BAD_REQUEST, "A parameter or header does not have its form."),
    "unauthenticated": Said(HTTPStatus.UNAUTHORIZED, "Who is asking is not known."),
    "route-unknown": Said(HTTPStatus.NOT_FOUND, "There is nothing at this path."),
    "method-unknown": Said(HTTPStatus.METHOD_NOT_ALLOWED, "This path does not know the method."),
    "body-too-large": Said(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The body is longer than one may be."),
    "media-type-unknown": Said(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "This media type is not taken in here."),
    "encoding-unknown": Said(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Bodies are taken in without content encoding."),
    "position-ahead": Said(HTTPStatus.CONFLICT, "The record does not reach this position yet."),
    "request-refused": Said(HTTPStatus.BAD_REQUEST, "The request is not one that Docket answers."),
    "busy": Said(HTTPStatus.SERVICE_UNAVAILABLE, "Others were first too often; nothing was recorded."),
    "outcome-unknown": Said(
        HTTPStatus.SERVICE_UNAVAILABLE, "Whether the act was recorded is not known; send it again with the same id."
    ),
    "store-unavailable": Said(HTTPStatus.SERVICE_UNAVAILABLE, "The record cannot answer now."),
    "not-open": Said(HTTPStatus.SERVICE_UNAVAILABLE, "The ledger is not open yet."),
    "identity-unavailable": Said(HTTPStatus.SERVICE_UNAVAILABLE, "Who is asking cannot be found out now."),
    "sign-in-not-begun": Said(HTTPStatus.BAD_REQUEST, "This sign-in was not begun in this browser, or too long ago."),
    "sign-in-refused": Said(HTTPStatus.FORBIDDEN, "The provider did not sign you in."),
    "sign-in-not-believed": Said(HTTPStatus.FORBIDDEN, "What the provider answered is not believed here."),
    "sign-in-unknown": Said(HTTPStatus.FORBIDDEN, "The provider knows you, but the roster of this Docket does not."),
    "logout-not-believed": Said(HTTPStatus.BAD_REQUEST, "This logout token is not one that is believed here."),
    "provider-away": Said(HTTPStatus.SERVICE_UNAVAILABLE, "The provider does not answer now, or not as it should."),
    "quota-spent": Said(HTTPStatus.TOO_MANY_REQUESTS, "You ask more often than one actor may; `RateLimit` says when."),
    "too-many-at-once": Said(HTTPStatus.TOO_MANY_REQUESTS, "More of your requests are being answered than may be."),
    "receiver-not-listed": Said(HTTPStatus.UNPROCESSABLE_ENTITY, "Docket sends nothing to that receiver."),
    "subscriptions-too-many": Said(HTTPStatus.CONFLICT, "You have as many as one office or participant may have."),
    "calendars-too-many": Said(HTTPStatus.CONFLICT, "You have as many addresses of calendars as one may have."),
    "owner-not-lasting": Said(HTTPStatus.FORBIDDEN, "Nothing would lead to you again once this request is answered."),
    "secret-unreadable": Said(HTTPStatus.CONFLICT, "The key that seals the secret is missing; rotate the secret."),
    "view-behind": Said(HTTPStatus.SERVICE_UNAVAILABLE, "The view has not reached that position in time."),
    "read-not-recorded": Said(
        HTTPStatus.SERVICE_UNAVAILABLE, "What oversight reads is recorded, which cannot be done now: nothing is read."
    ),
    "view-unbuilt": Said(HTTPStatus.SERVICE_UNAVAILABLE, "The view is being built."),
}

CODES: Final[Mapping[str, Said]] = {**outcome.CODES, **_HTTP}
"""Every code that Docket answers with."""


class Problem(Exception):
    """Ends a request with a problem."""

    def __init__(
        self, code: str, detail: str | None = None, *, headers: Mapping[str, str] | None = None, **members: object
    ) -> None:
        super().__init__(code)
        self.code, self.detail, self.headers, self.members = code, detail, headers, members


def members(code: str, detail: str | None = None, **more: object) -> dict[str, Any]:
    """The problem as JSON has it; `more` are members of its own, those that are None left out."""
    return outcome.members(code, CODES[code], detail, **more)


def problem(
    code: str, detail: str | None = None, *, headers: Mapping[str, str] | None = None, **more: object
) -> Response:
    """The response that a code stands for."""
    sent = dict(headers or {})
    status = CODES[code].status
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        sent.setdefault("Retry-After", str(RETRY_AFTER_S))
    return Response(wire.canonical(members(code, detail, **more)), status, sent, MEDIA_TYPE)


def too_large(most: int) -> Problem:
    """The problem of a body that is too long."""
    return Problem("body-too-large", f"A body here has at most {most} bytes.", headers={"Connection": "close"})


def unavailable(error: Exception) -> str | None:
    """The code for an error after which the same may succeed; None for any other."""
    match error:
        case Busy():
            return "busy"
        case OutcomeUnknown():
            return "outcome-unknown"
        case NotOpen():
            return "not-open"
        case NotBuilt():
            return "view-unbuilt"
        case StoreError() | sqlite3.OperationalError() | psycopg.OperationalError():
            return "store-unavailable"
        case _:
            return None


def answer_with_problems(app: FastAPI, tally: Tally) -> None:
    """Answer whatever goes wrong in `app` with a problem."""

    async def on_problem(_: Request, error: Exception) -> Response:
        assert isinstance(error, Problem)  # noqa: S101 - registered for it
        return problem(error.code, error.detail, headers=error.headers, **error.members)

    async def on_turned_away(request: Request, error: Exception) -> Response:
        assert isinstance(error, TurnedAway)  # noqa: S101 - registered for it
        tally.turned_away(error.code, getattr(request.state, "actor", None))
        return problem(**turned_away(error))

    async def on_unavailable(_: Request, error: Exception) -> Response:
        code = unavailable(error) or "internal"
        tally.unavailable(code, error)
        return problem(code)

    async def on_parameters(_: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for it
        wrong = sorted({str(each["loc"][-1]) for each in error.errors()})
        return problem("parameter-wrong", errors=[{"parameter": name, "detail": NOT_ITS_FORM} for name in wrong])

    async def on_http(_: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 - registered for it
        headers = dict(error.headers or {})
        if headers.get("Allow") == "GET":
            headers["Allow"] = "GET, HEAD"
        return problem(_ROUTING.get(error.status_code, "request-refused"), headers=headers)

    async def on_bug(_: Request, error: Exception) -> Response:
        tally.failed(error)
        return problem("internal")

    app.add_exception_handler(Problem, on_problem)
    app.add_exception_handler(TurnedAway, on_turned_away)
    for kind in (Busy, NotOpen, NotBuilt, StoreError, sqlite3.OperationalError, psycopg.OperationalError):
        app.add_exception_handler(kind, on_unavailable)
    app.add_exception_handler(RequestValidationError, on_parameters)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(Exception, on_bug)


NOT_ITS_FORM: Final = "This does not have its form."
_ROUTING: Final = {404: "route-unknown", 405: "method-unknown", 413: "body-too-large"}
