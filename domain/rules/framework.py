"""The voluntary framework is signed by every lead office on one digest before it is in force."""

from collections.abc import Iterable
from typing import Final, assert_never

from domain.commands.framework import (
    AdoptFramework,
    FrameworkCommand,
    ProposeFramework,
    SignOffFramework,
    WithholdSignOffFramework,
)
from domain.errors import Refused
from domain.events.framework import (
    FrameworkAdopted,
    FrameworkEvent,
    FrameworkProposed,
    FrameworkSignedOff,
    FrameworkSignOffWithheld,
    FrameworkSuperseded,
)
from domain.rules import joint
from domain.rules.asked import Asked
from domain.rules.joint import Joint
from domain.rules.seen import Seen
from domain.rules.stream import Rules
from domain.values import StreamId

WORDS: Final = joint.Words(
    kind="framework",
    proposed=FrameworkProposed,
    signed=FrameworkSignedOff,
    withheld=FrameworkSignOffWithheld,
    adopted=FrameworkAdopted,
    superseded=FrameworkSuperseded,
)


def may(state: Joint, command: type[FrameworkCommand], asked: Asked, seen: Seen) -> None:
    """Raise Refused where there is no such framework for this actor."""
    if command is not ProposeFramework or state.known:
        joint.visible(state, asked)


def decide(state: Joint, command: FrameworkCommand, asked: Asked, seen: Seen) -> list[FrameworkEvent]:
    may(state, type(command), asked, seen)
    office = asked.office
    if office is None:
        raise Refused("not-your-act")
    match command:
        case ProposeFramework():
            return joint.propose(state, command, office, seen, WORDS)
        case SignOffFramework():
            return joint.sign(state, command, office, WORDS)
        case WithholdSignOffFramework():
            return joint.withhold(state, command, office, WORDS)
        case AdoptFramework():
            return joint.adopt(state, command, office, WORDS)
        case _:
            assert_never(command)


def _reads(command: FrameworkCommand, asked: Asked, seen: Seen) -> Iterable[StreamId]:
    if isinstance(command, ProposeFramework):
        yield from joint.reads(seen, WORDS.kind)


RULES: Final = Rules(
    commands=FrameworkCommand,
    events=FrameworkEvent,
    id_field="code",
    initial=joint.INITIAL,
    evolve=joint.evolve,
    may=may,
    offers=joint.offers(ProposeFramework, SignOffFramework, WithholdSignOffFramework),
    decide=decide,
    known_to=joint.known_to,
    reads=_reads,
)
