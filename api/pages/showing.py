"""Templates become pages here, under a policy that lets nothing in from elsewhere."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import Request, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.pages.marked import made_from, marking_of
from api.pages.values import Writing, asks, day, exact, happened, label, reference, words

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
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
    "/oversight": "Oversight",
    "/offices": "Offices",
    "/operations": "Operations",
}
_BELONGS: Final[Mapping[str, str]] = {
    "/calendars": "/",
    "/partners": "/cases",
    "/programmes": "/cases",
    "/scans": "/clearinghouse",
    "/thresholds": "/standards",
    "/frameworks": "/standards",
    "/criteria": "/standards",
    "/self-check": "/standards",
    "/participants": "/offices",
    "/instruments": "/offices",
    "/policies": "/offices",
    "/refusals": "/audit",
    "/records": "/audit",
}
"""Pages that stand below one of the navigation without its address saying so."""
_WRITTEN: Final = frozenset({"said", "problem", "stored"})
"""What a page shows that was written by whoever looks, or that it shows otherwise too."""


class Pages:
    """Makes pages."""

    def __init__(
        self, *, notice: str | None, stands_still: bool = False, signs_in: str | None, session: str | None = None
    ) -> None:
        """`notice` says on every page what this system is, where it is no system of record; `stands_still`: its clock
        moves with acts alone.

        `signs_in` are the words that lead to where one says who one is, where there is such a page; `session` is the
        cookie of somebody who has done so and can sign out.
        """
        self._session = session
        self._templates = Environment(
            loader=FileSystemLoader(Path(__file__).parent / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        filters = {
            "exact": exact,
            "day": day,
            "words": words,
            "happened": happened,
            "asks": asks,
            "label": label,
            "reference": reference,
        }
        self._templates.filters.update(filters)
        said = {"navigation": NAVIGATION, "notice": notice, "stands_still": stands_still, "signs_in": signs_in}
        self._templates.globals.update(said)

    def show(
        self,
        request: Request,
        name: str,
        *,
        now: datetime,
        status: int = 200,
        names: Mapping[str, str] | None = None,
        **said: Any,  # noqa: ANN401 - what a template shows
    ) -> Response:
        """A page. `listens` is the stream of a view, after whose messages it is to be looked at again."""

        def link(**changes: object) -> str:
            """The address of this page with other parameters; what is None is left out."""
            query = {**request.query_params, **{key: value for key, value in changes.items() if value is not None}}
            kept = {key: value for key, value in query.items() if value != "" and changes.get(key, key) is not None}
            return f"{request.url.path}?{urlencode(kept)}" if kept else request.url.path

        root = "/" + request.url.path.split("/")[1]
        writing = Writing(now, names or {})
        who = getattr(request.state, "who", None)  # whom the door knew, when the page asked it
        body = self._templates.get_template(f"{name}.html").render(
            path=request.url.path,
            within=_BELONGS.get(root, root),
            query=request.query_params,
            link=link,
            now=now,
            say=writing,
            at=writing.at,
            who=who,
            had_session=self._session in request.cookies,
            signs_out=who is not None and self._session in request.cookies,
            page_marking=marking_of([each for name, each in said.items() if name not in _WRITTEN], made_from()),
            **{"listens": None, **said},
        )
        return Response(body, status, {"Content-Security-Policy": POLICY}, "text/html")
