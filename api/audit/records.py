"""What is said of events afterwards: errata, challenges of their marking, holds, the end of what they protected."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from api.contract import gives
from api.reading import ANSWERS, Page, Reading, When
from api.reading.rendering import told, told_page
from projections import known
from projections.records import RECORDS, Record, RecordAt, record_at
from projections.visible import Sight


def router(reading: Reading) -> APIRouter:
    """All events of which something is said, and one."""
    routes = APIRouter(tags=["records"], prefix="/v1/records", responses={**ANSWERS})
    reads, recorder = reading.reads, reading.ledger.recorder
    Seeing = Annotated[Sight, Depends(reading.sight())]  # noqa: N806 - a type
    Paged = Annotated[Page, Depends(reading.page)]  # noqa: N806 - the same
    At = Annotated[When, Depends(reading.when())]  # noqa: N806 - the same
    folded = [Depends(reading.reached(RECORDS))]

    @routes.get(
        "",
        operation_id="listRecords",
        responses=gives("Records"),
        summary="Events of which something is said",
        dependencies=folded,
    )
    def every(
        *,
        request: Request,
        sight: Seeing,
        page: Paged,
        when: At,
        stream: Annotated[str | None, Query(max_length=200, description="Whose events these are.")] = None,
        challenged: Annotated[bool | None, Query(description="A challenge of the marking waits for an answer.")] = None,
        held: Annotated[bool | None, Query(description="Nothing of it may be destroyed.")] = None,
        destroyed: Annotated[bool | None, Query(description="What it protected is gone.")] = None,
    ) -> Response:
        def tell(row: Record) -> RecordAt | None:
            now = record_at(row)
            fits = challenged in {None, bool(now.open_challenges)} and held in {None, bool(now.holds)}
            return now if fits and destroyed in {None, now.destroyed} else None

        found: known.Page[Any, Any] = known.page(
            reads,
            sight,
            RECORDS,
            tell=tell,
            as_of=when.position,
            after=page.after,
            limit=page.limit,
            where="" if stream is None else "stream = ?",
            values=[] if stream is None else [stream],
        )
        return told_page(request, reads, RECORDS, sight, page, found)

    @routes.get(
        "/{id}",
        operation_id="getRecord",
        responses=gives("RecordWhole"),
        summary="What is said of one event",
        dependencies=folded,
    )
    def one(*, request: Request, id: str, sight: Seeing, when: At) -> Response:
        found = known.one(reads, sight, RECORDS, id, as_of=when.position, tell=record_at)
        return told(request, recorder, sight, found)

    return routes
