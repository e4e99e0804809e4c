"""What the clocks of a vulnerability follow from: the vendors' time, and the embargo's."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Protocol

from domain.events.vulnerability import (
    ContactTimePassed,
    EmbargoAccepted,
    EmbargoEnded,
    EmbargoEndedBecause,
    MergeNoted,
    VendorContacted,
    VulnerabilityBecamePublic,
    VulnerabilityMerged,
    VulnerabilityPublished,
)
from domain.values import Citation, EmbargoId
from projections.parts import Lists, Turn


class VendorAttempt(Turn, kw_only=True, gc=False):
    """An attempt to reach a vendor: the first one starts the vendors' time."""

    first_contacted_at: datetime
    publishable_at: datetime
    policy: Citation


class TimeTaken(Turn, kw_only=True, gc=False):
    """Another vulnerability was merged into it; where its vendors were contacted, with their time."""

    first_contacted_at: datetime | None
    publishable_at: datetime | None
    contact_policy: Citation | None


class VendorTimePassing(Turn, kw_only=True, gc=False):
    """The clock recorded that the vendors' time passed."""

    publishable_at: datetime


class EmbargoStart(Turn, kw_only=True, gc=False):
    """It is under embargo until then."""

    embargo_id: EmbargoId
    ends_at: datetime


class EmbargoStop(Turn, kw_only=True, gc=False):
    """The embargo is over."""

    because: EmbargoEndedBecause


class Advisory(Turn, kw_only=True, gc=False):
    """An advisory was published."""


class PublicWord(Turn, kw_only=True, gc=False):
    """The public knows."""


class MergedAway(Turn, kw_only=True, gc=False):
    """Its life goes on as part of another."""


class Timed(Protocol):
    """A row that knows the clocks of a vulnerability."""

    vendor_attempts: list[VendorAttempt]
    times_taken: list[TimeTaken]
    vendor_time_passings: list[VendorTimePassing]
    embargo_starts: list[EmbargoStart]
    embargo_stops: list[EmbargoStop]
    advisories: list[Advisory]
    public_words: list[PublicWord]
    merged_away: list[MergedAway]


LISTS: Final[Lists] = {
    VendorContacted: ("vendor_attempts", VendorAttempt),
    MergeNoted: ("times_taken", TimeTaken),
    ContactTimePassed: ("vendor_time_passings", VendorTimePassing),
    EmbargoAccepted: ("embargo_starts", EmbargoStart),
    EmbargoEnded: ("embargo_stops", EmbargoStop),
    VulnerabilityPublished: ("advisories", Advisory),
    VulnerabilityBecamePublic: ("public_words", PublicWord),
    VulnerabilityMerged: ("merged_away", MergedAway),
}


def times(row: Timed) -> Sequence[tuple[Turn, datetime, datetime, Citation]]:
    """Each turn that said how long the vendors have, with the first attempt, the end and the policy, in order."""
    said: list[tuple[Turn, datetime, datetime, Citation]] = [
        (turn, turn.first_contacted_at, turn.publishable_at, turn.policy) for turn in row.vendor_attempts
    ]
    said += [
        (turn, turn.first_contacted_at, turn.publishable_at, turn.contact_policy)
        for turn in row.times_taken
        if turn.first_contacted_at is not None and turn.publishable_at is not None and turn.contact_policy is not None
    ]
    return sorted(said, key=lambda each: each[0].position)
