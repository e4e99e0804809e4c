"""The table of contents of what may happen: which command goes to which stream, by which rules, reading what else."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, get_args

from domain.commands import (
    CaseCommand,
    Command,
    ConsultationCommand,
    InstrumentCommand,
    LedgerCommand,
    OfficeCommand,
    ParticipantCommand,
    PolicyCommand,
)
from domain.commands.case import AgreeAccessTerms, SubmitCase
from domain.commands.consultation import CloseConsultation, OpenConsultation
from domain.commands.office import RegisterOffice
from domain.commands.participant import WithdrawParticipant
from domain.commands.record import OpenLedger
from domain.errors import Refused
from domain.events import (
    CaseEvent,
    ConsultationEvent,
    Event,
    InstrumentEvent,
    LedgerEvent,
    OfficeEvent,
    ParticipantEvent,
    PolicyEvent,
    RefusalEvent,
)
from domain.rules import authority, case, consultation, due, instrument, ledger, office, participant, policy
from domain.rules.asked import Asked
from domain.rules.authority import Standing
from domain.rules.seen import (
    Seen,
    of_case,
    of_consultation,
    of_instrument,
    of_office,
    of_participant,
    of_policy,
)
from domain.values import PolicyCode, StreamId, case_id

__all__ = ["Asked", "Rules", "Seen", "Standing", "decide", "marked", "may", "reads", "rules_of", "stream_of", "target"]


@dataclass(frozen=True, slots=True)
class Rules:
    """How one kind of stream begins, what may follow, and how facts change it."""

    initial: Any
    evolve: Callable[[Any, Any], Any]
    may: Callable[[Any, Any, Asked, Seen], None]
    decide: Callable[[Any, Any, Asked, Seen], list[Any]]
    id_field: str
    """The field that names the stream, in its events and in its commands."""


CASE = Rules(case.INITIAL, case.evolve, case.may, case.decide, "case_id")
CONSULTATION = Rules(
    consultation.INITIAL, consultation.evolve, consultation.may, consultation.decide, "consultation_id"
)
OFFICE = Rules(office.INITIAL, office.evolve, office.may, office.decide, "office")
PARTICIPANT = Rules(participant.INITIAL, participant.evolve, participant.may, participant.decide, "participant")
INSTRUMENT = Rules(instrument.INITIAL, instrument.evolve, instrument.may, instrument.decide, "instrument")
POLICY = Rules(policy.INITIAL, policy.evolve, policy.may, policy.decide, "policy")
LEDGER = Rules(ledger.INITIAL, ledger.evolve, ledger.may, ledger.decide, "ledger")

STREAMS: Final[Mapping[str, Rules]] = {
    "case": CASE,
    "consultation": CONSULTATION,
    "office": OFFICE,
    "participant": PARTICIPANT,
    "instrument": INSTRUMENT,
    "policy": POLICY,
    "ledger": LEDGER,
}
"""The kind of a stream, which its name begins with → its rules. Refusals have no state: nothing follows from them."""

_COMMANDS: Final[Mapping[type[Any], str]] = {
    **dict.fromkeys(get_args(CaseCommand), "case"),
    **dict.fromkeys(get_args(ConsultationCommand), "consultation"),
    **dict.fromkeys(get_args(OfficeCommand), "office"),
    **dict.fromkeys(get_args(ParticipantCommand), "participant"),
    **dict.fromkeys(get_args(InstrumentCommand), "instrument"),
    **dict.fromkeys([PolicyCommand], "policy"),
    **dict.fromkeys([LedgerCommand], "ledger"),
}
_EVENTS: Final[Mapping[type[Any], str]] = {
    **dict.fromkeys(get_args(CaseEvent), "case"),
    **dict.fromkeys(get_args(ConsultationEvent), "consultation"),
    **dict.fromkeys(get_args(OfficeEvent), "office"),
    **dict.fromkeys(get_args(ParticipantEvent), "participant"),
    **dict.fromkeys(get_args(InstrumentEvent), "instrument"),
    **dict.fromkeys([PolicyEvent], "policy"),
    **dict.fromkeys([LedgerEvent], "ledger"),
    **dict.fromkeys([RefusalEvent], "refusal"),
}

POLICIES: Final[Mapping[str, PolicyCode]] = {
    "case.submit.v1": PolicyCode("CASE-REVIEW"),
    "case.return.v1": PolicyCode("OMISSIONS"),
    "case.open-access.v1": policy.WINDOW,
    "case.file-assessment.v1": PolicyCode("SEPARATION"),
    "case.request-reconsideration.v1": PolicyCode("RECONSIDERATION"),
    "consultation.open.v1": PolicyCode("CONSULTATION"),
}
"""Command → the policy whose table its rules read; a clock's calendar with it."""


def rules_of(stream: StreamId) -> Rules | None:
    """The rules of a stream; None for the stream of a refusal."""
    return STREAMS.get(stream.partition("-")[0])


def stream_of(event: Event) -> StreamId:
    """The stream that an event belongs to."""
    kind = _EVENTS[type(event)]
    return StreamId(f"{kind}-{event.refused_act if kind == 'refusal' else getattr(event, STREAMS[kind].id_field)}")  # type: ignore[union-attr]


def target(command: Command, asked: Asked) -> StreamId:
    """The stream that a command is about."""
    if isinstance(command, SubmitCase):
        if asked.participant is None:
            raise Refused("not-your-act")
        return of_case(case_id(asked.participant, command.manifest, command.variant))
    kind = _COMMANDS[type(command)]
    return StreamId(f"{kind}-{getattr(command, STREAMS[kind].id_field)}")


def reads(command: Command, asked: Asked, seen: Seen) -> Iterable[StreamId]:
    """What else a decision on this command reads; asked again with what was seen, until it names nothing new."""
    if isinstance(command, OpenLedger):
        return
    yield from reads_of_type(command.type, asked, seen)
    match command:
        case AgreeAccessTerms():
            yield of_office(command.office)
        case RegisterOffice():
            yield of_office(command.department)
        case OpenConsultation():
            yield from map(of_office, command.asked)
            if command.case_id is not None:
                yield of_case(command.case_id)
        case CloseConsultation():
            if of_consultation(command.consultation_id) in seen:
                subject = seen.consultation(command.consultation_id).subject
                if subject is not None and subject.case_id is not None:
                    yield of_case(subject.case_id)
        case WithdrawParticipant():
            if (stream := of_participant(command.participant)) == target(command, asked) and stream in seen:
                yield from map(of_case, seen.participant(command.participant).cases)
        case _:
            pass


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
    seen = Seen(states)
    stands = authority.standing(command.type, asked, seen)
    stream = target(command, asked)
    return STREAMS[_COMMANDS[type(command)]].decide(states[stream], command, asked, seen), stands


def marked(command: Command, asked: Asked, states: Mapping[StreamId, Any]) -> str | None:
    """How the stream is marked that a command is about; None where there is none, or the actor may not know of it.

    Whoever submits again is answered by what became of their case, whatever they are cleared for.
    """
    match states.get(target(command, asked)):
        case case.Case() as state if case.known_to(state, asked) or isinstance(command, SubmitCase):
            return state.marking or None
        case consultation.Consultation() as state if consultation.known_to(state, asked):
            return state.marking
        case _:
            return None


def may(command: type[Command], stream: StreamId, asked: Asked, states: Mapping[StreamId, Any]) -> Standing:
    """On what such a command would rest now. Raises Refused where no body could make it acceptable."""
    seen = Seen(states)
    stands = authority.standing(type_of(command), asked, seen)
    STREAMS[_COMMANDS[command]].may(states[stream], command, asked, seen)
    return stands


def type_of(command: type[Command]) -> str:
    """The published name of a command."""
    return command.__dataclass_fields__["type"].default  # type: ignore[no-any-return]


def commands_on(kind: str) -> tuple[type[Command], ...]:
    """The commands that go to streams of a kind, in the order of the catalogue."""
    return tuple(command for command, of in _COMMANDS.items() if of == kind)
