"""What somebody could do now, on what it would rest, and which rule stands in the way of the rest."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from domain import rules
from domain.act import ActorKind, Principal
from domain.commands import Command
from domain.commands.consultation import OpenConsultation
from domain.errors import REFUSALS, Refused
from domain.ledger.ledger import Ledger
from domain.rules import Asked, Seen, Standing, authority, signature
from domain.rules.policy import AUTHORITY
from domain.rules.seen import of_consultation, of_office, of_policy
from domain.rules.stream import members
from domain.values import Citation, ConsultationId, DelegationId, PostCode, StreamId

_NEW: Final = of_consultation(ConsultationId("00000000-0000-0000-0000-000000000000"))
"""A consultation that does not exist: what is asked of it is whether one may begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One command, as far as it can be judged without its body."""

    command: str
    allowed: bool
    authority: Citation | None = None
    """What it would rest on."""
    post: PostCode | None = None
    """In which post it would be done."""
    delegation: DelegationId | None = None
    """By which delegation it would be done; it has to be named in the act."""
    signed: bool = False
    """Whether the office has such an act signed."""
    code: str | None = None
    """Which rule refuses it, as whoever asks may be told."""
    sentence: str | None = None
    rule: Citation | None = None
    """Where that rule stands."""


def options(ledger: Ledger, stream: StreamId, by: Principal, now: datetime) -> list[Option]:
    """Every command of this kind of stream, in the order of the catalogue; for a case also `consultation.open.v1`.

    Nothing for a stream that does not exist, or that whoever asks may not see. What is allowed is refused neither for
    how things stand nor for who asks; it may be for what its body says, or for what happens meanwhile.
    """
    state = ledger.state(stream).state
    asked = _asked(by, now, getattr(state, "marking", ""))
    kind, _, code = stream.partition("-")
    commands = rules.commands_on(kind)
    if (
        not commands
        or _is_absent(stream, state, asked)
        or (kind == "participant" and asked.participant not in {None, code})
    ):
        return []
    return [
        _option(ledger, command, asked, lambda command, asked: _offered(ledger, stream, command, asked))
        for command in (*commands, OpenConsultation)
        if command in commands or kind == "case"
    ]


def rights(ledger: Ledger, by: Principal, now: datetime) -> list[Option]:
    """Every command there is, as far as it depends on who gives it alone, in the order of the catalogue."""
    asked = _asked(by, now, "")
    return [
        _option(ledger, command, asked, lambda command, asked: _standing(ledger, command, asked))
        for command in members(Command)
    ]


def _is_absent(stream: StreamId, state: Any, asked: Asked) -> bool:  # noqa: ANN401 - of any stream
    """Whether the rules of the stream answer as if there were none; an enrolment or a registration has to be one."""
    of = rules.rules_of(stream)
    if of is None or of.about is not None:
        return True  # what is said of an event has no options of its own
    told = rules.as_needed({stream: state}, asked)
    if of.known_to is not None:
        return not of.known_to(told[stream], asked)
    for command in rules.commands_on(stream.partition("-")[0]):
        try:
            of.may(told[stream], command, asked, Seen(told))
        except Refused as refused:
            if refused.hidden or refused.code == "not-found":
                return True
    return False


def _asked(by: Principal, now: datetime, marking: str) -> Asked:
    return Asked(
        taken_in_at=now,
        recorded_at=now,
        by=by.actor,
        person=None if by.person is None else by.person.id,
        clearance=by.clearance,
        needs=by.needs,
        marking=marking,
        attestation=by.attestation,
    )


def _option(
    ledger: Ledger, command: type[Command], asked: Asked, may: Callable[[type[Command], Asked], Standing]
) -> Option:
    refused: Refused | None = None
    for question in (asked, *_delegated(ledger, asked)):
        try:
            stands = may(command, question)
        except Refused as error:
            refused = refused or error
            continue
        return Option(
            command=rules.type_of(command),
            allowed=True,
            authority=stands.authority,
            post=stands.post,
            delegation=stands.delegation,
            signed=_is_signed(ledger, rules.type_of(command), asked),
        )
    assert refused is not None  # noqa: S101 - there was one question at least
    code, sentence = refused.told()
    return Option(command=rules.type_of(command), allowed=False, code=code, sentence=sentence, rule=REFUSALS[code].rule)


def _offered(ledger: Ledger, stream: StreamId, command: type[Command], asked: Asked) -> Standing:
    if command is OpenConsultation and not stream.startswith("consultation-"):
        stream = _NEW
    known = ledger.load(stream, lambda seen: rules.reads_of_offer(command, stream, asked, seen))
    return rules.offered(command, stream, asked, {name: each.state for name, each in known.items()})


def _standing(ledger: Ledger, command: type[Command], asked: Asked) -> Standing:
    type = rules.type_of(command)
    known = ledger.load(of_policy(AUTHORITY), lambda seen: rules.reads_of_type(type, asked, seen))
    return authority.standing(type, asked, Seen({name: each.state for name, each in known.items()}))


def _is_signed(ledger: Ledger, command_type: str, asked: Asked) -> bool:
    if asked.office is None:
        return False
    office = ledger.state(of_office(asked.office)).state
    return signature.is_required(command_type, office, asked.attestation, is_person=asked.person is not None)


def _delegated(ledger: Ledger, asked: Asked) -> Iterator[Asked]:
    """The same question by each delegation that this person has."""
    if asked.by.kind is not ActorKind.OFFICE or asked.office is None:
        return
    delegations = ledger.state(of_office(asked.office)).state.delegations
    for id, delegation in delegations.items():
        if delegation.taker == asked.person and delegation.in_force(asked.recorded_at):
            yield replace(asked, delegation=id)
