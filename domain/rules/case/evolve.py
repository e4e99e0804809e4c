"""How facts change a case. History has happened: nothing here refuses, and a clock's own facts change no answer."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import assert_never

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
    TermsBreached,
    TrustedPartnerNotAgreed,
    TrustedPartnerProposed,
    TrustedPartnerSelected,
)
from domain.recorded import Recorded
from domain.rules.case.state import Assertion, Assessment, Case, Determination, End, Phase, Plan, Request, Selection
from domain.values import AssessmentId, EventId, same


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
                lapse_recorded=False,
                returned_for=(),
                submitted_in=recorded.id,
                plan=Plan(partners_on=event.partners_on, public_on=event.public_on, since=at),
                bounds=_so_far(state, at),
            )
        case CaseReturned():
            return replace(state, phase=Phase.RETURNED, returned_for=event.omissions)
        case CaseAccepted():
            return replace(state, phase=Phase.ACCEPTED)
        case CaseReviewLapsed():
            return replace(state, lapse_recorded=True)
        case AccessTermsAgreed():
            return replace(state, terms={**state.terms, event.office: event.text})
        case AccessOpened():
            return replace(
                state,
                first_opened_at=event.first_opened_at,
                ceiling_at=event.ceiling_at,
                window_policy=event.window_policy,
                opened_in=recorded.id,
                open_for=state.open_for | {event.office},
                end_recorded=False,
                had_access=state.had_access | {event.office},
                copies_returned=state.copies_returned - {event.office},
            )
        case AccessClosed():
            if event.cause is ClosedBecause.BY_DEVELOPER:
                return replace(state, open_for=frozenset())
            return replace(state, end_recorded=True)
        case CopiesReturned():
            return replace(state, copies_returned=state.copies_returned | {event.office})
        case TermsBreached():
            said = (recorded.actor, event.subject, event.occurred_at, event.evidence)
            return replace(state, breaches={**state.breaches, event.breach_id: said})
        case ReleasePlanRevised():
            return _replanned(state, event, recorded)
        case ReleaseReported():
            end = End(at=event.released_at, cause=ClosedBecause.RELEASED)
            return replace(
                state, released=state.released | {(event.audience, event.released_at)}, bounds=(*state.bounds, end)
            )
        case CaseWithdrawn():
            end = End(at=at, cause=ClosedBecause.WITHDRAWN)
            return replace(state, phase=Phase.WITHDRAWN, bounds=_ending(state, end))
        case PublicityAsserted():
            asserted = Assertion(said=(recorded.actor, event.evidence), marking=recorded.marking)
            return replace(state, public={**state.public, event.assertion_id: asserted})
        case CaseBecamePublic():
            asserted = replace(state.public[event.assertion_id], confirmed=True)
            return replace(state, public={**state.public, event.assertion_id: asserted})
        case AssessmentProposed() | AssessmentFiled() | AssessmentShared() | AssessmentNotShared():
            return replace(state, assessments=_assessed(state, event, recorded.id))
        case InformationRequested():
            request = Request(office=event.office, wished_by=event.wished_by, marking=recorded.marking)
            return replace(state, requests={**state.requests, event.request_id: request})
        case InformationProvided():
            request = replace(state.requests[event.request_id], answered="provided", evidence=event.evidence)
            return replace(state, requests={**state.requests, event.request_id: request})
        case InformationDeclined():
            request = replace(state.requests[event.request_id], answered="declined")
            return replace(state, requests={**state.requests, event.request_id: request})
        case ConcernConveyed():
            return replace(state, concerns={**state.concerns, event.concern_id: event.office})
        case DissentFiled():
            return replace(state, dissents={**state.dissents, event.dissent_id: (event.office, event.about)})
        case DeterminationIssued():
            return _determined(state, event, at, recorded.marking)
        case ReconsiderationRequested():
            pending = replace(state.determinations[event.determination_id], reconsideration_due_at=event.due_at)
            return replace(state, determinations={**state.determinations, event.determination_id: pending})
        case ReconsiderationAnswered():
            answered = replace(state.determinations[event.determination_id], reconsidered=event.answer)
            return replace(state, determinations={**state.determinations, event.determination_id: answered})
        case TrustedPartnerProposed():
            selection = Selection(partner=event.partner, proposed_by=event.proposed_by, marking=recorded.marking)
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
            return replace(state, programme={**state.programme, event.report_id: event.organisations_count})
        case CaseClosed():
            return replace(state, closed=True)
        case _:
            assert_never(event)


def _replanned(state: Case, event: ReleasePlanRevised, recorded: Recorded[CaseEvent]) -> Case:
    at = recorded.taken_in_at
    plan = Plan(partners_on=event.partners_on, public_on=event.public_on, since=at)
    revised = replace(state, plan=plan, bounds=_so_far(state, at))
    # taken in before the window ended, recorded after its end was noted: there is another end to note
    return replace(revised, end_recorded=state.end_recorded and revised.window_ended(recorded.recorded_at))


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
                evidence=event.evidence,
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


def _determined(state: Case, event: DeterminationIssued, at: datetime, marking: str) -> Case:
    issued = Determination(result=event.result, marking=marking, said=openly(event))
    determinations = {**state.determinations, event.determination_id: issued}
    if event.supersedes is not None:
        earlier = determinations[event.supersedes]
        determinations[event.supersedes] = replace(earlier, superseded_by=event.determination_id)
    bounds = state.bounds
    if event.result is Result.DOES_NOT_WARRANT:
        bounds = _ending(state, End(at=at, cause=ClosedBecause.NOT_COVERED))
    return replace(state, determinations=determinations, in_force=event.determination_id, bounds=bounds)


def openly(event: DeterminationIssued) -> tuple[object, ...]:
    """What a determination says that is not protected."""
    return (
        event.result,
        same(event.standard),
        same(event.threshold),
        event.assessments,
        event.consultation,
        event.no_consultation_because,
        event.supersedes,
        event.ground,
        event.reasons,
        event.withheld_reasons_count,
    )
