"""What the events of a case add to a row about it; no part says more than its event does."""

from datetime import date, datetime

from domain.events.case import (
    Answer,
    Audience,
    Basis,
    ClosedBecause,
    Extent,
    Finding,
    Ground,
    Outcome,
    Result,
    SharedWith,
    Side,
    Subject,
)
from domain.values import (
    AssertionId,
    AssessmentId,
    BreachId,
    CaseId,
    Citation,
    Cited,
    ConcernId,
    ConsultationId,
    DeterminationId,
    Digest,
    DissentId,
    OfficeCode,
    PersonId,
    ReportId,
    RequestId,
    SelectionId,
)
from projections.parts import Turn
from projections.view import Part


class Submission(Turn, kw_only=True, gc=False):
    """The developer offered the model version, for the first time or again."""

    model: str
    model_version: str
    partners_on: date | None
    public_on: date | None
    replaces: CaseId | None
    review_due_at: datetime
    review_policy: Citation


class Return(Turn, kw_only=True, gc=False):
    """The secretariat found it incomplete."""

    omissions: tuple[str, ...]
    omissions_policy: Citation


class Acceptance(Turn, kw_only=True, gc=False):
    """The secretariat found it complete."""


class Lapse(Turn, kw_only=True, gc=False):
    """The clock recorded that the review lapsed."""

    due_at: datetime
    policy: Citation


class Terms(Part, kw_only=True, gc=False):
    """Terms of access for one office."""

    office: OfficeCode
    text: Digest
    framework: Cited


class Opening(Turn, kw_only=True, gc=False):
    """An office opened its access."""

    office: OfficeCode
    basis: Basis
    first_opened_at: datetime
    ceiling_at: datetime
    window_policy: Citation
    roster_count: int


class AccessEnd(Turn, kw_only=True, gc=False):
    """The developer closed access, or it was recorded that it had ended."""

    cause: ClosedBecause
    closed_at: datetime


class Copies(Part, kw_only=True, gc=False):
    """An office returned or destroyed its copies."""

    office: OfficeCode
    evidence_count: int


class Breach(Part, kw_only=True, gc=False):
    """Somebody reported a breach of the terms."""

    breach_id: BreachId
    actor: str
    subject: Subject
    occurred_at: datetime | None


class PlanRevision(Turn, kw_only=True, gc=False):
    """The developer changed its plan of release."""

    partners_on: date | None
    public_on: date | None


class Release(Turn, kw_only=True, gc=False):
    """The developer reported a release."""

    audience: Audience
    released_at: datetime


class Withdrawal(Turn, kw_only=True, gc=False):
    """The developer withdrew."""


class Publicity(Part, kw_only=True, gc=False):
    """Somebody showed that something is public."""

    assertion_id: AssertionId
    actor: str
    evidence_count: int


class Confirmation(Part, kw_only=True, gc=False):
    """Developer or office confirmed that it is."""

    assertion_id: AssertionId
    actor: str


class Proposal(Part, kw_only=True, gc=False):
    """A person of an office wrote an assessment."""

    assessment_id: AssessmentId
    office: OfficeCode
    author: PersonId
    standard: Cited
    finding: Finding
    severity: str
    evidence_count: int


class Filing(Part, kw_only=True, gc=False):
    """The office filed it."""

    assessment_id: AssessmentId
    office: OfficeCode
    standard: Cited
    finding: Finding
    severity: str
    supersedes: AssessmentId | None
    late: bool


class Sharing(Part, kw_only=True, gc=False):
    """An office shared an assessment."""

    assessment_id: AssessmentId
    actor: str
    shared_with: SharedWith
    extent: Extent


class Keeping(Part, kw_only=True, gc=False):
    """An office decided not to share an assessment."""

    assessment_id: AssessmentId
    actor: str
    not_shared_with: SharedWith


class Request(Part, kw_only=True, gc=False):
    """An office asked the developer for information."""

    request_id: RequestId
    office: OfficeCode
    wished_by: date | None


class Provision(Part, kw_only=True, gc=False):
    """The developer provided it."""

    request_id: RequestId
    evidence_count: int


class Declination(Part, kw_only=True, gc=False):
    """The developer declined, to nobody's disadvantage."""

    request_id: RequestId


class Concern(Part, kw_only=True, gc=False):
    """An office conveyed a concern, which binds nobody."""

    concern_id: ConcernId
    office: OfficeCode


class Dissent(Part, kw_only=True, gc=False):
    """An office disagreed."""

    dissent_id: DissentId
    office: OfficeCode
    about: DeterminationId | None


class Outcomes(Turn, kw_only=True, gc=False):
    """What was determined, without why: as much as a clock has to know."""

    determination_id: DeterminationId
    result: Result


class Issuance(Outcomes, kw_only=True, gc=False):
    """NSA determined whether the model warrants additional scrutiny."""

    standard: Cited
    threshold: Cited
    assessments: tuple[AssessmentId, ...]
    consultation: ConsultationId | None
    no_consultation_because: str | None
    supersedes: DeterminationId | None
    ground: Ground | None
    reasons: str
    withheld_reasons_count: int
    notice: str


class ReconsiderationWish(Turn, kw_only=True, gc=False):
    """The developer asked NSA to reconsider."""

    determination_id: DeterminationId
    due_at: datetime
    policy: Citation
    evidence_count: int


class ReconsiderationReply(Turn, kw_only=True, gc=False):
    """NSA answered."""

    determination_id: DeterminationId
    answer: Answer
    superseded_by: DeterminationId | None
    late: bool
    reasons: str


class Programme(Part, kw_only=True, gc=False):
    """The developer reported how many it invited to its own programme."""

    report_id: ReportId
    organisations_count: int


class PartnerProposal(Part, kw_only=True, gc=False):
    """One side proposed a trusted partner."""

    selection_id: SelectionId
    partner: str
    proposed_by: Side


class PartnerSelection(Part, kw_only=True, gc=False):
    """The other side agreed."""

    selection_id: SelectionId
    partner: str
    agreed_by: Side


class PartnerDisagreement(Part, kw_only=True, gc=False):
    """The other side did not agree."""

    selection_id: SelectionId
    partner: str
    not_agreed_by: Side


class CaseEnd(Turn, kw_only=True, gc=False):
    """The secretariat closed the case."""

    outcome: Outcome
    determination: DeterminationId | None
