"""A page is marked as the join of all that it shows of the record, and every sheet of it that is printed says so."""

from collections.abc import Iterator
from typing import Any, Final

from fastapi import APIRouter, Response

from api.problems import Problem
from domain.markings import UnknownMarking, compilation, parse

_SHEET: Final = "@page {{ @top-center {{ content: '{0}' }} @bottom-center {{ content: '{0}' }} }}\n"


def marking_of(shown: Any) -> str | None:  # noqa: ANN401 - what templates show
    """The join of the markings in what a page shows; None where nothing of it is marked."""
    found = set(_markings(shown))
    return str(compilation(map(parse, found))) if found else None


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
