"""What oversight read, for oversight alone: whoever looks here is recorded here."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import PlainTextResponse

from api.audit.events import read
from api.audit.log import Position, grown, longest, proof_of
from api.contract import gives
from api.problems import Problem
from api.reading import ANSWERS, LARGEST, Limit, Page, Reading
from api.reading.overseen import CURRENT
from api.reading.rendering import listed
from consumers.checkpoints.kept import Checkpoints
from domain import wire
from domain.events.reading import ReadingRecorded, Way
from domain.ledger.readings import Readings
from projections.disclosed import Disclosed, disclosed
from projections.transparency.log import FollowedLog, LogReader
from projections.visible import Sight

After = Annotated[int, Query(ge=0, le=LARGEST, description="Cursor: the position behind which the page begins.")]


def router(reading: Reading, readings: Readings, kept: Checkpoints | None) -> APIRouter:
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

    if kept is not None:
        _prove(routes, reading, FollowedLog(readings.recorder), kept)
    return routes


def _prove(routes: APIRouter, reading: Reading, log: LogReader, kept: Checkpoints) -> None:
    """Routes of the log of what oversight reads: a tree of its own, whose very size is oversight's alone."""

    def overseer(sight: Annotated[Sight, Depends(reading.sight())]) -> None:
        if not sight.oversight:
            raise Problem("not-found")

    overseers_alone = [Depends(overseer)]

    @routes.get(
        "/reads/checkpoint",
        operation_id="getCheckpointOfReads",
        summary="How long the log of what oversight reads is, and the root of its tree, signed",
        response_class=PlainTextResponse,
        dependencies=overseers_alone,
    )
    def checkpoint() -> Response:
        return longest(kept)

    @routes.get(
        "/reads/proof/{position}",
        operation_id="getProofOfRead",
        summary="What shows, offline, that a reading stands in that log (C2SP tlog-proof)",
        response_class=PlainTextResponse,
        dependencies=overseers_alone,
    )
    def proof(position: Position) -> Response:
        return proof_of(log, kept, position)

    @routes.get(
        "/reads/consistency",
        operation_id="getConsistencyOfReads",
        summary="What shows that a longer log of reads begins with a shorter one",
        responses=gives("Consistency"),
        dependencies=overseers_alone,
    )
    def consistency(
        request: Request,
        old: Annotated[int, Query(alias="from", ge=0, le=LARGEST, description="Size of the shorter log.")],
        new: Annotated[int | None, Query(alias="to", ge=0, le=LARGEST, description="By default all of it.")] = None,
    ) -> Response:
        return grown(request, log, old, new)


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
