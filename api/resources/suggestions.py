"""Whom a vulnerability may concern, and which other reports say the same: suggestions that a person confirms."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from api.contract import gives
from api.problems import Problem
from api.reading import ANSWERS, Reading
from api.reading.rendering import answer
from domain.values import VulnerabilityId
from projections.clearinghouse.queries import vulnerability
from projections.clearinghouse.suggestions import same, suggestions
from projections.clearinghouse.uses import USES
from projections.clearinghouse.view import CLEARINGHOUSE
from projections.directory.views import PARTICIPANTS
from projections.reported import REPORTED
from projections.view import View
from projections.visible import Sight


def router(reading: Reading) -> APIRouter:
    """The route for suggestions."""
    routes = APIRouter(tags=["clearinghouse"], prefix="/v1/clearinghouse", responses={**ANSWERS})
    reads = reading.reads
    Seeing = Annotated[Sight, Depends(reading.sight())]  # noqa: N806 - a type
    views: tuple[View[Any], ...] = (CLEARINGHOUSE, PARTICIPANTS, REPORTED, USES)

    @routes.get(
        "/{id}/suggestions",
        operation_id="suggestOperators",
        responses=gives("Suggestions"),
        summary="Operators that it may concern, by package, CPE, product and sector, and other reports of the same",
        description=(
            "For offices. `vulnerability.match-operator.v1` confirms a suggestion, "
            "`vulnerability.mark-duplicate.v1` that another report says the same; until then neither is so."
        ),
        dependencies=[Depends(reading.reached(view)) for view in views],
    )
    def suggest(*, request: Request, id: str, sight: Seeing) -> Response:
        found = vulnerability(reads, sight, VulnerabilityId(id), reading.clock())
        if found is None or sight.participant is not None:
            raise Problem("not-found")
        value = {
            "operators": suggestions(reads, sight, found.facts),
            "same_as": same(reads, sight, found.facts),
            "position": min(reads.position(view) for view in views),
        }
        return answer(request, value)

    return routes
