"""A report is given as JSON with the events behind each number, as CSV, or as tagged PDF."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request, Response

from api.problems import Problem
from api.reading import ANSWERS, AsOf, Reading, When
from api.reading.rendering import answer
from api.reports.as_csv import as_csv
from api.reports.as_json import as_json, listed
from api.reports.as_pdf import as_pdf
from api.reports.said import Said, said_of
from domain import wire
from projections.reports.definitions import DEFINITIONS
from projections.reports.model import Definition, Period
from projections.reports.report import Report, last_fiscal_year, public_report, report, withheld
from projections.reports.source import Source
from projections.visible import Sight


class Format(StrEnum):
    """What a report is given as."""

    JSON = "json"
    CSV = "csv"
    PDF = "pdf"


_WRITERS: Final[Mapping[Format, tuple[str, Callable[[Said], bytes]]]] = {
    Format.CSV: ("text/csv; charset=utf-8; header=present", as_csv),
    Format.PDF: ("application/pdf", as_pdf),
}
_FROM: Final = Query(alias="from", description="The first day of the period, in New York; without it, the beginning.")
_UNTIL: Final = Query(description="The day before which the period ends; without it, it has no end.")
_VERSION: Final = Query(ge=1, le=10_000, description="Of the definition; any other one is not found.")
_PUBLIC: Final = Query(
    description="The public part: of a fiscal year that has ended (the last one, or that of `from` and `until`), as it "
    "was at its end, the same for everybody, with small counts suppressed."
)
_REPORT: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "Found",
        "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/Report"}},
            "text/csv": {"schema": {"type": "string"}},
            "application/pdf": {"schema": {"type": "string", "contentMediaType": "application/pdf"}},
        },
    }
}
_REPORTS: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "Found",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ReportDefinitions"}}},
    }
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which rendering of a report is asked for."""

    period: Period
    format: Format
    public: bool
    version: int | None


def router(reading: Reading) -> APIRouter:
    """Routes for reports."""
    routes = APIRouter(tags=["reports"], prefix="/v1", responses={**ANSWERS})
    reads, recorder = reading.reads, reading.ledger.recorder
    Seeing = Annotated[Sight, Depends(reading.sight())]  # noqa: N806 - a type
    At = Annotated[When, Depends(reading.when())]  # noqa: N806 - the same

    @routes.get(
        "/reports",
        operation_id="listReports",
        responses=_REPORTS,
        summary="Definitions of reports, with their versions",
        dependencies=[Depends(reading.sight())],
    )
    def definitions(request: Request) -> Response:
        return answer(request, {"items": [listed(each) for each in DEFINITIONS.values()]})

    def reached(definition: Definition, position: int) -> None:
        behind = min(reads.position(view) for view in definition.views)
        if behind < position:
            raise Problem("view-behind", position=behind)

    def made(definition: Definition, asked: Asked, sight: Sight, when: When) -> Report:
        if asked.public:
            ends_on = _year(definition, asked.period, last_fiscal_year(reading.clock()))
            found = public_report(definition, reads, ends_on)
            reached(definition, found.position)
            return found
        position = when.position
        if position is None:
            position = min(reads.position(view) for view in definition.views)
            document = recorder.documents([position]).get(position)
            if document is None:
                raise Problem("view-unbuilt")
            when = When(position, wire.load(document).recorded_at)
        reached(definition, position)
        return report(definition, asked.period, Source(reads=reads, sight=sight, position=position, at=when.at))

    waits = [
        Depends(reading.reached(view)) for view in {v.name: v for d in DEFINITIONS.values() for v in d.views}.values()
    ]

    @routes.get(
        "/reports/{code}",
        operation_id="getReport",
        responses=_REPORT,
        summary="One report of a period, with the events behind each number",
        dependencies=waits,
    )
    def get_report(
        *,
        request: Request,
        code: str,
        sight: Seeing,
        when: At,
        asked: Annotated[Asked, Depends(which)],
        as_of: AsOf = None,
    ) -> Response:
        definition = DEFINITIONS.get(code)
        if definition is None or asked.version not in {None, definition.version}:
            raise Problem("not-found")
        if asked.public and as_of is not None:
            raise Problem("parameter-wrong", "A public part is as it was at the end of its fiscal year.")
        found = made(definition, asked, sight, when)
        said = said_of(found, recorder, withheld=None if asked.public else withheld(reads, definition, sight))
        if asked.format is Format.JSON:
            return answer(request, as_json(said))
        media_type, write = _WRITERS[asked.format]
        return _file(request, said, write(said), media_type, asked.format)

    return routes


async def which(
    *,
    from_: Annotated[date | None, _FROM] = None,
    until: Annotated[date | None, _UNTIL] = None,
    format: Format = Format.JSON,
    public: Annotated[bool, _PUBLIC] = False,
    version: Annotated[int | None, _VERSION] = None,
) -> Asked:
    """A dependency: which report is asked for. Raises Problem (400) for a period that ends before it begins."""
    if from_ is not None and until is not None and until <= from_:
        raise Problem("parameter-wrong", "A period ends after it begins.")
    return Asked(period=Period(from_on=from_, until_on=until), format=format, public=public, version=version)


def _year(definition: Definition, period: Period, last: date) -> date:
    """The day on which the fiscal year that is asked for ended. Raises Problem (400)."""
    if not definition.public:
        raise Problem("parameter-wrong", "This report has no public part.")
    if period == Period():
        return last
    ends = period.until_on
    is_year = (
        ends is not None
        and ends <= last
        and (ends.month, ends.day) == (last.month, last.day)
        and period.from_on == ends.replace(year=ends.year - 1)
    )
    if not is_year or ends is None:
        raise Problem(
            "parameter-wrong", "A public part is of a fiscal year that has ended, from 1 October to 1 October."
        )
    return ends


def _file(request: Request, said: Said, body: bytes, media_type: str, format: Format) -> Response:
    tag = f'"{sha256(body).hexdigest()[:24]}"'
    name = f"{said.report.definition.code}-{said.report.position}.{format}"
    headers = {
        "ETag": tag,
        "Cache-Control": "private, no-cache",
        "Content-Disposition": f'attachment; filename="{name}"',
    }
    if tag in {each.strip() for each in request.headers.get("if-none-match", "").split(",")}:
        return Response(None, 304, headers)
    return Response(body, 200, headers, media_type)
