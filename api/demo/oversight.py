"""Oversight in the invented story: one request that is answered, one late and in part, one in silence; and a note."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from api.demo.cast import AUDITOR, LEADS, Somebody, named
from api.demo.tell import FINDINGS, NEW_YORK, OPEN, Told, digest

INSPECTOR: Final = Somebody("office/ig-nsa", "Quinn Example")
COMMITTEE: Final = Somebody("office/congress-homeland", "Rory Example")
_BEGAN: Final = datetime(2026, 9, 21, 10, 0, tzinfo=NEW_YORK)


def oversight(told: Told) -> None:
    """Asked, produced, withheld with a ground, late, closed, and noted."""
    scans = _ask(told, 0, AUDITOR, "dhs", "scans", "Which scans of others' systems were asked for, and by whom?", 14)
    determined = _ask(told, 1, INSPECTOR, "nsa", "determined", "On what did each determination of August rest?", 10)
    _ask(told, 2, COMMITTEE, "treasury", "budget", "How many reports does a maintainer get in a month, and why?", 21)
    whole = {"stream": f"scan-{named('scan', 'whole')}", "version": 1}
    _produce(told, 6, "dhs", scans, 1, events=[whole], statement="The first of them. Invented.")
    _produce(told, 9, "dhs", scans, 2, documents=[_document("dhs", "letters")], complete=True)
    _withhold(told, 9.1, "dhs", scans, 2, "originator-control", "ORCON, of an invented agency")
    closed = {"inquiry_id": scans, "statement": "That answers it. Invented."}
    told.say(AUDITOR, _at(16), "oversight.close", closed, FINDINGS)
    _withhold(told, 8, "nsa", determined, 5, "sources-and-methods", "An invented statute, section 6")
    _produce(
        told, 13, "nsa", determined, 1, documents=[_document("nsa", "determinations")], statement="Late. Invented."
    )
    note = {
        "inquiry_id": f"gao-{named('note', 'scans')}",
        "about": f"oversight-{scans}",
        "note": "The second letter contradicts the first; ask again in spring. Invented.",
    }
    told.say(AUDITOR, _at(17), "oversight.note", note, FINDINGS)


def _ask(told: Told, days: float, who: Somebody, office: str, title: str, question: str, within: int) -> str:  # noqa: PLR0917 - a sentence
    inquiry = f"{office}-{named('inquiry', title)}"
    data = {
        "inquiry_id": inquiry,
        "question": digest("inquiry", title),
        "question_text": f"{question} Invented.",
        "due_at": _at(days + within).astimezone(UTC).isoformat().replace("+00:00", "Z"),
    }
    told.say(who, _at(days), "oversight.request", data, FINDINGS)
    return inquiry


def _produce(told: Told, days: float, office: str, inquiry: str, number: int, **what: Any) -> None:  # noqa: ANN401 - fields
    data = {"inquiry_id": inquiry, "production_id": named("production", inquiry, number), **what}
    told.say(LEADS[office], _at(days), "oversight.produce", data, OPEN)


def _withhold(told: Told, days: float, office: str, inquiry: str, items: int, ground: str, citation: str) -> None:  # noqa: PLR0917 - a sentence
    data = {
        "inquiry_id": inquiry,
        "withholding_id": named("withholding", inquiry, ground),
        "items": items,
        "decided_by": f"The head of {office} (invented)",
        "ground": ground,
        "citation": citation,
        "what": "Invented letters of another office.",
    }
    told.say(LEADS[office], _at(days), "oversight.withhold", data, FINDINGS)


def _document(office: str, title: str) -> dict[str, str]:
    return {
        "digest": digest("document", office, title),
        "holder": f"office/{office}",
        "marking": FINDINGS,
        "media_type": "application/pdf",
    }


def _at(days: float) -> datetime:
    return _BEGAN + timedelta(days=days)
