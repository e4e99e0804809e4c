"""Whoever may read makes addresses for calendar programs, sees whether they are in use, and takes them back."""

from dataclasses import replace
from datetime import timedelta
from secrets import token_urlsafe
from typing import Annotated, Any, Final

from annotated_types import Ge, Le, MaxLen, MinLen
from fastapi import APIRouter, Depends, Request, Response
from pydantic import ConfigDict
from typing_extensions import TypedDict

from api.calendars import LONGEST, PATH, USUAL, Address, digest, path
from api.calendars.kept import Addresses, TooMany
from api.contract import PROBLEMS, gives
from api.identity import Authenticator, Unauthenticated, Unavailable
from api.ids import uuid7
from api.problems import Problem
from api.quotas import Quotas
from api.reading import ANSWERS, Reading
from api.reading.overseen import CURRENT
from api.reading.rendering import answer
from api.resources.calendar import ICALENDAR, PAST, gives_calendar, tagged, written
from api.subscriptions import Owner
from api.subscriptions.said import body_of, kept_nowhere, read, takes
from api.tally import Tally
from consumers.acts.intake import form
from domain.act import Principal
from projections.clocks import calendar
from projections.visible import ANYBODY

_SECRET_BYTES: Final = 32


class Asked(TypedDict, total=False):
    """What somebody wants an address for, and for how long."""

    __pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[misc]  # where pydantic looks for it

    label: Annotated[str, MinLen(1), MaxLen(100)]
    days: Annotated[int, Ge(1), Le(LONGEST.days)]


_ASKED: Final = form(Asked)


def router(
    reading: Reading, kept: Addresses, known: Authenticator, *, quotas: Quotas | None, tally: Tally
) -> APIRouter:
    """Routes for addresses, and what is read at one."""
    routes = APIRouter(tags=["calendars"], responses={status: PROBLEMS[status] for status in (401, 403, 404, 503)})
    By = Annotated[Principal, Depends(reading.caller)]  # noqa: N806 - a type
    Said = Annotated[bytes, Depends(body_of(reading.caller))]  # noqa: N806 - the same

    @routes.post(
        "/v1/calendars",
        operation_id="makeCalendar",
        summary="Make an address at which a calendar program reads the unmarked ones of your clocks",
        description="Whoever has it reads as you, of what is marked UNCLASSIFIED: `path` is told here and never again.",
        responses={
            201: gives("CalendarWithPath", "Made")[200],
            **{status: PROBLEMS[status] for status in (400, 409, 413, 415, 422)},
        },
        openapi_extra=takes("CalendarAsked"),
        status_code=201,
    )
    def make(by: By, body: Said) -> Response:
        reading.sight_of(by)
        asked = read(_ASKED, body)
        if not by.known_by:
            raise Problem("owner-not-lasting")
        now, secret = reading.clock(), token_urlsafe(_SECRET_BYTES)
        made = Address(
            id=uuid7(),
            owner=Owner.of(by),
            known_by=by.known_by,
            label=asked.get("label", "Calendar"),
            created_at=now,
            expires_at=now + (timedelta(days=asked["days"]) if "days" in asked else USUAL),
        )
        try:
            kept.add(made, digest(secret), now)
        except TooMany:
            raise Problem("calendars-too-many") from None
        return kept_nowhere({**told(made), "path": path(secret)}, 201)

    @routes.get(
        "/v1/calendars", operation_id="listCalendars", summary="Your addresses", responses=gives("CalendarList")
    )
    def every(request: Request, by: By) -> Response:
        return answer(request, {"items": [told(each) for each in kept.of(Owner.of(by), reading.clock())]})

    @routes.delete(
        "/v1/calendars/{id}",
        operation_id="endCalendar",
        summary="Take an address back: whoever has it reads nothing more",
        responses={204: {"description": "It is no address any more"}},
        status_code=204,
        response_class=Response,
    )
    def end(id: str, by: By) -> Response:
        if not kept.delete(id, Owner.of(by)):
            raise Problem("not-found")
        return Response(None, 204)

    def reader(request: Request, secret: str) -> Principal:
        """A dependency: whose the address is, as they are known now, but cleared for nothing that is marked.

        It says the same of whatever is no address.
        """
        now = reading.clock()
        address = kept.at(digest(secret), now)
        if (being_read := CURRENT.get()) is not None:
            # what oversight reads is recorded for good, and this secret may not be
            being_read.asked = f"GET {PATH}/{'no address' if address is None else address.id}"
        if address is None:
            tally.unauthenticated("no address of a calendar", None if request.client is None else request.client.host)
            raise Problem("not-found")
        try:
            by = owner_of(address, known)
        except Unavailable as error:
            tally.unavailable("identity-unavailable", error, why=str(error))
            raise Problem("identity-unavailable") from error
        if by is None:
            kept.delete(address.id, address.owner)
            tally.unauthenticated("the owner of a calendar is gone", None)
            raise Problem("not-found")
        by = replace(by, clearance=ANYBODY.clearance)
        request.state.actor, request.state.principal = str(by.actor), by
        if quotas is not None:
            quotas.enter(str(by.actor), request)
        kept.used(address, now)
        return by

    @routes.get(
        f"{PATH}/{{secret}}.ics",
        operation_id="readCalendar",
        responses={**gives_calendar(), 304: ANSWERS[304], 429: PROBLEMS[429]},
        response_class=Response,
        summary="The clocks of whoever made the address (RFC 5545); the address says who asks",
        openapi_extra={"security": [{}]},
    )
    def calendar_at(request: Request, by: Annotated[Principal, Depends(reader)]) -> Response:
        now = reading.clock()
        return tagged(request, written(calendar(reading.reads, reading.sight_of(by), now, since=now - PAST)), ICALENDAR)

    return routes


def owner_of(address: Address, known: Authenticator) -> Principal | None:
    """Who the owner of an address is now; None where nothing leads to them any more. Raises Unavailable."""
    try:
        by = known.again(address.known_by)
    except Unauthenticated:
        return None
    return by if Owner.of(by) == address.owner else None


def told(of: Address) -> dict[str, Any]:
    """An address as its owner is told of it."""
    return {
        "id": of.id,
        "label": of.label,
        "created_at": of.created_at,
        "expires_at": of.expires_at,
        "used_at": of.used_at,
    }
