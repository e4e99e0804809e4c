"""Pages of one thing each: how it stands, every fact about it, and the events that say so."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from api.pages.addresses import Id, knows, moment, quoted
from api.pages.asking import Asking, NotShown
from api.pages.delegations import tree
from api.pages.names import names
from api.pages.offers import beginnings, offers
from api.pages.showing import Pages
from api.pages.things import THINGS, Thing
from api.pages.values import read_instant

MOST: Final = 1000
_TEXTS: Final = ("standards", "thresholds", "frameworks", "criteria")


def router(ask: Asking, pages: Pages, clock: Callable[[], datetime]) -> APIRouter:
    """Routes of things."""
    routes = APIRouter(include_in_schema=False)

    def show(request: Request, name: str, **said: Any) -> Response:  # noqa: ANN401 - what a template shows
        return pages.show(request, name, now=clock(), **said)

    async def events(request: Request, stream: str, as_of: str | None) -> list[dict[str, Any]]:
        """The events of a stream, up to a position or an instant."""
        found = (await ask(request, "/v1/audit/events", stream=stream, limit=MOST))["items"]
        if as_of is None:
            return list(found)
        if as_of.isdecimal():
            return [each for each in found if each["position"] <= int(as_of)]
        return [each for each in found if read_instant(each["recorded_at"]) <= read_instant(as_of)]

    def add(thing: Thing) -> None:
        async def one(request: Request, id: Id) -> Response:
            as_of = moment(request) if thing.was else None
            try:
                found = await ask(request, f"/v1{thing.path}/{quoted(id)}", as_of=as_of)
            except NotShown as no:
                if no.status == HTTPStatus.NOT_FOUND and thing.instead is not None:
                    return RedirectResponse(f"{thing.instead}/{quoted(id)}", HTTPStatus.SEE_OTHER)
                raise
            stream = f"{thing.kind}-{id}"
            history = await events(request, stream, as_of)
            more: dict[str, Any] = {}
            if thing.kind == "office":
                more["tree"] = tree(found["now"]["delegations"], found["parts"])
            return show(
                request,
                "office" if thing.kind == "office" else "thing",
                thing=thing,
                id=id,
                title=thing.title(found) or id,
                found=found,
                stream=stream,
                history=history,
                clocks=(await ask(request, "/v1/clocks", stream=stream, as_of=as_of))["items"],
                offered=await offers(ask, request, stream) if as_of is None else [],
                begins=await beginnings(ask, request, thing) if as_of is None else [],
                as_of=as_of,
                names=await names(ask, request, found),
                listens=None if as_of or not thing.view else f"/v1/stream?view={thing.view}",
                **more,
            )

        asked = knows("on", "as_of") if thing.was else knows()
        routes.add_api_route(f"{thing.path}/{{id}}", one, name=f"one of {thing.path}", dependencies=[asked])

    for thing in THINGS.values():
        add(thing)

    @routes.get("/records/{id}", dependencies=[knows()])
    async def record(request: Request, id: Id) -> Response:
        found = await ask(request, f"/v1/records/{quoted(id)}")
        return show(request, "record", id=id, found=found, names=await names(ask, request, found))

    @routes.get("/standards", dependencies=[knows("on", "as_of")])
    async def standards(request: Request) -> Response:
        as_of = moment(request)
        found = {
            kind: (await ask(request, f"/v1/{kind}", limit=MOST, as_of=None if kind == "criteria" else as_of))["items"]
            for kind in _TEXTS
        }
        listens = None if as_of else "/v1/stream?view=standards"
        return show(request, "standards", found=found, as_of=as_of, listens=listens)

    return routes
