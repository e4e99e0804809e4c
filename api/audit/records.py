"""What is said of events afterwards: errata, challenges of their marking, holds, the end of what they protected."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.contract import gives
from api.reading import ANSWERS, Reading
from api.reading.rows import Many, One, many, one
from projections.records import RECORDS, Record, RecordAt, record_at


def router(reading: Reading) -> APIRouter:
    """All events of which something is said, and one."""
    routes = APIRouter(tags=["records"], prefix="/v1/records", responses={**ANSWERS})

    @routes.get("", operation_id="listRecords", responses=gives("Records"), summary="Events of which something is said")
    def every(
        *,
        asked: Annotated[Many[Record], many(reading, RECORDS)],
        stream: Annotated[str | None, Query(max_length=200, description="Whose events these are.")] = None,
        challenged: Annotated[bool | None, Query(description="A challenge of the marking waits for an answer.")] = None,
        held: Annotated[bool | None, Query(description="Nothing of it may be destroyed.")] = None,
        destroyed: Annotated[bool | None, Query(description="What it protected is gone.")] = None,
    ) -> Response:
        def tell(row: Record) -> RecordAt | None:
            now = record_at(row)
            fits = challenged in {None, bool(now.open_challenges)} and held in {None, bool(now.holds)}
            return now if fits and destroyed in {None, now.destroyed} else None

        return asked.listed(tell, [] if stream is None else [("stream = ?", stream)])

    @routes.get("/{id}", operation_id="getRecord", responses=gives("RecordWhole"), summary="What is said of one event")
    def record(id: str, asked: Annotated[One[Record], one(reading, RECORDS)]) -> Response:
        return asked.told(id, record_at)

    return routes
