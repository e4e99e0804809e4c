"""What a case is at a point in time, for one reader: it follows from the parts of the row that this reader is given."""

from collections.abc import Iterable
from datetime import date, datetime

import msgspec

from domain.events.case import Answer, ClosedBecause, Ground, Outcome, Result, SharedWith, Side
from domain.rules.case import Case, Phase
from domain.values import (
    AssertionId,
    AssessmentId,
    Citation,
    DeterminationId,
    DissentId,
    OfficeCode,
    RequestId,
    SelectionId,
    StreamId,
)
from projections.case.consultation_parts import Consulted, consulted
from projections.case.life import life
from projections.case.parts import Issuance, Proposal
from projections.case.row import CaseStatus
from projections.ticking import Clock, consultations, reconsiderations, reviews, window


class AccessAt(msgspec.Struct, kw_only=True, frozen=True):
    """The window of access, which nothing stretches, and who has access in it."""

    open: bool
    open_for: tuple[OfficeCode, ...]
    first_opened_at: datetime
    ceiling_at: datetime
    ends_at: datetime
    ends_because: ClosedBecause
    ended: bool
    policy: Citation | None


class AssessmentAt(msgspec.Struct, kw_only=True, frozen=True):
    """An assessment: proposed, or filed and perhaps superseded by a newer one of the same office."""

    assessment_id: AssessmentId
    office: OfficeCode
    filed: bool
    late: bool
    superseded_by: AssessmentId | None
    shared_with: tuple[SharedWith, ...]
    not_shared_with: tuple[SharedWith, ...]


class DeterminationAt(msgspec.Struct, kw_only=True, frozen=True):
    """A determination, with what stands beside it."""

    determination_id: DeterminationId
    result: Result
    in_force: bool
    superseded_by: DeterminationId | None
    ground: Ground | None
    """Why it was superseded."""
    consultation_missing: bool
    dissents: tuple[DissentId, ...]
    """About it, or filed before there was one to be about."""
    reconsideration_asked: bool
    reconsideration_answer: Answer | None


class RequestAt(msgspec.Struct, kw_only=True, frozen=True):
    """What an office asked the developer, and whether it was provided, declined, or not answered."""

    request_id: RequestId
    office: OfficeCode
    answered: str | None


class PartnerAt(msgspec.Struct, kw_only=True, frozen=True):
    """A trusted partner that one side proposed."""

    selection_id: SelectionId
    partner: str
    proposed_by: Side
    settled: str | None
    """`selected` or `not-agreed`."""


class CaseAt(msgspec.Struct, kw_only=True, frozen=True):
    """A case at a point in time."""

    at: datetime
    phase: Phase
    """As it counts then: a review that lapsed counts as accepted."""
    accepted: bool
    review_lapsed: bool
    closed: bool
    outcome: Outcome | None
    partners_on: date | None
    public_on: date | None
    access: AccessAt | None
    in_force: DeterminationId | None
    determinations: tuple[DeterminationAt, ...]
    assessments: tuple[AssessmentAt, ...]
    consultations: tuple[Consulted, ...]
    requests: tuple[RequestAt, ...]
    partners: tuple[PartnerAt, ...]
    public: tuple[AssertionId, ...]
    """What is confirmed to be public."""
    organisations_count: int
    """In the developer's own programme, as it reported last."""
    clocks: tuple[Clock, ...]


def case_at(row: CaseStatus, at: datetime) -> CaseAt:
    """The case as these parts say; `at` is not before the last of them was recorded."""
    case = life(row)
    determinations = tuple(_determination(row, each) for each in row.determinations)
    return CaseAt(
        at=at,
        phase=Phase.ACCEPTED if case.accepted(at) else case.phase,
        accepted=case.accepted(at),
        review_lapsed=case.review_lapsed(at),
        closed=case.closed,
        outcome=row.case_ends[-1].outcome if case.closed and row.case_ends else None,
        partners_on=case.plan.partners_on,
        public_on=case.plan.public_on,
        access=_access(case, at),
        in_force=next((each.determination_id for each in reversed(determinations) if each.in_force), None),
        determinations=determinations,
        assessments=tuple(_assessment(row, each) for each in row.proposals),
        consultations=consulted(row, at),
        requests=tuple(_requests(row)),
        partners=tuple(_partners(row)),
        public=tuple(dict.fromkeys(each.assertion_id for each in row.confirmations)),
        organisations_count=row.programme[-1].organisations_count if row.programme else 0,
        clocks=(
            *reviews(row, at),
            *window(row, case, at),
            *reconsiderations(row, row.case_id, at),
            *consultations(row, row.case_id, StreamId(f"case-{row.case_id}"), at),
        ),
    )


def _access(case: Case, at: datetime) -> AccessAt | None:
    end = case.window_end()
    if end is None or case.first_opened_at is None or case.ceiling_at is None:
        return None
    open_now = case.access_open(at)
    return AccessAt(
        open=open_now,
        open_for=tuple(sorted(case.open_for)) if open_now else (),
        first_opened_at=case.first_opened_at,
        ceiling_at=case.ceiling_at,
        ends_at=end.at,
        ends_because=end.cause,
        ended=case.window_ended(at),
        policy=case.window_policy,
    )


def _determination(row: CaseStatus, of: Issuance) -> DeterminationAt:
    id = of.determination_id
    successor = next((each for each in row.determinations if each.supersedes == id), None)
    answers = [each.answer for each in row.reconsideration_replies if each.determination_id == id]
    return DeterminationAt(
        determination_id=id,
        result=of.result,
        in_force=successor is None,
        superseded_by=None if successor is None else successor.determination_id,
        ground=None if successor is None else successor.ground,
        consultation_missing=of.consultation is None,
        dissents=tuple(each.dissent_id for each in row.dissents if each.about in {None, id}),
        reconsideration_asked=any(each.determination_id == id for each in row.reconsideration_wishes),
        reconsideration_answer=answers[-1] if answers else None,
    )


def _assessment(row: CaseStatus, of: Proposal) -> AssessmentAt:
    id = of.assessment_id
    filed = next((each for each in row.filings if each.assessment_id == id), None)
    return AssessmentAt(
        assessment_id=id,
        office=of.office,
        filed=filed is not None,
        late=filed is not None and filed.late,
        superseded_by=next((each.assessment_id for each in row.filings if each.supersedes == id), None),
        shared_with=_once(each.shared_with for each in row.sharings if each.assessment_id == id),
        not_shared_with=_once(each.not_shared_with for each in row.keepings if each.assessment_id == id),
    )


def _once(audiences: Iterable[SharedWith]) -> tuple[SharedWith, ...]:
    return tuple(dict.fromkeys(audiences))


def _requests(row: CaseStatus) -> Iterable[RequestAt]:
    replies = {
        **{each.request_id: "declined" for each in row.declinations},
        **{each.request_id: "provided" for each in row.provisions},  # also what was first declined
    }
    for each in row.requests:
        yield RequestAt(request_id=each.request_id, office=each.office, answered=replies.get(each.request_id))


def _partners(row: CaseStatus) -> Iterable[PartnerAt]:
    settled = {
        **{each.selection_id: "selected" for each in row.partner_selections},
        **{each.selection_id: "not-agreed" for each in row.partner_disagreements},
    }
    for each in row.partner_proposals:
        yield PartnerAt(
            selection_id=each.selection_id,
            partner=each.partner,
            proposed_by=each.proposed_by,
            settled=settled.get(each.selection_id),
        )
