"""Tells the story: `python -m api.demo.tell` writes the NDJSON files beside it, the same bytes every time."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from itertools import product
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from api.demo.cast import (
    AUTHORS,
    DEPUTY,
    DEVELOPERS,
    DIRECTOR,
    LEADS,
    OMB,
    ONCD,
    OSTP,
    SECRETARY,
    Developer,
    Somebody,
    named,
)
from domain.values import Digest, ParticipantId, Variant, case_id

HERE: Final = Path(__file__).parent
NEW_YORK: Final = ZoneInfo("America/New_York")
BEGINNING: Final = datetime(2026, 6, 2, 14, 0, tzinfo=NEW_YORK)
END: Final = datetime(2026, 11, 23, 12, 0, tzinfo=NEW_YORK)
"""Where the story breaks off: later cases are still under way."""
SECOND_THRESHOLD: Final = datetime(2026, 9, 14, 15, 0, tzinfo=NEW_YORK)
"""When the second version of the threshold came into force."""
OPEN, BUSINESS, FINDINGS = "UNCLASSIFIED", "CUI//PROPIN", "CUI//ISVI"


def digest(*parts: object) -> Digest:
    """A digest of something that does not exist."""
    return Digest("sha256:" + sha256("/".join(map(str, parts)).encode()).hexdigest())


def reference(id: str, version: int = 1) -> dict[str, Any]:
    """A standard, threshold or framework that is kept elsewhere."""
    return {"id": id, "version": version, "digest": digest(id, version)}


class Told:
    """Acts in order of time."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.lines: list[tuple[datetime, int, dict[str, Any]]] = []

    def say(
        self, who: Somebody, at: datetime, command: str, data: dict[str, Any], protected: str = OPEN, **more: str
    ) -> None:
        number = len(self.lines)
        event = {
            "specversion": "1.0",
            "id": named("act", self.title, number),
            "source": who.source,
            "type": f"{command}.v1",
            "time": at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
            "datacontenttype": "application/json",
            "marking": OPEN,
            **({"protectedmarking": protected} if protected != OPEN else {}),
            **more,
            "data": {key: value for key, value in data.items() if value is not None},
        }
        self.lines.append((at, number, event))

    def in_order(self) -> Iterator[tuple[datetime, dict[str, Any]]]:
        for at, _, event in sorted(self.lines, key=lambda line: line[:2]):
            yield at, event


class CaseStory:
    """One case, told from the day of its submission."""

    def __init__(self, told: Told, number: int, developer: Developer, day: int, variant: str = "release") -> None:
        self.told, self.number, self.developer, self.variant = told, number, developer, variant
        self.model = developer.models[number % len(developer.models)]
        self.version = f"2026.{number:02}"
        self.manifest = digest("manifest", developer.name, self.model, self.version)
        self.id = case_id(ParticipantId(developer.id), self.manifest, Variant(variant))
        self.start = (BEGINNING + timedelta(days=day)).replace(hour=9, minute=10 + number % 45)

    def at(self, days: float) -> datetime:
        """So many days after the submission, at the same hour in New York."""
        whole = int(days)
        return self.start + timedelta(days=whole, minutes=round((days - whole) * 600))

    def on(self, days: int) -> str:
        return self.at(days).date().isoformat()

    def by_developer(self, days: float, command: str, protected: str = BUSINESS, **data: Any) -> None:  # noqa: ANN401 - fields
        self.told.say(self.developer.speaks, self.at(days), command, {"case_id": self.id, **data}, protected)

    def by(self, who: Somebody, days: float, command: str, protected: str = OPEN, **data: Any) -> None:  # noqa: ANN401 - fields
        more = {key: str(data.pop(key)) for key in ("delegation", "authority") if key in data}
        self.told.say(who, self.at(days), command, {"case_id": self.id, **data}, protected, **more)

    def submit(self, days: float = 0, partners: int | None = 45, public: int | None = 60, **data: Any) -> None:  # noqa: ANN401 - fields
        body = {
            "model": self.model,
            "model_version": self.version,
            "manifest": self.manifest,
            "variant": self.variant,
            "partners_on": None if partners is None else self.on(partners),
            "public_on": None if public is None else self.on(public),
            "summary": f"{self.model} {self.version}: an invented model; what it can do is described here.",
            **data,
        }
        self.told.say(self.developer.speaks, self.at(days), "case.submit", body, BUSINESS)

    def accept(self, days: float = 1) -> None:
        self.by(SECRETARY, days, "case.accept")

    def open(self, days: float = 3, office: str = "nsa", basis: str = "EO14409:3(b)(i)") -> None:
        subjects = ("confidentiality", "cybersecurity", "insider-risk", "intellectual-property")
        kinds = ("protection", "use", "nondisclosure")
        terms = [
            {"subject": subject, "kind": kind, "clause": f"§ {n}"}
            for n, (subject, kind) in enumerate(product(subjects, kinds), 1)
        ]
        text = digest("terms", self.id, office)
        self.by_developer(
            days,
            "case.agree-access-terms",
            OPEN,
            office=office,
            terms=terms,
            text=text,
            framework=reference("FRAMEWORK"),
        )
        roster = [AUTHORS[office].name, LEADS[office].name]
        self.by(LEADS[office], days + 0.2, "case.open-access", BUSINESS, basis=basis, roster=roster)

    def assess(self, days: float, office: str, finding: str = "concern", severity: str = "5.5", n: int = 1) -> str:
        assessment = named("assessment", self.id, office, n)
        self.by(
            AUTHORS[office],
            days,
            "case.propose-assessment",
            FINDINGS,
            assessment_id=assessment,
            standard=reference("STANDARD-CYBER"),
            finding=finding,
            severity=severity,
            evidence=[
                {
                    "digest": digest("evidence", assessment),
                    "holder": f"office/{office}",
                    "marking": FINDINGS,
                    "media_type": "application/pdf",
                }
            ],
            findings=f"Invented findings of {office} on {self.model}.",
            recommendation="Look again at the next version.",
        )
        self.by(LEADS[office], days + 0.3, "case.file-assessment", assessment_id=assessment)
        return assessment

    def consult(self, days: float, answers: dict[str, str | None], due: int = 7, *, close: bool = True) -> str:
        """Ask offices; None is silence. An office that is not asked and answers begins with `+`."""
        consultation = named("consultation", self.id, days)
        asked = [office for office in answers if not office.startswith("+")]
        data = {
            "consultation_id": consultation,
            "kind": "case",
            "case_id": self.id,
            "asked": asked,
            "question": digest("question", consultation),
            "question_text": "Does this model warrant additional scrutiny?",
            "due_at": self.at(days + due).astimezone(UTC).isoformat().replace("+00:00", "Z"),
        }
        self.told.say(LEADS["nsa"], self.at(days), "consultation.open", data)
        people = {**LEADS, "oncd": ONCD, "ostp": OSTP, "omb": OMB}
        for n, (office, view) in enumerate(answers.items(), 1):
            if view is None:
                continue
            late = view.endswith("!")
            when = self.at(days + (due + 1 if late else n % due) + 0.1 * n)
            reply = {
                "consultation_id": consultation,
                "view": view.rstrip("!"),
                "reasons": f"Invented reasons of {office}.",
            }
            self.told.say(people[office.lstrip("+")], when, "consultation.answer", reply, FINDINGS)
        if close:
            self.told.say(
                LEADS["nsa"], self.at(days + due + 2), "consultation.close", {"consultation_id": consultation}
            )
        return consultation

    def determine(self, days: float, result: str, n: int = 1, who: Somebody = DIRECTOR, **data: Any) -> str:  # noqa: ANN401 - fields
        determination = named("determination", self.id, n)
        body = {
            "determination_id": determination,
            "result": result,
            "standard": reference("STANDARD-CYBER"),
            "threshold": reference("THRESHOLD-CYBER", 2 if self.at(days) > SECOND_THRESHOLD else 1),
            "reasons": f"Invented releasable reasons for determination {n} on {self.model}.",
            "withheld_reasons": ["An invented reason that is withheld from some readers."],
            **data,
        }
        if "consultation" not in body and "no_consultation_because" not in body:
            body["no_consultation_because"] = "The consulted offices had answered the same question a week before."
        self.by(who, days, "case.issue-determination", FINDINGS, **body)
        return determination

    def release(self, days: float, audience: str) -> None:
        released = self.at(days).astimezone(UTC).isoformat().replace("+00:00", "Z")
        self.by_developer(days + 0.1, "case.report-release", OPEN, audience=audience, released_at=released)

    def close(self, days: float) -> None:
        self.by(SECRETARY, days, "case.close")


WARRANTS, DOES_NOT = "warrants-additional-scrutiny", "does-not-warrant"


def offices(told: Told) -> None:
    """People take up their posts; one of them delegates, for a fortnight."""

    def assume(office: str, post: str, who: Somebody, minutes: int) -> None:
        data = {
            "office": office,
            "post": post,
            "holder": who.id,
            "holder_name": who.name,
            "assumed_on": BEGINNING.date().isoformat(),
        }
        told.say(SECRETARY, BEGINNING + timedelta(minutes=minutes), "office.assume-post", data, "CUI//PRVCY")

    assume("nsa", "director", DIRECTOR, 1)
    for minutes, (office, lead) in enumerate(LEADS.items(), 2):
        assume(office, "assessment-lead", lead, minutes)
    for minutes, (office, who) in enumerate({"oncd": ONCD, "ostp": OSTP, "omb": OMB}.items(), 8):
        assume(office, "head", who, minutes)
    delegation = {
        "office": "dhs",
        "delegation_id": named("delegation", "dhs"),
        "taker": DEPUTY.id,
        "taker_name": DEPUTY.name,
        "post": "assessment-lead",
        "scope": ["case.file-assessment.v1"],
        "valid_from": "2026-06-15T04:00:00Z",
        "valid_until": "2026-06-29T04:00:00Z",
    }
    told.say(LEADS["dhs"], BEGINNING + timedelta(minutes=15), "office.grant-delegation", delegation, "CUI//PRVCY")


def developers(told: Told) -> None:
    """Developers enrol and accept the framework, each by its own choice."""
    for minutes, developer in enumerate(DEVELOPERS):
        at = BEGINNING + timedelta(hours=1, minutes=10 * minutes)
        enrol = {"participant": developer.id, "name": developer.name, "kind": "developer"}
        told.say(developer.speaks, at, "participant.enrol", enrol)
        accept = {"participant": developer.id, "framework": reference("FRAMEWORK")}
        told.say(developer.speaks, at + timedelta(minutes=2), "participant.accept-terms", accept)
        sectors = {"participant": developer.id, "sectors": ["it", "healthcare-public", "financial-services"]}
        told.say(developer.speaks, at + timedelta(minutes=4), "participant.declare-sectors", sectors)


def _opening(told: Told) -> None:
    offices(told)
    developers(told)


def chapters() -> Mapping[str, Callable[[Told], None]]:
    """What is told, by its title: what an act is called in the record depends on it, so none is ever renamed."""
    from api.demo.cases import cases  # noqa: PLC0415 - it is told with the words of this module
    from api.demo.clearinghouse import clearinghouse  # noqa: PLC0415 - the same
    from api.demo.criteria import criteria  # noqa: PLC0415 - the same
    from api.demo.keys import keys  # noqa: PLC0415 - the same
    from api.demo.leases import leases  # noqa: PLC0415 - the same
    from api.demo.oversight import oversight  # noqa: PLC0415 - the same
    from api.demo.partners import partners  # noqa: PLC0415 - the same
    from api.demo.records import records  # noqa: PLC0415 - the same
    from api.demo.scans import scans  # noqa: PLC0415 - the same
    from api.demo.standards import standards  # noqa: PLC0415 - the same
    from api.demo.taskings import taskings  # noqa: PLC0415 - the same

    return {
        "offices": _opening,
        "cases": cases,
        "taskings": taskings,
        "standards": standards,
        "clearinghouse": clearinghouse,
        "partners": partners,
        "criteria": criteria,
        "leases": leases,
        "scans": scans,
        "records": records,
        "oversight": oversight,
        "keys": keys,
    }


FILES: Final = (
    ("01-from-2026-06", date(2026, 8, 1)),
    ("02-from-2026-08", date(2026, 10, 1)),
    ("03-from-2026-10", date(2027, 1, 1)),
)
"""The files of the story, and the day before which each ends."""


def tell() -> None:
    """Write every file of the story: all chapters in one order of time, an act a line."""
    told = [chapter for title, words in chapters().items() for chapter in _told(title, words)]
    told.sort(key=lambda line: line[0])
    begin = date.min
    for name, end in FILES:
        lines = [
            json.dumps(event, separators=(",", ":"), ensure_ascii=False)
            for at, event in told
            if begin <= at.date() < end and at < END
        ]
        (HERE / f"{name}.ndjson").write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
        begin = end


def _told(title: str, words: Callable[[Told], None]) -> Iterator[tuple[datetime, dict[str, Any]]]:
    told = Told(title)
    words(told)
    yield from told.in_order()


if __name__ == "__main__":
    tell()
