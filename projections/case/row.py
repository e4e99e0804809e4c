"""A row about a case has a list for each kind of fact; what follows from them at a point in time is in no row."""

from typing import Final, get_args

from msgspec import field

from domain.events import CaseEvent
from domain.events.case import (
    AccessTermsAgreed,
    AssessmentFiled,
    AssessmentNotShared,
    AssessmentProposed,
    AssessmentShared,
    CaseBecamePublic,
    CaseConsultationClosed,
    CaseConsultationOpened,
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
    TermsBreached,
    TrustedPartnerNotAgreed,
    TrustedPartnerProposed,
    TrustedPartnerSelected,
)
from domain.values import CaseId, Digest, ParticipantId, Variant
from projections.case import consultation_parts
from projections.case import life as case_life
from projections.case.consultation_parts import Acknowledgement, Asking, ConsultationEnd, Decline, DuePassing, Reply
from projections.case.parts import (
    Acceptance,
    AccessEnd,
    Breach,
    CaseEnd,
    Concern,
    Confirmation,
    Copies,
    Declination,
    Dissent,
    Filing,
    Issuance,
    Keeping,
    Lapse,
    Opening,
    PartnerDisagreement,
    PartnerProposal,
    PartnerSelection,
    PlanRevision,
    Programme,
    Proposal,
    Provision,
    Publicity,
    ReconsiderationReply,
    ReconsiderationWish,
    Release,
    Request,
    Return,
    Sharing,
    Submission,
    Terms,
    Withdrawal,
)
from projections.parts import adds, lists_of
from projections.view import Row


class Offered(Row, kw_only=True, omit_defaults=True):
    """What was offered: a model version that has one case."""

    case_id: CaseId
    developer: ParticipantId
    developer_name: str
    """As the first submission has it, like the model."""
    model: str
    model_version: str
    manifest: Digest
    variant: Variant
    began: int
    """Position of the first submission."""


class CaseStatus(Offered, kw_only=True, omit_defaults=True):
    """A case: what was offered, and every fact about it in a list of its kind."""

    submissions: list[Submission] = field(default_factory=list)
    returns: list[Return] = field(default_factory=list)
    acceptances: list[Acceptance] = field(default_factory=list)
    lapses: list[Lapse] = field(default_factory=list)
    terms: list[Terms] = field(default_factory=list)
    openings: list[Opening] = field(default_factory=list)
    access_ends: list[AccessEnd] = field(default_factory=list)
    copies: list[Copies] = field(default_factory=list)
    breaches: list[Breach] = field(default_factory=list)
    plan_revisions: list[PlanRevision] = field(default_factory=list)
    releases: list[Release] = field(default_factory=list)
    withdrawals: list[Withdrawal] = field(default_factory=list)
    publicity: list[Publicity] = field(default_factory=list)
    confirmations: list[Confirmation] = field(default_factory=list)
    proposals: list[Proposal] = field(default_factory=list)
    filings: list[Filing] = field(default_factory=list)
    sharings: list[Sharing] = field(default_factory=list)
    keepings: list[Keeping] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    provisions: list[Provision] = field(default_factory=list)
    declinations: list[Declination] = field(default_factory=list)
    concerns: list[Concern] = field(default_factory=list)
    dissents: list[Dissent] = field(default_factory=list)
    determinations: list[Issuance] = field(default_factory=list)
    reconsideration_wishes: list[ReconsiderationWish] = field(default_factory=list)
    reconsideration_replies: list[ReconsiderationReply] = field(default_factory=list)
    programme: list[Programme] = field(default_factory=list)
    partner_proposals: list[PartnerProposal] = field(default_factory=list)
    partner_selections: list[PartnerSelection] = field(default_factory=list)
    partner_disagreements: list[PartnerDisagreement] = field(default_factory=list)
    consultations: list[Asking] = field(default_factory=list)
    acknowledgements: list[Acknowledgement] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    declines: list[Decline] = field(default_factory=list)
    due_passings: list[DuePassing] = field(default_factory=list)
    consultation_ends: list[ConsultationEnd] = field(default_factory=list)
    case_ends: list[CaseEnd] = field(default_factory=list)


ADDS: Final = adds(
    {
        **case_life.LISTS,
        AccessTermsAgreed: ("terms", Terms),
        CopiesReturned: ("copies", Copies),
        TermsBreached: ("breaches", Breach),
        PublicityAsserted: ("publicity", Publicity),
        CaseBecamePublic: ("confirmations", Confirmation),
        AssessmentProposed: ("proposals", Proposal),
        AssessmentFiled: ("filings", Filing),
        AssessmentShared: ("sharings", Sharing),
        AssessmentNotShared: ("keepings", Keeping),
        InformationRequested: ("requests", Request),
        InformationProvided: ("provisions", Provision),
        InformationDeclined: ("declinations", Declination),
        ConcernConveyed: ("concerns", Concern),
        DissentFiled: ("dissents", Dissent),
        DeterminationIssued: ("determinations", Issuance),
        ReconsiderationRequested: ("reconsideration_wishes", ReconsiderationWish),
        ReconsiderationAnswered: ("reconsideration_replies", ReconsiderationReply),
        ProgrammeParticipantsReported: ("programme", Programme),
        TrustedPartnerProposed: ("partner_proposals", PartnerProposal),
        TrustedPartnerSelected: ("partner_selections", PartnerSelection),
        TrustedPartnerNotAgreed: ("partner_disagreements", PartnerDisagreement),
        **consultation_parts.LISTS,
    }
)
SAID_ELSEWHERE: Final = frozenset({CaseConsultationOpened, CaseConsultationClosed})
"""Notes in the case's stream of what the consultation's own events say in full."""

if missing := set(get_args(CaseEvent)) - SAID_ELSEWHERE - set(ADDS):
    raise AssertionError(f"nothing is made of {missing}")

OFFICE: Final = "office/"
"""What an office's actor begins with."""
_BY_OFFICE: Final = lists_of(CaseStatus, "office")
_BY_ACTOR: Final = lists_of(CaseStatus, "actor")
_NSA: Final = "nsa"


def offices(row: CaseStatus) -> set[str]:
    """The offices that are involved: with access, by an act of their own, or consulted."""
    found = {part.office for parts in _BY_OFFICE(row) for part in parts}
    for parts in _BY_ACTOR(row):
        found.update(part.actor.removeprefix(OFFICE) for part in parts if part.actor.startswith(OFFICE))
    for asking in row.consultations:
        found.update((asking.opened_by, *asking.asked))
    if row.determinations or row.reconsideration_replies:
        found.add(_NSA)
    return found
