"""Pages of what happens: today, the cases, who decided, and the record itself."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from api.pages.addresses import SEEN, Id, filters, moment, quoted, seen
from api.pages.asking import Asking
from api.pages.sending import form
from api.pages.showing import ZONE, Pages
from api.pages.timeline import line

LATEST: Final = 50
"""Events of a page that shows what came last."""
MOST: Final = 1000
_YEAR_S: Final = 366 * 86400


def router(ask: Asking, pages: Pages, clock: Callable[[], datetime]) -> APIRouter:
    """Routes of what happens: today, the cases, who decided, and the record itself."""
    routes = APIRouter(include_in_schema=False)

    def show(request: Request, name: str, **said: Any) -> Response:  # noqa: ANN401 - what a template shows
        return pages.show(request, name, now=clock(), **said)

    @routes.get("/")
    async def today(request: Request) -> Response:
        me = await ask(request, "/v1/me")
        kind, _, code = me["actor"].partition("/")
        clocks = await ask(request, "/v1/clocks", limit=20)
        waits = await ask(request, "/v1/clocks", limit=50, office=code) if kind == "office" else {"items": []}
        last = seen(request, clocks["position"])
        after = max(0, clocks["position"] - LATEST) if last is None else last
        events = await ask(request, "/v1/audit/events", after=after, limit=LATEST)
        return show(
            request,
            "today",
            me=me,
            waits=waits["items"],
            clocks=clocks["items"],
            events=events["items"],
            more=events["next"],
            seen=last,
            position=events["position"],
            listens="/v1/stream?view=audit_trail",
        )

    @routes.post("/seen")
    async def saw(request: Request) -> Response:
        said = await form(request)
        answer = RedirectResponse("/", 303)
        answer.set_cookie(SEEN, quote(said.get("position", "")), max_age=_YEAR_S, httponly=True, samesite="strict")
        return answer

    @routes.get("/cases")
    async def cases(request: Request) -> Response:
        found = await ask(request, "/v1/cases", **filters(request, limit=100))
        return show(request, "cases", found=found, listens="/v1/stream?view=case_status")

    @routes.get("/cases/{id}")
    async def case(request: Request, id: Id) -> Response:
        as_of = moment(request)
        found = await ask(request, f"/v1/cases/{quoted(id)}", as_of=as_of)
        history = await ask(request, f"/v1/cases/{quoted(id)}/history", as_of=as_of, limit=MOST)
        options = await ask(request, f"/v1/cases/{quoted(id)}/options")
        return show(
            request,
            "case",
            case=found,
            history=history["items"],
            by_position={each["position"]: each["event"] for each in history["items"]},
            options=options["options"],
            line=line(found["now"]["clocks"], clock()),
            as_of=as_of,
            listens="/v1/stream?view=case_status",
        )

    @routes.get("/authority")
    async def authority(request: Request) -> Response:
        as_of = moment(request)
        found = await ask(request, "/v1/final-authority", **filters(request, "on", limit=100, as_of=as_of))
        on = request.query_params.get("on") or clock().astimezone(ZONE).date().isoformat()
        day = date.fromisoformat(on)
        return show(
            request,
            "authority",
            found=found,
            as_of=as_of,
            day=day,
            earlier=day - timedelta(days=7),
            later=day + timedelta(days=7),
            listens=None if as_of else "/v1/stream?view=final_authority",
        )

    @routes.get("/audit")
    async def audit(request: Request) -> Response:
        asked = filters(request, limit=LATEST)
        if not asked.keys() - {"limit"}:
            head = (await ask(request, "/v1/audit/events", limit=1))["position"]
            asked["after"] = max(0, head - LATEST)
        found = await ask(request, "/v1/audit/events", **asked)
        return show(request, "audit", found=found, after=int(str(asked.get("after", 0))), latest=LATEST)

    @routes.get("/audit/{id}")
    async def event(request: Request, id: Id) -> Response:
        found = await ask(request, f"/v1/audit/events/{quoted(id)}")
        stored = await ask(request, f"/v1/audit/events/{quoted(id)}", form="document")
        return show(request, "event", found=found, stored=stored)

    return routes
