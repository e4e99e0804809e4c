"""Who has final authority over what, and who and what acts rest on: as it is, and as it was at any position."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request, Response

from api.contract import gives
from api.reading import ANSWERS, Ids, Page, Reading, When
from api.reading.rendering import listed, plain, told, told_page, with_protected
from domain.events.case import Result
from domain.events.office import OfficeKind
from domain.events.participant import ParticipantKind
from domain.values import CaseId, InstrumentCode, OfficeCode, ParticipantId, PolicyCode
from projections.determined import Determined
from projections.directory import queries as directory
from projections.directory.views import INSTRUMENTS, OFFICES, PARTICIPANTS, POLICIES
from projections.final_authority import FINAL_AUTHORITY, Wanted, determinations
from projections.visible import Sight

_ID: Final = Query(max_length=40)


def router(reading: Reading) -> APIRouter:
    """Routes for the final-authority record and the directory."""
    routes = APIRouter(tags=["directory"], prefix="/v1", responses={**ANSWERS})
    reads, recorder = reading.reads, reading.ledger.recorder
    Seeing = Annotated[Sight, Depends(reading.sight())]  # noqa: N806 - a type
    Paged = Annotated[Page, Depends(reading.page)]  # noqa: N806 - the same
    At = Annotated[When, Depends(reading.when())]  # noqa: N806 - the same

    @routes.get(
        "/final-authority",
        operation_id="listDeterminations",
        responses=gives("Determinations"),
        summary="Determinations, by case: in force, superseded, and what stands beside them",
        dependencies=[Depends(reading.reached(FINAL_AUTHORITY))],
    )
    def authority(
        *, request: Request, sight: Seeing, page: Paged, when: At, wanted: Annotated[Wanted, Depends(which)]
    ) -> Response:
        position = reads.position(FINAL_AUTHORITY)
        found = determinations(reads, sight, wanted, when.at, as_of=when.position, after=page.after, limit=page.limit)
        items = [determination(each, stale=each.case_id in found.stale) for each in found.determinations]
        with_protected(items, recorder, sight)
        withheld = reads.withheld(FINAL_AUTHORITY, sight)
        return listed(request, items, page=page, next=found.after, position=position, withheld=withheld)

    in_offices = [Depends(reading.reached(OFFICES))]

    @routes.get(
        "/offices", operation_id="listOffices", responses=gives("Offices"), summary="Offices", dependencies=in_offices
    )
    def list_offices(
        *,
        request: Request,
        sight: Seeing,
        page: Paged,
        when: At,
        kind: OfficeKind | None = None,
        department: Annotated[str | None, _ID] = None,
    ) -> Response:
        found = directory.offices(
            reads,
            sight,
            when.at,
            kind=kind,
            department=None if department is None else OfficeCode(department),
            as_of=when.position,
            after=page.after,
            limit=page.limit,
        )
        return told_page(request, reads, OFFICES, sight, page, found)

    @routes.get(
        "/offices/{code}",
        operation_id="getOffice",
        responses=gives("OfficeWhole"),
        summary="One office",
        dependencies=in_offices,
    )
    def get_office(*, request: Request, code: str, sight: Seeing, when: At) -> Response:
        return told(
            request, recorder, sight, directory.office(reads, sight, OfficeCode(code), when.at, as_of=when.position)
        )

    in_instruments = [Depends(reading.reached(INSTRUMENTS))]

    @routes.get(
        "/instruments",
        operation_id="listInstruments",
        responses=gives("Instruments"),
        summary="Instruments",
        dependencies=in_instruments,
    )
    def list_instruments(
        *, request: Request, sight: Seeing, page: Paged, when: At, in_force: bool | None = None
    ) -> Response:
        found = directory.instruments(
            reads, sight, in_force=in_force, as_of=when.position, after=page.after, limit=page.limit
        )
        return told_page(request, reads, INSTRUMENTS, sight, page, found)

    @routes.get(
        "/instruments/{code}",
        operation_id="getInstrument",
        responses=gives("InstrumentWhole"),
        summary="One instrument",
        dependencies=in_instruments,
    )
    def get_instrument(*, request: Request, code: str, sight: Seeing, when: At) -> Response:
        return told(
            request, recorder, sight, directory.instrument(reads, sight, InstrumentCode(code), as_of=when.position)
        )

    in_policies = [Depends(reading.reached(POLICIES))]

    @routes.get(
        "/policies",
        operation_id="listPolicies",
        responses=gives("Policies"),
        summary="Policies",
        dependencies=in_policies,
    )
    def list_policies(
        *, request: Request, sight: Seeing, page: Paged, when: At, kind: Annotated[str | None, _ID] = None
    ) -> Response:
        found = directory.policies(reads, sight, kind=kind, as_of=when.position, after=page.after, limit=page.limit)
        return told_page(request, reads, POLICIES, sight, page, found)

    @routes.get(
        "/policies/{code}",
        operation_id="getPolicy",
        responses=gives("PolicyWhole"),
        summary="One policy",
        dependencies=in_policies,
    )
    def get_policy(*, request: Request, code: str, sight: Seeing, when: At) -> Response:
        return told(request, recorder, sight, directory.policy(reads, sight, PolicyCode(code), as_of=when.position))

    in_participants = [Depends(reading.reached(PARTICIPANTS))]

    @routes.get(
        "/participants",
        operation_id="listParticipants",
        responses=gives("Participants"),
        summary="Participants",
        dependencies=in_participants,
    )
    def list_participants(
        *,
        request: Request,
        sight: Seeing,
        page: Paged,
        when: At,
        id: Ids = None,
        kind: ParticipantKind | None = None,
        takes_part: bool | None = None,
        sector: Annotated[str | None, _ID] = None,
    ) -> Response:
        found = directory.participants(
            reads,
            sight,
            ids=None if id is None else [ParticipantId(each) for each in id],
            kind=kind,
            takes_part=takes_part,
            sector=sector,
            as_of=when.position,
            after=page.after,
            limit=page.limit,
        )
        return told_page(request, reads, PARTICIPANTS, sight, page, found)

    @routes.get(
        "/participants/{id}",
        operation_id="getParticipant",
        responses=gives("ParticipantWhole"),
        summary="One participant",
        dependencies=in_participants,
    )
    def get_participant(*, request: Request, id: str, sight: Seeing, when: At) -> Response:
        return told(
            request, recorder, sight, directory.participant(reads, sight, ParticipantId(id), as_of=when.position)
        )

    return routes


async def which(
    *,
    case_id: Annotated[str | None, _ID] = None,
    developer: Annotated[str | None, _ID] = None,
    result: Result | None = None,
    in_force: bool | None = None,
    consulted: bool | None = None,
) -> Wanted:
    """A dependency: which determinations are asked for."""
    return Wanted(
        case_id=None if case_id is None else CaseId(case_id),
        developer=None if developer is None else ParticipantId(developer),
        result=result,
        in_force=in_force,
        consulted=consulted,
    )


def determination(found: Determined, *, stale: bool) -> dict[str, Any]:
    """A determination as a list has it: parts of its case are counted, names of what it protects are told apart."""
    said: dict[str, Any] = plain(found)
    return said | {"parts_withheld": said.pop("withheld"), "stale": stale}
