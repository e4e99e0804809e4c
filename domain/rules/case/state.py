"""A case as it stands: what the log and a point in time say of it, clocks included."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final, assert_never

from domain import clocks
from domain.events.case import (
    AccessClosed,
    AccessOpened,
    AccessTermsAgreed,
    AssessmentFiled,
    AssessmentNotShared,
    AssessmentProposed,
    AssessmentShared,
    CaseAccepted,
    CaseBecamePublic,
    CaseClosed,
    CaseConsultationClosed,
    CaseConsultationOpened,
    CaseEvent,
    CaseReturned,
    CaseReviewLapsed,
    CaseSubmitted,
    CaseWithdrawn,
    ClosedBecause,
    ConcernConveyed,
    CopiesReturned,
    DeterminationIssued,
    DissentFiled,
    Finding,
    InformationDeclined,
    InformationProvided,
    InformationRequested,
    ProgrammeParticipantsReported,
    PublicityAsserted,
    ReconsiderationAnswered,
    ReconsiderationRequested,
    ReleasePlanRevised,
    ReleaseReported,
    Result,
    Side,
    TermsBreached,
    TrustedPartnerNotAgreed,
    TrustedPartnerProposed,
    TrustedPartnerSelected,
)
from domain.recorded import Recorded
from domain.values import (
    AssertionId,
    AssessmentId,
    CaseId,
    Citation,
    Cited,
    ConsultationId,
    DeterminationId,
    Digest,
    EventId,
    OfficeCode,
    ParticipantId,
    PersonId,
    RequestId,
    SelectionId,
)

ZONE: Final = "America/New_York"
"""Where the day of a planned release begins (domain: the access window)."""


class Phase(StrEnum):
    """What became of the submission."""

    UNKNOWN = "unknown"
    UNDER_REVIEW = "under-review"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """When the developer means to release."""

    partners_on: date | None
    public_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """An assessment, proposed or filed."""

    office: OfficeCode
    author: PersonId
    proposed_in: EventId
    standard: Cited
    finding: Finding
    severity: str
    filed: bool = False
    superseded: bool = False
    shared: frozenset[tuple[str, str]] = frozenset()
    """With whom, and to what extent; `none` is the extent where it was decided not to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Determination:
    """A determination of NSA."""

    result: Result
    superseded_by: DeterminationId | None = None
    reconsideration_due_at: datetime | None = None
    reconsideration_answered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """A trusted partner that one side proposed."""

    partner: str
    proposed_by: Side
    settled: str | None = None
    """`selected` or `not-agreed`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What an office asked the developer."""

    office: OfficeCode
    answered: str | None = None
    """`provided` or `declined`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """When and why a window of access ends. Earlier is less."""

    at: datetime
    cause: ClosedBecause


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Everything about a case that a rule has to know. Nothing of it is protected."""

    phase: Phase = Phase.UNKNOWN
    closed: bool = False
    developer: ParticipantId | None = None
    marking: str = ""
    """Of the first submission: who is not cleared for it does not learn that the case exists."""
    offered: tuple[object, ...] = ()
    """What the last submission said, to know it again."""
    replaces: CaseId | None = None
    review_due_at: datetime | None = None
    review_policy: Citation | None = None
    submitted_in: EventId | None = None
    plan: Plan = Plan(partners_on=None, public_on=None)
    terms: Mapping[OfficeCode, Digest] = field(default_factory=dict)
    """Which office may open access → the text that was signed."""
    first_opened_at: datetime | None = None
    ceiling_at: datetime | None = None
    opened_in: EventId | None = None
    open_for: frozenset[OfficeCode] = frozenset()
    """Offices whose access was opened and not recorded as ended."""
    had_access: frozenset[OfficeCode] = frozenset()
    copies_returned: frozenset[OfficeCode] = frozenset()
    bounds: tuple[End, ...] = ()
    """What ended the window or will, besides ceiling and plan; also what ended it before the plan was revised."""
    released: frozenset[tuple[str, datetime]] = frozenset()
    breaches: frozenset[str] = frozenset()
    concerns: frozenset[str] = frozenset()
    dissents: frozenset[str] = frozenset()
    public: Mapping[AssertionId, bool] = field(default_factory=dict)
    """What is said to be public → whether it is confirmed."""
    assessments: Mapping[AssessmentId, Assessment] = field(default_factory=dict)
    requests: Mapping[RequestId, Request] = field(default_factory=dict)
    determinations: Mapping[DeterminationId, Determination] = field(default_factory=dict)
    in_force: DeterminationId | None = None
    selections: Mapping[SelectionId, Selection] = field(default_factory=dict)
    consultations: Mapping[ConsultationId, bool] = field(default_factory=dict)
    """Consultation → whether it is closed."""

    def accepted(self, at: datetime) -> bool:
        """Whether the submission is accepted then, by the secretariat or because its review lapsed."""
        return self.phase is Phase.ACCEPTED or self.review_lapsed(at)

    def review_lapsed(self, at: datetime) -> bool:
        """Whether the review was not finished in its time."""
        return self.phase is Phase.UNDER_REVIEW and self.review_due_at is not None and at >= self.review_due_at

    def window_end(self) -> End | None:
        """When and why the window of access ends, as far as is known; None before the first opening."""
        if self.ceiling_at is None:
            return None
        ends = [End(at=self.ceiling_at, cause=ClosedBecause.EXPIRED), *self.bounds]
        if self.plan.partners_on is not None:
            ends.append(End(at=clocks.day_begins(self.plan.partners_on, ZONE), cause=ClosedBecause.PARTNERS))
        return min(ends, key=lambda end: end.at)

    def window_ended(self, at: datetime) -> bool:
        """Whether there was a window of access, and it is over."""
        end = self.window_end()
        return end is not None and end.at <= at

    def would_have_ended(self, at: datetime) -> bool:
        """Whether what ends a window has happened, also where no window began."""
        if self.window_ended(at) or any(end.at <= at for end in self.bounds):
            return True
        if self.in_force is not None and not self.covered():
            return True
        return self.plan.partners_on is not None and clocks.day_begins(self.plan.partners_on, ZONE) <= at

    def access_open(self, at: datetime) -> bool:
        """Whether an office has access then."""
        return bool(self.open_for) and not self.window_ended(at)

    def covered(self) -> bool:
        """Whether the determination in force designates the model as a covered frontier model."""
        return self.in_force is not None and self.determinations[self.in_force].result is Result.WARRANTS


INITIAL: Final = Case()


def evolve(state: Case, recorded: Recorded[CaseEvent]) -> Case:
    event = recorded.event
    at = recorded.taken_in_at
    match event:
        case CaseSubmitted():
            return replace(
                state,
                phase=Phase.UNDER_REVIEW,
                closed=False,
                developer=event.developer,
                marking=state.marking or recorded.marking,
                offered=(event.model, event.model_version, event.partners_on, event.public_on, event.replaces),
                replaces=event.replaces,
                review_due_at=event.review_due_at,
                review_policy=event.review_policy,
                submitted_in=recorded.id,
                plan=Plan(partners_on=event.partners_on, public_on=event.public_on),
                bounds=_so_far(state, at),
            )
        case CaseReturned():
            return replace(state, phase=Phase.RETURNED)
        case CaseAccepted() | CaseReviewLapsed():
            return replace(state, phase=Phase.ACCEPTED)
        case AccessTermsAgreed():
            return replace(state, terms={**state.terms, event.office: event.text})
        case AccessOpened():
            return replace(
                state,
                first_opened_at=event.first_opened_at,
                ceiling_at=event.ceiling_at,
                opened_in=recorded.id,
                open_for=state.open_for | {event.office},
                had_access=state.had_access | {event.office},
                copies_returned=state.copies_returned - {event.office},
            )
        case AccessClosed():
            return replace(state, open_for=frozenset())
        case CopiesReturned():
            return replace(state, copies_returned=state.copies_returned | {event.office})
        case TermsBreached():
            return replace(state, breaches=state.breaches | {event.breach_id})
        case ReleasePlanRevised():
            plan = Plan(partners_on=event.partners_on, public_on=event.public_on)
            return replace(state, plan=plan, bounds=_so_far(state, at))
        case ReleaseReported():
            end = End(at=event.released_at, cause=ClosedBecause.RELEASED)
            return replace(
                state, released=state.released | {(event.audience, event.released_at)}, bounds=(*state.bounds, end)
            )
        case CaseWithdrawn():
            end = End(at=at, cause=ClosedBecause.WITHDRAWN)
            return replace(state, phase=Phase.WITHDRAWN, bounds=_ending(state, end))
        case PublicityAsserted():
            return replace(state, public={**state.public, event.assertion_id: False})
        case CaseBecamePublic():
            return replace(state, public={**state.public, event.assertion_id: True})
        case AssessmentProposed() | AssessmentFiled() | AssessmentShared() | AssessmentNotShared():
            return replace(state, assessments=_assessed(state, event, recorded.id))
        case InformationRequested():
            return replace(state, requests={**state.requests, event.request_id: Request(office=event.office)})
        case InformationProvided() | InformationDeclined():
            answered = "provided" if isinstance(event, InformationProvided) else "declined"
            request = replace(state.requests[event.request_id], answered=answered)
            return replace(state, requests={**state.requests, event.request_id: request})
        case ConcernConveyed():
            return replace(state, concerns=state.concerns | {event.concern_id})
        case DissentFiled():
            return replace(state, dissents=state.dissents | {event.dissent_id})
        case DeterminationIssued():
            return _determined(state, event, at)
        case ReconsiderationRequested():
            return _reconsidered(state, event.determination_id, due_at=event.due_at, answered=False)
        case ReconsiderationAnswered():
            due_at = state.determinations[event.determination_id].reconsideration_due_at
            return _reconsidered(state, event.determination_id, due_at=due_at, answered=True)
        case TrustedPartnerProposed():
            selection = Selection(partner=event.partner, proposed_by=event.proposed_by)
            return replace(state, selections={**state.selections, event.selection_id: selection})
        case TrustedPartnerSelected() | TrustedPartnerNotAgreed():
            settled = "selected" if isinstance(event, TrustedPartnerSelected) else "not-agreed"
            selection = replace(state.selections[event.selection_id], settled=settled)
            return replace(state, selections={**state.selections, event.selection_id: selection})
        case CaseConsultationOpened():
            return replace(state, consultations={**state.consultations, event.consultation_id: False})
        case CaseConsultationClosed():
            return replace(state, consultations={**state.consultations, event.consultation_id: True})
        case ProgrammeParticipantsReported():
            return state
        case CaseClosed():
            return replace(state, closed=True)
        case _:
            assert_never(event)


def _so_far(state: Case, at: datetime) -> tuple[End, ...]:
    """A new plan moves the end of a window that still runs; one that has ended stays ended."""
    end = state.window_end()
    return state.bounds if end is None or end.at > at else (*state.bounds, end)


def _ending(state: Case, end: End) -> tuple[End, ...]:
    """What ends now ends for ever, if there was a window."""
    return state.bounds if state.ceiling_at is None else (*state.bounds, end)


def _assessed(
    state: Case,
    event: AssessmentProposed | AssessmentFiled | AssessmentShared | AssessmentNotShared,
    event_id: EventId,
) -> Mapping[AssessmentId, Assessment]:
    match event:
        case AssessmentProposed():
            changed = Assessment(
                office=event.office,
                author=event.author,
                proposed_in=event_id,
                standard=event.standard,
                finding=event.finding,
                severity=event.severity,
            )
            return {**state.assessments, event.assessment_id: changed}
        case AssessmentFiled():
            filed = {**state.assessments}
            filed[event.assessment_id] = replace(filed[event.assessment_id], filed=True)
            if event.supersedes is not None:
                filed[event.supersedes] = replace(filed[event.supersedes], superseded=True)
            return filed
        case AssessmentShared() | AssessmentNotShared():
            known = state.assessments[event.assessment_id]
            how = (
                (str(event.shared_with), str(event.extent))
                if isinstance(event, AssessmentShared)
                else (str(event.not_shared_with), "none")
            )
            return {**state.assessments, event.assessment_id: replace(known, shared=known.shared | {how})}
        case _:
            assert_never(event)


def _determined(state: Case, event: DeterminationIssued, at: datetime) -> Case:
    determinations = {**state.determinations, event.determination_id: Determination(result=event.result)}
    if event.supersedes is not None:
        earlier = determinations[event.supersedes]
        determinations[event.supersedes] = replace(earlier, superseded_by=event.determination_id)
    bounds = state.bounds
    if event.result is Result.DOES_NOT_WARRANT:
        bounds = _ending(state, End(at=at, cause=ClosedBecause.NOT_COVERED))
    return replace(state, determinations=determinations, in_force=event.determination_id, bounds=bounds)


def _reconsidered(state: Case, determination: DeterminationId, *, due_at: datetime | None, answered: bool) -> Case:
    known = state.determinations[determination]
    changed = replace(known, reconsideration_due_at=due_at, reconsideration_answered=answered)
    return replace(state, determinations={**state.determinations, determination: changed})
