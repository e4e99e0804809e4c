"""The invented public criteria: published on the third day, and changed once, after a notice to oversight."""

from datetime import datetime, timedelta
from typing import Any, Final

from api.demo.cast import LEADS, ONCD, named
from api.demo.tell import BEGINNING, FINDINGS, NEW_YORK, Told, digest, reference

_CODE: Final = "EARLY-LOOK"
_CHANGE: Final = datetime(2026, 9, 21, 11, 0, tzinfo=NEW_YORK)


def criteria(told: Told) -> None:
    """Two versions, and what the National Cyber Director said of the second."""
    first = {
        "code": _CODE,
        "version": 1,
        "title": "Which models will be looked at (invented)",
        "process": "An offer is checked for completeness. Then offices may agree on terms, look at the model for at "
        "most 30 days, and assess its advanced cyber capabilities. Taking part is voluntary.",
        "factors": [_EXPLOITS, _SCALE, _AGENTS],
        "withheld_count": 2,
        "effective_on": "2026-06-05",
        "no_consultation_because": "The first criteria say what the standard says, on which all five offices agreed.",
    }
    told.say(LEADS["nsa"], BEGINNING + timedelta(days=3), "criteria.publish", first)
    consultation = named("consultation", _CODE, 2)
    opened = {
        "consultation_id": consultation,
        "kind": "criteria",
        "reference": reference(_CODE, 2),
        "asked": ["oncd"],
        "question": digest("question", consultation),
        "question_text": "Should models that act for many hours by themselves be named?",
    }
    told.say(LEADS["nsa"], _CHANGE - timedelta(days=6), "consultation.open", opened)
    reply = {"consultation_id": consultation, "view": "concur", "reasons": "Invented reasons."}
    told.say(ONCD, _CHANGE - timedelta(days=2), "consultation.answer", reply, FINDINGS)
    second = {name: value for name, value in first.items() if name != "no_consultation_because"} | {
        "version": 2,
        "factors": [_EXPLOITS, _SCALE, _AGENTS | {"question": "Does it act by itself for more than an hour?"}],
        "withheld_count": 1,
        "effective_on": "2026-11-02",
        "consultation": consultation,
    }
    told.say(LEADS["nsa"], _CHANGE, "criteria.publish", second)


def _to(factor: str) -> dict[str, Any]:
    return {"factor": factor, "pointer": None}


def _ends(pointer: str) -> dict[str, Any]:
    return {"factor": None, "pointer": pointer}


_EXPLOITS: Final = {
    "code": "exploits",
    "question": "Does the model find or write working exploits?",
    "text": "As far as you know it from your own tests or those of others. Invented.",
    "yes": _ends("likely-to-be-looked-at"),
    "no": _to("scale"),
    "unknown": _to("scale"),
}
_SCALE: Final = {
    "code": "scale",
    "question": "Was more computation used than for any model that you offered before?",
    "text": "Training and what was done after it, together. Invented.",
    "yes": _to("agents"),
    "no": _ends("unlikely-to-be-looked-at"),
    "unknown": _to("agents"),
}
_AGENTS: Final = {
    "code": "agents",
    "question": "Does it act by itself for more than a day?",
    "text": "Using tools, without a person between two steps. Invented.",
    "yes": _ends("likely-to-be-looked-at"),
    "no": _ends("ask-the-offices"),
    "unknown": _ends("ask-the-offices"),
}
