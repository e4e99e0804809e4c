"""Who asked, when, and on what it rests: besides the states of streams, the only outside facts that a rule may use."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from domain.act import Actor, Attestation
from domain.events.office import Algorithm
from domain.markings import Clearance, parse, sees
from domain.needs import ALL, Needs
from domain.values import Citation, DelegationId, KeyId, OfficeCode, ParticipantId, PersonId, PostCode

UNNEEDED: Final = "-"
"""Stands for the marking of what its actor does not need to know of: nobody is cleared for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """The signature of an act, as far as it can be checked without knowing whether its key counts."""

    key: KeyId
    algorithm: Algorithm
    """That its header names."""
    holds: bool
    """Whether the key of this id, whether in force or not, made it of this act."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What surrounds a command."""

    taken_in_at: datetime
    """UTC. Timeliness is judged by it."""
    recorded_at: datetime
    """UTC. What is in force is judged by it."""
    by: Actor
    person: PersonId | None
    clearance: Clearance
    marking: str
    """Of the document to be: what a stream that begins now is seen by."""
    authority: Citation | None = None
    post: PostCode | None = None
    delegation: DelegationId | None = None
    attestation: Attestation = Attestation.NONE
    """How the person is known."""
    signed: Signed | None = None
    needs: Needs = ALL

    @property
    def office(self) -> OfficeCode | None:
        return self.by.office

    @property
    def participant(self) -> ParticipantId | None:
        return self.by.participant

    def may_see(self, marking: str) -> bool:
        """Whether the actor is cleared for what is marked so, and needs to know of it."""
        return marking != UNNEEDED and sees(self.clearance, parse(marking))
