"""Instruments are what acts rest on; none rests on a revoked one."""

from dataclasses import dataclass, replace
from typing import Final, assert_never

from domain.commands.record import AmendInstrument, InstrumentCommand, IssueInstrument, RevokeInstrument
from domain.errors import Refused
from domain.events.record import InstrumentAmended, InstrumentEvent, InstrumentIssued, InstrumentRevoked
from domain.recorded import Recorded
from domain.rules.asked import Asked
from domain.rules.seen import Seen
from domain.rules.stream import Rules
from domain.values import Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """An instrument as it stands."""

    issued: InstrumentIssued | None = None
    revoked: bool = False
    text: Digest | None = None
    provisions: frozenset[str] = frozenset()

    @property
    def known(self) -> bool:
        return self.issued is not None

    def bears(self, provision: str) -> bool:
        """Whether an act may rest on this provision now."""
        return self.known and not self.revoked and provision in self.provisions


INITIAL: Final = Instrument()


def evolve(state: Instrument, recorded: Recorded[InstrumentEvent]) -> Instrument:
    event = recorded.event
    match event:
        case InstrumentIssued():
            return Instrument(issued=event, text=event.text, provisions=frozenset(event.provisions))
        case InstrumentAmended():
            return replace(state, text=event.text, provisions=frozenset(event.provisions))
        case InstrumentRevoked():
            return replace(state, revoked=True)
        case _:
            assert_never(event)


def may(state: Instrument, command: type[InstrumentCommand], asked: Asked, seen: Seen) -> None:
    """Raise Refused where the instrument is not there, or is revoked."""
    if command is not IssueInstrument and not state.known:
        raise Refused("not-found")
    if command is AmendInstrument and state.revoked:
        raise Refused("instrument-revoked")


def offers(state: Instrument, command: type[InstrumentCommand], asked: Asked, seen: Seen) -> None:
    """Raise Refused where whatever the command said would be refused as the instrument stands, or would add nothing."""
    if command is IssueInstrument and state.known:
        raise Refused("exists")
    if command is RevokeInstrument and state.revoked:
        raise Refused("instrument-revoked")


def decide(state: Instrument, command: InstrumentCommand, asked: Asked, seen: Seen) -> list[InstrumentEvent]:
    may(state, type(command), asked, seen)
    match command:
        case IssueInstrument():
            event = issued(command)
            if state.issued is not None:
                if state.issued == event:
                    return []
                raise Refused("exists")
            return [event]
        case AmendInstrument():
            if (state.text, state.provisions) == (command.text, frozenset(command.provisions)):
                return []
            return [
                InstrumentAmended(
                    instrument=command.instrument,
                    amended_on=command.amended_on,
                    text=command.text,
                    provisions=command.provisions,
                )
            ]
        case RevokeInstrument():
            if state.revoked:
                return []
            return [InstrumentRevoked(instrument=command.instrument, revoked_on=command.revoked_on)]
        case _:
            assert_never(command)


def issued(command: IssueInstrument) -> InstrumentIssued:
    """The event that makes an instrument known."""
    return InstrumentIssued(
        instrument=command.instrument,
        title=command.title,
        issued_on=command.issued_on,
        text=command.text,
        provisions=command.provisions,
    )


RULES: Final = Rules(
    commands=InstrumentCommand,
    events=InstrumentEvent,
    id_field="instrument",
    initial=INITIAL,
    evolve=evolve,
    may=may,
    offers=offers,
    decide=decide,
)
