"""A ledger to measure with: whole lives of cases, thousands of them at a time, in documents of the real form.

One life is made by `wire.dump`; each case gets its bytes with other ids and other times of the same length.
"""

import random
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from domain import wire
from domain.act import Acted, Attestation, By
from domain.events import case, consultation
from domain.events.participant import ParticipantEnrolled, ParticipantKind
from domain.ledger.append import apart
from domain.ledger.sqlite import SQLiteRecorder
from domain.message import protected_names
from domain.recorded import Recorded
from domain.values import Cited, CommandId, EventId, Evidence, ParticipantId, PersonId

c: Any = case  # ids are plain text here
k: Any = consultation
_CASE, _CONSULTATION, _DEVELOPER = (f"{kind}0000000-0000-5000-8000-000000000000" for kind in "acd")
_EVENT, _COMMAND = "e0000000-0000-5000-8000-000000000000", "f0000000-0000-7000-8000-000000000000"
_AT = datetime(2001, 2, 3, 4, 5, 6, 700, tzinfo=UTC)
_AT_TEXT = "2001-02-03T04:05:06.000700Z"
_LEADS = ("dod", "commerce", "dhs", "treasury", "nsa")
_DIGEST: Any = "sha256:" + "5e" * 32
_DEVELOPERS = 40
_START = datetime(2026, 7, 1, tzinfo=UTC).timestamp()

Template = tuple[str, list[bytes], list[int], bytes]
"""Type, the bytes between, which id comes after each, and the disclosures as the ledger keeps them."""
Did = tuple[str, Any, Any, str]
"""Actor, event, authority, marking."""

_LATER = datetime(2026, 9, 1, 4, tzinfo=UTC)
_CITED = Cited(id="Evaluation of advanced cyber capabilities", version=3, digest=_DIGEST, checked=False)
_EVIDENCE = Evidence(digest=_DIGEST, holder="Laboratory of the office", marking="CUI", media_type="application/pdf")
_ABOUT = k.ConsultedOn(kind=k.SubjectKind.CASE, case_id=_CASE, reference=None)
_BY_DEVELOPER = f"participant/{_DEVELOPER}"


def _id(number: int) -> str:
    return str(UUID(int=number))


def _did(actor: str, event: Any, authority: str = "EO14409:3(b)", marking: str = "CUI") -> Did:
    return (actor if actor == _BY_DEVELOPER else f"office/{actor}"), event, authority, marking


def _offered() -> Iterator[Did]:
    submitted = c.CaseSubmitted(
        case_id=_CASE,
        developer=_DEVELOPER,
        developer_name="Acme Frontier Models, Incorporated",
        model="Orion",
        model_version="4.1",
        manifest=_DIGEST,
        variant="release",
        partners_on=date(2026, 8, 20),
        public_on=date(2026, 9, 10),
        replaces=None,
        review_due_at=_LATER,
        review_policy="POLICY:CASE-REVIEW-1",
        summary="S",
    )
    returned = c.CaseReturned(case_id=_CASE, omissions=("manifest",), omissions_policy="POLICY:OMISSIONS-1", note="N")
    opened = c.AccessOpened(
        case_id=_CASE,
        office="commerce",
        basis=c.Basis.TO_DETERMINE,
        first_opened_at=_AT,
        ceiling_at=_LATER,
        window_policy="POLICY:ACCESS-WINDOW-1",
        roster_count=4,
        roster=("A", "B", "C", "D"),
    )
    terms = tuple(
        c.AccessTerm(subject=subject, kind=kind, clause=f"{subject.value}, paragraph {kind.value}")
        for subject in c.Subject
        for kind in c.TermKind
    )
    yield _did(_BY_DEVELOPER, submitted, "EO14409:3(b)(i)", "UNCLASSIFIED")
    yield _did("secretariat", returned, "POLICY:AUTHORITY-1")
    yield _did(_BY_DEVELOPER, submitted, "EO14409:3(b)(i)", "UNCLASSIFIED")
    yield _did("secretariat", c.CaseAccepted(case_id=_CASE), "POLICY:AUTHORITY-1", "UNCLASSIFIED")
    for office in ("commerce", "nsa"):
        agreed = c.AccessTermsAgreed(case_id=_CASE, office=office, terms=terms, text=_DIGEST, framework=_CITED)
        yield _did(_BY_DEVELOPER, agreed)
    yield _did("commerce", opened)
    for number, office in enumerate(_LEADS):
        asked: dict[str, Any] = {"case_id": _CASE, "request_id": _id(100 + number)}
        yield _did(office, c.InformationRequested(**asked, office=office, wished_by=date(2026, 8, 1), question="Q"))
        if number % 2:
            yield _did(_BY_DEVELOPER, c.InformationProvided(**asked, evidence=(_EVIDENCE,), note="N"))
        else:
            yield _did(_BY_DEVELOPER, c.InformationDeclined(**asked, reason="R"))
    revised = c.ReleasePlanRevised(case_id=_CASE, partners_on=date(2026, 8, 25), public_on=None, reason="R")
    yield _did(_BY_DEVELOPER, revised)


def _consulted() -> Iterator[Did]:
    both: dict[str, Any] = {"consultation_id": _CONSULTATION, "asked": ("oncd", "dhs"), "due_at": _LATER}
    yield _did("nsa", c.CaseConsultationOpened(case_id=_CASE, **both))
    opened = k.ConsultationOpened(
        **both, subject=_ABOUT, opened_by="nsa", question=_DIGEST, policy=None, question_text="Q"
    )
    yield _did("nsa", opened)
    for office in ("oncd", "dhs"):
        said: dict[str, Any] = {"consultation_id": _CONSULTATION, "subject": _ABOUT, "office": office}
        yield _did(office, k.ConsultationAcknowledged(**said))
        answered = k.ConsultationAnswered(**said, view=k.View.CONCUR, late=False, unasked=False, reasons="R")
        yield _did(office, answered)


def _assessed() -> Iterator[Did]:
    for number, office in enumerate(_LEADS):
        found: dict[str, Any] = {
            "case_id": _CASE,
            "assessment_id": _id(200 + number),
            "office": office,
            "standard": _CITED,
            "finding": c.Finding.CONCERN,
            "severity": "6.5",
        }
        marking = "SECRET//NOFORN" if office == "nsa" else "CUI"
        proposed = c.AssessmentProposed(**found, author=_id(1), evidence=(_EVIDENCE,), findings="F", recommendation="R")
        yield _did(office, proposed, "EO14409:3(a)", marking)
        filed = c.AssessmentFiled(**found, proposed_in=_id(300 + number), supersedes=None, late=False)
        yield _did(office, filed, "EO14409:3(a)", marking)
    for number, office in enumerate(("commerce", "dhs", "dod")):
        shared: dict[str, Any] = {"shared_with": c.SharedWith.DEVELOPER, "extent": c.Extent.WHOLE, "reason": "R"}
        yield _did(office, c.AssessmentShared(case_id=_CASE, assessment_id=_id(200 + number), **shared))
        yield _did(office, c.ConcernConveyed(case_id=_CASE, concern_id=_id(400 + number), office=office, concern="C"))


def _ended() -> Iterator[Did]:
    consulted: dict[str, Any] = {"consultation_id": _CONSULTATION, "unanswered": ()}
    yield _did("nsa", k.ConsultationClosed(**consulted, subject=_ABOUT, early=False))
    yield _did("nsa", c.CaseConsultationClosed(case_id=_CASE, **consulted))
    issued = c.DeterminationIssued(
        case_id=_CASE,
        determination_id=_id(500),
        result=c.Result.WARRANTS,
        standard=_CITED,
        threshold=_CITED,
        assessments=tuple(_id(200 + number) for number in range(5)),
        consultation=_CONSULTATION,
        no_consultation_because=None,
        supersedes=None,
        ground=None,
        reasons="The version reached the threshold of advanced cyber capabilities in two of the standard's exercises.",
        withheld_reasons_count=1,
        notice=c.NOTICE,
        withheld_reasons=("W",),
    )
    yield _did("nsa", issued, "EO14409:3(a)", "UNCLASSIFIED")
    for number, office in enumerate(("commerce", "treasury")):
        dissent = c.DissentFiled(
            case_id=_CASE, dissent_id=_id(600 + number), office=office, about=_id(500), reasons="D"
        )
        yield _did(office, dissent, "POLICY:AUTHORITY-1")
    for number in range(2):
        partner: dict[str, Any] = {"case_id": _CASE, "selection_id": _id(700 + number), "partner": "A hospital network"}
        proposed = c.TrustedPartnerProposed(**partner, proposed_by=c.Side.DEVELOPER, purpose="P")
        yield _did(_BY_DEVELOPER, proposed, "EO14409:3(b)(iii)")
        yield _did("dhs", c.TrustedPartnerSelected(**partner, agreed_by=c.Side.GOVERNMENT), "EO14409:3(b)(iii)")
    ended = c.AccessClosed(case_id=_CASE, cause=c.ClosedBecause.BY_DEVELOPER, closed_at=_AT)
    yield _did(_BY_DEVELOPER, ended)
    for office in ("commerce", "nsa"):
        yield _did(office, c.CopiesReturned(case_id=_CASE, office=office, evidence=(_EVIDENCE,), statement="S"))
    for audience in c.Audience:
        released = c.ReleaseReported(case_id=_CASE, audience=audience, released_at=_AT)
        yield _did(_BY_DEVELOPER, released, marking="UNCLASSIFIED")
    closed = c.CaseClosed(case_id=_CASE, outcome=c.Outcome.DETERMINED, determination=_id(500))
    yield _did("secretariat", closed, "POLICY:AUTHORITY-1", "UNCLASSIFIED")


_ORDER: Final = tuple(each.encode() for each in (_CASE, _CONSULTATION, _DEVELOPER, _EVENT, _COMMAND, _AT_TEXT))
_TOKENS: Final = re.compile(b"|".join(_ORDER))


def _template(recorded: Recorded[Any]) -> Template:
    document, disclosures = wire.dump(recorded)
    after = [_ORDER.index(found) for found in _TOKENS.findall(document)]
    kept = b"~".join(disclosures)
    assert apart(kept) == disclosures
    return recorded.event.type, _TOKENS.split(document), after, kept


def _recorded(did: Did, stream: Any, version: int, variant: int = 0) -> Recorded[Any]:
    actor, event, authority, marking = did
    person = By(person=person_id(variant), name=f"Somebody {variant}" if variant else "Somebody", post=None)
    if variant:
        spoken = [name for name in protected_names(type(event)) if isinstance(getattr(event, name), str)]
        event = replace(event, **{name: f"Sentence {variant} of borealis, said in {name}" for name in spoken})
    return Recorded(
        id=EventId(_EVENT),
        ledger=f"urn:uuid:{_id(9)}",
        stream=stream,
        version=version,
        recorded_at=_AT,
        taken_in_at=_AT,
        command_id=CommandId(_COMMAND),
        actor=actor,
        actor_name="Office of the Director, as it was called then",
        attestation=Attestation.OFFICE,
        authority=authority,
        marking=marking,
        protected_marking=marking,
        claimed_at=_AT if variant else None,
        simulated=True,
        event=event,
        by=person,
        act=Acted(digest=_DIGEST, signature=None),
    )


def person_id(variant: int) -> PersonId:
    """Who does everything in a life of this variant."""
    return PersonId(_id(1 + variant))


def templates(variant: int = 0) -> list[tuple[bool, Template]]:
    """One life: whether an event is of the case's stream (else of its consultation), and its bytes to be."""
    versions = {True: 0, False: 0}
    made: list[tuple[bool, Template]] = []
    for did in (*_offered(), *_consulted(), *_assessed(), *_ended()):
        of_case = did[1].type.startswith("case.")
        versions[of_case] += 1
        stream = f"case-{_CASE}" if of_case else f"consultation-{_CONSULTATION}"
        made.append((of_case, _template(_recorded(did, stream, versions[of_case], variant))))
    return made


def events(many: int, live: int, seed: int = 14409) -> Iterator[tuple[int, str, int, str, bytes]]:
    """(position, stream, version, type, document): developers first, then the next event of some live case."""
    return (each[:5] for each in disclosed(many, live, 0, seed))


def disclosed(
    many: int, live: int, variants: int, seed: int = 14409
) -> Iterator[tuple[int, str, int, str, bytes, bytes]]:
    """The same with disclosures, as the ledger keeps them. With variants cases differ in person and words."""
    chance = random.Random(seed)
    developers = [str(UUID(int=chance.getrandbits(128))) for _ in range(_DEVELOPERS)]
    for position, developer in enumerate(developers, 1):
        enrolled = ParticipantEnrolled(
            participant=ParticipantId(_DEVELOPER),
            name="Acme Frontier Models, Incorporated",
            kind=ParticipantKind.DEVELOPER,
        )
        stream = f"participant-{_DEVELOPER}"
        entry = _recorded((f"participant/{_DEVELOPER}", enrolled, "EO14409:3(b)", "UNCLASSIFIED"), stream, 1)
        kind, between, after, kept = _template(entry)
        ids = ["", "", developer, _fresh(chance), _fresh(chance), _time(position)]
        yield position, f"participant-{developer}", 1, kind, _filled(between, after, ids), kept
    lives = [templates(variant) for variant in range(1, variants + 1)] or [templates()]
    life = lives[0]
    cases = [_Case(chance, developers) for _ in range(live)]
    for each in cases:  # they do not all end together: at any later time cases are of every age
        each.skip = chance.randrange(len(life))
    position = len(developers)
    while position < many:
        number = chance.randrange(live)
        one = cases[number]
        of_case, (kind, between, after, kept) = lives[one.variant % len(lives)][one.at]
        one.versions[of_case] += 1
        position += 1
        ids = [one.id, one.consultation, one.developer, _fresh(chance), _fresh(chance), _time(position)]
        stream = f"case-{one.id}" if of_case else f"consultation-{one.consultation}"
        yield position, stream, one.versions[of_case], kind, _filled(between, after, ids), kept
        one.at += 1
        if one.at == len(life) - one.skip:
            cases[number] = _Case(chance, developers)


class _Case:
    """One case on its way through its life; the first ones end early, so that they do not all end together."""

    __slots__ = ("at", "consultation", "developer", "id", "skip", "variant", "versions")

    def __init__(self, chance: random.Random, developers: list[str]) -> None:
        self.id, self.consultation, self.developer = _fresh(chance), _fresh(chance), chance.choice(developers)
        self.at = self.skip = 0
        self.variant = int(self.id[:8], 16)
        self.versions = {True: 0, False: 0}


def _fresh(chance: random.Random) -> str:
    raw = f"{chance.getrandbits(128):032x}"
    return f"{raw[:8]}-{raw[8:12]}-{raw[12:16]}-{raw[16:20]}-{raw[20:]}"


def _time(position: int) -> str:
    return datetime.fromtimestamp(_START + position * 0.5, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _filled(between: list[bytes], after: list[int], ids: list[str]) -> bytes:
    encoded = [one.encode() for one in ids]
    parts = [between[0]]
    for number, piece in zip(after, between[1:], strict=True):
        parts += (encoded[number], piece)
    return b"".join(parts)


def ledger(path: Path, many: int, live: int, variants: int | None = None) -> SQLiteRecorder:
    """A recorder over a file with so many events, with disclosures if there are variants of lives.

    They go in past the recorder: what is measured is reading.
    """
    recorder = SQLiteRecorder(path, verify=wire.verify)
    if not (there := recorder.head()):
        connection = sqlite3.connect(path, isolation_level=None)
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("BEGIN")
        if variants is None:
            connection.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?)", events(many, live))
        else:
            made = disclosed(many, live, variants)
            while some := list(islice(made, 10_000)):
                connection.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?)", (each[:5] for each in some))
                connection.executemany("INSERT INTO disclosures VALUES (?, ?)", ((each[0], each[5]) for each in some))
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
    elif there != many:
        raise SystemExit(f"{path} has {there} events, not {many}: name another file")
    return recorder
