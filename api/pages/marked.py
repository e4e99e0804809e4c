"""A page is marked as the join of all that it shows of the record, and every sheet of it that is printed says so."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from fastapi import APIRouter, Response

from api.problems import Problem
from api.reading.overseen import CURRENT
from domain.markings import UnknownMarking, compilation, parse
from projections.given import PLAIN

_SHEET: Final = "@page {{ @top-center {{ content: '{0}' }} @bottom-center {{ content: '{0}' }} }}\n"


def marking_of(shown: Any, made_from: Iterable[str] = ()) -> str | None:  # noqa: ANN401 - what templates show
    """The join of the markings in what a page shows and of what that was made from; None where nothing is marked."""
    found = {*_markings(shown), *made_from}
    return str(compilation(map(parse, found))) if found else None


def made_from() -> frozenset[str]:
    """The markings of what the answers were made from that the page which is being made was given."""
    reading = CURRENT.get()
    return frozenset() if reading is None else reading.given.markings


def router() -> APIRouter:
    """The route of what is printed on each sheet; the marking is in its address, so that a cache may keep it."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/print.css")
    async def sheet(marking: str = "") -> Response:
        try:
            said = str(parse(marking))
        except UnknownMarking:
            raise Problem("not-found") from None
        return Response(_SHEET.format(said), 200, {"Cache-Control": "public, max-age=86400"}, "text/css")

    return routes


def _markings(shown: Any) -> Iterator[str]:  # noqa: ANN401 - JSON
    """What is said to be marked, and what is protected only where its reader is shown it."""
    match shown:
        case dict():
            if isinstance(said := shown.get("marking"), str):
                yield said
            elif "items" in shown and "position" in shown:
                yield PLAIN  # a list, even of nothing, is of the record
            if shown.get("protected") and "protected_marking" in shown:
                yield shown["protected_marking"]
            if isinstance(event := shown.get("event"), dict) and not shown.get("withheld", True):
                yield event["protectedmarking"]
            for name, each in shown.items():
                if name not in {"problem", "said"}:
                    yield from _markings(each)
        case list() | tuple():
            for each in shown:
                yield from _markings(each)
        case _:
            pass
