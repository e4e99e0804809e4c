"""What becomes of a finding, whom it might concern, and by which table it is weighed."""

from typing import Final

from api.contract.forms.answers import OUTCOME
from api.contract.forms.words import (
    FROM_0,
    TEXT,
    TEXT_OR_NONE,
    TEXTS,
    WHOLE,
    YES_NO,
    Form,
    closed,
    many,
    named,
    one_of,
    said,
)
from domain.events.vulnerability import MatchedBy

_POINT: Final = closed(
    {
        "point": TEXT,
        "raw": TEXT,
        "value": said(TEXT_OR_NONE, "Its key; None where no table that Docket knows has it."),
    }
)
_SAME_AS: Final = said(
    many(closed({"vulnerability_id": TEXT, "alias": said(TEXT_OR_NONE, "None: they share the document.")})),
    "Reports that you may see and that share a name, or the document, with this one.",
)
_NAMES: Final = said(named(TEXT), "Key → name.")
_TABLE: Final = closed(
    {
        "table": TEXT,
        "table_version": TEXT,
        "name": TEXT,
        "points": many(closed({"point": TEXT, "name": TEXT, "values": _NAMES})),
        "outcomes": _NAMES,
    }
)
_OPERATOR: Final = closed(
    {
        "operator": TEXT,
        "name": TEXT,
        "matched_by": one_of([each.value for each in MatchedBy]),
        "matched_on": TEXT,
        "confirmed": said(YES_NO, "A person confirmed exactly this."),
    }
)
_FINDING: Final = closed(
    {
        "vulnerability_id": TEXT,
        "format": TEXT,
        "document": said(TEXT, "What the document calls itself."),
        "digest": TEXT,
        "aliases": TEXTS,
        "same_as": _SAME_AS,
        "left_out": said(named(WHOLE), "How many of what the document says had no room in the report, by field."),
        "points": said(
            many(_POINT), "Values of SSVC points, as they came in and as a table that Docket knows has them."
        ),
        "statuses": said(many(closed({"product": TEXT, "status": TEXT})), "What a VEX statement says of each product."),
        "dates": said(named(TEXT), "As the document writes them."),
    }
)
_OUTCOME: Final[Form] = {
    **OUTCOME,
    "description": "What became of one finding of a batch; `finding` is missing where the line was turned away.",
    "properties": {
        **OUTCOME["properties"],
        "part": said(FROM_0, "Which finding of the line."),
        "finding": _FINDING,
    },
    "required": [*OUTCOME["required"], "part"],
}
FINDING_FORMS: Final = {
    "FindingLine": {
        "type": "object",
        "description": (
            "A CVE record (5.1), an OSV entry, a CSAF 2.0 document, an entry of the KEV catalogue, or the data of "
            "`vulnerability.report.v1` without `vulnerability_id`, `reporter` and `source`, and with an `id` of the "
            "sender's own."
        ),
    },
    "FindingOutcome": _OUTCOME,
    "DecisionTables": many(_TABLE),
    "Priority": closed(
        {"table": TEXT, "table_version": TEXT, "points": many(_POINT), "outcome": TEXT},
        "The data of `vulnerability.prioritize.v1`, without the vulnerability.",
    ),
    "Suggestions": closed(
        {
            "operators": many(_OPERATOR),
            "same_as": _SAME_AS,
            "position": said(FROM_0, "Up to which the views have folded."),
        }
    ),
}
