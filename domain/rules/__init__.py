"""The table of contents of what may happen: which command goes to which stream, by which rules, reading what else."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from domain.commands import Command
from domain.commands.case import SubmitCase
from domain.commands.record import OpenLedger
from domain.events import Event, ReadingEvent, RefusalEvent
from domain.rules import (
    authority,
    calendar,
    case,
    consultation,
    criteria,
    due,
    framework,
    instrument,
    lease,
    ledger,
    office,
    oversight,
    participant,
    policy,
    record,
    scan,
    signature,
    standard,
    tasking,
    threshold,
    vulnerability,
)
from domain.rules.asked import Asked, Signed
from domain.rules.authority import Standing
from domain.rules.needed import as_needed
from domain.rules.seen import Seen, of_instrument, of_office, of_participant, of_policy
from domain.rules.stream import Rules, members
from domain.values import PolicyCode, StreamId

__all__ = [
    "Asked",
    "Rules",
    "Seen",
    "Signed",
    "Standing",
    "as_needed",
    "decide",
    "marked",
    "may",
    "offered",
    "reads",
    "reads_of_offer",
    "rules_of",
    "stream_of",
    "target",
]


STREAMS: Final[Mapping[str, Rules]] = {
    "case": case.RULES,
    "consultation": consultation.RULES,
    "standard": standard.RULES,
    "threshold": threshold.RULES,
    "framework": framework.RULES,
    "criteria": criteria.RULES,
    "lease": lease.RULES,
    "scan": scan.RULES,
    "calendar": calendar.RULES,
    "oversight": oversight.RULES,
    "office": office.RULES,
    "participant": participant.RULES,
    "vulnerability": vulnerability.RULES,
    "instrument": instrument.RULES,
    "policy": policy.RULES,
    "tasking": tasking.RULES,
    "ledger": ledger.RULES,
    "record": record.RULES,
}
"""The kind of a stream, which its name begins with → its rules. Refusals and readings have no state: nothing follows
from them, and the second stand in a ledger apart."""

_COMMANDS: Final[Mapping[type[Any], str]] = {
    command: kind for kind, each in STREAMS.items() for command in members(each.commands)
}
_ALONE: Final[Mapping[type[Any], tuple[str, str]]] = {
    RefusalEvent: ("refusal", "refused_act"),
    ReadingEvent: ("reading", "reading_id"),
}
"""What has a stream of its own without rules: the kind of that, and the field that names it."""
_EVENTS: Final[Mapping[type[Any], str]] = {
    **{event: kind for kind, each in STREAMS.items() for event in members(each.events)},
}
POLICIES: Final[Mapping[str, PolicyCode]] = {
    command: policy for each in STREAMS.values() for command, policy in each.policies.items()
}
"""Command → the policy whose table its rules read; a clock's calendar with it."""


def rules_of(stream: StreamId) -> Rules | None:
    """The rules of a stream; None for the stream of a refusal or a reading."""
    return STREAMS.get(stream.partition("-")[0])


def stream_of(event: Event) -> StreamId:
    """The stream that an event belongs to."""
    if (alone := _ALONE.get(type(event))) is not None:
        kind, id_field = alone
    else:
        kind = _EVENTS[type(event)]
        id_field = STREAMS[kind].id_field
    return StreamId(f"{kind}-{getattr(event, id_field)}")


def target(command: Command, asked: Asked) -> StreamId:
    """The stream that a command is about. Raises Refused where this actor can name none."""
    kind = _COMMANDS[type(command)]
    rules = STREAMS[kind]
    id = getattr(command, rules.id_field) if rules.id_of is None else rules.id_of(command, asked)
    return StreamId(f"{kind}-{id}")


def reads(command: Command, asked: Asked, seen: Seen) -> Iterable[StreamId]:
    """What else a decision on this command reads; asked again with what was seen, until it names nothing new."""
    if isinstance(command, OpenLedger):
        return
    yield from reads_of_type(command.type, asked, seen)
    yield from STREAMS[_COMMANDS[type(command)]].reads(command, asked, seen)


def reads_of_type(command_type: str, asked: Asked, seen: Seen) -> Iterable[StreamId]:
    """What `may` reads, and every decision on such a command, whatever its body."""
    yield of_policy(policy.AUTHORITY)
    if asked.office is not None:
        yield of_office(asked.office)
    if asked.participant is not None:
        yield of_participant(asked.participant)
    yield from _rested_on(command_type, asked, seen)
    if (code := POLICIES.get(command_type)) is not None:
        yield from due.reads(code, seen)


def _rested_on(command_type: str, asked: Asked, seen: Seen) -> Iterable[StreamId]:
    cited = asked.authority
    if cited is None and of_policy(policy.AUTHORITY) in seen:
        usual = policy.who_may(command_type, seen.policy(policy.AUTHORITY)).authorities
        cited = usual[0] if usual else None
    if cited is None:
        return
    if (named := authority.instrument_of(cited)) is not None:
        yield of_instrument(named)
    if (code := authority.policy_of(cited)) is not None:
        yield of_policy(code)


def decide(command: Command, asked: Asked, states: Mapping[StreamId, Any]) -> tuple[list[Event], Standing]:
    """What follows from a command, and on what it rests. Raises Refused."""
    states = as_needed(states, asked)
    seen = Seen(states)
    stands = authority.standing(command.type, asked, seen)
    signature.judge(command.type, asked, seen)
    stream = target(command, asked)
    return STREAMS[_COMMANDS[type(command)]].decide(states[stream], command, asked, seen), stands


def marked(command: Command, asked: Asked, states: Mapping[StreamId, Any]) -> str | None:
    """How the stream is marked that a command is about; None where there is none, or the actor may not know of it.

    Whoever submits again is answered by what became of their case, whatever they are cleared for.
    """
    rules = STREAMS[_COMMANDS[type(command)]]
    stream = target(command, asked) if rules.about is None else rules.about(command)
    state = states.get(stream)
    if state is None or rules.known_to is None:
        return None
    is_known = rules.known_to(as_needed({stream: state}, asked)[stream], asked)
    return state.marking or None if is_known or isinstance(command, SubmitCase) else None


def may(command: type[Command], stream: StreamId, asked: Asked, states: Mapping[StreamId, Any]) -> Standing:
    """On what such a command would rest now. Raises Refused where no body could make it acceptable."""
    states = as_needed(states, asked)
    seen = Seen(states)
    stands = authority.standing(type_of(command), asked, seen)
    STREAMS[_COMMANDS[command]].may(states[stream], command, asked, seen)
    return stands


def offered(command: type[Command], stream: StreamId, asked: Asked, states: Mapping[StreamId, Any]) -> Standing:
    """The same. Raises Refused also where every body would be refused by how things stand, or would add nothing."""
    stands = may(command, stream, asked, states)
    states = as_needed(states, asked)
    STREAMS[_COMMANDS[command]].offers(states[stream], command, asked, Seen(states))
    return stands


def reads_of_offer(command: type[Command], stream: StreamId, asked: Asked, seen: Seen) -> Iterable[StreamId]:
    """What `offered` reads; asked again with what was seen, until it names nothing new."""
    yield from reads_of_type(type_of(command), asked, seen)
    if stream in seen:
        yield from STREAMS[_COMMANDS[command]].beside(seen.any(stream), command, asked)


def type_of(command: type[Command]) -> str:
    """The published name of a command."""
    return command.__dataclass_fields__["type"].default  # type: ignore[no-any-return]


def commands_on(kind: str) -> tuple[type[Command], ...]:
    """The commands that go to streams of a kind, in the order of the catalogue."""
    return tuple(command for command, of in _COMMANDS.items() if of == kind)
