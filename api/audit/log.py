"""The log of the record: checkpoints, tiles and proofs, which anybody may have, and its entries for who may see them.

The paths are those of C2SP tlog-tiles below `/v1/audit`, so that any client of such logs can follow this one.
"""

from base64 import b64encode
from collections.abc import Callable, Collection
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import PlainTextResponse, StreamingResponse

from api.acts.receipts import Ack, Reached
from api.contract import PROBLEMS, gives, schema_of
from api.problems import Problem
from api.reading import Reading
from api.reading.rendering import answer
from consumers.checkpoints.kept import Checkpoints, Published
from domain.act import Principal
from domain.ledger.receipt import Receipt
from domain.values import CaseId
from projections.audit_trail import Wanted, trail
from projections.disclosed import disclosed
from projections.exports.writing import Asked, Source, streamed
from projections.transparency.log import LogReader
from projections.transparency.policy import Grade
from projections.transparency.proof import Proof
from projections.transparency.tiles import WIDTH, Place, bundled, placed, width_at
from projections.transparency.tree import HASH
from projections.visible import Sight

IMMUTABLE: Final = "public, max-age=31536000, immutable"
WAIT_S: Final = 2.0
"""Seconds that a proof waits for a checkpoint of what was recorded just now."""
_OPEN: Final[dict[str, Any]] = {"security": [{}]}
_TEXT: Final = "text/plain; charset=utf-8"
_BYTES: Final = "application/octet-stream"
_PLACE: Final = "As C2SP tlog-tiles has it, such as `0/x001/234/067` or `1/000.p/17`."
Position = Annotated[int, Path(ge=1, le=2**53 - 1, description="Of the event in the ledger.")]


def proofs(log: LogReader, published: Published, positions: list[int]) -> list[str]:
    """What shows that the documents at these positions stand under a checkpoint, each as a file of its own."""
    size, note = published.checkpoint.size, bytes(published.note)
    return [
        bytes(Proof(index=at - 1, path=tuple(log.inclusion(at - 1, size)), checkpoint=note)).decode()
        for at in positions
    ]


def proved(log: LogReader, wait: Callable[[int, float], Published | None]) -> Ack:
    """The level of what stands under a checkpoint: the receipt carries the proof of each of its events."""

    def reached(receipt: Receipt, timeout: float) -> Reached | None:
        if (found := wait(receipt.position, timeout)) is None:
            return None
        positions = [entry.position for entry in receipt.events]
        told = zip(positions, proofs(log, found, positions), strict=True)
        return Reached(
            headers={"Docket-Checkpoint": f"{found.checkpoint.size} {found.grade}"},
            proofs=[{"position": position, "proof": proof} for position, proof in told],
        )

    return reached


def router(reading: Reading, kept: Checkpoints) -> APIRouter:
    """Routes of the log."""
    routes = APIRouter(tags=["audit"], prefix="/v1/audit")
    log = LogReader(reading.reads)
    Seeing = Annotated[Sight, Depends(reading.sight())]  # noqa: N806 - a type

    @routes.get(
        "/checkpoint",
        operation_id="getCheckpoint",
        summary="The longest checkpoint: a signed note that says how long the log is, and the root of its tree",
        response_class=PlainTextResponse,
        responses={404: PROBLEMS[404], 503: PROBLEMS[503]},
        openapi_extra=_OPEN,
    )
    def checkpoint(
        request: Request,
        grade: Annotated[
            Literal["final"] | None, Query(description="`final`: the longest that a quorum of witnesses has signed.")
        ] = None,
    ) -> Response:
        return longest(kept, None if grade is None else Grade.FINAL)

    @routes.get(
        "/tile/entries/{path:path}",
        operation_id="getEntries",
        summary="The documents of a tile, for who may see every one of them",
        response_class=Response,
        responses={200: {"content": {_BYTES: {}}}, **{status: PROBLEMS[status] for status in (401, 404, 429, 503)}},
    )
    def entries(path: Annotated[str, Path(max_length=100, description=_PLACE)], sight: Seeing) -> Response:
        place = _there(log, f"entries/{path}")
        positions = range(place.index * WIDTH + 1, place.index * WIDTH + place.width + 1)
        found = disclosed(reading.ledger.recorder, positions, sight)
        if len(found) < place.width:
            raise Problem("not-found")  # to who may not see an entry its leaf is a hash
        return Response(bundled(found[at].document for at in positions), 200, {"Cache-Control": "private"}, _BYTES)

    @routes.get(
        "/tile/{path:path}",
        operation_id="getTile",
        summary="A tile of the tree: 256 hashes, or as many as there are",
        response_class=Response,
        responses={200: {"content": {_BYTES: {}}}, 404: PROBLEMS[404], 503: PROBLEMS[503]},
        openapi_extra=_OPEN,
    )
    def tile(path: Annotated[str, Path(max_length=100, description=_PLACE)]) -> Response:
        place = _there(log, path)
        hashes = None if place.level is None else log.tile(place.level, place.index)
        if hashes is None:
            raise Problem("not-found")
        return Response(hashes[: place.width * HASH], 200, {"Cache-Control": IMMUTABLE}, _BYTES)

    @routes.get(
        "/proof/{position}",
        operation_id="getProof",
        summary="What shows, offline, that the document at a position stands in the log (C2SP tlog-proof)",
        response_class=PlainTextResponse,
        responses={400: PROBLEMS[400], 404: PROBLEMS[404], 503: PROBLEMS[503]},
        openapi_extra=_OPEN,
    )
    def proof(position: Position) -> Response:
        return proof_of(log, kept, position)

    @routes.get(
        "/consistency",
        operation_id="getConsistency",
        summary="What shows that a longer log begins with a shorter one",
        responses={**gives("Consistency"), **{status: PROBLEMS[status] for status in (400, 404, 503)}},
        openapi_extra=_OPEN,
    )
    def consistency(
        request: Request,
        old: Annotated[int, Query(alias="from", ge=0, le=2**53 - 1, description="Size of the shorter log.")],
        new: Annotated[int | None, Query(alias="to", ge=0, le=2**53 - 1, description="By default all of it.")] = None,
    ) -> Response:
        return grown(request, log, old, new)

    @routes.get(
        "/export",
        operation_id="exportRecord",
        summary="What this reader may see, as one archive that proves itself; `docket verify export` checks it",
        response_class=StreamingResponse,
        responses={
            200: {"content": {"application/zip": {}}},
            **{status: PROBLEMS[status] for status in (400, 401, 404, 429, 503)},
        },
    )
    def export(
        sight: Seeing,
        by: Annotated[Principal, Depends(reading.caller)],
        case_id: Annotated[str | None, Query(max_length=200, description="About this case alone.")] = None,
        first: Annotated[int, Query(alias="from", ge=1, le=2**53 - 1, description="Position of the first.")] = 1,
        until: Annotated[int, Query(ge=1, le=2**53 - 1, description="Position of the last.")] = 2**53 - 1,
    ) -> Response:
        published = kept.latest(Grade.FINAL) or kept.latest()
        if published is None:
            raise Problem("not-found")
        asked = Asked(
            ledger=reading.ledger.opened.ledger,
            note=published.note,
            reader=str(by.actor),
            sight=sight,
            filters=_filters(case_id, first, until),
            positions=_positions(reading, sight, case_id, first, until),
        )
        source = Source(documents=reading.ledger.recorder, log=log, schema=schema_of)
        headers = {
            "Content-Disposition": 'attachment; filename="docket-export.zip"',
            "Cache-Control": "private, no-store",
        }
        return StreamingResponse(streamed(asked, source), 200, headers, "application/zip")

    return routes


def longest(kept: Checkpoints, grade: Grade | None = None) -> Response:
    """The longest checkpoint, of a grade. Raises Problem where there is none."""
    found = kept.latest(grade)
    if found is None:
        raise Problem("not-found")
    headers = {"Docket-Grade": found.grade.value, "Cache-Control": "no-cache"}
    return Response(bytes(found.note), 200, headers, _TEXT)


def proof_of(log: LogReader, kept: Checkpoints, position: int) -> Response:
    """What proves the document at a position, under a final checkpoint if there is one. Raises Problem."""
    final = kept.latest(Grade.FINAL)
    found = final if final is not None and final.checkpoint.size >= position else kept.latest()
    if found is None or found.checkpoint.size < position:
        found = kept.wait(position, WAIT_S) if position <= log.size() else None
    if found is None:
        raise Problem("not-found")
    name = f'attachment; filename="{position}.tlog-proof"'
    headers = {"Content-Disposition": name, "Docket-Grade": found.grade.value}
    return Response(proofs(log, found, [position])[0], 200, headers, _TEXT)


def grown(request: Request, log: LogReader, old: int, new: int | None) -> Response:
    """What shows that a longer log begins with a shorter one. Raises Problem."""
    size = log.size()
    until = size if new is None else new
    if not old <= until <= size:
        raise Problem("not-found")
    path = [b64encode(each).decode() for each in log.consistency(old, until)]
    return answer(request, {"from": old, "to": until, "proof": path})


def _filters(case_id: str | None, first: int, until: int) -> dict[str, str]:
    said = {} if case_id is None else {"case_id": case_id}
    if first > 1:
        said["from"] = str(first)
    return said if until == 2**53 - 1 else {**said, "until": str(until)}


def _positions(
    reading: Reading, sight: Sight, case_id: str | None, first: int, until: int
) -> Callable[[range], Collection[int]]:
    """Which of some positions are asked for."""
    if case_id is None:
        return lambda some: range(max(some.start, first), min(some.stop, until + 1))
    wanted = Wanted(case_id=CaseId(case_id))
    about: set[int] = set()
    after = first - 1
    while found := trail(reading.reads, sight, wanted, after=after, limit=1000):
        about |= {each.position for each in found if each.position <= until}
        after = found[-1].position
    return lambda some: sorted(about.intersection(some))


def _there(log: LogReader, path: str) -> Place:
    """What lies under a path. Raises Problem where nothing does yet, or ever can."""
    place = placed(path)
    if place is None or place.width > width_at(log.size(), place.level or 0, place.index):
        raise Problem("not-found")
    return place
