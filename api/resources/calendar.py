"""Clocks as calendar programs read them (RFC 5545): each has one entry for ever, which changes as the clock does."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha256
from typing import Any, Final
from zoneinfo import ZoneInfo

from fastapi import Request, Response
from icalendar import Calendar, Event

from domain.rules.policy import ZONE
from projections.clocks import Dated
from projections.ticking import Clock, Ticks

ICALENDAR: Final = "text/calendar"
PAST: Final = timedelta(days=400)
"""How long what is over stays in a calendar."""
_NEW_YORK: Final = ZoneInfo(str(ZONE))


def gives_calendar() -> dict[int | str, dict[str, Any]]:
    """The response, for OpenAPI."""
    return {200: {"description": "A calendar", "content": {ICALENDAR: {"schema": {"type": "string"}}}}}


def written(clocks: Iterable[Dated]) -> bytes:
    """A calendar of these. The same clocks give the same bytes."""
    made = Calendar()
    made.add("prodid", "-//Docket//Clocks//EN")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("name", "Docket: clocks and deadlines")
    for each in clocks:
        made.add_component(_entry(each))
    text: bytes = made.to_ical()
    return text


def tagged(
    request: Request,
    body: bytes,
    media_type: str,
    *,
    cached: str = "private, no-cache",
    changed_at: datetime | None = None,
) -> Response:
    """Bytes with a tag that changes when they do, or 304 where the reader has them.

    `changed_at` is when they changed last, where that is known: for readers who keep no tag (RFC 9110 §13.1.3).
    """
    tag = f'"{sha256(body).hexdigest()[:24]}"'
    headers = {"ETag": tag, "Cache-Control": cached}
    if changed_at is not None:
        headers["Last-Modified"] = format_datetime(changed_at, usegmt=True)
    if (known := request.headers.get("if-none-match")) is not None:
        has_it = tag in {each.strip() for each in known.split(",")}
    else:
        since = _date(request.headers.get("if-modified-since", ""))
        has_it = since is not None and changed_at is not None and changed_at.replace(microsecond=0) <= since
    return Response(None, 304, headers) if has_it else Response(body, 200, headers, media_type)


def _date(text: str) -> datetime | None:
    """What a date of HTTP says; None for what is none, which asks for nothing."""
    try:
        return parsedate_to_datetime(text).astimezone(UTC)
    except ValueError:
        return None


def _entry(dated: Dated) -> Event:
    clock, made = dated.clock, Event()
    made.add("uid", f"{clock.what}.{clock.started_in}@docket")
    made.add("dtstamp", dated.at)
    made.add("last-modified", dated.at)
    made.add("sequence", dated.position)  # grows with whatever is recorded of its stream
    made.add("dtstart", clock.ends_at)  # in UTC: programs do not agree on what a VTIMEZONE says
    what = clock.what.replace("-", " ").capitalize()
    made.add("summary", f"({dated.marking}) {what}: {dated.title}")
    made.add("description", "\n".join(_said(clock)))
    made.add("status", "CANCELLED" if clock.state is Ticks.STOPPED else "CONFIRMED")
    made.add("transp", "TRANSPARENT")
    made.add("categories", [str(clock.what)])
    return made


def _said(clock: Clock) -> Iterable[str]:
    yield f"Ends: {clock.ends_at.astimezone(_NEW_YORK):%Y-%m-%d %H:%M:%S %Z} in New York"
    yield f"Stream: {clock.stream}"
    yield f"About: {clock.about}"
    yield f"Began: {clock.started_at.isoformat()}"
    if clock.policy is not None:
        yield f"Rests on: {clock.policy}"
    if clock.because is not None:
        yield f"Ends then because: {clock.because}"
    if clock.stopped_because is not None:
        yield f"Stopped: {clock.stopped_because}"
    if clock.waiting_for:
        yield f"Waits for: {', '.join(clock.waiting_for)}"
