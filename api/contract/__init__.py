"""Everything that is published about the messages is derived from their declarations; nothing is said twice."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import fields
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import TypeAdapter

from api.contract.forms import FORMS
from api.contract.forms.events import PROOFS
from api.contract.shapes import shapes
from consumers.acts.cloudevent import ATTRIBUTES
from consumers.acts.intake import DAY, INSTANT, OFFERED, Said
from domain.ledger.receipt import Receipt
from domain.message import protected_names
from domain.wire import EVENTS

OPENAPI: Final = "3.2.0"
_DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"
_REF: Final = "#/components/schemas/{model}"
_ANY: Final = "/v1/actions/{type}"
"""Where each command goes."""
_PROTECTED: Final = (
    "Protected: whoever may not see it, or comes after it was destroyed, does not get the field, and finds its name "
    "in `withheld`."
)
_WORDS: Final = {
    400: "A parameter, header or body cannot be read",
    401: "Who is asking is not known",
    403: "Not allowed",
    404: "Nothing there, or nothing that you may see",
    409: "It conflicts with what is so",
    412: "The stream is at another version",
    413: "Too large",
    415: "Not a media type that is taken in here",
    422: "The request does not have its form, or means nothing",
    429: "More than one actor may ask for",
    500: "An error of Docket's own",
    503: "Not now; the same may succeed later",
}


def _content(ref: str, *media_types: str) -> dict[str, Any]:
    return {kind: {"schema": {"$ref": f"#/components/schemas/{ref}"}} for kind in media_types}


PROBLEMS: Final[Mapping[int | str, dict[str, Any]]] = {
    status: {"description": words, "content": _content("Problem", "application/problem+json")}
    for status, words in _WORDS.items()
}
"""Responses by status, as FastAPI takes them."""
_ACKS: Final = {
    "Docket-Ack": {
        "description": "The level that the act has reached: the one that was asked for, or `stored`.",
        "schema": {"type": "string"},
    },
    "Docket-Published": {
        "description": "Of the level `published`: topic, partition and offset of the event at the receipt's position.",
        "schema": {"type": "string", "examples": ["docket.ledger.v1/0/4711"]},
    },
    "Docket-Checkpoint": {
        "description": "Of the level `proved`: size and grade of the checkpoint to which the proofs lead.",
        "schema": {"type": "string", "examples": ["4712 final"]},
    },
}
RECEIPTS: Final[Mapping[int | str, dict[str, Any]]] = {
    200: {
        "description": "Nothing new, or answered before",
        "headers": _ACKS,
        "content": _content("Receipt", "application/json"),
    },
    201: {
        "description": "Recorded. `ETag` is the version of the stream of the first event",
        "headers": _ACKS,
        "content": _content("Receipt", "application/json"),
    },
}


def gives(schema: str, words: str = "Found") -> dict[int | str, dict[str, Any]]:
    """The response to a read that finds something, by the name of its schema."""
    return {200: {"description": words, "content": _content(schema, "application/json")}}


_TAGS: Final = (
    "actions",
    "cases",
    "clearinghouse",
    "directory",
    "standards",
    "criteria",
    "leases",
    "scans",
    "records",
    "oversight",
    "me",
    "taskings",
    "reports",
    "audit",
    "stream",
    "subscriptions",
    "calendars",
    "feeds",
    "contract",
    "running",
)

_OUTCOMES: Final = {"type": "array", "items": {"$ref": "#/components/schemas/Outcome"}}
OUTCOMES: Final[Mapping[int | str, dict[str, Any]]] = {
    200: {
        "description": "Of one act: nothing new, or answered before. Of a batch: what became of each item",
        "headers": _ACKS,
        "content": {
            "application/json": {"schema": {"anyOf": [{"$ref": "#/components/schemas/Receipt"}, _OUTCOMES]}},
            "application/x-ndjson": {"itemSchema": {"$ref": "#/components/schemas/Outcome"}},
        },
    },
    201: RECEIPTS[201],
}
"""Responses to CloudEvents."""


def _operation(cls: type[Any]) -> dict[str, Any]:
    """What is said of a command alone, where all are answered alike."""
    first, _, rest = (cls.__doc__ or "").strip().partition("\n\n")
    return {
        "operationId": cls.__name__[0].lower() + cls.__name__[1:],
        "summary": " ".join(first.split()),
        "description": " ".join(rest.split()) or " ".join(first.split()),
        "requestBody": {"required": True, "content": _content(f"{cls.__name__}Act", "application/json")},
    }


def cloudevents_body() -> dict[str, Any]:
    """The bodies that the route for CloudEvents takes, for OpenAPI."""
    one = _content("CloudEvent", "application/cloudevents+json")
    many = {"type": "array", "items": {"$ref": "#/components/schemas/CloudEvent"}}
    batch = {"application/cloudevents-batch+json": {"schema": many}}
    lines = {"application/x-ndjson": {"itemSchema": {"$ref": "#/components/schemas/CloudEvent"}}}
    return {"requestBody": {"required": True, "content": {**one, **batch, **lines}}}


def schema_of(type: str) -> dict[str, Any] | None:
    """JSON Schema 2020-12 of the data of a command or an event; None for a type that is neither."""
    if (command := OFFERED.get(type)) is not None:
        made = data_schema(command, TypeAdapter(command).json_schema())
    elif (event := EVENTS.get(type)) is not None:
        made = data_schema(event, TypeAdapter(event).json_schema(mode="serialization"))
    else:
        return None
    return {"$schema": _DRAFT, "$id": f"/schemas/{type}", "title": type, **made}


def openapi(app: FastAPI, schemes: Mapping[str, Any], version: str) -> dict[str, Any]:
    """The whole HTTP contract."""
    made = get_openapi(
        title="Docket",
        version=version,
        openapi_version=OPENAPI,
        summary="The shared record of how agencies use voluntary early access to frontier AI models",
        description=(
            "Acts come in under `/v1/actions` and end in a receipt; views are read under `/v1`. Everything is marked, "
            "and everybody sees what their clearance allows: what is absent and what is forbidden look the same. "
            "Positions are those of the ledger: every write returns one, every list continues behind one."
        ),
        routes=app.routes,
    )
    schemas = made.setdefault("components", {}).setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas |= _components()
    together = made["paths"].pop(_ANY)["post"]
    for type, cls in OFFERED.items():
        made["paths"][_ANY.format(type=type)] = {"post": {**deepcopy(together), **_operation(cls)}}
    made["tags"] = [{"name": name} for name in _TAGS]
    made["components"]["securitySchemes"] = dict(schemes)
    for path, item in made["paths"].items():
        for method, each in item.items():
            if each["responses"].get("422", {}).get("description") == "Validation Error":
                del each["responses"]["422"]  # FastAPI's own form, which nobody is answered with
            if path.startswith("/v1/") and "security" not in each:
                # any of them will do, but nobody acts by a cookie
                believed = [name for name, how in schemes.items() if method == "get" or how.get("in") != "cookie"]
                each["security"] = [{name: []} for name in believed]
                each["responses"].setdefault("429", PROBLEMS[429])
            for status in (400, 500) if each.get("parameters") else (500,):
                each["responses"].setdefault(str(status), PROBLEMS[status])
    return made


def _components() -> dict[str, Any]:
    adapters: list[tuple[Any, Any, TypeAdapter[Any]]] = [
        *((cls, "validation", TypeAdapter(cls)) for cls in OFFERED.values()),
        (Said, "validation", TypeAdapter(Said)),
        (Receipt, "serialization", TypeAdapter(Receipt)),
    ]
    _, defined = TypeAdapter.json_schemas(adapters, ref_template=_REF)
    schemas: dict[str, Any] = defined["$defs"]
    said = schemas.pop("Said")
    schemas["Receipt"]["properties"]["proofs"] = PROOFS
    for type, cls in OFFERED.items():
        schemas[cls.__name__] = data_schema(cls, schemas[cls.__name__])
        schemas[f"{cls.__name__}Act"] = _act(cls, type, said)
    schemas = {name: exact(schema) for name, schema in schemas.items()}
    views = {name: exact(schema) for name, schema in shapes().items()}
    if twice := schemas.keys() & views.keys():
        raise ValueError(f"two schemas of one name: {', '.join(twice)}")
    return {**schemas, **views, "CloudEvent": exact(cloudevent_schema(said)), **FORMS}


def _act(cls: type[Any], type: str, said: dict[str, Any]) -> dict[str, Any]:
    data = {"data": {"$ref": _REF.format(model=cls.__name__)}}
    return {
        "type": "object",
        "title": f"{cls.__name__}Act",
        "description": f"An act that asks for `{type}`.",
        "additionalProperties": False,
        "properties": {**said["properties"], **data},
        "required": ["id", "marking", "data"],
    }


def cloudevent_schema(said: dict[str, Any]) -> dict[str, Any]:
    """An act as a CloudEvent; `said` is the schema of what surrounds a command."""
    text = {"type": "string", "minLength": 1}
    extensions = {theirs: said["properties"][ours] for theirs, ours in ATTRIBUTES.items()}
    return {
        "type": "object",
        "description": (
            "An act as a CloudEvent (1.0). `source` and `subject` are taken as given and not believed. In a batch with "
            "an id and a marking of its own, items may leave out theirs."
        ),
        "additionalProperties": False,
        "properties": {
            "specversion": {"const": "1.0"},
            "type": {"enum": sorted(OFFERED)},
            "source": text,
            "subject": text,
            "datacontenttype": {"const": "application/json"},
            "dataschema": text,
            "traceparent": text,
            "tracestate": text,
            **extensions,
            "data": {"type": "object", "description": "The command, as `/schemas/<type>` has it."},
        },
        "required": ["specversion", "type", "source", "data"],
    }


def data_schema(cls: type[Any], schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of a message's data: without its type, which stands outside, and open about what is protected."""
    properties = {name: dict(said) for name, said in schema["properties"].items() if name != "type"}
    protected = protected_names(cls)
    for name in protected:
        properties[name].pop("default", None)  # a sentinel of ours is no value of theirs
        words = f"{properties[name].get('description', '')} {_PROTECTED}".strip()
        properties[name] |= {"description": words, "x-docket-protected": True}
    required = [name for name in schema.get("required", ()) if name != "type" and name not in protected]
    if cls in EVENTS.values():
        required = [f.name for f in fields(cls) if f.name != "type" and f.name not in protected]
        properties["_sd"] = _DIGESTS
    made: dict[str, Any] = exact({**schema, "properties": properties, "required": required})
    return made


def exact(schema: Any) -> Any:  # noqa: ANN401 - JSON
    """With the form of days and instants that is taken in, which is narrower than what `format` says."""
    match schema:
        case {"format": "date-time" | "date" as kind}:
            return {**schema, "pattern": INSTANT if kind == "date-time" else DAY}
        case dict():
            return {name: exact(inner) for name, inner in schema.items()}
        case list():
            return [exact(inner) for inner in schema]
        case _:
            return schema


_DIGESTS: Final = {
    "type": "array",
    "items": {"type": "string", "pattern": "^[A-Za-z0-9_-]{43}$"},
    "description": "In a document: the digests of what is protected (RFC 9901).",
}
