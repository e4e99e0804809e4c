"""A lease lets an agency, a government or an operator use a tool or a covered model, for a purpose and a time."""

from datetime import date
from enum import StrEnum
from typing import Literal, TypeAlias

from domain.message import Protected, message
from domain.values import ACase, ADigest, ALease, AnOffice, AParticipant, Code, Instant, Line, Text


class LeaseKind(StrEnum):
    """What is lent."""

    TOOL = "tool"
    COVERED_MODEL = "covered-model"


class Usable(StrEnum):
    """Whether what is lent may be used at a point in time, and why not."""

    YES = "usable"
    REVOKED = "revoked"
    EXPIRED = "expired"
    NOT_AGREED = "developer-has-not-agreed"
    ENDED = "developer-ended"
    NOT_COVERED = "model-not-covered"


@message
class LeaseSubject:
    """What is lent: a tool by its name, or the model of a case that is a covered model."""

    kind: LeaseKind
    tool: Line | None
    case_id: ACase | None


@message
class LeaseTaker:
    """Who may use it: an office or a participant, one of the two."""

    office: AnOffice | None
    participant: AParticipant | None


@message
class LeaseOpened:
    """An office lent somebody something, until an instant."""

    type: Literal["lease.opened.v1"] = "lease.opened.v1"
    lease_id: ALease
    opened_by: AnOffice
    taker: LeaseTaker
    subject: LeaseSubject
    developer: AParticipant | None
    """Whose model it is, without whose agreement it is not usable; nobody where it is a tool."""
    purpose: Line
    scope: Line
    """On what it may be used."""
    sector: Code | None
    terms: ADigest
    """Of the terms, which are kept elsewhere."""
    until: Instant
    """When it ends, whether or not anybody says so."""


@message
class LeaseDeveloperAgreed:
    """The developer agreed that its model is lent."""

    type: Literal["lease.developer-agreed.v1"] = "lease.developer-agreed.v1"
    lease_id: ALease


@message
class LeaseDeveloperEnded:
    """The developer agrees no longer, from here on."""

    type: Literal["lease.developer-ended.v1"] = "lease.developer-ended.v1"
    lease_id: ALease
    reason: Protected[Text | None]


@message
class LeaseChecked:
    """Somebody asked whether what is lent may be used, and was answered."""

    type: Literal["lease.checked.v1"] = "lease.checked.v1"
    lease_id: ALease
    check: ADigest
    """What the asker calls this check, as a digest; asked again it is the same check."""
    answer: Usable


@message
class LeaseUseAttested:
    """The taker said how it used what is lent in a month."""

    type: Literal["lease.use-attested.v1"] = "lease.use-attested.v1"
    lease_id: ALease
    month_on: date
    """The first day of the month."""
    statement: Protected[Text]


@message
class LeaseRevoked:
    """The office that opened it took it back, from here on."""

    type: Literal["lease.revoked.v1"] = "lease.revoked.v1"
    lease_id: ALease
    reason: Protected[Text]


@message
class LeaseExpired:
    """The clock recorded that its time had passed: that was so without it."""

    type: Literal["lease.expired.v1"] = "lease.expired.v1"
    lease_id: ALease
    until: Instant


LeaseEvent: TypeAlias = (
    LeaseOpened
    | LeaseDeveloperAgreed
    | LeaseDeveloperEnded
    | LeaseChecked
    | LeaseUseAttested
    | LeaseRevoked
    | LeaseExpired
)
