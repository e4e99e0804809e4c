"""Invented scans of one block of addresses: two that would meet, and one that would not."""

from typing import Any

from domain.commands.scan import CompleteScan, ConsentToScan, DeconflictScan, RequestScan
from domain.events.scan import (
    ScanCompleted,
    ScanConflicted,
    ScanConsented,
    ScanDeconflicted,
    ScanEntered,
    ScanOutcome,
    ScanOwner,
    ScanRequested,
    ScanTarget,
    TargetKind,
)
from domain.values import Month, OfficeCode, ScanId
from tests.domain.cast import DHS, NSA, OPERATOR, STRANGER, TREASURY, Somebody, named
from tests.domain.facts import TEXT
from tests.domain.given import BEFORE, DAY, NOON, on
from tests.domain.once import Once, story
from tests.domain.requests import but
from tests.domain.world import OPEN, Fact

FIRST, SECOND, THIRD = (ScanId(named("scan", name)) for name in ("first", "second", "third"))
STARTS, ENDS = NOON + DAY, NOON + 3 * DAY
JULY = Month("2026-07")
PUMPS = ScanTarget(kind=TargetKind.CIDR, value="192.0.2.0/24")
ONE_PUMP = ScanTarget(kind=TargetKind.CIDR, value="192.0.2.64/26")
SITE = ScanTarget(kind=TargetKind.DOMAIN, value="water.example")
_SAID: Any = {"agreement": TEXT, "purpose": "Known flaws of pumps (invented)", "starts_at": STARTS, "ends_at": ENDS}
OF_OPERATOR = ScanOwner(office=None, participant=OPERATOR.participant, name=None)

request = RequestScan(scan_id=FIRST, owner_participant=OPERATOR.participant, targets=(PUMPS, SITE), **_SAID)
request_second = but(request, scan_id=SECOND, targets=(ONE_PUMP,))
consent = ConsentToScan(scan_id=SECOND, other=FIRST)
deconflict = DeconflictScan(scan_id=SECOND)
complete = CompleteScan(scan_id=FIRST, outcome=ScanOutcome.PERFORMED, statement="Nothing was found.")


def requested(
    scan: ScanId, *targets: ScanTarget, by: Somebody, marking: str = OPEN, met: tuple[ScanId, ...] = ()
) -> tuple[Fact, ...]:
    """A scan that is in the calendar."""
    office = OfficeCode(str(by.office))
    asked = ScanRequested(scan_id=scan, requested_by=office, owner=OF_OPERATOR, targets=targets, **_SAID)
    found = ScanConflicted(scan_id=scan, others=met) if met else ScanDeconflicted(scan_id=scan)
    entered = ScanEntered(month=JULY, scan_id=scan, starts_at=STARTS, ends_at=ENDS)
    return tuple(on(BEFORE, event, by=by, marking=marking) for event in (asked, found, entered))


first = requested(FIRST, PUMPS, SITE, by=DHS)
second = requested(SECOND, ONE_PUMP, by=TREASURY, met=(FIRST,))
consented = on(BEFORE, ScanConsented(scan_id=SECOND, other=FIRST), by=DHS)
over = on(BEFORE, ScanCompleted(scan_id=FIRST, outcome=ScanOutcome.NOT_PERFORMED, statement=None), by=DHS)

ONCE = [
    Once(request, DHS),
    Once(consent, DHS, (*first, *second)),
    Once(deconflict, TREASURY, (*first, *second, over)),
    Once(complete, DHS, first, STARTS),
]
STORIES = {
    "owner-unclear": story(asks=but(request, owner_name="Somebody (invented)"), by=DHS),
    "owner-unknown": story(asks=but(request, owner_participant=STRANGER.participant), by=DHS),
    "target-form": story(asks=but(request, targets=(ScanTarget(kind=TargetKind.CIDR, value="192.0.2.1/24"),)), by=DHS),
    "window-unfit": story(asks=but(request, ends_at=STARTS), by=DHS),
    "scan-conflicts": story(*first, *second, asks=deconflict, by=TREASURY),
    "scan-over": story(*first, over, asks=complete, by=DHS, at=STARTS),
    "scan-not-begun": story(*first, asks=complete, by=DHS),
}
assert NSA.office is not None
