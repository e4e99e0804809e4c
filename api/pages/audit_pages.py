"""Pages of the record itself: which events fit a question, what changed between two positions, and one in full."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from api.pages.addresses import FORMATS, Id, filters, knows, one_of, quoted, whole_day, wrong
from api.pages.asking import Asking
from api.pages.files import file
from api.pages.lists.record import EVENTS
from api.pages.names import names
from api.pages.showing import Pages

LATEST: Final = 50
"""Events of a page."""
_OF_THE_PAGE: Final = ("from_on", "until_on", "from_position", "until_position", "format")


def router(ask: Asking, pages: Pages, clock: Callable[[], datetime]) -> APIRouter:
    """Routes of the record itself."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/audit")
    async def audit(request: Request) -> Response:
        asked = filters(request, *_OF_THE_PAGE, **days(request))
        begin, end = position(request, "from_position"), position(request, "until_position")
        if one_of(request, "format", FORMATS):
            return await file(ask, request, "events", "/v1/audit/events", EVENTS, asked)
        if begin is not None:
            asked = {"after": begin, **asked}
        elif not asked:
            head = (await ask(request, "/v1/audit/events", limit=1))["position"]
            asked["after"] = max(0, head - LATEST)
        found = await ask(request, "/v1/audit/events", **{"limit": LATEST, **asked})
        items = [each for each in found["items"] if end is None or each["position"] <= end]
        if len(items) < len(found["items"]):
            found = {**found, "next": None}
        since = begin if begin is not None else asked.get("recorded_from")
        until = end if end is not None else asked.get("recorded_before")
        changed = await ask(request, "/v1/audit/between", **{"from": since}, until=until) if since is not None else None
        return pages.show(
            request,
            "audit",
            now=clock(),
            found={**found, "items": items},
            after=int(str(asked.get("after", 0))),
            latest=LATEST,
            changed=changed,
            names=await names(ask, request, items, changed),
            listens=None if asked.keys() - {"after"} else "/v1/stream?view=audit_trail",
        )

    @routes.get("/audit/{id}", dependencies=[knows()])
    async def event(request: Request, id: Id) -> Response:
        found = await ask(request, f"/v1/audit/events/{quoted(id)}")
        stored = await ask(request, f"/v1/audit/events/{quoted(id)}", form="document")
        schema = await ask(request, f"/schemas/{quoted(found['event']['type'])}")
        subject = found["event"]["subject"]
        return pages.show(
            request,
            "event",
            now=clock(),
            found=found,
            stored=stored,
            says=schema.get("description", ""),
            case=subject.removeprefix("case-") if subject.startswith("case-") else None,
            names=await names(ask, request, found["event"]["data"], {"stream": subject}),
        )

    return routes


def days(request: Request) -> dict[str, Any]:
    """From the beginning of one day to the end of another, as the door is asked. Raises NotShown."""
    begin, end = whole_day(request, "from_on"), whole_day(request, "until_on")
    found = {"recorded_from": begin and begin[0], "recorded_before": end and end[1]}
    return {name: text for name, text in found.items() if text is not None}


def position(request: Request, name: str) -> int | None:
    """A position that the address says. Raises NotShown."""
    said = request.query_params.get(name)
    if not said:
        return None
    if not re.fullmatch("[0-9]{1,15}", said):
        raise wrong(f"`{name}` is a position.")
    return int(said)
