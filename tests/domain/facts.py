"""What happens to one invented model from its offer to its end, and around it: a fact of every kind."""

from datetime import UTC, date, datetime
from itertools import product

from domain.events.case import (
    NOTICE,
    AccessClosed,
    AccessOpened,
    AccessTerm,
    AccessTermsAgreed,
    Answer,
    AssessmentFiled,
    AssessmentNotShared,
    AssessmentProposed,
    AssessmentShared,
    Audience,
    Basis,
    CaseAccepted,
    CaseBecamePublic,
    CaseClosed,
    CaseConsultationClosed,
    CaseConsultationOpened,
    CaseReturned,
    CaseReviewLapsed,
    CaseSubmitted,
    CaseWithdrawn,
    ClosedBecause,
    ConcernConveyed,
    CopiesReturned,
    DeterminationIssued,
    DissentFiled,
    Extent,
    Finding,
    InformationDeclined,
    InformationProvided,
    InformationRequested,
    Outcome,
    ProgrammeParticipantsReported,
    PublicityAsserted,
    ReconsiderationAnswered,
    ReconsiderationRequested,
    ReleasePlanRevised,
    ReleaseReported,
    Result,
    SharedWith,
    Side,
    Subject,
    TermKind,
    TermsBreached,
    TrustedPartnerNotAgreed,
    TrustedPartnerProposed,
    TrustedPartnerSelected,
)
from domain.events.consultation import (
    ConsultationAcknowledged,
    ConsultationAnswered,
    ConsultationClosed,
    ConsultationDeclined,
    ConsultationDuePassed,
    ConsultationOpened,
    ConsultedOn,
    SubjectKind,
    View,
)
from domain.events.participant import ParticipantCaseNoted
from domain.values import (
    AssertionId,
    AssessmentId,
    BreachId,
    Citation,
    Cited,
    ConcernId,
    ConsultationId,
    DeterminationId,
    Digest,
    DissentId,
    EventId,
    Evidence,
    OfficeCode,
    Reference,
    ReportId,
    RequestId,
    SelectionId,
    Variant,
    case_id,
    unchecked,
)
from tests.domain.cast import DEVELOPER, TREASURY_ANALYST, named
from tests.domain.given import BEFORE, DAY

MANIFEST = Digest("sha256:" + "a" * 64)
TEXT = Digest("sha256:" + "b" * 64)
VARIANT = Variant("release")
CASE = case_id(DEVELOPER.participant, MANIFEST, VARIANT)
ASSESSMENT = AssessmentId(named("assessment", "treasury"))
DETERMINATION = DeterminationId(named("determination", "first"))
SECOND = DeterminationId(named("determination", "second"))
CONSULTATION = ConsultationId(named("consultation", "one"))
REQUEST, ASSERTION = RequestId(named("request", "one")), AssertionId(named("assertion", "one"))
SELECTION, REPORT = SelectionId(named("selection", "one")), ReportId(named("report", "one"))
DISSENT, CONCERN = DissentId(named("dissent", "one")), ConcernId(named("concern", "one"))
BREACH = BreachId(named("breach", "one"))
NSA_OFFICE, TREASURY_OFFICE, DHS_OFFICE = OfficeCode("nsa"), OfficeCode("treasury"), OfficeCode("dhs")
ONCD_OFFICE = OfficeCode("oncd")

CEILING = BEFORE + 30 * DAY
"""Of a window that begins with what is given; no clock in New York changes in between."""
REVIEW_DUE = datetime(2026, 7, 14, 4, tzinfo=UTC)
"""Five business days after Monday 6 July, at the end of Monday 13 July in New York."""
ANSWERS_DUE = datetime(2026, 7, 21, 4, tzinfo=UTC)
"""Ten business days after Monday 6 July, at the end of Monday 20 July in New York."""


def reference(name: str, version: int = 1) -> Reference:
    """Something that is kept elsewhere."""
    return Reference(id=name, version=version, digest=TEXT)


def cited(name: str, version: int = 1) -> Cited:
    return unchecked(reference(name, version))


evidence = Evidence(digest=TEXT, holder="Treasury (invented)", marking="CUI//PROPIN", media_type="application/pdf")

submitted = CaseSubmitted(
    case_id=CASE,
    developer=DEVELOPER.participant,
    developer_name=DEVELOPER.actor.name,
    model="Nightjar (invented)",
    model_version="4.1",
    manifest=MANIFEST,
    variant=VARIANT,
    partners_on=date(2026, 9, 1),
    public_on=date(2026, 10, 1),
    replaces=None,
    review_due_at=REVIEW_DUE,
    review_policy=Citation("POLICY:CASE-REVIEW-1"),
    summary="Finds flaws in memory handling.",
)
case_noted = ParticipantCaseNoted(participant=DEVELOPER.participant, case_id=CASE)
returned = CaseReturned(
    case_id=CASE, omissions=("contact-missing",), omissions_policy=Citation("POLICY:OMISSIONS-1"), note=None
)
accepted = CaseAccepted(case_id=CASE)
review_lapsed = CaseReviewLapsed(case_id=CASE, due_at=REVIEW_DUE, policy=Citation("POLICY:CASE-REVIEW-1"))
all_terms = tuple(AccessTerm(subject=s, kind=k, clause=f"§ {s} {k}") for s, k in product(Subject, TermKind))
terms_agreed = AccessTermsAgreed(
    case_id=CASE, office=TREASURY_OFFICE, terms=all_terms, text=TEXT, framework=cited("FRAMEWORK")
)
opened = AccessOpened(
    case_id=CASE,
    office=TREASURY_OFFICE,
    basis=Basis.TO_DETERMINE,
    first_opened_at=BEFORE,
    ceiling_at=CEILING,
    window_policy=Citation("POLICY:ACCESS-WINDOW-1"),
    roster_count=1,
    roster=("A. Example (invented)",),
)
expired = AccessClosed(case_id=CASE, cause=ClosedBecause.EXPIRED, closed_at=CEILING)
copies_returned = CopiesReturned(case_id=CASE, office=TREASURY_OFFICE, evidence=(), statement="Destroyed.")
breached = TermsBreached(
    case_id=CASE,
    breach_id=BREACH,
    subject=Subject.CONFIDENTIALITY,
    occurred_at=None,
    evidence=(),
    description="Weights on a laptop.",
)
plan_revised = ReleasePlanRevised(case_id=CASE, partners_on=date(2026, 7, 20), public_on=None, reason=None)
released = ReleaseReported(case_id=CASE, audience=Audience.PARTNERS, released_at=BEFORE)
withdrawn = CaseWithdrawn(case_id=CASE, reason=None)
publicity_asserted = PublicityAsserted(
    case_id=CASE, assertion_id=ASSERTION, evidence=(evidence,), part="Its name is in a newspaper."
)
became_public = CaseBecamePublic(case_id=CASE, assertion_id=ASSERTION)
proposed = AssessmentProposed(
    case_id=CASE,
    assessment_id=ASSESSMENT,
    office=TREASURY_OFFICE,
    author=TREASURY_ANALYST.id,
    standard=cited("STANDARD"),
    finding=Finding.CONCERN,
    severity="6.5",
    evidence=(),
    findings="It wrote an exploit.",
    recommendation=None,
)
filed = AssessmentFiled(
    case_id=CASE,
    assessment_id=ASSESSMENT,
    office=TREASURY_OFFICE,
    proposed_in=EventId(named("event", "proposal")),
    standard=cited("STANDARD"),
    finding=Finding.CONCERN,
    severity="6.5",
    supersedes=None,
    late=False,
)
shared = AssessmentShared(
    case_id=CASE, assessment_id=ASSESSMENT, shared_with=SharedWith.DEVELOPER, extent=Extent.FINDING, reason=None
)
not_shared = AssessmentNotShared(
    case_id=CASE, assessment_id=ASSESSMENT, not_shared_with=SharedWith.RESEARCHERS, reason="It teaches the exploit."
)
information_requested = InformationRequested(
    case_id=CASE, request_id=REQUEST, office=TREASURY_OFFICE, wished_by=None, question="How was it trained?"
)
information_provided = InformationProvided(case_id=CASE, request_id=REQUEST, evidence=(), note="See the card.")
information_declined = InformationDeclined(case_id=CASE, request_id=REQUEST, reason=None)
concern_conveyed = ConcernConveyed(
    case_id=CASE, concern_id=CONCERN, office=TREASURY_OFFICE, concern="Payments may be at risk."
)
dissented = DissentFiled(case_id=CASE, dissent_id=DISSENT, office=TREASURY_OFFICE, about=None, reasons="Too early.")
determined = DeterminationIssued(
    case_id=CASE,
    determination_id=DETERMINATION,
    result=Result.WARRANTS,
    standard=cited("STANDARD"),
    threshold=cited("THRESHOLD"),
    assessments=(),
    consultation=None,
    no_consultation_because="The offices could not be reached.",
    supersedes=None,
    ground=None,
    reasons="Its advanced cyber capabilities are above the threshold.",
    withheld_reasons_count=1,
    notice=NOTICE,
    withheld_reasons=("Which exploit.",),
)
reconsideration_requested = ReconsiderationRequested(
    case_id=CASE,
    determination_id=DETERMINATION,
    due_at=ANSWERS_DUE,
    policy=Citation("POLICY:RECONSIDERATION-1"),
    evidence=(),
    new_facts="The test harness was at fault.",
)
reconsideration_answered = ReconsiderationAnswered(
    case_id=CASE,
    determination_id=DETERMINATION,
    answer=Answer.STANDS,
    superseded_by=None,
    late=False,
    reasons="The harness was not used.",
)
programme_reported = ProgrammeParticipantsReported(
    case_id=CASE, report_id=REPORT, organisations_count=2, organisations=("One (invented)", "Two (invented)")
)
partner_proposed = TrustedPartnerProposed(
    case_id=CASE,
    selection_id=SELECTION,
    partner="Prairie Hospital (invented)",
    proposed_by=Side.DEVELOPER,
    purpose="Defence of its systems.",
)
partner_selected = TrustedPartnerSelected(
    case_id=CASE, selection_id=SELECTION, partner="Prairie Hospital (invented)", agreed_by=Side.GOVERNMENT
)
partner_not_agreed = TrustedPartnerNotAgreed(
    case_id=CASE,
    selection_id=SELECTION,
    partner="Prairie Hospital (invented)",
    not_agreed_by=Side.GOVERNMENT,
    reason=None,
)
case_closed = CaseClosed(case_id=CASE, outcome=Outcome.NONE_RECORDED, determination=None)

on_the_case = ConsultedOn(kind=SubjectKind.CASE, case_id=CASE, reference=None)
consulted = ConsultationOpened(
    consultation_id=CONSULTATION,
    subject=on_the_case,
    opened_by=NSA_OFFICE,
    asked=(ONCD_OFFICE, DHS_OFFICE),
    question=TEXT,
    due_at=ANSWERS_DUE,
    policy=Citation("POLICY:CONSULTATION-1"),
    question_text=None,
)
consultation_noted = CaseConsultationOpened(
    case_id=CASE, consultation_id=CONSULTATION, asked=(ONCD_OFFICE, DHS_OFFICE), due_at=ANSWERS_DUE
)
acknowledged = ConsultationAcknowledged(consultation_id=CONSULTATION, subject=on_the_case, office=DHS_OFFICE)
answered = ConsultationAnswered(
    consultation_id=CONSULTATION,
    subject=on_the_case,
    office=DHS_OFFICE,
    view=View.NON_CONCUR,
    late=False,
    unasked=False,
    reasons=None,
)
declined = ConsultationDeclined(consultation_id=CONSULTATION, subject=on_the_case, office=DHS_OFFICE, reason=None)
due_passed = ConsultationDuePassed(
    consultation_id=CONSULTATION, subject=on_the_case, due_at=ANSWERS_DUE, silent=(ONCD_OFFICE, DHS_OFFICE)
)
consultation_closed = ConsultationClosed(
    consultation_id=CONSULTATION, subject=on_the_case, unanswered=(ONCD_OFFICE, DHS_OFFICE), early=True
)
closing_noted = CaseConsultationClosed(case_id=CASE, consultation_id=CONSULTATION, unanswered=(ONCD_OFFICE, DHS_OFFICE))

offered = (submitted, case_noted)
under_way = (*offered, accepted)
ready = (*under_way, terms_agreed)
in_access = (*ready, opened)
assessed = (*in_access, proposed, filed)
asked_around = (*under_way, consulted, consultation_noted)
"""Stretches of its life, to begin a test with."""
