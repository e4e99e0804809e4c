"""What the address of a page asks, and where what it sends may come from."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Final
from urllib.parse import quote

from fastapi import Path, Request

from api.pages.asking import NotShown
from api.pages.showing import ZONE

SEEN: Final = "docket-seen"
"""A cookie: the position up to which whoever looks has seen what happened."""
Id = Annotated[str, Path(max_length=200)]
"""An id as the address has it; the door says whether there is one."""


def quoted(id: str) -> str:
    """An id as part of a path."""
    return quote(id, safe="")


def own(request: Request) -> None:
    """Only a page of ours may send what changes something. Raises NotShown.

    Browsers say where a request comes from, and no page can say otherwise (Fetch Metadata; RFC 6454 §7 before it).
    """
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site != "same-origin" and (site is not None or origin != str(request.base_url).rstrip("/")):
        title = "Only a page of Docket itself may send this."
        raise NotShown(403, {"code": "not-from-here", "title": title, "status": 403, "detail": title})


def filters(request: Request, *apart: str, **more: object) -> dict[str, object]:
    """What the address asks for, as the door is asked, but for `apart` and for empty fields of a form."""
    asked = {name: text for name, text in request.query_params.items() if text and name not in apart}
    return {**more, **asked}


def moment(request: Request) -> str | None:
    """A position or an instant, or the end of a day where business days are counted. Raises NotShown."""
    if said := request.query_params.get("as_of"):
        return said
    on = request.query_params.get("on")
    if not on:
        return None
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", on):
        raise _no_day()
    try:
        ends = datetime.combine(date.fromisoformat(on) + timedelta(days=1), time(0), ZONE)
    except (ValueError, OverflowError) as error:
        raise _no_day() from error
    return ends.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _no_day() -> NotShown:
    title = "A parameter or header does not have its form."
    return NotShown(400, {"code": "parameter-wrong", "title": title, "status": 400, "detail": "`on` is a day."})


def seen(request: Request, head: int) -> int | None:
    """Up to where whoever looks has seen what happened; None where they have not said so, or of another record."""
    said = request.cookies.get(SEEN, "")
    return int(said) if re.fullmatch("[0-9]{1,15}", said) and int(said) <= head else None
