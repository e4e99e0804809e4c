"""Pages of reports: their tables, and behind each number the events that make it."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from api.pages.addresses import Id, filters, knows, moment, must_know, quoted, wrong
from api.pages.asking import Asking
from api.pages.names import names
from api.pages.showing import Pages
from api.pages.values import ZONE

BEHIND: Final = 20
"""Events of a number that a page shows at once."""
_OF_THE_PAGE: Final = ("on", "behind", "further")
_OF_THE_DOOR: Final = ("from", "until", "as_of", "public")
"""What an address says that the door is asked, which writes files too."""


def router(ask: Asking, pages: Pages, clock: Callable[[], datetime]) -> APIRouter:
    """Routes of reports."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/reports", dependencies=[knows()])
    async def reports(request: Request) -> Response:
        return pages.show(request, "reports", now=clock(), found=await ask(request, "/v1/reports"))

    @routes.get("/reports/{code}")
    async def report(request: Request, code: Id) -> Response:
        must_know(request, *_OF_THE_PAGE, *_OF_THE_DOOR)
        asked = filters(request, *_OF_THE_PAGE, as_of=moment(request))
        found = await ask(request, f"/v1/reports/{quoted(code)}", **asked)
        ids = behind(found, request.query_params.get("behind", ""))
        further = request.query_params.get("further", "0")
        if not re.fullmatch("[0-9]{1,9}", further):
            raise wrong("`further` counts events.")
        begin = int(further)
        shown = [await ask(request, f"/v1/audit/events/{quoted(id)}") for id in (ids or [])[begin : begin + BEHIND]]
        events = [entry(each) for each in shown]
        return pages.show(
            request,
            "report",
            now=clock(),
            code=code,
            found=found,
            asked={name: value for name, value in asked.items() if value is not None},
            periods=periods(clock().astimezone(ZONE).date()),
            behind=ids,
            begin=begin,
            most=BEHIND,
            events=events,
            names=await names(ask, request, events),
            as_of=asked.get("as_of"),
        )

    return routes


def behind(report: Mapping[str, Any], where: str) -> list[str] | None:
    """The ids of the events of a cell that an address names as `table.row.column`; None where it names none.

    Raises NotShown where there is no such cell.
    """
    if not where:
        return None
    found = re.fullmatch(r"([a-z0-9-]{1,80})\.([0-9]{1,6})\.([0-9]{1,6})", where)
    table = next((each for each in report["tables"] if found and each["code"] == found[1]), None)
    if found is None or table is None:
        raise wrong("`behind` names a number of this report: `table.row.column`.")
    row, column = int(found[2]), int(found[3])
    if row >= len(table["rows"]) or column >= len(table["rows"][row]["cells"]):
        raise wrong("`behind` names a number of this report: `table.row.column`.")
    return list(table["rows"][row]["cells"][column]["events"])


def entry(found: Mapping[str, Any]) -> dict[str, Any]:
    """An event as a table of events has it."""
    event = found["event"]
    return {
        "position": found["position"],
        "recorded_at": event["time"],
        "type": event["type"],
        "actor_name": event["actorname"],
        "authority": event.get("authority"),
        "stream": event["subject"],
        "marking": event["marking"],
    }


def periods(today: date) -> dict[str, tuple[str, str]]:
    """Periods that are often asked for: name → first day, and the day before which it ends."""
    quarter = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    year = today.year if today.month >= 10 else today.year - 1
    found = {
        "This quarter": (quarter, _later(quarter, 3)),
        "The quarter before": (_later(quarter, -3), quarter),
        f"Fiscal year {year + 1}": (date(year, 10, 1), date(year + 1, 10, 1)),
        f"Fiscal year {year}": (date(year - 1, 10, 1), date(year, 10, 1)),
    }
    return {name: (begin.isoformat(), end.isoformat()) for name, (begin, end) in found.items()}


def _later(first: date, months: int) -> date:
    month = first.year * 12 + first.month - 1 + months
    return date(month // 12, month % 12 + 1, 1)
