"""The record itself, event by event: who did what, and what the bytes say of it to whoever may see them."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from api.contract import gives
from api.problems import Problem
from api.reading import ANSWERS, Page, Reading, instant_in
from api.rendering import answer, item, listed, next_of, plain
from domain.values import UUID_FORM, CaseId, Citation, EventId, StreamId
from projections import known
from projections.audit_trail import AUDIT_TRAIL, Wanted, trail
from projections.disclosed import Disclosed, disclosed
from projections.records import RECORDS, record_at
from projections.refusals import REFUSALS, refusals
from projections.signatures import signature_at
from projections.visible import Sight

_WORD: Final = Query(max_length=200)


def router(reading: Reading) -> APIRouter:
    """Routes for the audit trail and for refusals."""
    routes = APIRouter(tags=["audit"], prefix="/v1", responses={**ANSWERS})
    Seeing = Annotated[Sight, Depends(reading.sight())]  # noqa: N806 - a type
    Paged = Annotated[Page, Depends(reading.page)]  # noqa: N806 - the same

    @routes.get(
        "/audit/events",
        operation_id="listEvents",
        responses=gives("AuditEntries"),
        summary="The audit trail, in order of position",
        dependencies=[Depends(reading.reached(AUDIT_TRAIL))],
    )
    def events(request: Request, sight: Seeing, page: Paged, wanted: Annotated[Wanted, Depends(asked)]) -> Response:
        found = trail(reading.reads, sight, wanted, after=page.after, limit=page.limit)
        return listed(
            request,
            [item(each) for each in found],
            page=page,
            next=next_of(found, page),
            position=reading.reads.position(AUDIT_TRAIL),
            withheld=reading.reads.withheld(AUDIT_TRAIL, sight),
        )

    def placed(id: str, sight: Sight) -> int:
        """The position of an event; 0 where this reader has none of this id."""
        if not re.fullmatch(UUID_FORM, id):
            return 0
        return next((each.position for each in trail(reading.reads, sight, Wanted(event=EventId(id)), limit=1)), 0)

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


async def asked(
    *,
    case_id: Annotated[str | None, _WORD] = None,
    stream: Annotated[str | None, _WORD] = None,
    actor: Annotated[str | None, _WORD] = None,
    authority: Annotated[str | None, _WORD] = None,
    type: Annotated[str | None, _WORD] = None,
    recorded_from: Annotated[str | None, Query(max_length=40, description="An instant; inclusive.")] = None,
    recorded_before: Annotated[str | None, Query(max_length=40, description="An instant; exclusive.")] = None,
) -> Wanted:
    """A dependency: which events are asked for. Raises Problem (400)."""
    since = None if recorded_from is None else instant_in("recorded_from", recorded_from)
    until = None if recorded_before is None else instant_in("recorded_before", recorded_before)
    return Wanted(
        case_id=None if case_id is None else CaseId(case_id),
        stream=None if stream is None else StreamId(stream),
        actor=actor,
        authority=None if authority is None else Citation(authority),
        type=type,
        recorded_from=since,
        recorded_before=until,
    )


def read(found: Disclosed) -> Mapping[str, Any]:
    """An event as its reader may see it: the document with what is disclosed filled in, and what is withheld."""
    return {"position": found.position, "event": found.filled(), "withheld": list(found.withheld)}


def document(found: Disclosed) -> Mapping[str, Any]:
    """An event as it is stored, and those disclosures apart that its reader may see (RFC 9901)."""
    return {
        "position": found.position,
        "document": found.document.decode(),
        "disclosures": [each.decode() for each in found.disclosures],
        "withheld": list(found.withheld),
    }
