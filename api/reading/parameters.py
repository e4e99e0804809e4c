"""An address asks nothing that nobody answers: what is mistyped would be left out, and more be given than was asked."""

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from fastapi import Request
from fastapi.dependencies.models import Dependant

from api.problems import Problem

UNKNOWN: Final = "There is no such parameter here."
_NAMED: Final = re.compile(r"[A-Za-z0-9_.:-]{1,40}")
_MOST: Final = 10
OF_PROGRAMS: Final = "/v1/"
"""Where routes begin that no page has."""


async def only_known(request: Request) -> None:
    """A dependency of every route of programs. Raises Problem (400) with what is not known, and what may be asked."""
    if not request.url.path.startswith(OF_PROGRAMS) or (route := _route(request)) is None:
        return
    known = {*names_of(route)}
    if unknown := request.query_params.keys() - known:
        detail = f"This may be asked for: {', '.join(sorted(known))}." if known else "This takes no parameters."
        raise Problem("parameter-wrong", detail, errors=told(unknown))


def told(unknown: Iterable[str]) -> list[dict[str, str]]:
    """Parameters that nobody knows, as a problem lists them: named where that is no more than a name."""
    names = sorted({name if _NAMED.fullmatch(name) else "?" for name in unknown})
    return [{"parameter": name, "detail": UNKNOWN} for name in names[:_MOST]]


def names_of(dependant: Dependant) -> Iterator[str]:
    """The parameters that a route takes in its query."""
    yield from (each.alias for each in dependant.query_params)
    for each in dependant.dependencies:
        yield from names_of(each)


def _route(request: Request) -> Any:  # noqa: ANN401 - of a route that takes parameters; others are mounted
    return getattr(request.scope.get("route"), "dependant", None)
