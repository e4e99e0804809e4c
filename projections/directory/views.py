"""Offices, instruments, policies and participants stand here, one row each, in the order in which they became known."""

from typing import Final

from domain.events import Event
from domain.events.office import OfficeRegistered
from domain.events.participant import ParticipantCaseNoted, ParticipantEnrolled
from domain.events.record import InstrumentIssued, PolicyPublished
from domain.recorded import Recorded
from projections.directory.rows import (
    INSTRUMENT,
    OFFICE,
    PARTICIPANT,
    POLICY,
    Instrument,
    Notes,
    Office,
    Participant,
    Policy,
)
from projections.known import ByStream, begun, code_of
from projections.parts import add
from projections.view import EVERYBODY, Key
from projections.visible.shown import shown


class Offices(ByStream[Office]):
    """Every office, by its code. Everybody may know that there is one, its names, its posts and its public keys."""

    name = "offices"
    version = 2
    row = Office

    def keys(self, recorded: Recorded[Event]) -> tuple[Key, ...]:
        event = recorded.event
        return (code_of(recorded),) if type(event) in OFFICE or isinstance(event, OfficeRegistered) else ()

    def evolve(self, row: Office | None, position: int, recorded: Recorded[Event]) -> Office:
        event = recorded.event
        if isinstance(event, OfficeRegistered):
            return Office(
                marking=recorded.marking,
                scope=EVERYBODY,
                began=position,
                office=event.office,
                name=event.name,
                kind=event.kind,
                department=event.department,
                posts=event.posts,
            )
        made = begun(row, recorded)
        add(OFFICE, made, position, recorded)
        return made


class Instruments(ByStream[Instrument]):
    """Every instrument, by its code."""

    name = "instruments"
    version = 1
    row = Instrument

    def keys(self, recorded: Recorded[Event]) -> tuple[Key, ...]:
        event = recorded.event
        return (code_of(recorded),) if type(event) in INSTRUMENT or isinstance(event, InstrumentIssued) else ()

    def evolve(self, row: Instrument | None, position: int, recorded: Recorded[Event]) -> Instrument:
        event = recorded.event
        if isinstance(event, InstrumentIssued):
            return Instrument(
                marking=recorded.marking,
                scope=EVERYBODY,
                began=position,
                instrument=event.instrument,
                title=event.title,
                issued_on=event.issued_on,
                text=event.text,
                provisions=event.provisions,
            )
        made = begun(row, recorded)
        add(INSTRUMENT, made, position, recorded)
        return made


class Policies(ByStream[Policy]):
    """Every policy with all of its versions, by its code."""

    name = "policies"
    version = 1
    row = Policy

    def keys(self, recorded: Recorded[Event]) -> tuple[Key, ...]:
        return (code_of(recorded),) if type(recorded.event) in POLICY else ()

    def evolve(self, row: Policy | None, position: int, recorded: Recorded[Event]) -> Policy:
        event = recorded.event
        if row is None and isinstance(event, PolicyPublished):
            row = Policy(
                marking=recorded.marking, scope=EVERYBODY, began=position, policy=event.policy, kind=event.kind
            )
        made = begun(row, recorded)
        add(POLICY, made, position, recorded)
        return made


class Participants(ByStream[Participant]):
    """Every participant, by its id."""

    name = "participants"
    version = 1
    row = Participant

    def keys(self, recorded: Recorded[Event]) -> tuple[Key, ...]:
        event = recorded.event
        return (code_of(recorded),) if type(event) in PARTICIPANT or isinstance(event, ParticipantCaseNoted) else ()

    def evolve(self, row: Participant | None, position: int, recorded: Recorded[Event]) -> Participant:
        event = recorded.event
        if row is None and isinstance(event, ParticipantEnrolled):
            row = Participant(
                marking=recorded.marking, scope=event.participant, began=position, participant=event.participant
            )
        made = begun(row, recorded)
        if isinstance(event, ParticipantCaseNoted):
            _note(made, position, recorded)
        else:
            add(PARTICIPANT, made, position, recorded)
        return made


OFFICES: Final = Offices()
INSTRUMENTS: Final = Instruments()
POLICIES: Final = Policies()
PARTICIPANTS: Final = Participants()


def _note(row: Participant, position: int, recorded: Recorded[Event]) -> None:
    alike = (recorded.marking, recorded.protected_marking, shown(recorded, row.scope))
    for notes in row.notes:
        if (notes.marking, notes.protected_marking, notes.shown) == alike:
            notes.positions.append(position)
            return
    marking, protected_marking, is_shown = alike
    row.notes.append(
        Notes(
            position=position,
            marking=marking,
            protected_marking=protected_marking,
            shown=is_shown,
            at=recorded.recorded_at,
            positions=[position],
        )
    )
