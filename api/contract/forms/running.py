"""How things are at an instant: clocks, the counts of duties, and this Docket itself."""

from typing import Final

from api.contract.forms.words import (
    FOLDED,
    FROM_0,
    FROM_1,
    INSTANT,
    INSTANT_OR_NONE,
    TEXT,
    TEXT_OR_NONE,
    WITHHELD,
    YES_NO,
    Form,
    closed,
    many,
    named,
    ref,
    said,
)

_AT: Final = said(INSTANT, "Of which instant they are told.")
_VIEW: Final = closed(
    {
        "view": TEXT,
        "version": FROM_1,
        "built": said(YES_NO, "Whether anybody can read it yet."),
        "position": FROM_0,
        "lag": said(FROM_0, "Positions that it is behind."),
        "halted": said(TEXT_OR_NONE, "Why it does not go on at all."),
        "parked": said(
            many(closed({"position": FROM_1, "since": INSTANT_OR_NONE})),
            "Events that could not be folded: rows wait for a repair behind them.",
        ),
    }
)
_DAY: Final = closed(
    {"on": {"type": "string", "format": "date"}, "events": said(FROM_0, "How many were recorded.")},
)


def _counted(name: str) -> Form:
    return closed({"items": many(ref(name)), "at": _AT, "position": FOLDED}, optional={"withheld": WITHHELD})


RUNNING_FORMS: Final = {
    "Alive": closed({"alive": {"const": True}}),
    "Clocks": closed({"items": many(ref("Clock")), "at": _AT, "position": FOLDED}),
    "Operations": closed(
        {
            "head": said(FROM_0, "Last position of the ledger."),
            "stopped": said(TEXT_OR_NONE, "Why what folds views reads no further."),
            "views": many(_VIEW),
            "days": said(many(_DAY), "Days in New York, without a gap."),
        },
        "How this Docket itself is.",
    ),
    "Ready": closed({"ready": YES_NO, "wrong": said(named(TEXT), "What is, and how.")}),
    "TaskingCounts": _counted("Rollup"),
    "VulnerabilityWeeks": _counted("Week"),
}
