"""How the invented standard, threshold and framework came into force: who signed, who did not at first, and why."""

from datetime import datetime, timedelta
from typing import Any, Final

from api.demo.cast import DIRECTOR, LEADS, ONCD, OSTP, named
from api.demo.tell import BEGINNING, FINDINGS, NEW_YORK, SECOND_THRESHOLD, Told, digest, reference

_ASKED: Final = datetime(2026, 9, 1, 10, 0, tzinfo=NEW_YORK)


def standards(told: Told) -> None:
    """The framework on the first afternoon, the standard a day later, and a threshold twice."""
    _framework(told, BEGINNING + timedelta(minutes=20))
    _standard(told, BEGINNING + timedelta(hours=2))
    _threshold(told)


def _text(id: str, title: str, version: int = 1, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - fields
    return {
        "code": id,
        "version": version,
        "digest": reference(id, version)["digest"],
        "holder": "office/nsa",
        "body_marking": "SECRET//NOFORN",
        "title": title,
        **more,
    }


def _on(text: dict[str, Any], **more: Any) -> dict[str, Any]:  # noqa: ANN401 - fields
    return {name: text[name] for name in ("code", "version", "digest")} | more


def _framework(told: Told, at: datetime) -> None:
    text = _text("FRAMEWORK", "Voluntary framework for early access (invented)", body_marking="UNCLASSIFIED")
    told.say(LEADS["treasury"], at, "framework.propose", text)
    told.say(
        LEADS["commerce"],
        at + timedelta(minutes=4),
        "framework.withhold-sign-off",
        _on(text, reasons="An invented wish: to read it once more over lunch."),
    )
    for minutes, lead in enumerate(LEADS.values(), 5):
        told.say(lead, at + timedelta(minutes=minutes), "framework.sign-off", _on(text))
    told.say(LEADS["treasury"], at + timedelta(minutes=30), "framework.adopt", _on(text))


def _standard(told: Told, at: datetime) -> None:
    text = _text("STANDARD-CYBER", "How advanced cyber capabilities are measured (invented)")
    draft = text | {"digest": digest("STANDARD-CYBER", "first text")}
    told.say(LEADS["nsa"], at, "standard.propose", draft)
    for minutes, office in enumerate(("nsa", "dod", "commerce"), 10):
        told.say(LEADS[office], at + timedelta(minutes=minutes), "standard.sign-off", _on(draft))
    told.say(
        LEADS["dhs"],
        at + timedelta(minutes=30),
        "standard.withhold-sign-off",
        _on(draft, reasons="Invented reasons: it does not say how a result is repeated."),
        FINDINGS,
    )
    told.say(LEADS["nsa"], at + timedelta(hours=1), "standard.propose", text)
    for minutes, lead in enumerate(LEADS.values(), 70):
        told.say(lead, at + timedelta(minutes=minutes), "standard.sign-off", _on(text))
    told.say(LEADS["nsa"], at + timedelta(hours=2), "standard.adopt", _on(text))


def _threshold(told: Told) -> None:
    first = _text("THRESHOLD-CYBER", "Threshold of a covered frontier model (invented)")
    because = "The first threshold was needed on the day of the order; the offices are asked about the next one."
    told.say(
        DIRECTOR,
        BEGINNING + timedelta(hours=3),
        "threshold.determine",
        first | {"no_consultation_because": because},
    )
    second = _text("THRESHOLD-CYBER", "Threshold of a covered frontier model, revised (invented)", 2)
    consultation = named("consultation", "THRESHOLD-CYBER", 2)
    opened = {
        "consultation_id": consultation,
        "kind": "threshold",
        "reference": reference("THRESHOLD-CYBER", 2),
        "asked": ["oncd", "ostp"],
        "question": digest("question", consultation),
        "question_text": "Is this the right threshold from now on?",
    }
    told.say(LEADS["nsa"], _ASKED, "consultation.open", opened)
    for days, (who, view) in enumerate(((ONCD, "concur"), (OSTP, "concur-with-comment")), 2):
        reply = {"consultation_id": consultation, "view": view, "reasons": "Invented reasons."}
        told.say(who, _ASKED + timedelta(days=days), "consultation.answer", reply, FINDINGS)
    told.say(
        LEADS["nsa"],
        SECOND_THRESHOLD - timedelta(hours=1),
        "consultation.close",
        {"consultation_id": consultation},
    )
    told.say(DIRECTOR, SECOND_THRESHOLD, "threshold.determine", second | {"consultation": consultation})
