"""Vulnerabilities are looked up here: by offices, and by whom each concerns, who never learn who reported it."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from api.advisories.advisory import Advisory
from api.advisories.told import MEDIA_TYPES, Written, advisory, asked_for, written
from api.contract import gives
from api.problems import Problem
from api.reading import ANSWERS, Ids, Reading, When
from api.reading.rendering import answer, parts, plain, summary
from api.reading.rows import Many, One, many, one
from domain.markings import TLP
from domain.rules.vulnerability.machines import ReportState
from domain.values import ParticipantId, VulnerabilityId
from projections.clearinghouse.at import Stage
from projections.clearinghouse.joined import joined
from projections.clearinghouse.queries import Wanted, by_week, vulnerabilities, vulnerability
from projections.clearinghouse.row import TOLD, Vulnerability
from projections.clearinghouse.view import CLEARINGHOUSE
from projections.visible import Sight

_FOREIGN: Final[dict[str, Any]] = {
    media_type: {"schema": {"type": "object", "description": f"As the format {format} has it."}}
    for format, media_type in MEDIA_TYPES.items()
}
_WHOLE: Final[dict[int | str, dict[str, Any]]] = {
    status: said | {"content": said["content"] | _FOREIGN} for status, said in gives("VulnerabilityWhole").items()
}
_ID: Final = Query(max_length=40)
_WORDS: Final = Query(max_length=200)
_COLOURS: Final = {colour.text.removeprefix("TLP:").lower(): colour for colour in TLP}


def router(reading: Reading) -> APIRouter:
    """Routes for the clearinghouse."""
    routes = APIRouter(tags=["clearinghouse"], prefix="/v1/clearinghouse", responses={**ANSWERS})
    reads, recorder = reading.reads, reading.ledger.recorder
    Seeing = Annotated[Sight, Depends(reading.sight())]  # noqa: N806 - a type
    At = Annotated[When, Depends(reading.when())]  # noqa: N806 - the same
    reached = [Depends(reading.reached(CLEARINGHOUSE))]

    @routes.get(
        "",
        operation_id="listVulnerabilities",
        responses=gives("Vulnerabilities"),
        summary="Vulnerabilities: every one for offices, for a participant those that concern it",
    )
    def list_vulnerabilities(
        asked: Annotated[Many[Vulnerability], many(reading, CLEARINGHOUSE)], wanted: Annotated[Wanted, Depends(which)]
    ) -> Response:
        return asked.these(vulnerabilities(reads, asked.sight, wanted, asked.when.at, **asked.part()))

    @routes.get(
        "/weeks",
        operation_id="countVulnerabilities",
        responses=gives("VulnerabilityWeeks"),
        summary="Vulnerabilities, counted by the weeks in which they were reported and published",
    )
    def count_vulnerabilities(
        asked: Annotated[One[Vulnerability], one(reading, CLEARINGHOUSE)], wanted: Annotated[Wanted, Depends(which)]
    ) -> Response:
        found = by_week(reads, asked.sight, wanted, asked.when.at, as_of=asked.when.position)
        return asked.counted([plain(each) for each in found])

    @routes.get(
        "/{id}",
        operation_id="getVulnerability",
        responses=_WHOLE,
        summary="One vulnerability: how it stands, what is awaited, and every fact about it that the reader may see",
        dependencies=reached,
    )
    def get_vulnerability(
        *,
        request: Request,
        id: str,
        sight: Seeing,
        when: At,
        format: Annotated[
            Written | None, Query(description="As others write it; `Accept` asks for the same by media type.")
        ] = None,
    ) -> Response:
        found = vulnerability(reads, sight, VulnerabilityId(id), when.at, as_of=when.position)
        if found is None:
            raise Problem("not-found")
        whole = summary(found.facts, found.now, position=found.position, stale=found.stale)
        made = parts(found.facts, recorder, sight)
        if sight.participant is not None:
            _tell(made, joined(recorder, found.facts, sight))
        if (wished := asked_for(format, request.headers.get("accept", ""))) is not None:
            return _as_others_write_it(
                request, wished, advisory(found.facts, found.now, made), reading.ledger.opened.ledger
            )
        return answer(request, whole | {"parts": made})

    return routes


async def which(
    *,
    id: Ids = None,
    state: Annotated[ReportState | None, Query(description="Of the report (Vultron's report management).")] = None,
    stage: Annotated[Stage | None, Query(description="In words for whoever reported it.")] = None,
    priority: Annotated[str | None, Query(max_length=200, description="The outcome of the table.")] = None,
    vendor: Annotated[str | None, Query(max_length=200, description="A part of its name, or its participant.")] = None,
    operator: Annotated[str | None, _ID] = None,
    sector: Annotated[str | None, _ID] = None,
    alias: Annotated[str | None, _WORDS] = None,
    tlp: Annotated[str | None, Query(pattern="^(?:clear|green|amber|amber\\+strict|red)$")] = None,
    exploited: bool | None = None,
    embargoed: bool | None = None,
    public: bool | None = None,
    silent: Annotated[bool | None, Query(description="Whether a vendor has not answered.")] = None,
    duplicate_of: Annotated[str | None, _ID] = None,
) -> Wanted:
    """A dependency: which vulnerabilities are asked for."""
    return Wanted(
        ids=None if id is None else tuple(map(VulnerabilityId, id)),
        report=state,
        stage=stage,
        priority=priority,
        vendor=vendor,
        operator=None if operator is None else ParticipantId(operator),
        sector=sector,
        alias=alias,
        tlp=None if tlp is None else _COLOURS[tlp],
        exploited=exploited,
        embargoed=embargoed,
        public=public,
        silent=silent,
        duplicate_of=None if duplicate_of is None else VulnerabilityId(duplicate_of),
    )


def _as_others_write_it(request: Request, format: Written, found: Advisory | None, ledger: str) -> Response:
    origin = str(request.base_url).rstrip("/")
    made = None if found is None else written(format, found, origin=origin, organisation=_version_4(ledger))
    if made is None:
        raise Problem("parameter-wrong", f"There is no document of the format {format} for this vulnerability.")
    response = answer(request, made)
    if response.status_code == 200:
        response.headers["Content-Type"] = MEDIA_TYPES[format]
    response.headers["Vary"] = "Accept"
    return response


def _version_4(id: str) -> str:
    """The id as CVE takes one of an organisation, the same for every record of this ledger."""
    return str(UUID(bytes=UUID(id).bytes, version=4))


def _tell(made: dict[str, list[dict[str, Any]]], said: Any) -> None:  # noqa: ANN401 - what `joined` gives
    for name in TOLD:
        for part in made[name]:
            if part["position"] in said:
                part.update(said[part["position"]]._asdict())
