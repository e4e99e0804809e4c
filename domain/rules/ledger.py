"""A ledger is opened once, with the offices, instruments and policies that it begins with."""

from dataclasses import dataclass
from typing import Final, assert_never

from domain.commands.record import LedgerCommand, OpenLedger
from domain.errors import Refused
from domain.events import Event
from domain.events.record import LedgerEvent, LedgerOpened
from domain.recorded import Recorded
from domain.rules import instrument, office, policy
from domain.rules.asked import Asked
from domain.rules.seen import Seen
from domain.rules.stream import Rules

FORMAT: Final = 1
"""Version of the form of documents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerState:
    """Whether the ledger is open, and for what."""

    opened: LedgerOpened | None = None


INITIAL: Final = LedgerState()


def evolve(state: LedgerState, recorded: Recorded[LedgerEvent]) -> LedgerState:
    event = recorded.event
    match event:
        case LedgerOpened():
            return LedgerState(opened=event)
        case _:
            assert_never(event)


def may(state: LedgerState, command: type[LedgerCommand], asked: Asked, seen: Seen) -> None:
    """Nothing but the installation itself opens a ledger; the authority of that is asked elsewhere."""


def decide(state: LedgerState, command: LedgerCommand, asked: Asked, seen: Seen) -> list[Event]:
    match command:
        case OpenLedger():
            opened = LedgerOpened(ledger=command.ledger, format=FORMAT, ceiling=command.ceiling)
            if state.opened is not None:
                if state.opened == opened:
                    return []
                raise Refused("ledger-open")
            return [
                opened,
                *(office.registered(each) for each in command.offices),
                *(office.renamed(each) for each in command.renamed),
                *(instrument.issued(each) for each in command.instruments),
                *(policy.published(each) for each in command.policies),
            ]
        case _:
            assert_never(command)


RULES: Final = Rules(
    commands=LedgerCommand,
    events=LedgerEvent,
    id_field="ledger",
    initial=INITIAL,
    evolve=evolve,
    may=may,
    decide=decide,
)
