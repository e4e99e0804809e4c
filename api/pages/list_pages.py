"""Pages of lists: what the door gives, sorted by any column, and the whole of it as a file."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from api.pages.addresses import FORMATS, filters, moment, one_of
from api.pages.asking import Asking
from api.pages.files import file
from api.pages.lists import LISTS
from api.pages.lists.clearinghouse import CLEARINGHOUSE
from api.pages.lists.duties import TASKINGS
from api.pages.lists.listing import Listing
from api.pages.names import names
from api.pages.showing import Pages
from api.pages.tables import heads, ordered, orders

SHOWN: Final = 100
"""Items of a page."""
_OF_EVERY_PAGE: Final = ("sort", "format")
"""What an address says that the door is not asked; all else the door knows, or says that it does not."""


def router(ask: Asking, pages: Pages, clock: Callable[[], datetime]) -> APIRouter:
    """Routes of lists."""
    routes = APIRouter(include_in_schema=False)

    def show(request: Request, name: str, **said: Any) -> Response:  # noqa: ANN401 - what a template shows
        return pages.show(request, name, now=clock(), **said)

    def add(listing: Listing) -> None:
        apart = [*_OF_EVERY_PAGE, *(["on"] if listing.was else []), *(["by"] if listing is TASKINGS else [])]

        async def listed(request: Request) -> Response:
            as_of = moment(request) if listing.was else None
            sort = one_of(request, "sort", orders(listing.columns))
            asked = filters(request, *apart, as_of=as_of)
            if one_of(request, "format", FORMATS):
                return await file(
                    ask, request, listing.path.strip("/").replace("/", "-"), listing.door, listing.columns, asked
                )
            found = await ask(request, listing.door, **{"limit": SHOWN, **asked})
            more: dict[str, Any] = {}
            counted = {name: value for name, value in asked.items() if name not in {"after", "limit"}}
            if listing is TASKINGS:
                by = request.query_params.get("by", "section")
                more["counts"] = (await ask(request, "/v1/taskings/rollup", **counted, by=by))["items"]
            if listing is CLEARINGHOUSE:
                more["weeks"] = (await ask(request, "/v1/clearinghouse/weeks", **counted))["items"]
            return show(
                request,
                "list",
                listing=listing,
                found=found,
                items=ordered(listing.columns, found["items"], sort),
                heads=heads(listing.columns, sort),
                part=bool(found["next"] or request.query_params.get("after")),
                as_of=as_of,
                names=await names(ask, request, found["items"]),
                listens=None if as_of or not listing.view else f"/v1/stream?view={listing.view}",
                **more,
            )

        routes.add_api_route(listing.path, listed, name=f"list of {listing.path}")

    for listing in LISTS:
        add(listing)
    return routes
