"""The decision tables (SSVC) that Docket knows, and what one of them makes of a selection list: nothing is recorded."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool

from api.acts.bodies import MOST_OF_ONE, media_type, whole
from api.acts.receipts import JSON
from api.contract import PROBLEMS, gives
from api.problems import Problem
from api.reading.rendering import answer
from consumers.findings import reading, selections
from domain.act import Principal
from domain.ssvc import TABLES, Table

_BODY = {
    "requestBody": {
        "required": True,
        "content": {JSON: {"schema": {"type": "object", "description": "A selection list of SSVC 2.0."}}},
    }
}


def router(caller: Callable[[Request], Principal]) -> APIRouter:
    """Routes for decision tables."""
    known = Depends(caller)
    routes = APIRouter(tags=["clearinghouse"], prefix="/v1/ssvc", dependencies=[known], responses={401: PROBLEMS[401]})

    @routes.get(
        "", operation_id="listDecisionTables", responses=gives("DecisionTables"), summary="Decision tables of SSVC"
    )
    def tables(request: Request) -> Response:
        return answer(request, [_told(table) for table in TABLES.values()])

    @routes.post(
        "/{table}/{version}",
        operation_id="evaluateSelections",
        responses={**gives("Priority"), **{status: PROBLEMS[status] for status in (400, 404, 413, 415, 422)}},
        summary="What a decision table makes of a selection list: the data of `vulnerability.prioritize.v1`",
        description="Each value is told as it came in (`raw`) and as the table writes it. Nothing is recorded.",
        openapi_extra=_BODY,
    )
    async def evaluate(request: Request, table: str, version: str) -> Response:
        media_type(request, JSON)
        body = await whole(request, MOST_OF_ONE)
        if (found := TABLES.get((table, version))) is None:
            raise Problem("not-found")
        return await run_in_threadpool(_evaluated, request, found, body)

    return routes


def _evaluated(request: Request, table: Table, body: bytes) -> Response:
    points = selections.points(reading.document(body), table)
    outcome = table.outcome({point.point: point.value or "" for point in points})
    return answer(request, {"table": table.id, "table_version": table.version, "points": points, "outcome": outcome})


def _told(table: Table) -> dict[str, Any]:
    return {
        "table": table.id,
        "table_version": table.version,
        "name": table.name,
        "points": [{"point": each.id, "name": each.name, "values": dict(each.values)} for each in table.points],
        "outcomes": dict(table.outcomes.values),
    }
