"""Who has to do what by when, what is claimed, what was found to hold, and what is late: now, and at any time."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request, Response

from api.contract import gives
from api.reading import ANSWERS, Page, Reading, When, instant_in
from api.reading.rendering import answer, plain, told, told_page
from domain.events.tasking import TaskingKind
from domain.values import OfficeCode, TaskingCode
from projections.tasking import queries
from projections.tasking.at import Stands
from projections.tasking.queries import Wanted
from projections.tasking.rollup import By
from projections.tasking.views import TASKINGS
from projections.visible import Sight

_SECTION: Final = Query(max_length=80, description="What duties follow from, and what stands below it: `EO14409:2(c)`.")
_LEAD: Final = Query(max_length=40, description="An office that has to do it.")
_BEFORE: Final = Query(max_length=40, description="An instant before which they are due.")


def router(reading: Reading) -> APIRouter:
    """Routes for taskings."""
    routes = APIRouter(tags=["taskings"], prefix="/v1", responses={**ANSWERS})
    reads, recorder = reading.reads, reading.ledger.recorder
    reached = [Depends(reading.reached(TASKINGS))]
    Seeing = Annotated[Sight, Depends(reading.sight())]  # noqa: N806 - a type
    Paged = Annotated[Page, Depends(reading.page)]  # noqa: N806 - the same
    At = Annotated[When, Depends(reading.when())]  # noqa: N806 - the same

    @routes.get(
        "/taskings",
        operation_id="listTaskings",
        responses=gives("Taskings"),
        summary="Duties of the order and hardening, in the order in which they were assigned",
        dependencies=reached,
    )
    def list_taskings(
        *, request: Request, sight: Seeing, page: Paged, when: At, wanted: Annotated[Wanted, Depends(which)]
    ) -> Response:
        found = queries.taskings(reads, sight, wanted, when.at, as_of=when.position, after=page.after, limit=page.limit)
        return told_page(request, reads, TASKINGS, sight, page, found)

    @routes.get(
        "/taskings/rollup",
        operation_id="countTaskings",
        responses=gives("TaskingCounts"),
        summary="Duties, counted by section or by office, with the events behind each number",
        dependencies=reached,
    )
    def count_taskings(
        *,
        request: Request,
        sight: Seeing,
        when: At,
        wanted: Annotated[Wanted, Depends(which)],
        by: By = By.SECTION,
    ) -> Response:
        items = [plain(each) for each in queries.counts(reads, sight, wanted, when.at, by, as_of=when.position)]
        value: dict[str, Any] = {"items": items, "at": when.at, "position": reads.position(TASKINGS)}
        if (withheld := reads.withheld(TASKINGS, sight)) is not None:
            value["withheld"] = withheld
        return answer(request, value)

    @routes.get(
        "/taskings/{code}",
        operation_id="getTasking",
        responses=gives("TaskingWhole"),
        summary="One duty, with all that happened to it",
        dependencies=reached,
    )
    def get_tasking(*, request: Request, code: str, sight: Seeing, when: At) -> Response:
        found = queries.tasking(reads, sight, TaskingCode(code), when.at, as_of=when.position)
        return told(request, recorder, sight, found)

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
