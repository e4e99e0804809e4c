"""Pages of what happens: today, the cases, who decided, and the record itself."""

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from api.pages.addresses import FORMATS, SEEN, Id, filters, knows, moment, one_of, quoted, seen
from api.pages.answers import disagreed, silent
from api.pages.asking import Asking
from api.pages.files import file
from api.pages.lists.cases import DETERMINATIONS
from api.pages.names import names
from api.pages.offers import offers
from api.pages.sending import form
from api.pages.showing import Pages
from api.pages.timeline import line
from api.pages.values import ZONE, read_instant

SHOWN: Final = 20
"""Events of a page that shows what came last."""
COUNTED: Final = 200
"""Events that are counted by what happened."""
CLOCKS: Final = 200
SOONEST: Final = 10
MOST: Final = 1000
_YEAR_S: Final = 366 * 86400


def router(ask: Asking, pages: Pages, clock: Callable[[], datetime]) -> APIRouter:
    """Routes of what happens: today, the cases, who decided, and the record itself."""
    routes = APIRouter(include_in_schema=False)

    def show(request: Request, name: str, **said: Any) -> Response:  # noqa: ANN401 - what a template shows
        return pages.show(request, name, now=clock(), **said)

    @routes.get("/", dependencies=[knows()])
    async def today(request: Request) -> Response:
        me = await ask(request, "/v1/me")
        kind, _, code = me["actor"].partition("/")
        clocks = await ask(request, "/v1/clocks", limit=CLOCKS, owed="true")
        of_its_own = {"limit": CLOCKS, "office": code, "owed": "true"}
        waits = await ask(request, "/v1/clocks", **of_its_own) if kind == "office" else {"items": []}
        last = seen(request, clocks["position"])
        after = max(0, clocks["position"] - SHOWN) if last is None else last
        events = await ask(request, "/v1/audit/events", after=after, limit=COUNTED)
        return show(
            request,
            "today",
            me=me,
            office=kind == "office",
            waits=waits["items"],
            passed=[each for each in clocks["items"] if each["state"] != "running" and each["waiting_for"]],
            running=[each for each in clocks["items"] if each["state"] == "running" and each["waiting_for"]],
            alone=sum(each["state"] == "running" and not each["waiting_for"] for each in clocks["items"]),
            most=SOONEST,
            events=events["items"],
            shown=SHOWN,
            tallied=Counter(each["type"] for each in events["items"]).most_common(),
            more=len(events["items"]) == COUNTED,
            begin=after,
            seen=last,
            position=events["position"],
            names=await names(ask, request, waits["items"], clocks["items"], events["items"]),
            listens="/v1/stream?view=audit_trail",
        )

    @routes.post("/seen")
    async def saw(request: Request) -> Response:
        said = await form(request)
        answer = RedirectResponse("/", 303)
        answer.set_cookie(SEEN, quote(said.get("position", "")), max_age=_YEAR_S, httponly=True, samesite="strict")
        return answer

    @routes.get("/cases/{id}", dependencies=[knows("on", "as_of")])
    async def case(request: Request, id: Id) -> Response:
        as_of = moment(request)
        found = await ask(request, f"/v1/cases/{quoted(id)}", as_of=as_of)
        history = await ask(request, f"/v1/cases/{quoted(id)}/history", as_of=as_of, limit=MOST)
        options = await ask(request, f"/v1/cases/{quoted(id)}/options")
        consulted = () if as_of else [each["consultation_id"] for each in found["now"]["consultations"]]
        return show(
            request,
            "case",
            case=found,
            history=history["items"],
            by_position={each["position"]: each["event"] for each in history["items"]},
            options=options["options"],
            views={each: await offers(ask, request, f"consultation-{each}") for each in consulted},
            against=disagreed(found),
            silent=silent(found),
            line=line(found["now"]["clocks"], clock()),
            as_of=as_of,
            names={id: f"{found['model']} {found['model_version']}"},
            listens=None if as_of else "/v1/stream?view=case_status",
        )

    @routes.get("/authority")
    async def authority(request: Request) -> Response:
        as_of = moment(request)
        asked = filters(request, "on", "format", as_of=as_of)
        if one_of(request, "format", FORMATS):
            return await file(ask, request, "final-authority", "/v1/final-authority", DETERMINATIONS, asked)
        found = await ask(request, "/v1/final-authority", **{"limit": 100, **asked})
        first = (await ask(request, "/v1/audit/events", limit=1))["items"]
        today = clock().astimezone(ZONE).date()
        on = request.query_params.get("on")
        day = date.fromisoformat(on) if on else today
        return show(
            request,
            "authority",
            found=found,
            as_of=as_of,
            day=day,
            first=min(day, read_instant(first[0]["recorded_at"]).astimezone(ZONE).date() if first else today),
            today=today,
            earlier=day - timedelta(days=7),
            later=min(day + timedelta(days=7), max(day, today)),
            listens=None if as_of else "/v1/stream?view=final_authority",
        )

    return routes
