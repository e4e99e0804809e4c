"""Trusted partners, whom two sides select together, and a developer's own programme, which it reports, are shown."""

from typing import Annotated, Any, Final

import msgspec
from fastapi import APIRouter, Depends, Query, Request, Response

from api.contract import gives
from api.problems import Problem
from api.reading import ANSWERS, Page, Reading, When
from api.reading.rendering import answer, listed, plain, with_protected
from domain.ledger.recorder import LedgerRecorder
from domain.values import CaseId, ParticipantId
from projections import partners
from projections.partners import PARTNERS, Agreement, Wanted
from projections.visible import Sight

_ID: Final = Query(max_length=40)
_NAME: Final = Query(max_length=200, description="The partner's name, or part of it.")


def router(reading: Reading) -> APIRouter:
    """Routes for trusted partners and programme participants."""
    routes = APIRouter(tags=["cases"], prefix="/v1", responses={**ANSWERS})
    reads, recorder = reading.reads, reading.ledger.recorder
    reached = [Depends(reading.reached(PARTNERS))]
    Seeing = Annotated[Sight, Depends(reading.sight())]  # noqa: N806 - a type
    Paged = Annotated[Page, Depends(reading.page)]  # noqa: N806 - the same
    At = Annotated[When, Depends(reading.when())]  # noqa: N806 - the same

    def paged(request: Request, sight: Sight, page: Page, items: list[dict[str, Any]], next: int | None) -> Response:
        position, withheld = reads.position(PARTNERS), reads.withheld(PARTNERS, sight)
        return listed(request, items, page=page, next=next, position=position, withheld=withheld)

    @routes.get(
        "/trusted-partners",
        operation_id="listTrustedPartners",
        responses=gives("TrustedPartners"),
        summary="Trusted partners of every case: proposed, selected by both sides, or not agreed",
        dependencies=reached,
    )
    def trusted(
        *,
        request: Request,
        sight: Seeing,
        page: Paged,
        when: At,
        developer: Annotated[str | None, _ID] = None,
        case_id: Annotated[str | None, _ID] = None,
        partner: Annotated[str | None, _NAME] = None,
        state: Agreement | None = None,
    ) -> Response:
        wanted = Wanted(developer=_developer(developer), case_id=_case(case_id), state=state, partner=partner)
        found = partners.trusted_partners(reads, sight, wanted, as_of=when.position, after=page.after, limit=page.limit)
        return paged(request, sight, page, _items(found.trusted, recorder, sight), found.after)

    @routes.get(
        "/programme-participants",
        operation_id="listProgrammeReports",
        responses=gives("ProgrammeReports"),
        summary="What developers reported of their own early-access programmes",
        dependencies=reached,
    )
    def programmes(
        *,
        request: Request,
        sight: Seeing,
        page: Paged,
        when: At,
        developer: Annotated[str | None, _ID] = None,
        case_id: Annotated[str | None, _ID] = None,
    ) -> Response:
        wanted = Wanted(developer=_developer(developer), case_id=_case(case_id))
        found = partners.programme_reports(
            reads, sight, wanted, as_of=when.position, after=page.after, limit=page.limit
        )
        return paged(request, sight, page, _items(found.programme, recorder, sight), found.after)

    @routes.get(
        "/cases/{case_id}/partners",
        operation_id="getCasePartners",
        responses=gives("CasePartners"),
        summary="The trusted partners of one case, and its developer's own programme",
        dependencies=reached,
    )
    def of_case(*, request: Request, case_id: str, sight: Seeing, when: At) -> Response:
        found = partners.partners_of(reads, sight, CaseId(case_id), as_of=when.position)
        if found is None:
            raise Problem("not-found")
        said = {
            "case_id": case_id,
            "trusted_partners": _items(found.trusted, recorder, sight),
            "programme": _items(found.programme, recorder, sight),
        }
        return answer(request, said)

    return routes


def _items(found: tuple[msgspec.Struct, ...], recorder: LedgerRecorder, sight: Sight) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = [plain(each) for each in found]
    with_protected(made, recorder, sight)
    return made


def _developer(id: str | None) -> ParticipantId | None:
    return None if id is None else ParticipantId(id)


def _case(id: str | None) -> CaseId | None:
    return None if id is None else CaseId(id)
