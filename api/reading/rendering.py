"""What is read goes out by names, with a tag that changes when it does, page by page."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from hashlib import sha256
from typing import Any, Final, get_origin
from urllib.parse import urlencode

import msgspec
from fastapi import Request, Response
from msgspec.structs import fields

from api.acts.receipts import JSON
from api.contract.shapes import NEVER_TOLD, NOT_TOLD
from api.problems import Problem
from api.reading import Page
from consumers.acts.intake import OFFERED
from domain import wire
from domain.ledger.recorder import LedgerRecorder
from domain.message import protected_names
from projections import known
from projections.disclosed import disclosed
from projections.options import Option
from projections.reads import Found, Reads
from projections.view import Part, Row, View
from projections.visible import Sight


def plain(value: Any) -> Any:  # noqa: ANN401 - a row, or what it is made of
    """A row as JSON has it, by names, without what is of no interest outside."""
    if type(value) in _SAID_AS_IT_IS:
        return value
    match value:
        case msgspec.Struct():
            return {name: plain(getattr(value, name)) for name in _told_of(type(value))}
        case list() | tuple():
            return [plain(each) for each in value]
        case dict():
            return {name: plain(each) for name, each in value.items()}
        case _:
            return value


_SAID_AS_IT_IS: Final = frozenset({str, int, bool, type(None), datetime})


@cache
def _told_of(cls: type[msgspec.Struct]) -> tuple[str, ...]:
    """The names of what is told of a struct; a delegation's scope is another thing."""
    hidden = NOT_TOLD if issubclass(cls, Row) else NEVER_TOLD if issubclass(cls, Part) else frozenset[str]()
    return tuple(name for name in cls.__struct_fields__ if name not in hidden)


def item(found: Found[Any]) -> dict[str, Any]:
    """A row that was found, as a list has it."""
    said: dict[str, Any] = plain(found.row)
    return said | {"key": found.key, "position": found.position, "stale": found.stale}


def summary(row: Row, now: object, *, position: int, stale: bool) -> dict[str, Any]:
    """A row without its parts: what it is, and what follows from them."""
    lists = _lists(type(row))
    whole = {name: plain(getattr(row, name)) for name in _told_of(type(row)) if name not in lists}
    return whole | {"position": position, "stale": stale, "now": plain(now)}


def parts(row: Row, recorder: LedgerRecorder, sight: Sight) -> dict[str, list[dict[str, Any]]]:
    """The parts of a row, each with those protected values of its event that its reader may see."""
    made: dict[str, list[dict[str, Any]]] = {name: plain(getattr(row, name)) for name in _lists(type(row))}
    with_protected((part for each in made.values() for part in each), recorder, sight)
    return made


@cache
def _lists(cls: type[Row]) -> dict[str, None]:
    """The names of the lists of a row, in their order."""
    return {field.name: None for field in fields(cls) if get_origin(field.type) is list}


def next_of(found: Sequence[Found[Any]], page: Page) -> int | None:
    """The cursor behind a page of entries, where there may be more."""
    return found[-1].position if len(found) == page.limit else None


def with_protected(made: Iterable[dict[str, Any]], recorder: LedgerRecorder, sight: Sight) -> None:
    """Put beside each part what its event protects and this reader may see, and the names of what is not here."""
    made = list(made)
    known = disclosed(recorder, {part["position"] for part in made}, sight)
    for part in made:
        if (of := known.get(part["position"])) is not None:
            data = of.filled()["data"]
            names = protected_names(type(of.recorded.event))
            part["protected"] = {name: data[name] for name in names if name in data}
            part["withheld"] = [name for name in names if name in of.withheld]
            part["destroyed"] = [name for name in names if name in of.destroyed]


def answer(request: Request, value: object, *, version: int | None = None, link: str | None = None) -> Response:
    """What was asked for, or 304 where the reader has it. `version` is the stream's, for If-Match."""
    body = wire.canonical(value)
    digest = sha256(body).hexdigest()[:24]
    tag = f'"{digest}"' if version is None else f'"{version}-{digest}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"} | ({"Link": link} if link else {})
    if tag in {each.strip() for each in request.headers.get("if-none-match", "").split(",")}:
        return Response(None, 304, headers)
    return Response(body, 200, headers, JSON)


def listed(
    request: Request,
    items: Sequence[object],
    *,
    page: Page,
    next: int | None,
    position: int,
    withheld: bool | None = None,
    **more: object,
) -> Response:
    """A page of a list; `next` is the cursor of the next one, None at the end; `position` is that of the view."""
    value: dict[str, object] = {"items": items, "position": position, "next": next, **more}
    if withheld is not None:
        value["withheld"] = withheld
    link = None
    if next is not None:
        query = [(name, text) for name, text in request.query_params.multi_items() if name not in {"after", "limit"}]
        query += [("after", str(next)), ("limit", str(page.limit))]
        link = f'<{request.url.path}?{urlencode(query)}>; rel="next"'
    return answer(request, value, link=link)


def told_page(  # noqa: PLR0917 - what every list is made of
    request: Request, reads: Reads, view: View[Any], sight: Sight, page: Page, found: known.Page[Any, Any]
) -> Response:
    """A page of rows and what follows from each."""
    items = [summary(each.facts, each.now, position=each.position, stale=each.stale) for each in found.found]
    withheld = reads.withheld(view, sight)
    return listed(request, items, page=page, next=found.after, position=reads.position(view), withheld=withheld)


def told(request: Request, recorder: LedgerRecorder, sight: Sight, found: known.Told[Any, Any] | None) -> Response:
    """One row with its parts. Raises Problem (404) where this reader has none."""
    if found is None:
        raise Problem("not-found")
    whole = summary(found.facts, found.now, position=found.position, stale=found.stale)
    return answer(request, whole | {"parts": parts(found.facts, recorder, sight)})


def told_options(options: Iterable[Option]) -> list[dict[str, Any]]:
    """What somebody could do, of what may be asked for at all; what stands in the way of the rest."""
    return [_told_option(each) for each in options if each.command in OFFERED]


def _told_option(option: Option) -> dict[str, Any]:
    if not option.allowed:
        why = {"code": option.code, "sentence": option.sentence, "rule": option.rule}
        return {"command": option.command, "may": False, **why}
    on = {"authority": option.authority, "post": option.post, "delegation": option.delegation}
    return {"command": option.command, "may": True, **on, "signed": option.signed}
