"""What may be asked of a lease."""

from datetime import date
from typing import Literal, TypeAlias

from domain.events.lease import LeaseKind
from domain.message import message
from domain.values import ACase, ADigest, ALease, AnOffice, AParticipant, Code, Instant, Line, Text


@message
class OpenLease:
    """Lend an office or a participant a tool, or the model of a case that is a covered model."""

    type: Literal["lease.open.v1"] = "lease.open.v1"
    lease_id: ALease
    office: AnOffice | None = None
    """Who takes it, where it is an office."""
    participant: AParticipant | None = None
    """Who takes it, where it is a participant."""
    kind: LeaseKind
    tool: Line | None = None
    case_id: ACase | None = None
    purpose: Line
    scope: Line
    sector: Code | None = None
    terms: ADigest
    until: Instant


@message
class AgreeToLease:
    """Agree, as the developer, that the model is lent."""

    type: Literal["lease.agree.v1"] = "lease.agree.v1"
    lease_id: ALease


@message
class EndAgreement:
    """Agree no longer, as the developer: nothing has to be said about why."""

    type: Literal["lease.end-agreement.v1"] = "lease.end-agreement.v1"
    lease_id: ALease
    reason: Text | None = None


@message
class CheckLease:
    """Ask whether what is lent may be used now; the answer is recorded."""

    type: Literal["lease.check.v1"] = "lease.check.v1"
    lease_id: ALease
    check: ADigest


@message
class AttestUse:
    """Say, as the taker, how it was used in a month."""

    type: Literal["lease.attest-use.v1"] = "lease.attest-use.v1"
    lease_id: ALease
    month_on: date
    """The first day of a month that has begun."""
    statement: Text


@message
class RevokeLease:
    """Take it back, as the office that opened it."""

    type: Literal["lease.revoke.v1"] = "lease.revoke.v1"
    lease_id: ALease
    reason: Text


@message
class RecordLeaseExpiry:
    """Record that its time has passed (the clock)."""

    type: Literal["lease.record-expiry.v1"] = "lease.record-expiry.v1"
    lease_id: ALease


LeaseCommand: TypeAlias = (
    OpenLease | AgreeToLease | EndAgreement | CheckLease | AttestUse | RevokeLease | RecordLeaseExpiry
)
