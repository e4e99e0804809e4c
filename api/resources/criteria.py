"""Anybody may read the criteria, compare their versions and walk through them: nobody is asked who they are."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import ConfigDict, TypeAdapter, ValidationError
from typing_extensions import TypedDict

from api.acts.bodies import media_type, whole
from api.acts.receipts import JSON
from api.contract import PROBLEMS, gives
from api.problems import Problem
from api.reading import Page, Reading
from api.reading.rendering import answer, plain, told, told_page
from domain import clocks, wire
from domain.rules.criteria import Answered, walk
from domain.rules.policy import ZONE
from projections import known
from projections.criteria import CRITERIA, Criteria, CriteriaAt, CriteriaVersion, criteria_at, difference
from projections.visible import ANYBODY

MOST: Final = 64 * 1024
"""Bytes of answers, at most."""
NO_DETERMINATION: Final = (
    "This is no determination, and Docket has kept nothing of it. Whether a model warrants additional scrutiny is "
    "determined by the Director of NSA alone (EO14409:3(a))."
)
_OPEN: Final[dict[str, Any]] = {"security": [{}]}
_On = Annotated[date | None, Query(description="As they hold at the end of this day in New York; by default now.")]
_Version = Annotated[int | None, Query(ge=1, le=2**31 - 1)]


_ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    304: {"description": "It is as you have it"},
    **{status: PROBLEMS[status] for status in (400, 404, 409, 503)},
}


class Answers(TypedDict, total=False):
    """What somebody answers, by the codes of factors; what is not answered is unknown."""

    __pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[misc]  # where pydantic looks for it

    version: int
    """By default the version that holds now, or the next that will."""
    answers: Mapping[str, Answered]


FORM: Final = TypeAdapter(Answers)


def router(reading: Reading) -> APIRouter:
    """Routes that ask nobody who they are, and wait for nothing."""
    routes = APIRouter(tags=["criteria"], prefix="/v1/criteria", responses=_ANSWERS)
    reads, recorder = reading.reads, reading.ledger.recorder
    Paged = Annotated[Page, Depends(reading.page)]  # noqa: N806 - a type

    def found(code: str, on: date | None = None) -> known.Told[Criteria, CriteriaAt]:
        at = reading.clock() if on is None else _end_of(on)
        one = known.one(reads, ANYBODY, CRITERIA, code, as_of=None, tell=lambda row: criteria_at(row, at))
        if one is None:
            raise Problem("not-found")
        return one

    @routes.get(
        "",
        operation_id="listCriteria",
        responses=gives("CriteriaList"),
        summary="All criteria, with the version that holds",
        openapi_extra=_OPEN,
    )
    def every(*, request: Request, page: Paged, on: _On = None) -> Response:
        at = reading.clock() if on is None else _end_of(on)
        some = known.page(
            reads,
            ANYBODY,
            CRITERIA,
            tell=lambda row: criteria_at(row, at),
            as_of=None,
            after=page.after,
            limit=page.limit,
        )
        return told_page(request, reads, CRITERIA, ANYBODY, page, some)

    @routes.get(
        "/{code}",
        operation_id="getCriteria",
        responses={**gives("CriteriaWhole"), 404: PROBLEMS[404]},
        summary="Criteria: every version, and the one that holds",
        openapi_extra=_OPEN,
    )
    def one(*, request: Request, code: str, on: _On = None) -> Response:
        return told(request, recorder, ANYBODY, found(code, on))

    @routes.get(
        "/{code}/diff",
        operation_id="compareCriteria",
        responses={**gives("Difference"), 404: PROBLEMS[404]},
        summary="What changed from one version to another",
        openapi_extra=_OPEN,
    )
    def compare(
        *,
        request: Request,
        code: str,
        before: Annotated[_Version, Query(alias="from", description="By default the one before.")] = None,
        after: Annotated[_Version, Query(alias="to", description="By default the last one.")] = None,
    ) -> Response:
        row = found(code).facts
        after = after or len(row.publications)
        before = before or max(1, after - 1)
        return answer(request, plain(difference(row, _version(row, before), _version(row, after))))

    async def said(request: Request) -> Answers:
        media_type(request, JSON)
        try:
            return FORM.validate_json(await whole(request, MOST), strict=True)
        except ValidationError as error:
            wrong = error.errors(include_url=False, include_context=False, include_input=False)[0]
            place = "/".join(map(str, wrong["loc"])) or "the body"
            raise Problem("malformed", f"{place}: {wrong['msg']}.") from None

    @routes.post(
        "/{code}/self-check",
        operation_id="checkYourself",
        responses={**gives("SelfCheck"), **{status: PROBLEMS[status] for status in (404, 413, 415, 422)}},
        summary="Walk through the criteria: nothing is kept, and nobody is asked who they are",
        openapi_extra=_OPEN
        | {
            "requestBody": {
                "required": True,
                "content": {JSON: {"schema": {"$ref": "#/components/schemas/SelfCheckAnswers"}}},
            }
        },
    )
    def check(*, code: str, answers: Annotated[Answers, Depends(said)]) -> Response:
        one = found(code)
        published = _chosen(one, answers.get("version"))
        given = answers.get("answers", {})
        if strange := sorted(given.keys() - {factor.code for factor in published.factors}):
            raise Problem("malformed", f"There is no factor {strange[0]} in this version.")
        taken, pointer = walk(published.factors, given)
        path = [
            {
                "factor": each.factor.code,
                "question": each.factor.question,
                "text": each.factor.text,
                "answered": each.answered,
            }
            for each in taken
        ]
        return answer_to_nobody(
            {
                "code": one.facts.code,
                "version": published.version,
                "path": path,
                "pointer": pointer,
                "withheld_count": published.withheld_count,
                "notice": NO_DETERMINATION,
            }
        )

    return routes


def answer_to_nobody(value: dict[str, Any]) -> Response:
    """What is kept nowhere, neither here nor on its way."""
    return Response(wire.canonical(value), 200, {"Cache-Control": "no-store"}, JSON)


def _end_of(day: date) -> datetime:
    return clocks.day_begins(day + timedelta(days=1), ZONE) - timedelta(microseconds=1)


def _version(row: Criteria, version: int) -> CriteriaVersion:
    for each in row.publications:
        if each.version == version:
            return each
    raise Problem("not-found", f"There is no version {version} of {row.code}.")


def _chosen(one: known.Told[Criteria, CriteriaAt], version: int | None) -> CriteriaVersion:
    if version is not None:
        return _version(one.facts, version)
    return one.now.in_force or one.facts.publications[0]
