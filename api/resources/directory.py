"""Who has final authority over what, and who and what acts rest on: as it is, and as it was at any position."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request, Response

from api.contract import gives
from api.reading import ANSWERS, Ids, Page, Reading, When
from api.reading.rendering import listed, plain, with_protected
from api.reading.rows import Many, One, many, one
from domain.events.case import Result
from domain.events.office import OfficeKind
from domain.events.participant import ParticipantKind
from domain.values import CaseId, InstrumentCode, OfficeCode, ParticipantId, PolicyCode
from projections.determined import Determined
from projections.directory import queries as directory
from projections.directory.rows import Instrument, Office, Participant, Policy
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

    @routes.get("/offices", operation_id="listOffices", responses=gives("Offices"), summary="Offices")
    def list_offices(
        *,
        asked: Annotated[Many[Office], many(reading, OFFICES)],
        kind: OfficeKind | None = None,
        department: Annotated[str | None, _ID] = None,
    ) -> Response:
        of = None if department is None else OfficeCode(department)
        found = directory.offices(reads, asked.sight, asked.when.at, kind=kind, department=of, **asked.part())
        return asked.these(found)

    @routes.get("/offices/{code}", operation_id="getOffice", responses=gives("OfficeWhole"), summary="One office")
    def get_office(code: str, asked: Annotated[One[Office], one(reading, OFFICES)]) -> Response:
        return asked.this(
            directory.office(reads, asked.sight, OfficeCode(code), asked.when.at, as_of=asked.when.position)
        )

    @routes.get("/instruments", operation_id="listInstruments", responses=gives("Instruments"), summary="Instruments")
    def list_instruments(
        *, asked: Annotated[Many[Instrument], many(reading, INSTRUMENTS)], in_force: bool | None = None
    ) -> Response:
        return asked.these(directory.instruments(reads, asked.sight, in_force=in_force, **asked.part()))

    @routes.get(
        "/instruments/{code}",
        operation_id="getInstrument",
        responses=gives("InstrumentWhole"),
        summary="One instrument",
    )
    def get_instrument(code: str, asked: Annotated[One[Instrument], one(reading, INSTRUMENTS)]) -> Response:
        return asked.this(directory.instrument(reads, asked.sight, InstrumentCode(code), as_of=asked.when.position))

    @routes.get("/policies", operation_id="listPolicies", responses=gives("Policies"), summary="Policies")
    def list_policies(
        asked: Annotated[Many[Policy], many(reading, POLICIES)], kind: Annotated[str | None, _ID] = None
    ) -> Response:
        return asked.these(directory.policies(reads, asked.sight, kind=kind, **asked.part()))

    @routes.get("/policies/{code}", operation_id="getPolicy", responses=gives("PolicyWhole"), summary="One policy")
    def get_policy(code: str, asked: Annotated[One[Policy], one(reading, POLICIES)]) -> Response:
        return asked.this(directory.policy(reads, asked.sight, PolicyCode(code), as_of=asked.when.position))

    @routes.get(
        "/participants", operation_id="listParticipants", responses=gives("Participants"), summary="Participants"
    )
    def list_participants(
        *,
        asked: Annotated[Many[Participant], many(reading, PARTICIPANTS)],
        id: Ids = None,
        kind: ParticipantKind | None = None,
        takes_part: bool | None = None,
        sector: Annotated[str | None, _ID] = None,
    ) -> Response:
        found = directory.participants(
            reads,
            asked.sight,
            ids=None if id is None else [ParticipantId(each) for each in id],
            kind=kind,
            takes_part=takes_part,
            sector=sector,
            **asked.part(),
        )
        return asked.these(found)

    @routes.get(
        "/participants/{id}",
        operation_id="getParticipant",
        responses=gives("ParticipantWhole"),
        summary="One participant",
    )
    def get_participant(id: str, asked: Annotated[One[Participant], one(reading, PARTICIPANTS)]) -> Response:
        return asked.this(directory.participant(reads, asked.sight, ParticipantId(id), as_of=asked.when.position))

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
