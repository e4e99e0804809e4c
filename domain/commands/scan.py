"""What may be asked of a scan."""

from typing import Annotated, Literal, TypeAlias

from annotated_types import MaxLen, MinLen

from domain.events.scan import ScanOutcome, ScanTarget
from domain.message import message
from domain.values import ADigest, AnOffice, AParticipant, AScan, Instant, Line, Text


@message
class RequestScan:
    """Ask for a window in which to scan what its owner lets you scan, 92 days long at most."""

    type: Literal["scan.request.v1"] = "scan.request.v1"
    scan_id: AScan
    owner_office: AnOffice | None = None
    owner_participant: AParticipant | None = None
    owner_name: Line | None = None
    """Whose the targets are; one of the three."""
    agreement: ADigest
    targets: Annotated[tuple[ScanTarget, ...], MinLen(1), MaxLen(200)]
    purpose: Line
    starts_at: Instant
    ends_at: Instant


@message
class ConsentToScan:
    """Let a scan take place beside yours, which it would meet."""

    type: Literal["scan.consent.v1"] = "scan.consent.v1"
    scan_id: AScan
    """The scan that may take place."""
    other: AScan
    """Yours."""


@message
class DeconflictScan:
    """Ask once more whether a scan may take place, now that others are over."""

    type: Literal["scan.deconflict.v1"] = "scan.deconflict.v1"
    scan_id: AScan


@message
class CompleteScan:
    """Say how your scan went, or that it does not take place; its window is free from then on."""

    type: Literal["scan.complete.v1"] = "scan.complete.v1"
    scan_id: AScan
    outcome: ScanOutcome
    statement: Text | None = None


ScanCommand: TypeAlias = RequestScan | ConsentToScan | DeconflictScan | CompleteScan
