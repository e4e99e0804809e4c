"""The record itself, event by event: who did what, and what the bytes say of it to whoever may see them."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import StreamingResponse

from api.audit.entries_as import MEDIA_TYPES, Format, lines
from api.audit.searched import Asked, Count, Order
from api.contract import gives
from api.problems import Problem
from api.reading import ANSWERS, Page, Reading
from api.reading.rendering import answer, item, listed, next_of, plain
from domain.values import UUID_FORM, EventId
from projections import audit_trail, known
from projections.audit_trail import AUDIT_TRAIL, AuditEntry, entries, trail
from projections.disclosed import Disclosed, disclosed
from projections.reads import Found, Reads
from projections.records import RECORDS, record_at
from projections.refusals import REFUSALS, refusals
from projections.searching.index import Index
from projections.searching.wanted import MOST, Wanted, search
from projections.signatures import signature_at
from projections.visible import Sight

AT_ONCE: Final = 1000
"""Entries that are read at a time for whoever takes all of them."""
_WORD: Final = Query(max_length=200)
_ENTRIES: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "Found",
        "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/AuditEntries"}},
            "text/csv": {"schema": {"type": "string"}},
            "application/x-ndjson": {"itemSchema": {"$ref": "#/components/schemas/AuditEntry"}},
        },
    }
}


def router(reading: Reading) -> APIRouter:
    """Routes for the audit trail and for refusals."""
    routes = APIRouter(tags=["audit"], prefix="/v1", responses={**ANSWERS})
    Seeing = Annotated[Sight, Depends(reading.sight())]  # noqa: N806 - a type
    Paged = Annotated[Page, Depends(reading.page)]  # noqa: N806 - the same

    @routes.get(
        "/audit/events",
        operation_id="listEvents",
        responses=_ENTRIES,
        summary="Which events fit a question, in order of position",
        dependencies=[
            Depends(reading.reached(AUDIT_TRAIL)),
            Depends(reading.searched),
        ],
    )
    def events(  # noqa: PLR0917 - a question, and how it is to be answered
        request: Request,
        sight: Seeing,
        page: Paged,
        wanted: Asked,
        order: Order = "oldest",
        count: Count = False,  # noqa: FBT002 - a parameter of the address
        format: Annotated[
            Format, Query(description="`csv` and `ndjson`: all of them behind `after`, whatever `limit` says.")
        ] = Format.JSON,
    ) -> Response:
        reads, index = reading.reads, reading.index
        upto = reads.position(AUDIT_TRAIL)
        if format is not Format.JSON:
            found = _all(reads, index, sight, wanted, page, newest=order == "newest", upto=upto)
            headers = {"Content-Disposition": f'attachment; filename="events.{format}"'}
            return StreamingResponse(lines(found, format), 200, headers, MEDIA_TYPES[format])
        matches = search(
            index, sight, wanted, after=page.after, limit=page.limit, newest=order == "newest", upto=upto, count=count
        )
        more: dict[str, object] = {}
        if matches.count is not None:
            more["count"] = {"events": min(matches.count, MOST), "more": matches.count > MOST}
        return listed(
            request,
            [item(each) for each in entries(reads, sight, matches.positions)],
            page=page,
            next=matches.positions[-1] if len(matches.positions) == page.limit else None,
            position=matches.position,
            withheld=reads.withheld(AUDIT_TRAIL, sight),
            **more,
        )

    def placed(id: str, sight: Sight) -> int:
        """The position of an event; 0 where this reader has none of this id."""
        if not re.fullmatch(UUID_FORM, id):
            return 0
        return next(
            (each.position for each in trail(reading.reads, sight, audit_trail.Wanted(event=EventId(id)), limit=1)), 0
        )

    @routes.get(
        "/audit/events/{id}",
        operation_id="getEvent",
        responses=gives("Event"),
        summary="One event: as its reader may see it, or its bytes and disclosures apart",
        dependencies=[Depends(reading.reached(AUDIT_TRAIL)), Depends(reading.reached(RECORDS))],
    )
    def event(
        request: Request,
        id: Annotated[str, Path(description="Its id, or its position.")],
        sight: Seeing,
        form: Annotated[
            Literal["read", "document"], Query(description="`document`: the stored bytes, and disclosures apart.")
        ] = "read",
    ) -> Response:
        at = int(id) if re.fullmatch("[1-9][0-9]{0,15}", id) else placed(id, sight)
        found = disclosed(reading.ledger.recorder, [at], sight).get(at)
        if found is None:
            raise Problem("not-found")
        if form == "document":
            return answer(request, document(found))
        said = known.one(reading.reads, sight, RECORDS, found.recorded.id, as_of=None, tell=record_at)
        signed = signature_at(reading.ledger.opened.ledger, reading.ledger.recorder, found)
        more = {"signature": plain(signed), "said": None if said is None else plain(said.now)}
        return answer(request, {**read(found), **more})

    @routes.get(
        "/refusals",
        operation_id="listRefusals",
        responses=gives("RefusalEntries"),
        summary="What rules refused, in order of position",
        dependencies=[Depends(reading.reached(REFUSALS))],
    )
    def refused(
        *,
        request: Request,
        sight: Seeing,
        page: Paged,
        actor: Annotated[str | None, _WORD] = None,
        addressed: Annotated[str | None, Query(max_length=200, description="The stream that was addressed.")] = None,
        code: Annotated[str | None, _WORD] = None,
    ) -> Response:
        found = refusals(
            reading.reads, sight, actor=actor, addressed=addressed, code=code, after=page.after, limit=page.limit
        )
        return listed(
            request,
            [item(each) for each in found],
            page=page,
            next=next_of(found, page),
            position=reading.reads.position(REFUSALS),
            withheld=reading.reads.withheld(REFUSALS, sight),
        )

    return routes


def _all(
    reads: Reads, index: Index, sight: Sight, wanted: Wanted, page: Page, *, newest: bool, upto: int
) -> Iterator[Found[AuditEntry]]:
    """Every entry that fits, read as it is taken; what is recorded meanwhile is not among them."""
    after = page.after
    while positions := search(index, sight, wanted, after=after, limit=AT_ONCE, newest=newest, upto=upto).positions:
        yield from entries(reads, sight, positions)
        after = positions[-1]


def read(found: Disclosed) -> Mapping[str, Any]:
    """An event as its reader may see it: the document with what is disclosed filled in, and what is withheld."""
    return {
        "position": found.position,
        "event": found.filled(),
        "withheld": list(found.withheld),
        "destroyed": list(found.destroyed),
    }


def document(found: Disclosed) -> Mapping[str, Any]:
    """An event as it is stored, and those disclosures apart that its reader may see (RFC 9901)."""
    return {
        "position": found.position,
        "document": found.document.decode(),
        "disclosures": [each.decode() for each in found.disclosures],
        "withheld": list(found.withheld),
        "destroyed": list(found.destroyed),
    }
