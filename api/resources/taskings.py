"""Who has to do what by when, what is claimed, what was found to hold, and what is late: now, and at any time."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Response

from api.contract import gives
from api.reading import ANSWERS, Reading, instant_in
from api.reading.rendering import plain
from api.reading.rows import Many, One, many, one
from domain.events.tasking import TaskingKind
from domain.values import OfficeCode, TaskingCode
from projections.tasking import queries
from projections.tasking.at import Stands
from projections.tasking.queries import Wanted
from projections.tasking.rollup import By
from projections.tasking.views import TASKINGS, Duty

_SECTION: Final = Query(max_length=80, description="What duties follow from, and what stands below it: `EO14409:2(c)`.")
_LEAD: Final = Query(max_length=40, description="An office that has to do it.")
_BEFORE: Final = Query(max_length=40, description="An instant before which they are due.")


def router(reading: Reading) -> APIRouter:
    """Routes for taskings."""
    routes = APIRouter(tags=["taskings"], prefix="/v1", responses={**ANSWERS})
    reads = reading.reads
    Asked = Annotated[Wanted, Depends(which)]  # noqa: N806 - a type

    @routes.get(
        "/taskings",
        operation_id="listTaskings",
        responses=gives("Taskings"),
        summary="Duties of the order and hardening, in the order in which they were assigned",
    )
    def list_taskings(asked: Annotated[Many[Duty], many(reading, TASKINGS)], wanted: Asked) -> Response:
        return asked.these(queries.taskings(reads, asked.sight, wanted, asked.when.at, **asked.part()))

    @routes.get(
        "/taskings/rollup",
        operation_id="countTaskings",
        responses=gives("TaskingCounts"),
        summary="Duties, counted by section or by office, with the events behind each number",
    )
    def count_taskings(
        asked: Annotated[One[Duty], one(reading, TASKINGS)], wanted: Asked, by: By = By.SECTION
    ) -> Response:
        found = queries.counts(reads, asked.sight, wanted, asked.when.at, by, as_of=asked.when.position)
        return asked.counted([plain(each) for each in found])

    @routes.get(
        "/taskings/{code}",
        operation_id="getTasking",
        responses=gives("TaskingWhole"),
        summary="One duty, with all that happened to it",
    )
    def get_tasking(code: str, asked: Annotated[One[Duty], one(reading, TASKINGS)]) -> Response:
        return asked.this(
            queries.tasking(reads, asked.sight, TaskingCode(code), asked.when.at, as_of=asked.when.position)
        )

    return routes


async def which(
    *,
    section: Annotated[str | None, _SECTION] = None,
    lead: Annotated[str | None, _LEAD] = None,
    kind: TaskingKind | None = None,
    state: Stands | None = None,
    overdue: bool | None = None,
    status_overdue: bool | None = None,
    due_before: Annotated[str | None, _BEFORE] = None,
) -> Wanted:
    """A dependency: which duties are asked for. Raises Problem (400)."""
    return Wanted(
        section=section,
        lead=None if lead is None else OfficeCode(lead),
        kind=kind,
        state=state,
        overdue=overdue,
        status_overdue=status_overdue,
        due_before=None if due_before is None else instant_in("due_before", due_before),
    )
