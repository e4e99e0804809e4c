"""What oversight read, for oversight alone: whoever looks here is recorded here."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from api.audit import read
from api.contract import gives
from api.overseen import CURRENT
from api.problems import Problem
from api.reading import ANSWERS, LARGEST, Limit, Page, Reading
from api.rendering import listed
from domain import wire
from domain.events.reading import ReadingRecorded, Way
from domain.ledger.readings import Readings
from projections.disclosed import Disclosed, disclosed
from projections.visible import Sight

After = Annotated[int, Query(ge=0, le=LARGEST, description="Cursor: the position behind which the page begins.")]


def router(reading: Reading, readings: Readings) -> APIRouter:
    """Every reading, in order of the positions of its own ledger."""
    routes = APIRouter(tags=["oversight"], prefix="/v1/oversight", responses={**ANSWERS})
    Seeing = Annotated[Sight, Depends(reading.sight())]  # noqa: N806 - a type

    @routes.get(
        "/reads",
        operation_id="listReads",
        responses=gives("Events"),
        summary="What overseers read of what is marked; nothing of it is anybody else's to see",
    )
    def reads(
        *,
        request: Request,
        sight: Seeing,
        after: After = 0,
        limit: Limit = 100,
        office: Annotated[str | None, Query(max_length=40, description="The overseer that read.")] = None,
    ) -> Response:
        being_read = CURRENT.get()
        if not sight.oversight or being_read is None:
            raise Problem("not-found")
        being_read.way = Way.READS
        found: list[Disclosed] = []
        hidden = False
        for each in _behind(readings, after, limit, sight):
            if each is None:
                hidden = True
            elif office is None or _of(each) == office:
                found.append(each)
            if len(found) == limit:
                break
        return listed(
            request,
            [read(each) for each in found],
            page=Page(after=after, limit=limit),
            next=found[-1].position if len(found) == limit else None,
            position=readings.recorder.head(),
            withheld=hidden,
        )

    return routes


def _behind(readings: Readings, after: int, limit: int, sight: Sight) -> Iterator[Disclosed | None]:
    """Every reading behind a position, in order; None for one that this reader is not cleared for."""
    while rows := readings.recorder.read(after, limit):
        of_reads = [position for position, type, _ in rows if type == wire.type_name(ReadingRecorded)]
        seen = disclosed(readings.recorder, of_reads, sight)
        for position in of_reads:
            yield seen.get(position)
        after = rows[-1][0]


def _of(found: Disclosed) -> str | None:
    event = found.recorded.event
    return event.office if isinstance(event, ReadingRecorded) else None
