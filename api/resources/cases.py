"""A case is shown as it is now, or as it was; whoever asks also learns what they could do with it."""

from datetime import timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request, Response

from api.audit.events import read
from api.contract import gives
from api.problems import Problem
from api.reading import ANSWERS, Ids, Page, Reading, When, instant_in
from api.reading.rendering import answer, listed, next_of, parts, plain, summary, told_options
from api.resources.calendar import ICALENDAR, PAST, gives_calendar, tagged, written
from domain.act import Principal
from domain.events.case import Result
from domain.rules.case import Phase
from domain.rules.citing import Text
from domain.values import CaseId, OfficeCode, ParticipantId, StreamId
from projections import audit_trail
from projections.audit_trail import AUDIT_TRAIL, trail
from projections.case_status import CASE_STATUS, Citing, Told, Wanted, case, cases
from projections.clocks import CLOCKS, calendar, ending
from projections.disclosed import disclosed
from projections.options import options
from projections.visible import Sight

_HORIZON: Final = timedelta(days=3660)
_ID: Final = Query(max_length=40)
_DIGITS: Final = 9
_Cited = Annotated[
    str | None,
    Query(max_length=60, description="Code of a text that it rests on, or code and version: `CODE@1`."),
]


def router(reading: Reading) -> APIRouter:
    """Routes for cases and their clocks."""
    routes = APIRouter(tags=["cases"], prefix="/v1", responses={**ANSWERS})
    reads, recorder = reading.reads, reading.ledger.recorder
    Seeing = Annotated[Sight, Depends(reading.sight())]  # noqa: N806 - a type
    Paged = Annotated[Page, Depends(reading.page)]  # noqa: N806 - the same
    At = Annotated[When, Depends(reading.when())]  # noqa: N806 - the same
    folded = [Depends(reading.reached(CASE_STATUS))]

    @routes.get(
        "/cases",
        operation_id="listCases",
        responses=gives("Cases"),
        summary="Cases, in the order in which they began",
        dependencies=folded,
    )
    def list_cases(
        *, request: Request, sight: Seeing, page: Paged, when: At, wanted: Annotated[Wanted, Depends(which)]
    ) -> Response:
        position = reads.position(CASE_STATUS)
        found = cases(reads, sight, wanted, when.at, as_of=when.position, after=page.after, limit=page.limit)
        return listed(
            request,
            [told(each) for each in found.cases],
            page=page,
            next=found.after,
            position=position,
            withheld=reads.withheld(CASE_STATUS, sight),
        )

    def one(case_id: str, sight: Sight, when: When) -> Told:
        found = case(reads, sight, CaseId(case_id), when.at, as_of=when.position)
        if found is None:
            raise Problem("not-found")
        return found

    @routes.get(
        "/cases/{case_id}",
        operation_id="getCase",
        responses=gives("CaseWhole"),
        summary="One case, with all of its parts",
        dependencies=folded,
    )
    def get_case(*, request: Request, case_id: str, sight: Seeing, when: At) -> Response:
        position = reads.position(CASE_STATUS)  # before the row: a version may be too old for it, never too new
        found = one(case_id, sight, when)
        whole = told(found) | {"parts": parts(found.status, recorder, sight)}
        if when.position is not None:
            return answer(request, whole)
        rows = recorder.read_stream(f"case-{case_id}", upto_position=position)
        return answer(request, whole, version=rows[-1][1] if rows else None)

    @routes.get(
        "/cases/{case_id}/history",
        operation_id="getCaseHistory",
        responses=gives("Events"),
        summary="The events about a case, in order of position",
        dependencies=[*folded, Depends(reading.reached(AUDIT_TRAIL))],
    )
    def history(*, request: Request, case_id: str, sight: Seeing, page: Paged, when: At) -> Response:
        one(case_id, sight, when)
        wanted = audit_trail.Wanted(case_id=CaseId(case_id))
        found = trail(reads, sight, wanted, after=page.after, limit=page.limit)
        positions = [each.position for each in found if when.position is None or each.position <= when.position]
        known = disclosed(recorder, positions, sight)
        return listed(
            request,
            [read(known[position]) for position in positions if position in known],
            page=page,
            next=next_of(found, page),
            position=reads.position(AUDIT_TRAIL),
        )

    @routes.get(
        "/cases/{case_id}/options",
        operation_id="getCaseOptions",
        responses=gives("Options"),
        summary="What you could do with a case now, and why not the rest",
        dependencies=folded,
    )
    def possible(
        *,
        request: Request,
        case_id: str,
        sight: Seeing,
        by: Annotated[Principal, Depends(reading.caller)],
    ) -> Response:
        now = reading.clock()
        one(case_id, sight, When(None, now))
        said = told_options(options(reading.ledger, StreamId(f"case-{case_id}"), by, now))
        return answer(request, {"case_id": case_id, "at": now, "options": said})

    @routes.get(
        "/clocks",
        operation_id="listClocks",
        responses=gives("Clocks"),
        summary="Clocks that run or have passed, now or at any position or instant, soonest first",
        dependencies=[Depends(reading.reached(CLOCKS))],
    )
    def clocks(
        *,
        request: Request,
        sight: Seeing,
        when: At,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        office: Annotated[str | None, Query(max_length=40, description="Those alone that wait for it.")] = None,
        before: Annotated[str | None, Query(max_length=40, description="An instant before which they end.")] = None,
        stream: Annotated[str | None, Query(max_length=200, description="Those alone of one stream.")] = None,
        owed: Annotated[
            bool,
            Query(description="Also those of which it is recorded that they passed, while somebody is waited for."),
        ] = False,
    ) -> Response:
        position = reads.position(CLOCKS)
        found = ending(
            reads,
            sight,
            when.at,
            before=when.at + _HORIZON if before is None else instant_in("before", before),
            office=None if office is None else OfficeCode(office),
            stream=None if stream is None else StreamId(stream),
            owed=owed,
            as_of=when.position,
            limit=limit,
        )
        items = [plain(each) for each in found]
        return answer(request, {"items": items, "at": when.at, "position": position})

    @routes.get(
        "/clocks.ics",
        operation_id="getCalendar",
        responses=gives_calendar(),
        response_class=Response,
        summary="Your clocks and deadlines as a calendar (RFC 5545), those that were stopped as cancelled",
        dependencies=[Depends(reading.reached(CLOCKS))],
    )
    def calendar_of(request: Request, sight: Seeing) -> Response:
        now = reading.clock()
        return tagged(request, written(calendar(reads, sight, now, since=now - PAST)), ICALENDAR)

    return routes


async def which(
    *,
    id: Ids = None,
    phase: Phase | None = None,
    developer: Annotated[str | None, _ID] = None,
    office: Annotated[str | None, _ID] = None,
    access_open: bool | None = None,
    result: Result | None = None,
    determined: bool | None = None,
    open: Annotated[bool | None, Query(description="Neither closed nor withdrawn.")] = None,
    standard: _Cited = None,
    threshold: _Cited = None,
) -> Wanted:
    """A dependency: which cases are asked for."""
    return Wanted(
        ids=None if id is None else tuple(map(CaseId, id)),
        phase=phase,
        developer=None if developer is None else ParticipantId(developer),
        office=None if office is None else OfficeCode(office),
        access_open=access_open,
        result=result,
        determined=determined,
        open=open,
        cites=tuple(
            Citing(kind, *cited)
            for kind, text in ((Text.STANDARD, standard), (Text.THRESHOLD, threshold))
            if (cited := _cited(kind, text)) is not None
        ),
    )


def _cited(kind: Text, text: str | None) -> tuple[str, int | None] | None:
    """Code and version of a text. Raises Problem (400)."""
    if text is None:
        return None
    code, at, version = text.partition("@")
    if at and not (version.isascii() and version.isdecimal() and len(version) <= _DIGITS):
        raise Problem("parameter-wrong", f"{kind} is a code, or a code and a version: CODE@1.")
    return code, int(version) if at else None


def told(found: Told) -> dict[str, Any]:
    """A case without its parts."""
    return summary(found.status, found.now, position=found.position, stale=found.stale)
