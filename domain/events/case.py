"""Everything that can happen in the life of a case: one model version that its developer offered for assessment."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, TypeAlias

from annotated_types import MaxLen, MinLen

from domain.message import Protected, message
from domain.values import (
    ABreach,
    ACase,
    ACitation,
    AConcern,
    AConsultation,
    ADetermination,
    ADigest,
    ADissent,
    AnAssertion,
    AnAssessment,
    AnEvent,
    AnOffice,
    AParticipant,
    APerson,
    AReport,
    ARequest,
    ASelection,
    AVariant,
    Cited,
    Code,
    Count,
    Evidence,
    Instant,
    Line,
    Score,
    Text,
)


class Subject(StrEnum):
    """What terms of access speak of (EO14409:3(b)(ii))."""

    CONFIDENTIALITY = "confidentiality"
    CYBERSECURITY = "cybersecurity"
    INSIDER_RISK = "insider-risk"
    INTELLECTUAL_PROPERTY = "intellectual-property"


class TermKind(StrEnum):
    """What a term of access requires (EO14409:3(b)(ii))."""

    PROTECTION = "protection"
    USE = "use"
    NONDISCLOSURE = "nondisclosure"


class Basis(StrEnum):
    """Under which part of the voluntary framework access is given."""

    TO_DETERMINE = "EO14409:3(b)(i)"
    COVERED_MODEL = "EO14409:3(b)(ii)"


class ClosedBecause(StrEnum):
    """Why access ended."""

    PARTNERS = "partners"
    RELEASED = "released"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    NOT_COVERED = "not-covered"
    BY_DEVELOPER = "by-developer"


class Audience(StrEnum):
    """To whom a model was released."""

    PARTNERS = "partners"
    PUBLIC = "public"


class Finding(StrEnum):
    """What an office found about advanced cyber capabilities."""

    NO_CONCERN = "no-concern"
    CONCERN = "concern"
    SEVERE_CONCERN = "severe-concern"
    INCONCLUSIVE = "inconclusive"


class SharedWith(StrEnum):
    """Who got to see an assessment (EO14409:3(a))."""

    DEVELOPER = "developer"
    RESEARCHERS = "researchers"


class Extent(StrEnum):
    """How much of an assessment was shared."""

    WHOLE = "whole"
    FINDING = "finding"
    SUMMARY = "summary"


class Result(StrEnum):
    """What NSA determined (EO14409:3(a)): `warrants` is the order's designation as a covered frontier model."""

    WARRANTS = "warrants-additional-scrutiny"
    DOES_NOT_WARRANT = "does-not-warrant"


class Ground(StrEnum):
    """Why a determination replaces an earlier one."""

    THRESHOLD_CHANGED = "threshold-changed"
    NEW_EVIDENCE = "new-evidence"
    ERROR = "error"
    RECONSIDERATION = "reconsideration"


class Side(StrEnum):
    """Who speaks in the selection of a trusted partner (EO14409:3(b)(iii))."""

    DEVELOPER = "developer"
    GOVERNMENT = "government"


class Outcome(StrEnum):
    """What a closed case ended with."""

    DETERMINED = "determined"
    NONE_RECORDED = "no-determination-recorded"


class Answer(StrEnum):
    """What NSA answered to a request for reconsideration."""

    STANDS = "stands"
    SUPERSEDED = "superseded"


NOTICE = (
    "This determination is no license, preclearance or permit, is no condition of any release, "
    "and creates no right or benefit (EO14409:3(c), EO14409:5(c))."
)
"""The sentence that every determination carries."""


@message
class AccessTerm:
    """One term of access: its subject, its kind, and the clause of the signed text that states it."""

    subject: Subject
    kind: TermKind
    clause: Line


@message
class CaseSubmitted:
    """A developer offered one version of a model for assessment."""

    type: Literal["case.submitted.v1"] = "case.submitted.v1"
    case_id: ACase
    developer: AParticipant
    developer_name: Line
    model: Line
    model_version: Line
    manifest: ADigest
    """Of the model's manifest: what exactly was offered."""
    variant: AVariant
    """Which safeguards the offered model has, such as `release` or `safeguards-off`."""
    partners_on: date | None
    """Planned release to trusted partners; its day begins at 00:00 in New York."""
    public_on: date | None
    """Planned release to the public."""
    replaces: ACase | None
    """The case of the version that this one follows."""
    review_due_at: Instant
    """When the secretariat's review lapses, and the submission counts as accepted."""
    review_policy: ACitation
    summary: Protected[Text]


@message
class CaseReturned:
    """The secretariat returned a submission as incomplete. No clock starts."""

    type: Literal["case.returned.v1"] = "case.returned.v1"
    case_id: ACase
    omissions: Annotated[tuple[Code, ...], MinLen(1), MaxLen(40)]
    """Codes of the published list of omissions."""
    omissions_policy: ACitation
    note: Protected[Text | None]


@message
class CaseAccepted:
    """The secretariat found the submission complete."""

    type: Literal["case.accepted.v1"] = "case.accepted.v1"
    case_id: ACase


@message
class CaseReviewLapsed:
    """The review was not finished in its time: the submission counts as accepted."""

    type: Literal["case.review-lapsed.v1"] = "case.review-lapsed.v1"
    case_id: ACase
    due_at: Instant
    policy: ACitation


@message
class AccessTermsAgreed:
    """The developer and the office that will open access agreed on the terms of access."""

    type: Literal["case.access-terms-agreed.v1"] = "case.access-terms-agreed.v1"
    case_id: ACase
    office: AnOffice
    """Which office opens access."""
    terms: Annotated[tuple[AccessTerm, ...], MinLen(12), MaxLen(12)]
    """Each of the four subjects with each of the three kinds."""
    text: ADigest
    """Of the signed text."""
    framework: Cited


@message
class AccessOpened:
    """An office opened its access to the model."""

    type: Literal["case.access-opened.v1"] = "case.access-opened.v1"
    case_id: ACase
    office: AnOffice
    basis: Basis
    first_opened_at: Instant
    """The first opening of all: the window runs from there, whatever closes and opens inside it."""
    ceiling_at: Instant
    """The same wall-clock time 30 calendar days after the first opening; nothing moves it."""
    window_policy: ACitation
    roster_count: Count
    roster: Protected[tuple[Line, ...]]
    """The persons who have access."""


@message
class AccessClosed:
    """Access to the model ended."""

    type: Literal["case.access-closed.v1"] = "case.access-closed.v1"
    case_id: ACase
    cause: ClosedBecause
    closed_at: Instant
    """When it ended, which may be before it was recorded."""


@message
class CopiesReturned:
    """An office returned or destroyed the copies that it had."""

    type: Literal["case.copies-returned.v1"] = "case.copies-returned.v1"
    case_id: ACase
    office: AnOffice
    evidence: Annotated[tuple[Evidence, ...], MaxLen(50)]
    statement: Protected[Text]


@message
class TermsBreached:
    """An office or the developer reported a breach of the terms of access."""

    type: Literal["case.terms-breached.v1"] = "case.terms-breached.v1"
    case_id: ACase
    breach_id: ABreach
    subject: Subject
    occurred_at: Instant | None
    evidence: Annotated[tuple[Evidence, ...], MaxLen(50)]
    description: Protected[Text]


@message
class ReleasePlanRevised:
    """The developer changed its plan of release."""

    type: Literal["case.release-plan-revised.v1"] = "case.release-plan-revised.v1"
    case_id: ACase
    partners_on: date | None
    public_on: date | None
    reason: Protected[Text | None]


@message
class ReleaseReported:
    """The developer reported a release. It needs nobody's consent."""

    type: Literal["case.release-reported.v1"] = "case.release-reported.v1"
    case_id: ACase
    audience: Audience
    released_at: Instant


@message
class CaseWithdrawn:
    """The developer withdrew: always accepted, no reason needed, at no cost."""

    type: Literal["case.withdrawn.v1"] = "case.withdrawn.v1"
    case_id: ACase
    reason: Protected[Text | None]


@message
class PublicityAsserted:
    """Somebody showed that a part of what the terms protect is public."""

    type: Literal["case.publicity-asserted.v1"] = "case.publicity-asserted.v1"
    case_id: ACase
    assertion_id: AnAssertion
    evidence: Annotated[tuple[Evidence, ...], MinLen(1), MaxLen(50)]
    part: Protected[Text]
    """What is said to be public."""


@message
class CaseBecamePublic:
    """The developer or an office confirmed that the part is public: the terms end for it, and for it alone."""

    type: Literal["case.became-public.v1"] = "case.became-public.v1"
    case_id: ACase
    assertion_id: AnAssertion


@message
class AssessmentProposed:
    """A person of an office wrote an assessment."""

    type: Literal["case.assessment-proposed.v1"] = "case.assessment-proposed.v1"
    case_id: ACase
    assessment_id: AnAssessment
    office: AnOffice
    author: APerson
    standard: Cited
    finding: Finding
    severity: Score
    evidence: Annotated[tuple[Evidence, ...], MaxLen(50)]
    findings: Protected[Text]
    recommendation: Protected[Text | None]
    """Non-binding."""


@message
class AssessmentFiled:
    """An office filed an assessment; what it says in full stands beside its proposal."""

    type: Literal["case.assessment-filed.v1"] = "case.assessment-filed.v1"
    case_id: ACase
    assessment_id: AnAssessment
    office: AnOffice
    proposed_in: AnEvent
    standard: Cited
    finding: Finding
    severity: Score
    supersedes: AnAssessment | None
    """The earlier filing of the same office."""
    late: bool
    """Filed after the window of access had ended."""


@message
class AssessmentShared:
    """An office shared an assessment with the developer or with researchers."""

    type: Literal["case.assessment-shared.v1"] = "case.assessment-shared.v1"
    case_id: ACase
    assessment_id: AnAssessment
    shared_with: SharedWith
    extent: Extent
    reason: Protected[Text | None]


@message
class AssessmentNotShared:
    """An office decided not to share an assessment, and why."""

    type: Literal["case.assessment-not-shared.v1"] = "case.assessment-not-shared.v1"
    case_id: ACase
    assessment_id: AnAssessment
    not_shared_with: SharedWith
    reason: Protected[Text]


@message
class InformationRequested:
    """An office asked the developer for information. An answer is voluntary."""

    type: Literal["case.information-requested.v1"] = "case.information-requested.v1"
    case_id: ACase
    request_id: ARequest
    office: AnOffice
    wished_by: date | None
    question: Protected[Text]


@message
class InformationProvided:
    """The developer provided what an office asked for."""

    type: Literal["case.information-provided.v1"] = "case.information-provided.v1"
    case_id: ACase
    request_id: ARequest
    evidence: Annotated[tuple[Evidence, ...], MaxLen(50)]
    note: Protected[Text | None]


@message
class InformationDeclined:
    """The developer declined to provide what an office asked for, to nobody's disadvantage."""

    type: Literal["case.information-declined.v1"] = "case.information-declined.v1"
    case_id: ACase
    request_id: ARequest
    reason: Protected[Text | None]


@message
class ConcernConveyed:
    """An office conveyed a concern to the developer. It binds nobody."""

    type: Literal["case.concern-conveyed.v1"] = "case.concern-conveyed.v1"
    case_id: ACase
    concern_id: AConcern
    office: AnOffice
    concern: Protected[Text]


@message
class DissentFiled:
    """An office disagreed, unasked. It stands beside the result for ever, and stops nothing."""

    type: Literal["case.dissent-filed.v1"] = "case.dissent-filed.v1"
    case_id: ACase
    dissent_id: ADissent
    office: AnOffice
    about: ADetermination | None
    """The determination in question; none where there was none yet."""
    reasons: Protected[Text]


@message
class DeterminationIssued:
    """NSA determined whether the model warrants additional scrutiny (EO14409:3(a))."""

    type: Literal["case.determination-issued.v1"] = "case.determination-issued.v1"
    case_id: ACase
    determination_id: ADetermination
    result: Result
    standard: Cited
    threshold: Cited
    assessments: Annotated[tuple[AnAssessment, ...], MaxLen(50)]
    consultation: AConsultation | None
    no_consultation_because: Text | None
    """Why nobody was consulted: a determination without consultation is flagged."""
    supersedes: ADetermination | None
    ground: Ground | None
    reasons: Text
    """The releasable reasons."""
    withheld_reasons_count: Count
    notice: Text
    """That it is no license, preclearance or permit and creates no right."""
    withheld_reasons: Protected[tuple[Text, ...]]


@message
class ReconsiderationRequested:
    """The developer asked NSA to reconsider a determination, with new facts."""

    type: Literal["case.reconsideration-requested.v1"] = "case.reconsideration-requested.v1"
    case_id: ACase
    determination_id: ADetermination
    due_at: Instant
    policy: ACitation
    evidence: Annotated[tuple[Evidence, ...], MaxLen(50)]
    new_facts: Protected[Text]


@message
class ReconsiderationAnswered:
    """NSA answered a request for reconsideration."""

    type: Literal["case.reconsideration-answered.v1"] = "case.reconsideration-answered.v1"
    case_id: ACase
    determination_id: ADetermination
    answer: Answer
    superseded_by: ADetermination | None
    late: bool
    reasons: Text


@message
class ProgrammeParticipantsReported:
    """The developer reported whom it invited to its own early-access programme."""

    type: Literal["case.programme-participants-reported.v1"] = "case.programme-participants-reported.v1"
    case_id: ACase
    report_id: AReport
    organisations_count: Count
    organisations: Protected[tuple[Line, ...]]


@message
class TrustedPartnerProposed:
    """One side proposed a trusted partner for early access (EO14409:3(b)(iii))."""

    type: Literal["case.trusted-partner-proposed.v1"] = "case.trusted-partner-proposed.v1"
    case_id: ACase
    selection_id: ASelection
    partner: Line
    proposed_by: Side
    purpose: Protected[Text]


@message
class TrustedPartnerSelected:
    """The other side agreed: developer and Government selected the trusted partner together."""

    type: Literal["case.trusted-partner-selected.v1"] = "case.trusted-partner-selected.v1"
    case_id: ACase
    selection_id: ASelection
    partner: Line
    agreed_by: Side


@message
class TrustedPartnerNotAgreed:
    """The other side did not agree to the trusted partner."""

    type: Literal["case.trusted-partner-not-agreed.v1"] = "case.trusted-partner-not-agreed.v1"
    case_id: ACase
    selection_id: ASelection
    partner: Line
    not_agreed_by: Side
    reason: Protected[Text | None]


@message
class CaseConsultationOpened:
    """An office was asked for its view on this case; the consultation has a stream of its own."""

    type: Literal["case.consultation-opened.v1"] = "case.consultation-opened.v1"
    case_id: ACase
    consultation_id: AConsultation
    asked: Annotated[tuple[AnOffice, ...], MinLen(1), MaxLen(40)]
    due_at: Instant


@message
class CaseConsultationClosed:
    """A consultation on this case was closed."""

    type: Literal["case.consultation-closed.v1"] = "case.consultation-closed.v1"
    case_id: ACase
    consultation_id: AConsultation
    unanswered: Annotated[tuple[AnOffice, ...], MaxLen(40)]


@message
class CaseClosed:
    """The secretariat closed the case."""

    type: Literal["case.closed.v1"] = "case.closed.v1"
    case_id: ACase
    outcome: Outcome
    determination: ADetermination | None
    """The one in force, if there is one."""


CaseEvent: TypeAlias = (
    CaseSubmitted
    | CaseReturned
    | CaseAccepted
    | CaseReviewLapsed
    | AccessTermsAgreed
    | AccessOpened
    | AccessClosed
    | CopiesReturned
    | TermsBreached
    | ReleasePlanRevised
    | ReleaseReported
    | CaseWithdrawn
    | PublicityAsserted
    | CaseBecamePublic
    | AssessmentProposed
    | AssessmentFiled
    | AssessmentShared
    | AssessmentNotShared
    | InformationRequested
    | InformationProvided
    | InformationDeclined
    | ConcernConveyed
    | DissentFiled
    | DeterminationIssued
    | ReconsiderationRequested
    | ReconsiderationAnswered
    | ProgrammeParticipantsReported
    | TrustedPartnerProposed
    | TrustedPartnerSelected
    | TrustedPartnerNotAgreed
    | CaseConsultationOpened
    | CaseConsultationClosed
    | CaseClosed
)
