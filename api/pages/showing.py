"""Templates become pages here: how instants, codes and positions are written for people is said once."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import Request, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
ZONE: Final = ZoneInfo("America/New_York")
"""Where business days are counted (POLICY:CALENDAR)."""
NAVIGATION: Final[Mapping[str, str]] = {
    "/": "Today",
    "/cases": "Cases",
    "/authority": "Final authority",
    "/audit": "Audit",
    "/clearinghouse": "Clearinghouse",
    "/standards": "Standards and criteria",
    "/leases": "Leases",
    "/taskings": "Taskings",
    "/reports": "Reports",
    "/offices": "Offices",
    "/operations": "Operations",
}
_STEPS: Final = ((timedelta(days=1), "day"), (timedelta(hours=1), "hour"), (timedelta(minutes=1), "minute"))


def read_instant(text: str) -> datetime:
    """An instant as the door writes it."""
    return datetime.fromisoformat(text).astimezone(UTC)


def exact(text: str) -> str:
    """An instant where business days are counted, to the minute and with its zone."""
    there = read_instant(text).astimezone(ZONE)
    return f"{there.day} {there:%b %Y, %H:%M %Z}"


def relative(text: str, now: datetime) -> str:
    """How far an instant is from now, in the largest unit that fits."""
    away = read_instant(text) - now
    for step, name in _STEPS:
        if (count := int(abs(away) / step)) >= 1:
            many = f"{count} {name}{'' if count == 1 else 's'}"
            return f"in {many}" if away > timedelta(0) else f"{many} ago"
    return "now"


def at(text: str | None, now: datetime) -> Markup:
    """An instant, exact and relative; a dash where there is none."""
    if text is None:
        return Markup("–")
    said = Markup('<time datetime="{}">{}</time> <span class="docket-far">({})</span>')
    return said.format(text, exact(text), relative(text, now))


def words(code: object) -> str:
    """A code as words: `warrants-additional-scrutiny` → `Warrants additional scrutiny`."""
    said = str(code).replace("-", " ").replace("_", " ")
    return said[:1].upper() + said[1:]


def happened(type: str) -> str:
    """What a type of event says: `case.determination-issued.v1` → `Determination issued`."""
    return words(type.split(".")[1])


def stream_link(stream: str) -> str | None:
    """The page about what a stream holds, where it has one."""
    kind, _, id = stream.partition("-")
    return f"/{_PAGES[kind]}/{id}" if kind in _PAGES else None


_PAGES: Final = {"case": "cases", "office": "offices"}


class Pages:
    """Makes pages."""

    def __init__(self, *, notice: str | None, signs_in: bool) -> None:
        """`notice` says on every page what this system is, where it is no system of record."""
        self._templates = Environment(
            loader=FileSystemLoader(Path(__file__).parent / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        filters = {"exact": exact, "words": words, "happened": happened, "stream_link": stream_link}
        self._templates.filters.update(filters)
        self._templates.globals.update(navigation=NAVIGATION, notice=notice, signs_in=signs_in)

    def show(
        self,
        request: Request,
        name: str,
        *,
        now: datetime,
        status: int = 200,
        **said: Any,  # noqa: ANN401 - what a template shows
    ) -> Response:
        """A page. `listens` is the stream of a view, after whose messages it is to be looked at again."""

        def link(**changes: object) -> str:
            """The address of this page with other parameters; what is None is left out."""
            query = {**request.query_params, **{key: value for key, value in changes.items() if value is not None}}
            kept = {key: value for key, value in query.items() if changes.get(key, key) is not None}
            return f"{request.url.path}?{urlencode(kept)}" if kept else request.url.path

        body = self._templates.get_template(f"{name}.html").render(
            path=request.url.path,
            query=request.query_params,
            link=link,
            now=now,
            at=lambda text: at(text, now),
            **{"listens": None, **said},
        )
        return Response(body, status, {"Content-Security-Policy": POLICY}, "text/html")
