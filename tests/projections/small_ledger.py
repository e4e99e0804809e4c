"""A small real ledger: founded, with a clock in hand, and a few acts that tests put together."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from domain import wire
from domain.act import Act, Actor, ActorKind, Attestation, Person, Principal
from domain.commands.case import AcceptCase, ConveyConcern, ProposeAssessment, SubmitCase
from domain.commands.participant import EnrolParticipant
from domain.events.case import Finding
from domain.events.participant import ParticipantKind
from domain.founding import founding
from domain.ledger.ledger import Ledger
from domain.ledger.receipt import Receipt
from domain.ledger.sqlite import SQLiteRecorder
from domain.markings import AUDIENCES, EVERY_CATEGORY, TLP, Classification, Clearance
from domain.values import CaseId, ParticipantId, PersonId, Reference, Variant, case_id

LEDGER: Any = "11111111-1111-5111-8111-111111111111"
DEVELOPER = "aaaaaaaa-0000-4000-8000-000000000001"
OTHER_DEVELOPER = "aaaaaaaa-0000-4000-8000-000000000002"
BEGIN = datetime(2026, 7, 6, 14, tzinfo=UTC)
RELEASE = Variant("release")
OPEN, CUI, SECRET = "UNCLASSIFIED", "CUI", "SECRET//NOFORN"

CLEARED = Clearance(
    classification=Classification.TOP_SECRET, cui=EVERY_CATEGORY, controls=AUDIENCES, country="USA", tlp=TLP.RED
)
UNCLEARED = Clearance(
    classification=Classification.UNCLASSIFIED, cui=None, controls=frozenset(), country="USA", tlp=TLP.CLEAR
)


def digest(of: str) -> Any:
    return "sha256:" + (of.encode().hex() * 64)[:64]


def uuid(number: int) -> Any:
    return str(UUID(int=number))


def principal(kind: ActorKind, id: str, name: str, clearance: Clearance = CLEARED) -> Principal:
    person: Person | None = None
    if kind in {ActorKind.OFFICE, ActorKind.PARTICIPANT}:
        person = Person(id=PersonId(str(uuid5(NAMESPACE_OID, id))), name=f"Somebody of {name}")
    attested = Attestation.NONE if person is None else Attestation.OIDC
    return Principal(actor=Actor(kind, id, name), person=person, attestation=attested, clearance=clearance)


INSTALLATION = principal(ActorKind.INSTALLATION, "installation", "Docket")
SECRETARIAT = principal(ActorKind.OFFICE, "secretariat", "Docket Secretariat")
COMMERCE = principal(ActorKind.OFFICE, "commerce", "Department of Commerce")
DHS = principal(ActorKind.OFFICE, "dhs", "Department of Homeland Security")
ACME = principal(ActorKind.PARTICIPANT, DEVELOPER, "Acme Models")
ZENITH = principal(ActorKind.PARTICIPANT, OTHER_DEVELOPER, "Zenith Systems")


@dataclass
class Small:
    """A ledger, what it is asked, and the time."""

    recorder: SQLiteRecorder
    now: datetime = BEGIN
    number: int = 0
    ledger: Ledger = field(init=False)

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.recorder, clock=lambda: self.now)

    def found(self, ceiling: str = "TOP SECRET") -> "Small":
        self.act(founding(LEDGER, ceiling), INSTALLATION)
        return self

    def act(
        self, command: Any, by: Principal, *, marking: str = OPEN, protected: str | None = None, **more: Any
    ) -> Receipt:
        """One act, a minute after the one before it."""
        self.now += timedelta(minutes=1)
        self.number += 1
        act = Act(id=uuid(self.number), command=command, marking=marking, protected_marking=protected, **more)
        return self.ledger.act(act, by=by)

    def done(self, command: Any, by: Principal, **more: Any) -> Receipt:
        """An act that is not refused."""
        receipt = self.act(command, by, **more)
        assert receipt.refused is None, receipt.refused
        return receipt

    def enrol(self, *developers: Principal) -> None:
        for developer in developers or (ACME,):
            command = EnrolParticipant(
                participant=ParticipantId(developer.actor.id), name=developer.actor.name, kind=ParticipantKind.DEVELOPER
            )
            self.done(command, developer)

    def submit(self, model: str = "Orion", by: Principal = ACME, **more: Any) -> CaseId:
        command = SubmitCase(
            model=model, model_version="1", manifest=digest(model), variant=RELEASE, summary=f"What {model} can do."
        )
        self.done(command, by, **more)
        return case_id(ParticipantId(by.actor.id), digest(model), RELEASE)

    def done_at(self, model: str) -> int:
        """The position behind a submission."""
        self.submit(model)
        return self.recorder.head()

    def accept(self, case: Any) -> Receipt:
        return self.done(AcceptCase(case_id=case), SECRETARIAT)

    def concern(self, case: Any, says: str = "We are concerned.", *, by: Principal = DHS, **more: Any) -> Receipt:
        self.number += 1
        return self.done(ConveyConcern(case_id=case, concern_id=uuid(self.number), concern=says), by, **more)

    def assess(self, case: Any, *, by: Principal = COMMERCE, **more: Any) -> Receipt:
        self.number += 1
        command = ProposeAssessment(
            case_id=case,
            assessment_id=uuid(self.number),
            standard=Reference(id="Cyber evaluation", version=1, digest=digest("standard")),
            finding=Finding.CONCERN,
            severity="6.5",
            findings="What was found.",
        )
        return self.done(command, by, **more)

    def refused(self, case: Any, by: Principal = ACME, **more: Any) -> Receipt:
        """Something that a rule refuses: only the secretariat accepts."""
        receipt = self.act(AcceptCase(case_id=case), by, **more)
        assert receipt.refused is not None
        return receipt


def small(path: Path, *, ceiling: str = "TOP SECRET") -> Small:
    return Small(SQLiteRecorder(path, verify=wire.verify)).found(ceiling)
