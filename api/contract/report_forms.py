"""A report has this form: tables of cells, and behind each cell the events that make it."""

from typing import Any, Final

_TEXT: Final[dict[str, Any]] = {"type": "string"}
_TEXTS: Final[dict[str, Any]] = {"type": "array", "items": _TEXT}
_DAY: Final[dict[str, Any]] = {"type": ["string", "null"], "format": "date"}
_YES_OR_NO: Final[dict[str, Any]] = {"type": "boolean"}


def _all_of(properties: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {**properties, **(optional or {})},
        "required": list(properties),
        "additionalProperties": False,
    }


_DEFINITION: Final = _all_of(
    {
        "code": _TEXT,
        "version": {"type": "integer", "minimum": 1, "description": "A change of what is counted is another version."},
        "title": _TEXT,
        "says": _TEXT,
        "public": {**_YES_OR_NO, "description": "Whether it has a public part."},
    }
)
_CELL: Final = _all_of(
    {
        "value": {
            "type": ["integer", "string", "null"],
            "description": "Null where there is none, or none to be told.",
        },
        "suppressed": {**_YES_OR_NO, "description": "Too small to be published, or it would tell one that is."},
        "events": {**_TEXTS, "description": "Ids of the events that make it; none in a public part."},
    }
)
_TABLE: Final = _all_of(
    {
        "code": _TEXT,
        "title": _TEXT,
        "note": {**_TEXT, "description": "How its values are defined."},
        "heads": {**_TEXTS, "description": "Titles of what rows are about."},
        "columns": {"type": "array", "items": _all_of({"code": _TEXT, "title": _TEXT})},
        "totals": {**_YES_OR_NO, "description": "Its last row and its last column are the sums of the others."},
        "rows": {"type": "array", "items": _all_of({"heads": _TEXTS, "cells": {"type": "array", "items": _CELL}})},
    }
)
REPORT_FORMS: Final[dict[str, Any]] = {
    "Report": {
        "description": "The same for the same definition, version, period, `as_of` and reader.",
        **_all_of(
            {
                "definition": {"$ref": "#/components/schemas/ReportDefinition"},
                "from": {**_DAY, "description": "First day of the period, in New York."},
                "until": {**_DAY, "description": "The day before which it ends."},
                "position": {"type": "integer", "minimum": 0, "description": "Only what was recorded up to it counts."},
                "at": {"type": "string", "format": "date-time", "description": "When it is: what time alone changes."},
                "marking": {**_TEXT, "description": "Of the whole."},
                "public": _YES_OR_NO,
                "simulated": {**_YES_OR_NO, "description": "Its events are of a demonstration."},
                "stale": {**_YES_OR_NO, "description": "An event of what it is made of could not be folded yet."},
                "notices": _TEXTS,
                "tables": {"type": "array", "items": _TABLE},
            },
            {"withheld": {**_YES_OR_NO, "description": "For oversight: whether there is more than it may see."}},
        ),
    },
    "ReportDefinition": {"description": "What a report counts.", **_DEFINITION},
    "ReportDefinitions": {
        "description": "Every report that there is.",
        **_all_of({"items": {"type": "array", "items": {"$ref": "#/components/schemas/ReportDefinition"}}}),
    },
}
