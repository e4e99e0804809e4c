"""What ids are called is asked of the door, once for a page: who may not know a thing does not learn its name."""

from collections.abc import Iterator
from typing import Any, Final

from fastapi import Request

from api.pages.asking import Asking, NotShown

_MOST: Final = 100
_LISTS: Final = (
    ("case", "/v1/cases", "case_id", lambda item: f"{item['model']} {item['model_version']}"),
    ("participant", "/v1/participants", "participant", lambda item: item["now"]["name"]),
    ("vulnerability", "/v1/clearinghouse", "vulnerability_id", lambda item: item["title"]),
)
_FIELDS: Final = {
    "case_id": "case",
    "participant": "participant",
    "developer": "participant",
    "notified": "participant",
    "vulnerability_id": "vulnerability",
    "duplicate_of": "vulnerability",
    "merged_into": "vulnerability",
    "split_into": "vulnerability",
}
_STREAMS: Final = frozenset({"stream", "addressed", "actor"})


async def names(ask: Asking, request: Request, *found: object) -> dict[str, str]:
    """Id → name, of the cases, participants and vulnerabilities that something names, as far as its reader has them."""
    wanted: dict[str, list[str]] = {}
    for kind, id in _ids(found):
        if id not in (of := wanted.setdefault(kind, [])) and len(of) < _MOST:
            of.append(id)
    known: dict[str, str] = {}
    for kind, path, key, name in _LISTS:
        if ids := wanted.get(kind):
            try:
                items = (await ask(request, path, id=ids))["items"]
            except NotShown:  # a page is no worse for a name that cannot be had
                continue
            known |= {item[key]: name(item) for item in items}
    return known


def _ids(value: Any, name: str = "") -> Iterator[tuple[str, str]]:  # noqa: ANN401 - JSON
    match value:
        case dict():
            for inner, each in value.items():
                yield from _ids(each, inner)
        case list() | tuple():
            for each in value:
                yield from _ids(each, name)
        case str() if name in _FIELDS:
            yield _FIELDS[name], value
        case str() if name in _STREAMS:
            kind, _, id = value.replace("/", "-", 1).partition("-")
            if kind in {"case", "participant", "vulnerability"}:
                yield kind, id
        case _:
            pass
