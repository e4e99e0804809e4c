"""Offices, instruments, policies and participants are looked up here, in the order in which they became known."""

from collections.abc import Sequence
from datetime import datetime

from domain.events.office import OfficeKind
from domain.events.participant import ParticipantKind
from domain.values import InstrumentCode, OfficeCode, ParticipantId, PolicyCode
from projections.directory.at import (
    InstrumentAt,
    ParticipantAt,
    PolicyAt,
    instrument_at,
    participant_at,
    policy_at,
)
from projections.directory.office_at import OfficeAt, office_at
from projections.directory.rows import Instrument, Office, Participant, Policy
from projections.directory.views import INSTRUMENTS, OFFICES, PARTICIPANTS, POLICIES
from projections.known import Page, Told, one, page
from projections.reads import Reads
from projections.visible import Sight
from projections.walk import one_of


def office(
    reads: Reads, sight: Sight, code: OfficeCode, at: datetime, *, as_of: int | None = None
) -> Told[Office, OfficeAt] | None:
    """One office at an instant; None where this reader has none. Raises NotBuilt.

    `as_of` is a position: only what was recorded up to it counts.
    """
    return one(reads, sight, OFFICES, code, as_of=as_of, tell=lambda row: office_at(row, at))


def offices(
    reads: Reads,
    sight: Sight,
    at: datetime,
    *,
    kind: OfficeKind | None = None,
    department: OfficeCode | None = None,
    as_of: int | None = None,
    after: int = 0,
    limit: int = 100,
) -> Page[Office, OfficeAt]:
    """Offices of a kind and a department, behind the cursor `after`, at an instant. Raises NotBuilt."""

    def tell(row: Office) -> OfficeAt | None:
        fits = kind in {None, row.kind} and department in {None, row.department}
        return office_at(row, at) if fits else None

    return page(reads, sight, OFFICES, tell=tell, as_of=as_of, after=after, limit=limit)


def instrument(
    reads: Reads, sight: Sight, code: InstrumentCode, *, as_of: int | None = None
) -> Told[Instrument, InstrumentAt] | None:
    """One instrument; None where this reader has none. Raises NotBuilt."""
    return one(reads, sight, INSTRUMENTS, code, as_of=as_of, tell=instrument_at)


def instruments(
    reads: Reads,
    sight: Sight,
    *,
    in_force: bool | None = None,
    as_of: int | None = None,
    after: int = 0,
    limit: int = 100,
) -> Page[Instrument, InstrumentAt]:
    """Instruments behind the cursor `after`. Raises NotBuilt."""

    def tell(row: Instrument) -> InstrumentAt | None:
        now = instrument_at(row)
        return now if in_force in {None, now.in_force} else None

    return page(reads, sight, INSTRUMENTS, tell=tell, as_of=as_of, after=after, limit=limit)


def policy(reads: Reads, sight: Sight, code: PolicyCode, *, as_of: int | None = None) -> Told[Policy, PolicyAt] | None:
    """One policy with its versions; None where this reader has none. Raises NotBuilt."""
    return one(reads, sight, POLICIES, code, as_of=as_of, tell=policy_at)


def policies(
    reads: Reads,
    sight: Sight,
    *,
    kind: str | None = None,
    as_of: int | None = None,
    after: int = 0,
    limit: int = 100,
) -> Page[Policy, PolicyAt]:
    """Policies of a kind, behind the cursor `after`. Raises NotBuilt."""

    def tell(row: Policy) -> PolicyAt | None:
        return policy_at(row) if kind in {None, row.kind} else None

    return page(reads, sight, POLICIES, tell=tell, as_of=as_of, after=after, limit=limit)


def participant(
    reads: Reads, sight: Sight, id: ParticipantId, *, as_of: int | None = None
) -> Told[Participant, ParticipantAt] | None:
    """One participant; None where this reader has none: a participant has itself alone. Raises NotBuilt."""
    return one(reads, sight, PARTICIPANTS, id, as_of=as_of, tell=lambda row: participant_at(row, as_of))


def participants(
    reads: Reads,
    sight: Sight,
    *,
    ids: Sequence[ParticipantId] | None = None,
    kind: ParticipantKind | None = None,
    takes_part: bool | None = None,
    sector: str | None = None,
    as_of: int | None = None,
    after: int = 0,
    limit: int = 100,
) -> Page[Participant, ParticipantAt]:
    """Participants behind the cursor `after`: every one for offices, itself for a participant. Raises NotBuilt."""

    def tell(row: Participant) -> ParticipantAt | None:
        now = participant_at(row, as_of)
        fits = (
            now is not None
            and kind in {None, now.kind}
            and takes_part in {None, now.takes_part}
            and (sector is None or sector in now.sectors)
        )
        return now if fits else None

    where, values = ("", ()) if ids is None else one_of(ids)
    return page(
        reads, sight, PARTICIPANTS, tell=tell, as_of=as_of, after=after, limit=limit, where=where, values=values
    )
