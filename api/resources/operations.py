"""How this Docket itself is: how far its views are, what waits for a repair, and how much was recorded on each day."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Request, Response

from api.contract import gives
from api.reading import ANSWERS, Reading
from api.reading.rendering import answer
from domain import wire
from domain.rules.policy import ZONE
from projections.folding.status import Progress
from projections.moments import hours_between
from projections.visible import Sight

MOST_DAYS: Final = 366
_THERE: Final = ZoneInfo(ZONE)
_Days = Annotated[int, Query(ge=1, le=MOST_DAYS, description="Days that are counted, up to today, in New York.")]


def router(reading: Reading) -> APIRouter:
    """The route of how this Docket itself is. Positions, and when and how much is recorded, are no secret."""
    routes = APIRouter(tags=["running"], prefix="/v1", responses={**ANSWERS})

    @routes.get(
        "/operations",
        operation_id="getOperations",
        responses=gives("Operations"),
        summary="How far views are, what waits for a repair, and how much was recorded on each day",
    )
    def operations(request: Request, sight: Annotated[Sight, Depends(reading.sight())], days: _Days = 60) -> Response:
        status = reading.runner.status()
        since = _recorded_at(reading, {position for view in status.views for position in view.parked_at})
        today = reading.clock().astimezone(_THERE).date()
        said = {
            "head": status.head,
            "stopped": status.stopped,
            "views": [_told(view, since) for view in status.views],
            "days": list(_days(reading, sight, today - timedelta(days=days - 1), today)),
        }
        return answer(request, said)

    return routes


def _told(view: Progress, since: dict[int, datetime]) -> dict[str, Any]:
    return {
        "view": view.view,
        "version": view.version,
        "built": view.built,
        "position": view.position,
        "lag": view.lag,
        "halted": view.halted,
        "parked": [{"position": each, "since": since.get(each)} for each in view.parked_at],
    }


def _recorded_at(reading: Reading, positions: set[int]) -> dict[int, datetime]:
    documents = reading.ledger.recorder.documents(sorted(positions))
    return {position: wire.load(document).recorded_at for position, document in documents.items()}


def _days(reading: Reading, sight: Sight, first: date, last: date) -> Iterator[dict[str, Any]]:
    """Each day with its events: an event counts for the hour in which the stretch began that it belongs to."""
    begin = datetime.combine(first, time(0), _THERE).astimezone(UTC)
    end = datetime.combine(last + timedelta(days=1), time(0), _THERE).astimezone(UTC)
    counted: Counter[date] = Counter()
    for hour, count in hours_between(reading.reads, sight, begin, end):
        counted[hour.astimezone(_THERE).date()] += count
    for number in range((last - first).days + 1):
        on = first + timedelta(days=number)
        yield {"on": on.isoformat(), "events": counted[on]}
