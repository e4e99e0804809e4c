"""A scan looks for vulnerabilities of what somebody owns, who allowed it; no two of one target meet unforeseen."""

from enum import StrEnum
from typing import Annotated, Literal, TypeAlias

from annotated_types import MaxLen, MinLen

from domain.message import Protected, message
from domain.values import ADigest, AMonth, AnOffice, AParticipant, AScan, Instant, Line, LongLine, Text


class TargetKind(StrEnum):
    """What a target is, and so how it meets another."""

    CIDR = "cidr"
    """A block of addresses: `192.0.2.0/24`, `2001:db8::/32`."""
    DOMAIN = "domain"
    """A name and all that is below it: `water.example`, in small letters, as it stands in DNS (A-labels)."""
    PACKAGE = "package"
    """A package URL: `pkg:pypi/pump@1.0`; without a version, every version."""


class ScanOutcome(StrEnum):
    """How a scan went."""

    PERFORMED = "performed"
    IN_PART = "performed-in-part"
    NOT_PERFORMED = "not-performed"
    """The window is free again."""


@message
class ScanTarget:
    """What is scanned."""

    kind: TargetKind
    value: LongLine


@message
class ScanOwner:
    """Whose the targets are: an office, a participant, or somebody whom Docket knows by name alone; one of them."""

    office: AnOffice | None
    participant: AParticipant | None
    name: Line | None


@message
class ScanRequested:
    """An office asked for a window in which to scan what its owner lets it scan."""

    type: Literal["scan.requested.v1"] = "scan.requested.v1"
    scan_id: AScan
    requested_by: AnOffice
    owner: ScanOwner
    agreement: ADigest
    """Of the text in which the owner agrees to it, which is kept elsewhere."""
    targets: Annotated[tuple[ScanTarget, ...], MinLen(1), MaxLen(200)]
    purpose: Line
    starts_at: Instant
    ends_at: Instant
    """When its window is over: the first instant at which another may begin."""


@message
class ScanDeconflicted:
    """No scan that it would meet is in the calendar, but those that consented: it may take place."""

    type: Literal["scan.deconflicted.v1"] = "scan.deconflicted.v1"
    scan_id: AScan


@message
class ScanConflicted:
    """It would meet other scans of the same targets: until they consent or are over, it may not take place."""

    type: Literal["scan.conflicted.v1"] = "scan.conflicted.v1"
    scan_id: AScan
    others: Annotated[tuple[AScan, ...], MinLen(1)]


@message
class ScanConsented:
    """The office of another scan lets this one take place beside it."""

    type: Literal["scan.consented.v1"] = "scan.consented.v1"
    scan_id: AScan
    other: AScan
    """The scan of whoever consents."""


@message
class ScanCompleted:
    """The office that asked for it said how it went; its window is free from here on."""

    type: Literal["scan.completed.v1"] = "scan.completed.v1"
    scan_id: AScan
    outcome: ScanOutcome
    statement: Protected[Text | None]


@message
class ScanEntered:
    """The calendar of a month took a scan in, so that no two are taken in without knowing of each other."""

    type: Literal["calendar.scan-entered.v1"] = "calendar.scan-entered.v1"
    month: AMonth
    scan_id: AScan
    starts_at: Instant
    ends_at: Instant


ScanEvent: TypeAlias = ScanRequested | ScanDeconflicted | ScanConflicted | ScanConsented | ScanCompleted
CalendarEvent: TypeAlias = ScanEntered
