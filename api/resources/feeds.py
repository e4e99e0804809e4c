"""Whoever wants to know what is published follows a feed: nobody is asked who they are, and all get the same bytes."""

from datetime import datetime, timedelta
from typing import Any, Final
from xml.etree.ElementTree import Element, SubElement, tostring

from fastapi import APIRouter, Request, Response

from api.contract import PROBLEMS
from api.reading import Reading
from api.resources.calendar import tagged
from domain import wire
from domain.values import instant
from projections.published import News, news

ATOM: Final = "application/atom+xml"
JSON_FEED: Final = "application/feed+json"
TITLE: Final = "Docket: what is published"
_CACHED: Final = "public, max-age=60"
_A_SECOND: Final = timedelta(seconds=1)
_SPACE: Final = "http://www.w3.org/2005/Atom"


def router(reading: Reading) -> APIRouter:
    """Two routes."""
    routes = APIRouter(tags=["feeds"])

    def found() -> list[News]:
        return news(reading.reads, reading.ledger.recorder)

    def answered(request: Request, body: bytes, of: list[News], media_type: str) -> Response:
        changed_at = of[0].at if of else _began(reading)
        # a second has no parts in HTTP: while it lasts, more may come that would seem to have been there
        settled = changed_at if reading.clock() - changed_at > _A_SECOND else None
        return tagged(request, body, media_type, cached=_CACHED, changed_at=settled)

    @routes.get(
        "/feed.atom",
        operation_id="getAtomFeed",
        summary="Criteria, policies, instruments and frameworks as they are published, as Atom (RFC 4287)",
        responses=_gives(ATOM),
        response_class=Response,
    )
    def atom(request: Request) -> Response:
        of = found()
        return answered(request, as_atom(reading.ledger.opened.ledger, _began(reading), of), of, ATOM)

    @routes.get(
        "/feed.json",
        operation_id="getJsonFeed",
        summary="The same as a JSON Feed (1.1)",
        responses=_gives(JSON_FEED),
        response_class=Response,
    )
    def json(request: Request) -> Response:
        of = found()
        return answered(request, as_json(of), of, JSON_FEED)

    return routes


def as_atom(ledger: str, began: datetime, found: list[News]) -> bytes:
    """The feed of a ledger; `began` is when it was opened, which is when the feed of an empty one is from."""
    feed = Element("feed", {"xmlns": _SPACE})
    _say(feed, "id", f"urn:uuid:{ledger}")
    _say(feed, "title", TITLE)
    _say(feed, "updated", wire_time(found[0].at if found else began))
    SubElement(feed, "link", {"rel": "self", "type": ATOM, "href": "/feed.atom"})
    for each in found:
        entry = SubElement(feed, "entry")
        _say(entry, "id", f"urn:uuid:{each.id}")
        _say(entry, "title", each.title)
        _say(entry, "published", wire_time(each.at))
        _say(entry, "updated", wire_time(each.at))
        _say(SubElement(entry, "author"), "name", each.by)
        SubElement(entry, "category", {"term": each.type})
        _say(entry, "content", each.text).set("type", "text")
    text: bytes = tostring(feed, encoding="utf-8", xml_declaration=True)
    return text


def as_json(found: list[News]) -> bytes:
    """The same, as a JSON Feed."""
    items = [
        {
            "id": f"urn:uuid:{each.id}",
            "title": each.title,
            "content_text": each.text,
            "date_published": wire_time(each.at),
            "authors": [{"name": each.by}],
            "tags": [each.type],
        }
        for each in found
    ]
    return wire.canonical({"version": "https://jsonfeed.org/version/1.1", "title": TITLE, "items": items})


def wire_time(at: datetime) -> str:
    """An instant as RFC 3339 has it."""
    return instant(at).isoformat().replace("+00:00", "Z")


def _began(reading: Reading) -> datetime:
    return wire.load(reading.ledger.recorder.documents([1])[1]).recorded_at


def _say(of: Element, name: str, text: str) -> Element:
    made = SubElement(of, name)
    made.text = text
    return made


def _gives(media_type: str) -> dict[int | str, dict[str, Any]]:
    given: dict[int | str, dict[str, Any]] = {200: {"description": "A feed", "content": {media_type: {"schema": {}}}}}
    return {**given, 304: {"description": "It is as you have it"}, 503: PROBLEMS[503]}
