"""The page of what oversight read, with the signed end of the log that it stands in: for overseers alone."""

from collections.abc import Callable
from datetime import datetime

from fastapi import APIRouter, Request, Response

from api.pages.addresses import FORMATS, filters, one_of
from api.pages.asking import Asking, signed_end
from api.pages.files import file
from api.pages.lists.oversight import READS
from api.pages.showing import Pages
from api.pages.tables import heads, ordered, orders

LATEST = 50
"""Readings of a page."""


def router(ask: Asking, pages: Pages, clock: Callable[[], datetime]) -> APIRouter:
    """The route of what oversight read."""
    routes = APIRouter(include_in_schema=False)

    @routes.get(READS.path)
    async def reads(request: Request) -> Response:
        sort = one_of(request, "sort", orders(READS.columns))
        asked = filters(request, "sort", "format")
        if one_of(request, "format", FORMATS):
            return await file(ask, request, "reads", READS.door, READS.columns, asked)
        if not asked:
            head = (await ask(request, READS.door, limit=1))["position"]
            asked["after"] = max(0, head - LATEST)
        found = await ask(request, READS.door, **{"limit": LATEST, **asked})
        return pages.show(
            request,
            "reads",
            now=clock(),
            listing=READS,
            found=found,
            items=ordered(READS.columns, found["items"], sort),
            heads=heads(READS.columns, sort),
            part=True,
            after=int(str(asked.get("after", 0))),
            latest=LATEST,
            checkpoint=await signed_end(ask, request, f"{READS.door}/checkpoint"),
        )

    return routes
