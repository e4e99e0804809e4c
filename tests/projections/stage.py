"""A real ledger in a file on which everybody of the tests' cast acts, with every view folded behind it."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from domain import wire
from domain.act import Act, Attestation, Person, Principal
from domain.commands.office import AssumePost
from domain.commands.participant import EnrolParticipant
from domain.events.participant import ParticipantKind
from domain.founding import founding
from domain.ledger.ledger import Ledger
from domain.ledger.receipt import Receipt
from domain.ledger.sqlite import SQLiteRecorder
from domain.values import CommandId, OfficeCode, PostCode, derived
from projections.authority_row import FinalAuthority
from projections.case.row import CaseStatus
from projections.case_status import CASE_STATUS
from projections.catalogue import views
from projections.clocks import CLOCKS
from projections.final_authority import FINAL_AUTHORITY
from projections.folding.runner import Runner
from projections.stores.sqlite import SQLiteViews
from projections.visible import Sight
from tests.domain.cast import DEVELOPER, HOLDERS, INSTALLATION, RIVAL, SECRETARIAT, Somebody
from tests.domain.world import BEFORE, FOUNDED, LEDGER, OPEN
from tests.projections.stores import Views

SECRET = "SECRET//NOFORN"
MINUTE = timedelta(minutes=1)


def principal(by: Somebody) -> Principal:
    """How a front would know somebody."""
    person = None if by.person is None else Person(id=by.person, name="Somebody (invented)")
    attested = Attestation.NONE if person is None else Attestation.OIDC
    return Principal(actor=by.actor, person=person, attestation=attested, clearance=by.clearance, needs=by.needs)


def sight(by: Somebody) -> Sight:
    """What somebody may see."""
    return Sight.of(principal(by))


@dataclass
class Stage:
    """A ledger, its views, and the time."""

    recorder: SQLiteRecorder
    store: Views
    now: datetime = BEFORE
    acts: int = 0
    ledger: Ledger = field(init=False)
    runner: Runner = field(init=False)

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.recorder, clock=lambda: self.now)
        every = {view.name: view for view in (*views(), CASE_STATUS, CLOCKS, FINAL_AUTHORITY)}
        self.runner = Runner(self.recorder, self.store, [*every.values()])

    def ask(self, command: Any, by: Somebody, *, marking: str = OPEN, protected: str | None = None) -> Receipt:
        """An act, a minute after the one before it; what it rests on is as `by` says."""
        self.now += MINUTE
        self.acts += 1
        act = Act(
            id=CommandId(derived("act of a test", str(self.acts))),
            command=command,
            marking=marking,
            protected_marking=protected,
            authority=by.authority,
            post=by.post,
            delegation=by.delegation,
        )
        return self.ledger.act(act, by=principal(by))

    def do(self, *acts: tuple[Any, Somebody], marking: str = OPEN, protected: str | None = None) -> int:
        """Acts that are not refused and record something; the position after the last of them."""
        position = 0
        for command, by in acts:
            receipt = self.ask(command, by, marking=marking, protected=protected)
            assert receipt.refused is None, (command.type, receipt.refused)
            assert receipt.events, f"{command.type} records nothing"
            position = receipt.position
        return position

    def seen(self) -> Views:
        """The views, with all that has happened."""
        self.runner.catch_up()
        assert self.runner.alarms() == []
        return self.store

    def status(self, case_id: Any) -> CaseStatus:
        """The whole row of a case."""
        found = self.seen().get(CASE_STATUS, sight(SECRETARIAT), case_id)
        assert found is not None
        return found.row

    def authority(self, case_id: Any) -> FinalAuthority:
        found = self.seen().get(FINAL_AUTHORITY, sight(SECRETARIAT), case_id)
        assert found is not None
        return found.row


def stage(folder: Path, store: Views | None = None) -> Stage:
    """Founded, with every post of the cast held and its developers enrolled."""
    recorder = SQLiteRecorder(folder / "ledger.db", verify=wire.verify)
    made = Stage(recorder, store or SQLiteViews(folder / "views.db"), now=FOUNDED)
    made.do((founding(LEDGER, "TOP SECRET"), INSTALLATION))
    for (office, post), holder in HOLDERS.items():
        assume = AssumePost(
            office=OfficeCode(office),
            post=PostCode(post),
            holder=holder.id,
            holder_name="Somebody (invented)",
            assumed_on=date(2026, 6, 2),
        )
        made.do((assume, SECRETARIAT))
    for each in (DEVELOPER, RIVAL):
        enrol = EnrolParticipant(participant=each.participant, name=each.actor.name, kind=ParticipantKind.DEVELOPER)
        made.do((enrol, each))
    made.now = BEFORE
    return made
