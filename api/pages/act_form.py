"""The form of a command follows from its schema: what the door takes in can be written on a page, and nothing else."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import orjson

from api.ids import uuid7

_LONG: Final = 200
"""Characters from which a text gets room for several lines."""
_UUID: Final = "[0-9a-f]{8}"
_OFFICE: Final = "^(?:[a-z][a-z0-9-]"
"""How the form of an id begins that begins with the code of an office."""


class Kind(StrEnum):
    """How something is written on a page."""

    LINE = "line"
    TEXT = "text"
    DAY = "day"
    NUMBER = "number"
    YES_NO = "yes-no"
    CHOICE = "choice"
    NEW_ID = "new-id"
    LINES = "lines"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that a command says."""

    name: str
    kind: Kind
    required: bool
    value: str
    choices: tuple[str, ...]
    """What it may be, or what the record has of its kind."""
    longest: int | None
    says: str


def fields(
    schema: Mapping[str, Any],
    said: Mapping[str, str],
    known: Mapping[str, Sequence[str]],
    makes: Collection[str],
    offices: Sequence[str] = (),
) -> Iterator[Field]:
    """The fields of a command in their order, with what was said before.

    `known` are ids by the name that they bear; `makes` are the fields with ids of its own making, of which new ones are
    suggested where none was said. `offices` are those whose code such an id may begin with, where it begins with one.
    """
    for name, whole in schema["properties"].items():
        of = _one(whole, schema)
        kind = Kind.NEW_ID if name in makes and not said.get(name) else _kind(of, schema)
        choices = tuple(map(str, of.get("enum", ()))) or tuple(() if name in makes else _known(name, of, schema, known))
        new = ""
        if kind is Kind.NEW_ID:
            new = uuid7()
            with_office = of.get("pattern", "").startswith(_OFFICE)
            choices = tuple(f"{office}-{new}" for office in offices if with_office)
            new = new if not choices else choices[0] if len(choices) == 1 else ""
        yield Field(
            name=name,
            kind=kind,
            required=name in schema.get("required", ()),
            value=said.get(name) or new,
            choices=choices,
            longest=of.get("maxLength"),
            says=whole.get("description") or of.get("description") or "",
        )


def data(schema: Mapping[str, Any], said: Mapping[str, str]) -> dict[str, Any]:
    """What a form said, as the command has it. What is not of its form stays as it was written: the door says so."""
    made: dict[str, Any] = {}
    for field in fields(schema, said, {}, ()):
        text = said.get(field.name, "").replace("\r\n", "\n")
        if text:
            made[field.name] = _read(field.kind, text)
    return made


def _known(
    name: str, of: Mapping[str, Any], schema: Mapping[str, Any], known: Mapping[str, Sequence[str]]
) -> Sequence[str]:
    """What the record has that a field may name: by its own name, or by that of an id."""
    one = _one(of["items"], schema) if "items" in of else of
    if _UUID not in one.get("pattern", "") and one.get("type") != "object":
        return ()
    return known.get(name) or known.get(f"{name}_id") or known.get(f"{name.removesuffix('s')}_id") or ()


def _read(kind: Kind, text: str) -> object:
    match kind:
        case Kind.NUMBER:
            return int(text) if text.lstrip("-").isdecimal() and text.isascii() else text
        case Kind.YES_NO:
            return {"true": True, "false": False}.get(text, text)
        case Kind.LINES:
            return [line.strip() for line in text.splitlines() if line.strip()]
        case Kind.JSON:
            try:
                return orjson.loads(text)
            except orjson.JSONDecodeError:
                return text
        case _:
            return text


def _one(of: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """A schema without its reference, and without that it may be missing."""
    if "$ref" in of:
        return _one(schema["$defs"][of["$ref"].rpartition("/")[2]], schema)
    some = [each for each in of.get("anyOf", ()) if each.get("type") != "null"]
    return _one(some[0], schema) if len(some) == 1 else of


def _kind(of: Mapping[str, Any], schema: Mapping[str, Any]) -> Kind:
    match of:
        case {"enum": _}:
            return Kind.CHOICE
        case {"type": "boolean"}:
            return Kind.YES_NO
        case {"type": "integer"}:
            return Kind.NUMBER
        case {"type": "string", "format": "date"}:
            return Kind.DAY
        case {"type": "string"}:
            return Kind.TEXT if of.get("maxLength", 0) > _LONG else Kind.LINE
        case {"type": "array", "items": dict(items)} if _one(items, schema).get("type") == "string":
            return Kind.LINES
        case _:
            return Kind.JSON


def ids(value: object) -> dict[str, list[str]]:
    """The ids that something names, by the name that they bear there, each once."""
    found: dict[str, list[str]] = {}

    def look(at: object) -> None:
        if isinstance(at, list):
            for inner in at:
                look(inner)
        elif isinstance(at, dict):
            for name, inner in at.items():
                if name.endswith("_id") and isinstance(inner, str) and inner not in found.setdefault(name, []):
                    found[name].append(inner)
                look(inner)

    look(value)
    return found
