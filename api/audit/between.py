"""Whoever was away asks what changed: between two positions, or two instants."""

from datetime import UTC, datetime
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request, Response

from api.contract import gives
from api.problems import Problem
from api.reading import ANSWERS, Reading, moment
from api.reading.rendering import answer, plain
from domain import wire
from projections.audit_trail import AUDIT_TRAIL
from projections.between import MOST, VIEWS, Point, TooMuch, between
from projections.moments import position_at
from projections.visible import Sight

_WORDS: Final = "A position, or an instant."
_BEGIN: Final = datetime(1970, 1, 1, tzinfo=UTC)


def router(reading: Reading) -> APIRouter:
    """The route for what changed."""
    routes = APIRouter(tags=["audit"], prefix="/v1", responses={**ANSWERS})
    Seeing = Annotated[Sight, Depends(reading.sight())]  # noqa: N806 - a type

    @routes.get(
        "/audit/between",
        operation_id="getBetween",
        responses=gives("Between"),
        summary="What happened between two positions or instants, and what is otherwise since",
        dependencies=[*(Depends(reading.reached(view)) for view in VIEWS)],
    )
    def changed(
        request: Request,
        sight: Seeing,
        from_: Annotated[str, Query(alias="from", max_length=40, description=f"{_WORDS} What is behind it counts.")],
        until: Annotated[
            str | None, Query(max_length=40, description=f"{_WORDS} What is up to it counts; without it, all.")
        ] = None,
    ) -> Response:
        folded = min(reading.reads.position(view) for view in VIEWS)
        since = point("from", from_, sight, folded)
        upto = point("until", str(folded) if until is None else until, sight, folded)
        if (upto.position, upto.at) < (since.position, since.at):
            raise Problem("parameter-wrong", "until is not before from.")
        try:
            found = between(reading.reads, sight, since, upto)
        except TooMuch as error:
            raise Problem("parameter-wrong", f"More than {MOST} events lie between: ask for less at a time.") from error
        said = plain(found)
        made: dict[str, object] = {
            "from": {"position": since.position, "at": since.at},
            "until": {"position": upto.position, "at": upto.at},
            "happened": said["happened"],
            "cases": said["cases"],
            "determinations": {"issued": said["issued"], "superseded": said["superseded"]},
            "clocks": {"started": said["clocks_started"], "ended": said["clocks_ended"]},
        }
        if (withheld := reading.reads.withheld(AUDIT_TRAIL, sight)) is not None:
            made["withheld"] = withheld
        return answer(request, made)

    def point(name: str, text: str, sight: Sight, folded: int) -> Point:
        """The position that is meant. Raises Problem (400, 409, 503)."""
        if isinstance(asked := moment(name, text), datetime):
            return Point(position=min(folded, position_at(reading.reads, sight, asked)), at=asked)
        if asked == 0:
            return Point(position=0, at=_BEGIN)
        found = reading.ledger.recorder.documents([asked]).get(asked)
        if found is None:
            raise Problem("position-ahead")
        if asked > folded:
            raise Problem("view-behind", position=folded)
        return Point(position=asked, at=wire.load(found).recorded_at)

    return routes
