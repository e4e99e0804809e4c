"""How a vulnerability stands at a point in time, by all that a reader is shown of it."""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from itertools import chain

import msgspec

from domain.events.vulnerability import ClosedAs, PointValue, Step, VendorStatus
from domain.rules.vulnerability.machines import EMBARGO, IN_FORCE, REPORT, EmbargoState, ReportState, written
from domain.values import Citation, OfficeCode, ParticipantId, PartyId, VulnerabilityId
from projections.clearinghouse.row import Vulnerability


class Stage(StrEnum):
    """How far it has come, in words for whoever reported it."""

    RECEIVED = "received"
    ACKNOWLEDGED = "acknowledged"
    FOUND_VALID = "found-valid"
    FOUND_INVALID = "found-invalid"
    DUPLICATE = "duplicate"
    COORDINATED = "coordinated"
    DEFERRED = "deferred"
    MERGED = "merged"
    PUBLISHED = "published"
    CLOSED = "closed"


class Awaited(StrEnum):
    """What comes next."""

    ACKNOWLEDGEMENT = "acknowledgement"
    VALIDATION = "validation"
    COORDINATION = "coordination"
    CONTACT = "contact"
    ANSWERS = "answers"
    """Of vendors that are silent."""
    EMBARGO_ANSWER = "embargo-answer"
    """Of another party, to the proposal that is pending."""
    EMBARGO_END = "embargo-end"
    PUBLICATION = "publication"


class PartyStatus(StrEnum):
    """How a vendor stands to it."""

    NO_ANSWER = "no-answer"
    """It has not answered yet, which says nothing."""
    AFFECTED = "affected"
    NOT_AFFECTED = "not-affected"
    FIXED = "fixed"
    UNDER_INVESTIGATION = "under-investigation"


class PartyAt(msgspec.Struct, kw_only=True, frozen=True):
    """One vendor, as far as this reader may know it."""

    party_id: PartyId
    vendor: str
    participant: ParticipantId | None
    attempts: int
    contacted_at: datetime | None
    """The first attempt to reach it; none where it was taken over from a vulnerability that was merged into this."""
    status: PartyStatus
    agrees_to_publication: bool
    answered_at: datetime | None


class PriorityAt(msgspec.Struct, kw_only=True, frozen=True):
    """The priority in force."""

    table: str
    table_version: str
    points: tuple[PointValue, ...]
    outcome: str


class VulnerabilityAt(msgspec.Struct, kw_only=True, frozen=True):
    """A vulnerability as it stands."""

    stage: Stage
    awaited: tuple[Awaited, ...]
    report: ReportState
    """Vultron's report management."""
    case_state: str
    """Vultron's case state, such as `VFdpxa`."""
    public: bool
    exploited: bool
    """Attacks were observed."""
    embargo: EmbargoState
    """Vultron's embargo management: over as soon as its time has passed, whether or not that is recorded."""
    embargo_ends_at: datetime | None
    """Of the embargo that is in force, or was."""
    proposed_end: datetime | None
    """Of the proposal that is pending."""
    parties: tuple[PartyAt, ...]
    first_contacted_at: datetime | None
    publishable_at: datetime | None
    """When it may be published without the vendors."""
    contact_policy: Citation | None
    priority: PriorityAt | None
    coordinating: tuple[OfficeCode, ...]
    """Offices beside the clearinghouse."""
    notified: tuple[ParticipantId, ...]
    duplicate_of: VulnerabilityId | None
    merged_into: VulnerabilityId | None
    split_into: tuple[VulnerabilityId, ...]
    fixes: int
    """Fixes, mitigations and workarounds that are available."""
    published_at: datetime | None
    closed_as: ClosedAs | None


def vulnerability_at(row: Vulnerability, at: datetime) -> VulnerabilityAt:
    """The vulnerability by all that its row shows, at an instant."""
    report = _report(row)
    embargo, ends_at, proposed_end = _embargo(row, at)
    steps = tuple(dict.fromkeys(each.step for each in row.steps))
    parties = tuple(_parties(row))
    time = min(row.contact_times, key=lambda each: each.first_contacted_at, default=None)
    priority = row.priorities[-1] if row.priorities else None
    duplicate = _is_duplicate(row)
    stage = _stage(row, report, duplicate=duplicate)
    return VulnerabilityAt(
        stage=stage,
        awaited=tuple(_awaited(row, report, embargo, stage, parties)),
        report=report,
        case_state=written(steps),
        public=Step.PUBLIC_AWARE in steps,
        exploited=Step.ATTACKS_OBSERVED in steps,
        embargo=embargo,
        embargo_ends_at=ends_at,
        proposed_end=proposed_end,
        parties=parties,
        first_contacted_at=None if time is None else time.first_contacted_at,
        publishable_at=None if time is None else time.publishable_at,
        contact_policy=None if time is None else time.policy,
        priority=None
        if priority is None
        else PriorityAt(
            table=priority.table,
            table_version=priority.table_version,
            points=priority.points,
            outcome=priority.outcome,
        ),
        coordinating=tuple(each.office for each in row.assignments),
        notified=tuple(each.operator for each in row.notices),
        duplicate_of=row.originals[-1].duplicate_of if duplicate and row.originals else None,
        merged_into=row.survivors[-1].into if row.survivors else None,
        split_into=tuple(chain.from_iterable(each.into for each in row.splits)),
        fixes=len(row.remediations),
        published_at=row.publications[0].at if row.publications else None,
        closed_as=row.closings[-1].outcome if row.closings else None,
    )


def _report(row: Vulnerability) -> ReportState:
    turns: list[tuple[int, str]] = [
        (part.position, done)
        for parts, done in (
            (row.validations, "validate"),
            (row.rejections, "invalidate"),
            (row.duplicate_marks, "invalidate"),
            (row.acceptances, "accept"),
            (row.deferrals, "defer"),
            (row.closings, "close"),
        )
        for part in parts
    ]
    state = ReportState.RECEIVED
    for _, done in sorted(turns):
        state = REPORT.get((state, done), state)
    return state


def _embargo(row: Vulnerability, at: datetime) -> tuple[EmbargoState, datetime | None, datetime | None]:
    """How it stands, when it ends, and when it would by the proposal that is pending."""
    state, ends_at, proposed = EmbargoState.NONE, None, None
    for _, done, end in sorted(_embargo_turns(row), key=lambda turn: turn[0]):
        state = EMBARGO.get((state, done), state)
        proposed = end if done == "propose" else None
        ends_at = end if done == "accept" else ends_at
    if state in IN_FORCE and ends_at is not None and at >= ends_at:
        return EmbargoState.EXITED, ends_at, None
    return state, ends_at, proposed


def _embargo_turns(row: Vulnerability) -> Iterator[tuple[int, str, datetime | None]]:
    yield from ((each.position, "propose", each.ends_at) for each in row.embargo_proposals)
    yield from ((each.position, "accept", each.ends_at) for each in row.embargo_agreements)
    yield from ((each.position, "reject", None) for each in row.embargo_rejections)
    yield from ((each.position, "terminate", None) for each in row.embargo_endings)


def _parties(row: Vulnerability) -> Iterator[PartyAt]:
    seen: set[PartyId] = set()
    for party in (party for absorbed in row.absorptions for party in absorbed.parties):
        seen.add(party.party_id)
        yield _party(
            row, party.party_id, party.vendor, party.participant, party.status, agrees=party.agrees_to_publication
        )
    for contact in row.contacts:
        if contact.party_id not in seen:
            seen.add(contact.party_id)
            yield _party(row, contact.party_id, contact.vendor, contact.participant, None, agrees=False)


def _party(
    row: Vulnerability,
    id: PartyId,
    vendor: str,
    participant: ParticipantId | None,
    status: VendorStatus | None,
    *,
    agrees: bool,
) -> PartyAt:
    contacts = [each for each in row.contacts if each.party_id == id]
    answers = [each for each in row.answers if each.party_id == id]
    said = answers[-1].status if answers else status
    return PartyAt(
        party_id=id,
        vendor=vendor,
        participant=participant,
        attempts=len(contacts),
        contacted_at=contacts[0].taken_in_at if contacts else None,
        status=PartyStatus.NO_ANSWER if said is None else PartyStatus(said),
        agrees_to_publication=answers[-1].agrees_to_publication if answers else agrees,
        answered_at=answers[0].taken_in_at if answers else None,
    )


def _is_duplicate(row: Vulnerability) -> bool:
    if not row.duplicate_marks:
        return False
    return not row.validations or row.validations[-1].position < row.duplicate_marks[-1].position


def _stage(row: Vulnerability, report: ReportState, *, duplicate: bool) -> Stage:
    if row.merges:
        return Stage.MERGED
    if report is ReportState.CLOSED:
        return Stage.CLOSED
    if row.publications:
        return Stage.PUBLISHED
    if duplicate:
        return Stage.DUPLICATE
    match report:
        case ReportState.INVALID:
            return Stage.FOUND_INVALID
        case ReportState.VALID:
            return Stage.FOUND_VALID
        case ReportState.ACCEPTED:
            return Stage.COORDINATED
        case ReportState.DEFERRED:
            return Stage.DEFERRED
        case _:
            return Stage.ACKNOWLEDGED if row.acknowledgements else Stage.RECEIVED


def _awaited(
    row: Vulnerability, report: ReportState, embargo: EmbargoState, stage: Stage, parties: tuple[PartyAt, ...]
) -> Iterator[Awaited]:
    if stage in {Stage.MERGED, Stage.CLOSED, Stage.DUPLICATE, Stage.FOUND_INVALID}:
        return
    if report is ReportState.RECEIVED:
        if not row.acknowledgements:
            yield Awaited.ACKNOWLEDGEMENT
        yield Awaited.VALIDATION
    if report is ReportState.VALID:
        yield Awaited.COORDINATION
    if report is ReportState.ACCEPTED and not row.contact_times:
        yield Awaited.CONTACT
    if any(party.status is PartyStatus.NO_ANSWER for party in parties):
        yield Awaited.ANSWERS
    if embargo in {EmbargoState.PROPOSED, EmbargoState.REVISE}:
        yield Awaited.EMBARGO_ANSWER
    if embargo in IN_FORCE:
        yield Awaited.EMBARGO_END
    if report is ReportState.ACCEPTED and not row.publications:
        yield Awaited.PUBLICATION
