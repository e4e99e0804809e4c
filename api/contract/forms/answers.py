"""What the door answers with, whatever it was asked: pages of lists, problems and what their codes mean, outcomes."""

from typing import Final

from api.contract.forms.words import (
    FOLDED,
    FROM_0,
    TEXT,
    TEXT_OR_NONE,
    TEXTS,
    WHOLE,
    WITHHELD,
    YES_NO,
    Form,
    closed,
    many,
    ref,
    said,
)

_STATUS: Final[Form] = {"type": "integer", "minimum": 400, "maximum": 599}
_WRONG: Final = closed(
    {"detail": TEXT},
    optional={"pointer": said(TEXT, "Where in the body (RFC 6901)."), "parameter": TEXT},
)
PROBLEM: Final = closed(
    {
        "type": {"type": "string", "pattern": "^/problems/[a-z-]+$"},
        "title": TEXT,
        "status": _STATUS,
        "detail": TEXT,
        "code": {"type": "string", "pattern": "^[a-z-]+$", "description": "Never changes."},
    },
    "A problem of RFC 9457. `GET /problems/<code>` says what a code means.",
    optional={
        "rule": said(TEXT, "Where the rule stands, such as `EO14409:3(a)`."),
        "instance": TEXT,
        "position": said(WHOLE, "Of the ledger, when it was decided."),
        "receipt": ref("Receipt"),
        "errors": many(_WRONG),
    },
)
_CODE: Final = closed(
    {
        "type": TEXT,
        "code": TEXT,
        "status": _STATUS,
        "title": TEXT,
        "rule": said(TEXT_OR_NONE, "Where the rule stands."),
    },
    "What a code means.",
)
OUTCOME: Final = closed(
    {
        "index": FROM_0,
        "id": TEXT_OR_NONE,
        "outcome": {"enum": ["recorded", "repeated", "nothing-new", "refused", "turned-away", "unavailable"]},
        "status": WHOLE,
    },
    "What became of one item of a batch.",
    optional={"receipt": ref("Receipt"), "problem": ref("Problem")},
)
PAGE: Final = closed(
    {
        "items": many({"type": "object"}),
        "position": FOLDED,
        "next": {"type": ["integer", "null"], "description": "The cursor of the next page: `after`."},
    },
    "Some of a list, in an order that does not change.",
    optional={"withheld": WITHHELD},
)
COUNT: Final = closed(
    {
        "events": {**FROM_0, "maximum": 10_000},
        "more": said(YES_NO, "There are more than these: nobody counted how many."),
    },
    "How many fit in all, on every page; where that was asked for.",
)
ANSWER_FORMS: Final = {
    "Code": _CODE,
    "Codes": many(ref("Code")),
    "Outcome": OUTCOME,
    "Problem": PROBLEM,
    "Types": closed({"commands": TEXTS, "events": TEXTS}),
}
