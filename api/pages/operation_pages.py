"""The page of how this Docket itself is."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime

import orjson
from fastapi import APIRouter, Request, Response
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families

from api.pages.addresses import knows
from api.pages.asking import Asking, NotShown, signed_end
from api.pages.showing import Pages


def router(ask: Asking, pages: Pages, clock: Callable[[], datetime]) -> APIRouter:
    """The route of how this Docket itself is."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/operations", dependencies=[knows()])
    async def operations(request: Request) -> Response:
        try:
            ready = await ask(request, "/readyz")
        except NotShown as not_ready:
            ready = not_ready.problem
        answer = await ask.whole(request, "/v1/operations")
        families = list(text_string_to_metric_families(await ask.text(request, "/metrics")))
        acts = [(labels, int(value)) for labels, value in _samples(families, "docket_acts_total")]
        outcomes: Counter[str] = Counter()
        for labels, count in acts:
            outcomes[labels["outcome"]] += count
        return pages.show(
            request,
            "operations",
            now=clock(),
            ready=ready,
            found=orjson.loads(answer.body),
            quota=answer.headers.get("ratelimit"),
            acts=acts,
            outcomes=sorted(outcomes.items()),
            streams=sum(int(value) for _, value in _samples(families, "docket_streams")),
            checkpoint=await signed_end(ask, request, "/v1/audit/checkpoint"),
            listens="/v1/stream?view=audit_trail",
        )

    return routes


def _samples(families: Iterable[Metric], name: str) -> list[tuple[dict[str, str], float]]:
    return [(each.labels, each.value) for family in families for each in family.samples if each.name == name]
