"""What is lent to whom: whether it may be used, why not, and which use nobody has attested."""

from datetime import date, datetime
from typing import Final

import msgspec
from msgspec import field

from domain.events import Event
from domain.events.lease import (
    LeaseChecked,
    LeaseDeveloperAgreed,
    LeaseDeveloperEnded,
    LeaseExpired,
    LeaseOpened,
    LeaseRevoked,
    LeaseSubject,
    LeaseTaker,
    LeaseUseAttested,
    Usable,
)
from domain.recorded import Recorded
from domain.rules.lease import months
from domain.values import Digest, LeaseId, OfficeCode, ParticipantId
from projections.known import ByStream, Entry, begun, code_of
from projections.parts import Lists, Turn, add, adds
from projections.view import Key, Matter, Part


class LeaseStart(Turn, kw_only=True, gc=False):
    """The lease as it was opened: as much as a clock has to know."""

    until: datetime


class LeaseAgreement(Part, kw_only=True, gc=False):
    """The developer agreed."""


class LeaseAgreementEnd(Part, kw_only=True, gc=False):
    """The developer agrees no longer."""


class LeaseCheck(Part, kw_only=True, gc=False):
    """Somebody asked whether it may be used, and was answered."""

    actor: str
    check: Digest
    answer: Usable


class LeaseAttestation(Part, kw_only=True, gc=False):
    """The taker said how it used it in a month."""

    month_on: date


class LeaseRevocation(Turn, kw_only=True, gc=False):
    """The office took it back."""


class LeaseExpiry(Part, kw_only=True, gc=False):
    """The clock recorded that its time had passed."""

    until: datetime


class Lease(Entry, kw_only=True, omit_defaults=True):
    """A lease, and all that happened to it."""

    lease_id: LeaseId
    opened_by: OfficeCode
    taker: LeaseTaker
    subject: LeaseSubject
    developer: ParticipantId | None
    purpose: str
    on: str
    """What it may be used on."""
    sector: str | None
    terms: Digest
    until: datetime
    starts: list[LeaseStart] = field(default_factory=list)
    agreements: list[LeaseAgreement] = field(default_factory=list)
    agreement_ends: list[LeaseAgreementEnd] = field(default_factory=list)
    lease_checks: list[LeaseCheck] = field(default_factory=list)
    attestations: list[LeaseAttestation] = field(default_factory=list)
    revocations: list[LeaseRevocation] = field(default_factory=list)
    expiries: list[LeaseExpiry] = field(default_factory=list)


class LeaseAt(msgspec.Struct, kw_only=True, frozen=True):
    """A lease at a point in time."""

    may_be_used: bool
    """As far as lease and developer go; whether a model is covered then, its case says, and a check records."""
    because: Usable
    agreed: bool | None
    """Whether the developer agrees; nothing where it is a tool."""
    overdue: tuple[date, ...]
    """Months that are over and of which the taker has said nothing, by their first days."""


CLOCKED: Final[Lists] = {
    LeaseOpened: ("starts", LeaseStart),
    LeaseRevoked: ("revocations", LeaseRevocation),
    LeaseExpired: ("expiries", LeaseExpiry),
}
"""What clocks follow from."""
_ADDS: Final = adds(
    {
        LeaseOpened: ("starts", LeaseStart),
        LeaseDeveloperAgreed: ("agreements", LeaseAgreement),
        LeaseDeveloperEnded: ("agreement_ends", LeaseAgreementEnd),
        LeaseChecked: ("lease_checks", LeaseCheck),
        LeaseUseAttested: ("attestations", LeaseAttestation),
        LeaseRevoked: ("revocations", LeaseRevocation),
        LeaseExpired: ("expiries", LeaseExpiry),
    }
)


class LeasesView(ByStream[Lease]):
    """Every lease, by its id. A taker knows its own, and a developer those of its models."""

    name = "leases"
    version = 1
    row = Lease
    matter = Matter("key", "lease")
    columns = {"began": "INTEGER", "developer": "TEXT"}  # noqa: RUF012 - a constant of the class
    indexes = (("began",), ("developer",))
    shared = "developer = ?"

    def keys(self, recorded: Recorded[Event]) -> tuple[Key, ...]:
        return (code_of(recorded),) if type(recorded.event) in _ADDS else ()

    def evolve(self, row: Lease | None, position: int, recorded: Recorded[Event]) -> Lease:
        event = recorded.event
        if isinstance(event, LeaseOpened):
            row = Lease(
                marking=recorded.marking,
                scope=event.taker.participant,
                began=position,
                lease_id=event.lease_id,
                opened_by=event.opened_by,
                taker=event.taker,
                subject=event.subject,
                developer=event.developer,
                purpose=event.purpose,
                on=event.scope,
                sector=event.sector,
                terms=event.terms,
                until=event.until,
            )
        made = begun(row, recorded)
        add(_ADDS, made, position, recorded)
        return made

    def indexed(self, row: Lease) -> tuple[object, ...]:
        return row.began, row.developer


LEASES: Final = LeasesView()


def lease_at(row: Lease, at: datetime) -> LeaseAt:
    """A lease as these parts say, at an instant."""
    agreed = _agreed(row)
    because = _because(row, at, agreed=agreed)
    ends = min([row.until, *(each.taken_in_at for each in row.revocations), at])
    attested = {each.month_on for each in row.attestations}
    owed = [month for each in row.starts for month in months(each.taken_in_at, ends) if month not in attested]
    this_month = months(at, at)[0]
    return LeaseAt(
        may_be_used=because is Usable.YES,
        because=because,
        agreed=agreed,
        overdue=tuple(month for month in owed if month < this_month),
    )


def _agreed(row: Lease) -> bool | None:
    said = [(each.position, True) for each in row.agreements] + [(each.position, False) for each in row.agreement_ends]
    return None if row.developer is None or not said else max(said)[1]


def _because(row: Lease, at: datetime, *, agreed: bool | None) -> Usable:
    if row.revocations:
        return Usable.REVOKED
    if at >= row.until:
        return Usable.EXPIRED
    if row.developer is None or agreed:
        return Usable.YES
    return Usable.NOT_AGREED if agreed is None else Usable.ENDED
