"""Whoever acts is called in the record what the ledger calls them on that day."""

from collections.abc import Callable
from typing import TypeAlias

from domain.act import ActorKind
from domain.ledger.ledger import Ledger
from domain.rules.office import Office
from domain.rules.participant import Participant
from domain.rules.seen import of_office, of_participant
from domain.values import OfficeCode, ParticipantId

Named: TypeAlias = Callable[[ActorKind, str], str]
"""The name of an actor as the record has it."""


def names_of(ledger: Ledger) -> Named:
    """Names of offices and participants as the ledger has them today; of others, their code or id."""

    def named(kind: ActorKind, id: str) -> str:
        if kind is ActorKind.OFFICE:
            office: Office = ledger.state(of_office(OfficeCode(id))).state
            return office.name_at(ledger.now()) or id
        participant: Participant = ledger.state(of_participant(ParticipantId(id))).state
        return participant.name or id

    return named
