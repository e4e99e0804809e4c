"""A report has this form: tables of cells, and behind each cell the events that make it."""

from typing import Final

from api.contract.forms.words import (
    FROM_0,
    FROM_1,
    INSTANT,
    TEXT,
    TEXTS,
    WITHHELD,
    YES_NO,
    Form,
    closed,
    many,
    ref,
    said,
)

_DAY: Final[Form] = {"type": ["string", "null"], "format": "date"}
_CELL: Final = closed(
    {
        "value": {
            "type": ["integer", "string", "null"],
            "description": "Null where there is none, or none to be told.",
        },
        "suppressed": said(YES_NO, "Too small to be published, or it would tell one that is."),
        "events": said(TEXTS, "Ids of the events that make it; none in a public part."),
    }
)
_TABLE: Final = closed(
    {
        "code": TEXT,
        "title": TEXT,
        "note": said(TEXT, "How its values are defined."),
        "heads": said(TEXTS, "Titles of what rows are about."),
        "columns": many(closed({"code": TEXT, "title": TEXT})),
        "totals": said(YES_NO, "Its last row and its last column are the sums of the others."),
        "rows": many(closed({"heads": TEXTS, "cells": many(_CELL)})),
    }
)
REPORT_FORMS: Final = {
    "Report": closed(
        {
            "definition": ref("ReportDefinition"),
            "from": said(_DAY, "First day of the period, in New York."),
            "until": said(_DAY, "The day before which it ends."),
            "position": said(FROM_0, "Only what was recorded up to it counts."),
            "at": said(INSTANT, "When it is: what time alone changes."),
            "marking": said(TEXT, "Of the whole."),
            "public": YES_NO,
            "simulated": said(YES_NO, "Its events are of a demonstration."),
            "stale": said(YES_NO, "An event of what it is made of could not be folded yet."),
            "notices": TEXTS,
            "tables": many(_TABLE),
        },
        "The same for the same definition, version, period, `as_of` and reader.",
        optional={"withheld": WITHHELD},
    ),
    "ReportDefinition": closed(
        {
            "code": TEXT,
            "version": said(FROM_1, "A change of what is counted is another version."),
            "title": TEXT,
            "says": TEXT,
            "public": said(YES_NO, "Whether it has a public part."),
        },
        "What a report counts.",
    ),
    "ReportDefinitions": closed({"items": many(ref("ReportDefinition"))}, "Every report that there is."),
}
