"""What forms are made of: what a closed form names is there, but for what is optional, and nothing else is."""

from collections.abc import Mapping
from typing import Any, Final

Form = dict[str, Any]
"""A JSON Schema."""
TEXT: Final[Form] = {"type": "string"}
TEXT_OR_NONE: Final[Form] = {"type": ["string", "null"]}
TEXTS: Final[Form] = {"type": "array", "items": TEXT}
YES_NO: Final[Form] = {"type": "boolean"}
WHOLE: Final[Form] = {"type": "integer"}
FROM_0: Final[Form] = {"type": "integer", "minimum": 0}
FROM_1: Final[Form] = {"type": "integer", "minimum": 1}
INSTANT: Final[Form] = {"type": "string", "format": "date-time"}
INSTANT_OR_NONE: Final[Form] = {"type": ["string", "null"], "format": "date-time"}
WITHHELD: Final[Form] = {**YES_NO, "description": "For oversight: whether there is more than it may see."}
FOLDED: Final[Form] = {**FROM_0, "description": "Up to which the view has folded."}


def said(form: Form, words: str) -> Form:
    """A form with what is said of it."""
    return {**form, "description": words}


def ref(name: str) -> Form:
    """A form by the name under which it is published."""
    return {"$ref": f"#/components/schemas/{name}"}


def or_none(form: Form) -> Form:
    """A form, or null."""
    return {"anyOf": [form, {"type": "null"}]}


def many(items: Form) -> Form:
    """A list of one form."""
    return {"type": "array", "items": items}


def one_of(values: list[str]) -> Form:
    """One of these texts."""
    return {"type": "string", "enum": values}


def named(values: Form) -> Form:
    """An object of names that nobody knows beforehand."""
    return {"type": "object", "additionalProperties": values}


def closed(properties: Mapping[str, Form], words: str = "", *, optional: Mapping[str, Form] | None = None) -> Form:
    """An object of these properties; what is optional may be missing."""
    made = {
        "type": "object",
        "properties": {**properties, **(optional or {})},
        "required": list(properties),
        "additionalProperties": False,
    }
    return said(made, words) if words else made
