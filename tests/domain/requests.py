"""What is asked of one invented model from its offer to its end, and around it: a request of every kind."""

from dataclasses import replace
from datetime import date, timedelta
from typing import TypeVar

from domain.commands.case import (
    AcceptCase,
    AgreeAccessTerms,
    AnswerReconsideration,
    AssertPublicity,
    CloseAccess,
    CloseCase,
    ConfirmPublicity,
    ConveyConcern,
    DeclineInformation,
    DisagreeTrustedPartner,
    FileAssessment,
    FileDissent,
    IssueDetermination,
    KeepAssessment,
    OpenAccess,
    ProposeAssessment,
    ProposeTrustedPartner,
    ProvideInformation,
    RecordAccessEnd,
    RecordReviewLapse,
    ReportBreach,
    ReportProgrammeParticipants,
    ReportRelease,
    RequestInformation,
    RequestReconsideration,
    ReturnCase,
    ReturnCopies,
    ReviseReleasePlan,
    SelectTrustedPartner,
    ShareAssessment,
    SubmitCase,
    WithdrawCase,
)
from domain.commands.consultation import (
    AcknowledgeConsultation,
    AnswerConsultation,
    CloseConsultation,
    DeclineConsultation,
    OpenConsultation,
    RecordConsultationDue,
)
from domain.commands.office import (
    AssumePost,
    GrantDelegation,
    RegisterKey,
    RegisterOffice,
    RenameOffice,
    RequireSignatures,
    RevokeDelegation,
    RevokeKey,
    VacatePost,
)
from domain.commands.participant import (
    AcceptFramework,
    DeclareSectors,
    EnrolParticipant,
    SetBudget,
    WithdrawParticipant,
)
from domain.commands.record import AmendInstrument, IssueInstrument, PublishPolicy, RevokeInstrument
from domain.events.case import Answer, Audience, Basis, Extent, Finding, Ground, Result, SharedWith, Subject
from domain.events.consultation import SubjectKind, View
from domain.events.office import Algorithm, OfficeKind, Post, SignedActs
from domain.events.participant import ParticipantKind
from domain.values import (
    DelegationId,
    InstrumentCode,
    KeyId,
    OfficeCode,
    PolicyCode,
    PostCode,
)
from tests.domain.cast import DEVELOPER, DHS_ANALYST, STRANGER, TREASURY, TREASURY_ANALYST, named
from tests.domain.facts import (
    ASSERTION,
    ASSESSMENT,
    BREACH,
    CASE,
    CONCERN,
    CONSULTATION,
    DETERMINATION,
    DHS_OFFICE,
    DISSENT,
    MANIFEST,
    ONCD_OFFICE,
    REPORT,
    REQUEST,
    SECOND,
    SELECTION,
    TEXT,
    TREASURY_OFFICE,
    VARIANT,
    all_terms,
    evidence,
    reference,
)
from tests.domain.given import BEFORE, FOUNDED

C = TypeVar("C")
DELEGATION, ONWARD = DelegationId(named("delegation", "one")), DelegationId(named("delegation", "two"))
LEAD = PostCode("assessment-lead")


def but(command: C, /, **changes: object) -> C:
    """The same with a difference."""
    return replace(command, **changes)  # type: ignore[type-var]


submit = SubmitCase(
    model="Nightjar (invented)",
    model_version="4.1",
    manifest=MANIFEST,
    variant=VARIANT,
    partners_on=date(2026, 9, 1),
    public_on=date(2026, 10, 1),
    summary="Finds flaws in memory handling.",
)
give_back = ReturnCase(case_id=CASE, omissions=("contact-missing",))
accept = AcceptCase(case_id=CASE)
record_lapse = RecordReviewLapse(case_id=CASE)
agree_terms = AgreeAccessTerms(
    case_id=CASE, office=TREASURY_OFFICE, terms=all_terms, text=TEXT, framework=reference("FRAMEWORK")
)
open_access = OpenAccess(case_id=CASE, basis=Basis.TO_DETERMINE, roster=("A. Example (invented)",))
close_access = CloseAccess(case_id=CASE)
record_end = RecordAccessEnd(case_id=CASE)
return_copies = ReturnCopies(case_id=CASE, statement="Destroyed.")
report_breach = ReportBreach(
    case_id=CASE, breach_id=BREACH, subject=Subject.CONFIDENTIALITY, description="Weights on a laptop."
)
revise_plan = ReviseReleasePlan(case_id=CASE, partners_on=date(2026, 7, 20))
report_release = ReportRelease(case_id=CASE, audience=Audience.PARTNERS, released_at=BEFORE)
withdraw = WithdrawCase(case_id=CASE)
assert_publicity = AssertPublicity(
    case_id=CASE, assertion_id=ASSERTION, evidence=(evidence,), part="Its name is in a newspaper."
)
confirm_publicity = ConfirmPublicity(case_id=CASE, assertion_id=ASSERTION)
propose = ProposeAssessment(
    case_id=CASE,
    assessment_id=ASSESSMENT,
    standard=reference("STANDARD"),
    finding=Finding.CONCERN,
    severity="6.5",
    findings="It wrote an exploit.",
)
file = FileAssessment(case_id=CASE, assessment_id=ASSESSMENT)
share = ShareAssessment(case_id=CASE, assessment_id=ASSESSMENT, shared_with=SharedWith.DEVELOPER, extent=Extent.FINDING)
keep = KeepAssessment(
    case_id=CASE, assessment_id=ASSESSMENT, not_shared_with=SharedWith.RESEARCHERS, reason="It teaches the exploit."
)
request_information = RequestInformation(case_id=CASE, request_id=REQUEST, question="How was it trained?")
provide = ProvideInformation(case_id=CASE, request_id=REQUEST, note="See the card.")
decline = DeclineInformation(case_id=CASE, request_id=REQUEST)
convey = ConveyConcern(case_id=CASE, concern_id=CONCERN, concern="Payments may be at risk.")
dissent = FileDissent(case_id=CASE, dissent_id=DISSENT, reasons="Too early.")
determine = IssueDetermination(
    case_id=CASE,
    determination_id=DETERMINATION,
    result=Result.WARRANTS,
    standard=reference("STANDARD"),
    threshold=reference("THRESHOLD"),
    no_consultation_because="The offices could not be reached.",
    reasons="Its advanced cyber capabilities are above the threshold.",
    withheld_reasons=("Which exploit.",),
)
determine_again = but(
    determine,
    determination_id=SECOND,
    result=Result.DOES_NOT_WARRANT,
    supersedes=DETERMINATION,
    ground=Ground.NEW_EVIDENCE,
)
ask_to_reconsider = RequestReconsideration(
    case_id=CASE, determination_id=DETERMINATION, new_facts="The test harness was at fault."
)
answer_reconsideration = AnswerReconsideration(
    case_id=CASE, determination_id=DETERMINATION, answer=Answer.STANDS, reasons="The harness was not used."
)
report_programme = ReportProgrammeParticipants(
    case_id=CASE, report_id=REPORT, organisations=("One (invented)", "Two (invented)")
)
propose_partner = ProposeTrustedPartner(
    case_id=CASE, selection_id=SELECTION, partner="Prairie Hospital (invented)", purpose="Defence of its systems."
)
select_partner = SelectTrustedPartner(case_id=CASE, selection_id=SELECTION)
disagree_partner = DisagreeTrustedPartner(case_id=CASE, selection_id=SELECTION)
close = CloseCase(case_id=CASE)

consult = OpenConsultation(
    consultation_id=CONSULTATION,
    kind=SubjectKind.CASE,
    case_id=CASE,
    asked=(ONCD_OFFICE, DHS_OFFICE),
    question=TEXT,
)
acknowledge = AcknowledgeConsultation(consultation_id=CONSULTATION)
answer = AnswerConsultation(consultation_id=CONSULTATION, view=View.NON_CONCUR)
decline_to_answer = DeclineConsultation(consultation_id=CONSULTATION)
record_due = RecordConsultationDue(consultation_id=CONSULTATION)
close_consultation = CloseConsultation(consultation_id=CONSULTATION)

register_office = RegisterOffice(
    office=OfficeCode("usda"),
    name="Department of Agriculture",
    kind=OfficeKind.OTHER,
    department=OfficeCode("usda"),
    posts=(Post(code=PostCode("head"), title="Secretary of Agriculture", personal=True),),
)
rename = RenameOffice(office=DHS_OFFICE, name="Department of Homeland Safety", effective_on=date(2026, 8, 1))
assume = AssumePost(
    office=DHS_OFFICE,
    post=PostCode("head"),
    holder=DHS_ANALYST.id,
    holder_name="A. Example (invented)",
    assumed_on=date(2026, 7, 6),
)
vacate = VacatePost(office=TREASURY_OFFICE, post=LEAD, holder=TREASURY.id, vacated_on=date(2026, 7, 6))
grant = GrantDelegation(
    office=TREASURY_OFFICE,
    delegation_id=DELEGATION,
    taker=TREASURY_ANALYST.id,
    taker_name="A. Example (invented)",
    post=LEAD,
    scope=("case.file-assessment.v1", "case.share-assessment.v1"),
    valid_from=FOUNDED,
    valid_until=FOUNDED + timedelta(days=60),
)
revoke = RevokeDelegation(office=TREASURY_OFFICE, delegation_id=DELEGATION)
register_key = RegisterKey(
    office=TREASURY_OFFICE, key_id=KeyId("key-1"), algorithm=Algorithm.ED25519, public_key="A" * 43
)
revoke_key = RevokeKey(office=TREASURY_OFFICE, key_id=KeyId("key-1"))
require_signatures = RequireSignatures(office=TREASURY_OFFICE, acts=SignedActs.EVERY)

enrol = EnrolParticipant(participant=STRANGER.participant, name=STRANGER.actor.name, kind=ParticipantKind.DEVELOPER)
accept_framework = AcceptFramework(participant=DEVELOPER.participant, framework=reference("FRAMEWORK"))
declare_sectors = DeclareSectors(participant=DEVELOPER.participant, sectors=("energy",))
set_budget = SetBudget(participant=DEVELOPER.participant, maintainer="libexample", reports_per_month=20)
leave = WithdrawParticipant(participant=DEVELOPER.participant)

ORDER = InstrumentCode("EO14409")
issue_instrument = IssueInstrument(
    instrument=InstrumentCode("EO99999"),
    title="Another order (invented)",
    issued_on=date(2026, 7, 1),
    text=TEXT,
    provisions=("1",),
)
amend_instrument = AmendInstrument(
    instrument=ORDER, amended_on=date(2026, 7, 6), text=TEXT, provisions=("3(a)", "3(b)")
)
revoke_instrument = RevokeInstrument(instrument=ORDER, revoked_on=date(2026, 7, 6))
publish = PublishPolicy(
    policy=PolicyCode("OMISSIONS"),
    policy_version=2,
    title="What a submission may lack, since July",
    kind="omissions",
    columns=("code", "meaning"),
    rows=(("contact-missing", "Nobody is named who can answer questions."),),
)
