"""Pages of what the cases rest on and lead to, and of how this Docket itself is."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from prometheus_client.parser import text_string_to_metric_families

from api.pages.addresses import Id, filters, moment, quoted
from api.pages.asking import Asking, NotShown
from api.pages.showing import Pages

MOST: Final = 1000


def router(ask: Asking, pages: Pages, clock: Callable[[], datetime]) -> APIRouter:
    """Routes of lists, and of how this Docket itself is."""
    routes = APIRouter(include_in_schema=False)

    def show(request: Request, name: str, **said: Any) -> Response:  # noqa: ANN401 - what a template shows
        return pages.show(request, name, now=clock(), **said)

    @routes.get("/offices")
    async def offices(request: Request) -> Response:
        found = await ask(request, "/v1/offices", limit=MOST, as_of=moment(request))
        participants = await ask(request, "/v1/participants", limit=MOST, as_of=moment(request))
        return show(request, "offices", offices=found["items"], participants=participants["items"])

    @routes.get("/offices/{code}")
    async def office(request: Request, code: Id) -> Response:
        return show(request, "office", office=await ask(request, f"/v1/offices/{quoted(code)}", as_of=moment(request)))

    @routes.get("/standards")
    async def standards(request: Request) -> Response:
        kinds = ("standards", "thresholds", "frameworks", "criteria")
        found = {kind: (await ask(request, f"/v1/{kind}", limit=MOST))["items"] for kind in kinds}
        return show(request, "standards", found=found, listens="/v1/stream?view=standards")

    @routes.get("/leases")
    async def leases(request: Request) -> Response:
        found = await ask(request, "/v1/leases", **filters(request, limit=100))
        return show(request, "leases", found=found, listens="/v1/stream?view=leases")

    @routes.get("/clearinghouse")
    async def clearinghouse(request: Request) -> Response:
        found = await ask(request, "/v1/clearinghouse", **filters(request, limit=100))
        return show(request, "clearinghouse", found=found, listens="/v1/stream?view=clearinghouse")

    @routes.get("/taskings")
    async def taskings(request: Request) -> Response:
        found = await ask(request, "/v1/taskings", **filters(request, limit=MOST))
        return show(request, "taskings", found=found, listens="/v1/stream?view=taskings")

    @routes.get("/reports")
    async def reports(request: Request) -> Response:
        return show(request, "reports", found=await ask(request, "/v1/reports"))

    @routes.get("/operations")
    async def operations(request: Request) -> Response:
        try:
            ready = await ask(request, "/readyz")
        except NotShown as not_ready:
            ready = not_ready.problem
        metrics = (await ask.text(request, "/metrics")).text
        return show(request, "operations", ready=ready, metrics=list(text_string_to_metric_families(metrics)))

    return routes
