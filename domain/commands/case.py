"""What may be asked of a case. The ids of what a command creates come with it; rules never invent them."""

from datetime import date
from typing import Annotated, Literal, TypeAlias

from annotated_types import MaxLen, MinLen

from domain.events.case import (
    AccessTerm,
    Answer,
    Audience,
    Basis,
    Extent,
    Finding,
    Ground,
    Result,
    SharedWith,
    Subject,
)
from domain.message import message
from domain.values import (
    ABreach,
    ACase,
    AConcern,
    AConsultation,
    ADetermination,
    ADigest,
    ADissent,
    AnAssertion,
    AnAssessment,
    AnOffice,
    AReport,
    ARequest,
    ASelection,
    AVariant,
    Code,
    Evidence,
    Instant,
    Line,
    Reference,
    Score,
    Text,
)

Evidences: TypeAlias = Annotated[tuple[Evidence, ...], MaxLen(50)]


@message
class SubmitCase:
    """Offer one version of a model for assessment. Its case is derived from developer, manifest and variant."""

    type: Literal["case.submit.v1"] = "case.submit.v1"
    model: Line
    model_version: Line
    manifest: ADigest
    variant: AVariant
    partners_on: date | None = None
    public_on: date | None = None
    replaces: ACase | None = None
    summary: Text


@message
class ReturnCase:
    """Return a submission as incomplete, naming what is missing."""

    type: Literal["case.return.v1"] = "case.return.v1"
    case_id: ACase
    omissions: Annotated[tuple[Code, ...], MinLen(1), MaxLen(40)]
    note: Text | None = None


@message
class AcceptCase:
    """Find a submission complete."""

    type: Literal["case.accept.v1"] = "case.accept.v1"
    case_id: ACase


@message
class RecordReviewLapse:
    """Record that the review of a submission lapsed (the clock)."""

    type: Literal["case.record-review-lapse.v1"] = "case.record-review-lapse.v1"
    case_id: ACase


@message
class AgreeAccessTerms:
    """Agree to the terms under which an office may have access."""

    type: Literal["case.agree-access-terms.v1"] = "case.agree-access-terms.v1"
    case_id: ACase
    office: AnOffice
    terms: Annotated[tuple[AccessTerm, ...], MinLen(12), MaxLen(12)]
    text: ADigest
    framework: Reference


@message
class OpenAccess:
    """Open access to the model for the persons of a roster."""

    type: Literal["case.open-access.v1"] = "case.open-access.v1"
    case_id: ACase
    basis: Basis
    roster: Annotated[tuple[Line, ...], MinLen(1), MaxLen(500)]


@message
class CloseAccess:
    """End access before its time."""

    type: Literal["case.close-access.v1"] = "case.close-access.v1"
    case_id: ACase


@message
class RecordAccessEnd:
    """Record that the window of access ended (the clock)."""

    type: Literal["case.record-access-end.v1"] = "case.record-access-end.v1"
    case_id: ACase


@message
class ReturnCopies:
    """State that the copies that an office had are returned or destroyed."""

    type: Literal["case.return-copies.v1"] = "case.return-copies.v1"
    case_id: ACase
    evidence: Evidences = ()
    statement: Text


@message
class ReportBreach:
    """Report a breach of the terms of access."""

    type: Literal["case.report-breach.v1"] = "case.report-breach.v1"
    case_id: ACase
    breach_id: ABreach
    subject: Subject
    occurred_at: Instant | None = None
    evidence: Evidences = ()
    description: Text


@message
class ReviseReleasePlan:
    """Change the plan of release."""

    type: Literal["case.revise-release-plan.v1"] = "case.revise-release-plan.v1"
    case_id: ACase
    partners_on: date | None = None
    public_on: date | None = None
    reason: Text | None = None


@message
class ReportRelease:
    """Report a release, whatever state the case is in."""

    type: Literal["case.report-release.v1"] = "case.report-release.v1"
    case_id: ACase
    audience: Audience
    released_at: Instant


@message
class WithdrawCase:
    """Withdraw the model from assessment: always accepted."""

    type: Literal["case.withdraw.v1"] = "case.withdraw.v1"
    case_id: ACase
    reason: Text | None = None


@message
class AssertPublicity:
    """Show that something that the terms protect is public."""

    type: Literal["case.assert-publicity.v1"] = "case.assert-publicity.v1"
    case_id: ACase
    assertion_id: AnAssertion
    evidence: Annotated[tuple[Evidence, ...], MinLen(1), MaxLen(50)]
    part: Text


@message
class ConfirmPublicity:
    """Confirm that something is public."""

    type: Literal["case.confirm-publicity.v1"] = "case.confirm-publicity.v1"
    case_id: ACase
    assertion_id: AnAssertion


@message
class ProposeAssessment:
    """Propose an assessment, for another person of the office to file."""

    type: Literal["case.propose-assessment.v1"] = "case.propose-assessment.v1"
    case_id: ACase
    assessment_id: AnAssessment
    standard: Reference
    finding: Finding
    severity: Score
    evidence: Evidences = ()
    findings: Text
    recommendation: Text | None = None


@message
class FileAssessment:
    """File a proposed assessment as the office's own."""

    type: Literal["case.file-assessment.v1"] = "case.file-assessment.v1"
    case_id: ACase
    assessment_id: AnAssessment


@message
class ShareAssessment:
    """Record that an assessment was shared."""

    type: Literal["case.share-assessment.v1"] = "case.share-assessment.v1"
    case_id: ACase
    assessment_id: AnAssessment
    shared_with: SharedWith
    extent: Extent
    reason: Text | None = None


@message
class KeepAssessment:
    """Record that an assessment is not shared, and why."""

    type: Literal["case.keep-assessment.v1"] = "case.keep-assessment.v1"
    case_id: ACase
    assessment_id: AnAssessment
    not_shared_with: SharedWith
    reason: Text


@message
class RequestInformation:
    """Ask the developer for information."""

    type: Literal["case.request-information.v1"] = "case.request-information.v1"
    case_id: ACase
    request_id: ARequest
    wished_by: date | None = None
    question: Text


@message
class ProvideInformation:
    """Provide what an office asked for."""

    type: Literal["case.provide-information.v1"] = "case.provide-information.v1"
    case_id: ACase
    request_id: ARequest
    evidence: Evidences = ()
    note: Text | None = None


@message
class DeclineInformation:
    """Decline to provide what an office asked for."""

    type: Literal["case.decline-information.v1"] = "case.decline-information.v1"
    case_id: ACase
    request_id: ARequest
    reason: Text | None = None


@message
class ConveyConcern:
    """Convey a concern to the developer, which binds nobody."""

    type: Literal["case.convey-concern.v1"] = "case.convey-concern.v1"
    case_id: ACase
    concern_id: AConcern
    concern: Text


@message
class FileDissent:
    """Disagree, before or after a determination."""

    type: Literal["case.file-dissent.v1"] = "case.file-dissent.v1"
    case_id: ACase
    dissent_id: ADissent
    about: ADetermination | None = None
    reasons: Text


@message
class IssueDetermination:
    """Determine whether the model warrants additional scrutiny (EO14409:3(a))."""

    type: Literal["case.issue-determination.v1"] = "case.issue-determination.v1"
    case_id: ACase
    determination_id: ADetermination
    result: Result
    standard: Reference
    threshold: Reference
    assessments: Annotated[tuple[AnAssessment, ...], MaxLen(50)] = ()
    consultation: AConsultation | None = None
    no_consultation_because: Text | None = None
    supersedes: ADetermination | None = None
    ground: Ground | None = None
    reasons: Text
    withheld_reasons: Annotated[tuple[Text, ...], MaxLen(50)] = ()


@message
class RequestReconsideration:
    """Ask NSA to reconsider a determination; once for each, with new facts."""

    type: Literal["case.request-reconsideration.v1"] = "case.request-reconsideration.v1"
    case_id: ACase
    determination_id: ADetermination
    evidence: Evidences = ()
    new_facts: Text


@message
class AnswerReconsideration:
    """Answer a request for reconsideration."""

    type: Literal["case.answer-reconsideration.v1"] = "case.answer-reconsideration.v1"
    case_id: ACase
    determination_id: ADetermination
    answer: Answer
    reasons: Text


@message
class ReportProgrammeParticipants:
    """Report whom the developer invited to its own early-access programme."""

    type: Literal["case.report-programme-participants.v1"] = "case.report-programme-participants.v1"
    case_id: ACase
    report_id: AReport
    organisations: Annotated[tuple[Line, ...], MinLen(1), MaxLen(2000)]


@message
class ProposeTrustedPartner:
    """Propose a trusted partner for early access."""

    type: Literal["case.propose-trusted-partner.v1"] = "case.propose-trusted-partner.v1"
    case_id: ACase
    selection_id: ASelection
    partner: Line
    purpose: Text


@message
class SelectTrustedPartner:
    """Agree to a trusted partner that the other side proposed."""

    type: Literal["case.select-trusted-partner.v1"] = "case.select-trusted-partner.v1"
    case_id: ACase
    selection_id: ASelection


@message
class DisagreeTrustedPartner:
    """Do not agree to a trusted partner that the other side proposed."""

    type: Literal["case.disagree-trusted-partner.v1"] = "case.disagree-trusted-partner.v1"
    case_id: ACase
    selection_id: ASelection
    reason: Text | None = None


@message
class CloseCase:
    """Close the case."""

    type: Literal["case.close.v1"] = "case.close.v1"
    case_id: ACase


CaseCommand: TypeAlias = (
    SubmitCase
    | ReturnCase
    | AcceptCase
    | RecordReviewLapse
    | AgreeAccessTerms
    | OpenAccess
    | CloseAccess
    | RecordAccessEnd
    | ReturnCopies
    | ReportBreach
    | ReviseReleasePlan
    | ReportRelease
    | WithdrawCase
    | AssertPublicity
    | ConfirmPublicity
    | ProposeAssessment
    | FileAssessment
    | ShareAssessment
    | KeepAssessment
    | RequestInformation
    | ProvideInformation
    | DeclineInformation
    | ConveyConcern
    | FileDissent
    | IssueDetermination
    | RequestReconsideration
    | AnswerReconsideration
    | ReportProgrammeParticipants
    | ProposeTrustedPartner
    | SelectTrustedPartner
    | DisagreeTrustedPartner
    | CloseCase
)
