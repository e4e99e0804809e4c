"""Who scans what and when: what is in the calendar, what has to wait, and how each went."""

from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec
from msgspec import field

from domain.events import Event
from domain.events.scan import (
    ScanCompleted,
    ScanConflicted,
    ScanConsented,
    ScanDeconflicted,
    ScanOutcome,
    ScanOwner,
    ScanRequested,
    ScanTarget,
)
from domain.recorded import Recorded
from domain.values import Digest, OfficeCode, ScanId
from projections.instants import microseconds
from projections.known import ByStream, Entry, begun, code_of
from projections.parts import add, adds
from projections.view import Key, Matter, Part


class ScanStanding(StrEnum):
    """How a scan stands."""

    CONFLICTED = "conflicted"
    """It would meet another: it may not take place."""
    DECONFLICTED = "deconflicted"
    """It may take place in its window."""
    PASSED = "passed"
    """Its window is over, and nobody said how it went."""
    COMPLETED = "completed"


class ScanRequest(Part, kw_only=True, gc=False):
    """The scan was asked for."""


class Deconfliction(Part, kw_only=True, gc=False):
    """It was found to meet none, but those that consented."""


class Conflict(Part, kw_only=True, gc=False):
    """It was found to meet others."""

    others: tuple[ScanId, ...]


class ScanConsent(Part, kw_only=True, gc=False):
    """The office of another scan let it take place."""

    other: ScanId
    actor: str


class ScanCompletion(Part, kw_only=True, gc=False):
    """Its office said how it went."""

    outcome: ScanOutcome


class Scan(Entry, kw_only=True, omit_defaults=True):
    """A scan, and all that happened to it."""

    scan_id: ScanId
    requested_by: OfficeCode
    owner: ScanOwner
    agreement: Digest
    targets: tuple[ScanTarget, ...]
    purpose: str
    starts_at: datetime
    ends_at: datetime
    scan_requests: list[ScanRequest] = field(default_factory=list)
    deconflictions: list[Deconfliction] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    scan_consents: list[ScanConsent] = field(default_factory=list)
    scan_completions: list[ScanCompletion] = field(default_factory=list)


class ScanAt(msgspec.Struct, kw_only=True, frozen=True):
    """A scan at a point in time."""

    standing: ScanStanding
    in_window: bool
    waits_for: tuple[ScanId, ...]
    """Scans that it would meet, and of which it was not said since that they consent or are over."""


_ADDS: Final = adds(
    {
        ScanRequested: ("scan_requests", ScanRequest),
        ScanDeconflicted: ("deconflictions", Deconfliction),
        ScanConflicted: ("conflicts", Conflict),
        ScanConsented: ("scan_consents", ScanConsent),
        ScanCompleted: ("scan_completions", ScanCompletion),
    }
)


class ScansView(ByStream[Scan]):
    """Every scan, by its id. A participant knows those of its own targets."""

    name = "scans"
    version = 1
    row = Scan
    matter = Matter("key", "scan")
    columns = {"began": "INTEGER", "starts_us": "INTEGER", "ends_us": "INTEGER"}  # noqa: RUF012 - a constant of the class
    indexes = (("began",), ("ends_us",))

    def keys(self, recorded: Recorded[Event]) -> tuple[Key, ...]:
        return (code_of(recorded),) if type(recorded.event) in _ADDS else ()

    def evolve(self, row: Scan | None, position: int, recorded: Recorded[Event]) -> Scan:
        event = recorded.event
        if isinstance(event, ScanRequested):
            row = Scan(
                marking=recorded.marking,
                scope=event.owner.participant,
                began=position,
                scan_id=event.scan_id,
                requested_by=event.requested_by,
                owner=event.owner,
                agreement=event.agreement,
                targets=event.targets,
                purpose=event.purpose,
                starts_at=event.starts_at,
                ends_at=event.ends_at,
            )
        made = begun(row, recorded)
        add(_ADDS, made, position, recorded)
        return made

    def indexed(self, row: Scan) -> tuple[object, ...]:
        return row.began, microseconds(row.starts_at), microseconds(row.ends_at)


SCANS: Final = ScansView()


def scan_at(row: Scan, at: datetime) -> ScanAt:
    """A scan as these parts say, at an instant."""
    consented = {each.other for each in row.scan_consents}
    free_since = max((each.position for each in row.deconflictions), default=0)
    waits_for = {
        other for each in row.conflicts if each.position > free_since for other in each.others if other not in consented
    }
    if row.scan_completions:
        standing = ScanStanding.COMPLETED
    elif at >= row.ends_at:
        standing = ScanStanding.PASSED
    else:
        standing = ScanStanding.CONFLICTED if waits_for else ScanStanding.DECONFLICTED
    return ScanAt(
        standing=standing,
        in_window=row.starts_at <= at < row.ends_at,
        waits_for=() if row.scan_completions else tuple(sorted(waits_for)),
    )
