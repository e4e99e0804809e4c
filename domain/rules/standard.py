"""A standard of evaluation is signed by every lead office on one digest before it is in force."""

from collections.abc import Iterable
from typing import Final, assert_never

from domain.commands.standard import (
    AdoptStandard,
    ProposeStandard,
    SignOffStandard,
    StandardCommand,
    WithholdSignOffStandard,
)
from domain.errors import Refused
from domain.events.standard import (
    StandardAdopted,
    StandardEvent,
    StandardProposed,
    StandardSignedOff,
    StandardSignOffWithheld,
    StandardSuperseded,
)
from domain.rules import joint
from domain.rules.asked import Asked
from domain.rules.joint import Joint
from domain.rules.seen import Seen
from domain.rules.stream import Rules
from domain.values import StreamId

WORDS: Final = joint.Words(
    kind="standard",
    proposed=StandardProposed,
    signed=StandardSignedOff,
    withheld=StandardSignOffWithheld,
    adopted=StandardAdopted,
    superseded=StandardSuperseded,
)


def may(state: Joint, command: type[StandardCommand], asked: Asked, seen: Seen) -> None:
    """Raise Refused where there is no such standard for this actor."""
    if command is not ProposeStandard or state.known:
        joint.visible(state, asked)


def decide(state: Joint, command: StandardCommand, asked: Asked, seen: Seen) -> list[StandardEvent]:
    may(state, type(command), asked, seen)
    office = asked.office
    if office is None:
        raise Refused("not-your-act")
    match command:
        case ProposeStandard():
            return joint.propose(state, command, office, seen, WORDS)
        case SignOffStandard():
            return joint.sign(state, command, office, WORDS)
        case WithholdSignOffStandard():
            return joint.withhold(state, command, office, WORDS)
        case AdoptStandard():
            return joint.adopt(state, command, office, WORDS)
        case _:
            assert_never(command)


def _reads(command: StandardCommand, asked: Asked, seen: Seen) -> Iterable[StreamId]:
    if isinstance(command, ProposeStandard):
        yield from joint.reads(seen, WORDS.kind)


RULES: Final = Rules(
    commands=StandardCommand,
    events=StandardEvent,
    id_field="code",
    initial=joint.INITIAL,
    evolve=joint.evolve,
    may=may,
    offers=joint.offers(ProposeStandard, SignOffStandard, WithholdSignOffStandard),
    decide=decide,
    known_to=joint.known_to,
    reads=_reads,
)
