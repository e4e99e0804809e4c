"""Who asks, and what they could do now: the act, what it would rest on, or the rule that stands against it."""

from typing import Final

from api.contract.forms.words import INSTANT, TEXT, TEXT_OR_NONE, TEXTS, YES_NO, closed, many, or_none, ref, said

_OPTION: Final = closed(
    {"command": TEXT, "may": YES_NO},
    "`authority`, `post`, `delegation`, `signed` where it may; else `code`, `sentence`, `rule`.",
    optional={
        "authority": said(TEXT_OR_NONE, "What it would rest on."),
        "post": TEXT_OR_NONE,
        "delegation": said(TEXT_OR_NONE, "By which it would be done; the act has to name it."),
        "signed": said(YES_NO, "Whether the office has such an act signed."),
        "code": said(TEXT, "As `/problems/<code>` explains it."),
        "sentence": TEXT,
        "rule": said(TEXT_OR_NONE, "Where the rule stands."),
    },
)
_CLEARANCE: Final = closed(
    {
        "classification": TEXT,
        "cui": {
            "type": ["array", "null"],
            "items": TEXT,
            "description": "Categories; empty: CUI without a category; null: none.",
        },
        "controls": TEXTS,
        "country": TEXT_OR_NONE,
        "tlp": TEXT,
    }
)
_NEEDS: Final = closed(
    {
        "everything": YES_NO,
        "kinds": said(TEXTS, "Kinds of streams, wholly."),
        "matters": said(TEXTS, "Single streams."),
        "why": TEXT,
    },
    "What you need to know of, beside what your clearance allows.",
)
PEOPLE_FORMS: Final = {
    "Option": _OPTION,
    "OptionsOf": closed({"stream": TEXT, "at": INSTANT, "options": many(ref("Option"))}),
    "Options": closed({"case_id": TEXT, "at": INSTANT, "options": many(ref("Option"))}),
    "Me": closed(
        {
            "actor": said(TEXT, "For whom whoever asks acts: `office/nsa`, `participant/<uuid>`."),
            "actor_name": TEXT,
            "ledger": said(TEXT, "`urn:uuid:` of the ledger: what a signature names."),
            "known": said(YES_NO, "Whether the record knows this actor today."),
            "person": said(or_none(closed({"id": TEXT, "name": TEXT})), "Null where a system asks."),
            "attestation": said(TEXT, "How that is known."),
            "clearance": _CLEARANCE,
            "needs": _NEEDS,
            "roles": TEXTS,
            "posts": said(TEXTS, "Held by the person, today."),
            "rights": many(ref("Option")),
        }
    ),
}
