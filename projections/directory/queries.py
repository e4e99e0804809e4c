"""Offices, instruments, policies and participants are looked up here, in the order in which they became known."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

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
from projections.directory.rows import Entry, Instrument, Office, Participant, Policy
from projections.directory.views import INSTRUMENTS, OFFICES, PARTICIPANTS, POLICIES
from projections.parts import upto
from projections.reads import Found, Reads
from projections.view import Key, View
from projections.visible import Sight
from projections.walk import walk

E = TypeVar("E", bound=Entry)
N = TypeVar("N")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told(Generic[E, N]):
    """One thing as one reader may see it: its facts, and what follows from them."""

    facts: E
    now: N
    position: int
    """Of the last event that touched it."""
    stale: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[E, N]):
    """Some of what was asked for, in the order in which it became known."""

    found: tuple[Told[E, N], ...]
    after: int | None
    """Where the next page begins; None where there is none."""


def office(
    reads: Reads, sight: Sight, code: OfficeCode, at: datetime, *, as_of: int | None = None
) -> Told[Office, OfficeAt] | None:
    """One office at an instant; None where this reader has none. Raises NotBuilt.

    `as_of` is a position: only what was recorded up to it counts.
    """
    return _one(reads, sight, OFFICES, code, as_of=as_of, tell=lambda row: office_at(row, at))


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

    return _page(reads, sight, OFFICES, tell=tell, as_of=as_of, after=after, limit=limit)


def instrument(
    reads: Reads, sight: Sight, code: InstrumentCode, *, as_of: int | None = None
) -> Told[Instrument, InstrumentAt] | None:
    """One instrument; None where this reader has none. Raises NotBuilt."""
    return _one(reads, sight, INSTRUMENTS, code, as_of=as_of, tell=instrument_at)


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

    return _page(reads, sight, INSTRUMENTS, tell=tell, as_of=as_of, after=after, limit=limit)


def policy(reads: Reads, sight: Sight, code: PolicyCode, *, as_of: int | None = None) -> Told[Policy, PolicyAt] | None:
    """One policy with its versions; None where this reader has none. Raises NotBuilt."""
    return _one(reads, sight, POLICIES, code, as_of=as_of, tell=policy_at)


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

    return _page(reads, sight, POLICIES, tell=tell, as_of=as_of, after=after, limit=limit)


def participant(
    reads: Reads, sight: Sight, id: ParticipantId, *, as_of: int | None = None
) -> Told[Participant, ParticipantAt] | None:
    """One participant; None where this reader has none: a participant has itself alone. Raises NotBuilt."""
    return _one(reads, sight, PARTICIPANTS, id, as_of=as_of, tell=lambda row: participant_at(row, as_of))


def participants(
    reads: Reads,
    sight: Sight,
    *,
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

    return _page(reads, sight, PARTICIPANTS, tell=tell, as_of=as_of, after=after, limit=limit)


def _one(
    reads: Reads, sight: Sight, view: View[E], key: Key, *, as_of: int | None, tell: Callable[[E], N | None]
) -> Told[E, N] | None:
    found = reads.get(view, sight, key)
    return None if found is None else _told(found, as_of, tell)


def _page(
    reads: Reads,
    sight: Sight,
    view: View[E],
    *,
    tell: Callable[[E], N | None],
    as_of: int | None,
    after: int,
    limit: int,
) -> Page[E, N]:
    told: list[Told[E, N]] = []
    for found in walk(reads, view, sight, by="began", place=lambda found: found.row.began, after=after):
        if (one := _told(found, as_of, tell)) is None:
            continue
        if len(told) == limit:
            return Page(found=tuple(told), after=told[-1].facts.began)
        told.append(one)
    return Page(found=tuple(told), after=None)


def _told(found: Found[E], as_of: int | None, tell: Callable[[E], N | None]) -> Told[E, N] | None:
    row = found.row
    if as_of is not None:
        if row.began > as_of:
            return None
        row = upto(row, as_of)
    now = tell(row)
    return None if now is None else Told(facts=row, now=now, position=found.position, stale=found.stale)
