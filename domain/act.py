"""What comes in: a command, who asks it, and what the act rests on."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from domain.commands import Command
from domain.markings import Clearance
from domain.message import message
from domain.needs import ALL, Needs
from domain.values import (
    ADigest,
    APerson,
    APost,
    Citation,
    CommandId,
    DelegationId,
    EventId,
    Line,
    OfficeCode,
    ParticipantId,
    PersonId,
    PostCode,
)


class ActorKind(StrEnum):
    """In what capacity somebody acts."""

    OFFICE = "office"
    PARTICIPANT = "participant"
    CLOCK = "clock"
    INSTALLATION = "docket"


class Attestation(StrEnum):
    """How the person behind an act is known."""

    DEVELOPMENT_HEADER = "development-header"
    """By a header that anybody could have written: never outside of development."""
    OFFICE = "office"
    """By the word of the office whose channel it came through."""
    OIDC = "oidc"
    PIV = "piv"
    NONE = "none"
    """There is no person: a clock, or the installation itself."""


@dataclass(frozen=True, slots=True)
class Actor:
    """An office or participant acting through a person, or a clock, or the installation."""

    kind: ActorKind
    id: str
    name: str = field(compare=False)

    def __str__(self) -> str:
        return f"{self.kind}/{self.id}"

    @property
    def office(self) -> OfficeCode | None:
        """The office that acts, if one does."""
        return OfficeCode(self.id) if self.kind is ActorKind.OFFICE else None

    @property
    def participant(self) -> ParticipantId | None:
        """The participant that acts, if one does."""
        return ParticipantId(self.id) if self.kind is ActorKind.PARTICIPANT else None


@message
class By:
    """The person who acted, and in which post."""

    person: APerson
    name: Line
    post: APost | None


@message
class Acted:
    """What was asked, as a digest of the canonical act without its signature; and the signature."""

    digest: ADigest
    signature: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who acts or reads: a pseudonym that the record keeps open, and a name that it protects."""

    id: PersonId
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who is asking, as far as the front that received the request could tell."""

    actor: Actor
    person: Person | None
    attestation: Attestation
    clearance: Clearance
    roles: frozenset[str] = frozenset()
    needs: Needs = ALL
    """Of which matters it is told, beside what its clearance keeps from it."""
    known_by: str = field(default="", compare=False)
    """What leads to them again where they are not there to ask; empty where nothing does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """A command with its id, its marking, and what it rests on."""

    id: CommandId
    command: Command
    marking: str
    """Of the document: all that is not protected."""
    protected_marking: str | None = None
    """Of the protected fields; by default that of the document."""
    authority: Citation | None = None
    """By default what the policy AUTHORITY names for this command."""
    post: PostCode | None = None
    delegation: DelegationId | None = None
    claimed_at: datetime | None = None
    """When the actor says that it happened; no deadline is judged by it."""
    causation: EventId | None = None
    """The event that made a clock act; nobody else names one."""
    signature: str | None = None
