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


class Submission(Turn, gc=False, omit_defaults=True):
    """The developer offered the model version, for the first time or again."""

    model: str
    model_version: str
    review_due_at: datetime
    review_policy: Citation
    partners_on: date | None = None
    public_on: date | None = None
    replaces: CaseId | None = None


class Return(Turn, gc=False, omit_defaults=True):
    """The secretariat found it incomplete."""

    omissions: tuple[str, ...]
    omissions_policy: Citation


class Acceptance(Turn, gc=False, omit_defaults=True):
    """The secretariat found it complete."""


class Lapse(Turn, gc=False, omit_defaults=True):
    """The clock recorded that the review lapsed."""

    due_at: datetime
    policy: Citation


class Terms(Part, gc=False, omit_defaults=True):
    """Terms of access for one office."""

    office: OfficeCode
    text: Digest
    framework: Cited


class Opening(Turn, gc=False, omit_defaults=True):
    """An office opened its access."""

    office: OfficeCode
    basis: Basis
    first_opened_at: datetime
    ceiling_at: datetime
    window_policy: Citation
    roster_count: int


class AccessEnd(Turn, gc=False, omit_defaults=True):
    """The developer closed access, or it was recorded that it had ended."""

    cause: ClosedBecause
    closed_at: datetime


class Copies(Part, gc=False, omit_defaults=True):
    """An office returned or destroyed its copies."""

    office: OfficeCode
    evidence_count: int


class Breach(Part, gc=False, omit_defaults=True):
    """Somebody reported a breach of the terms."""

    breach_id: BreachId
    actor: str
    subject: Subject
    occurred_at: datetime | None = None


class PlanRevision(Turn, gc=False, omit_defaults=True):
    """The developer changed its plan of release."""

    partners_on: date | None = None
    public_on: date | None = None


class Release(Turn, gc=False, omit_defaults=True):
    """The developer reported a release."""

    audience: Audience
    released_at: datetime


class Withdrawal(Turn, gc=False, omit_defaults=True):
    """The developer withdrew."""


class Publicity(Part, gc=False, omit_defaults=True):
    """Somebody showed that something is public."""

    assertion_id: AssertionId
    actor: str
    evidence_count: int


class Confirmation(Part, gc=False, omit_defaults=True):
    """Developer or office confirmed that it is."""

    assertion_id: AssertionId
    actor: str


class Proposal(Part, gc=False, omit_defaults=True):
    """A person of an office wrote an assessment."""

    assessment_id: AssessmentId
    office: OfficeCode
    author: PersonId
    standard: Cited
    finding: Finding
    severity: str
    evidence_count: int


class Filing(Part, gc=False, omit_defaults=True):
    """The office filed it."""

    assessment_id: AssessmentId
    office: OfficeCode
    standard: Cited
    finding: Finding
    severity: str
    late: bool
    supersedes: AssessmentId | None = None


class Sharing(Part, gc=False, omit_defaults=True):
    """An office shared an assessment."""

    assessment_id: AssessmentId
    actor: str
    shared_with: SharedWith
    extent: Extent


class Keeping(Part, gc=False, omit_defaults=True):
    """An office decided not to share an assessment."""

    assessment_id: AssessmentId
    actor: str
    not_shared_with: SharedWith


class Request(Part, gc=False, omit_defaults=True):
    """An office asked the developer for information."""

    request_id: RequestId
    office: OfficeCode
    wished_by: date | None = None


class Provision(Part, gc=False, omit_defaults=True):
    """The developer provided it."""

    request_id: RequestId
    evidence_count: int


class Declination(Part, gc=False, omit_defaults=True):
    """The developer declined, to nobody's disadvantage."""

    request_id: RequestId


class Concern(Part, gc=False, omit_defaults=True):
    """An office conveyed a concern, which binds nobody."""

    concern_id: ConcernId
    office: OfficeCode


class Dissent(Part, gc=False, omit_defaults=True):
    """An office disagreed."""

    dissent_id: DissentId
    office: OfficeCode
    about: DeterminationId | None = None


class Outcomes(Turn, gc=False, omit_defaults=True):
    """What was determined, without why: as much as a clock has to know."""

    determination_id: DeterminationId
    result: Result


class Issuance(Outcomes, gc=False, omit_defaults=True):
    """NSA determined whether the model warrants additional scrutiny."""

    standard: Cited
    threshold: Cited
    assessments: tuple[AssessmentId, ...]
    reasons: str
    withheld_reasons_count: int
    notice: str
    consultation: ConsultationId | None = None
    no_consultation_because: str | None = None
    supersedes: DeterminationId | None = None
    ground: Ground | None = None


class ReconsiderationWish(Turn, gc=False, omit_defaults=True):
    """The developer asked NSA to reconsider."""

    determination_id: DeterminationId
    due_at: datetime
    policy: Citation
    evidence_count: int


class ReconsiderationReply(Turn, gc=False, omit_defaults=True):
    """NSA answered."""

    determination_id: DeterminationId
    answer: Answer
    late: bool
    reasons: str
    superseded_by: DeterminationId | None = None


class Programme(Part, gc=False, omit_defaults=True):
    """The developer reported how many it invited to its own programme."""

    report_id: ReportId
    organisations_count: int


class PartnerProposal(Part, gc=False, omit_defaults=True):
    """One side proposed a trusted partner."""

    selection_id: SelectionId
    partner: str
    proposed_by: Side


class PartnerSelection(Part, gc=False, omit_defaults=True):
    """The other side agreed."""

    selection_id: SelectionId
    partner: str
    agreed_by: Side


class PartnerDisagreement(Part, gc=False, omit_defaults=True):
    """The other side did not agree."""

    selection_id: SelectionId
    partner: str
    not_agreed_by: Side


class CaseEnd(Turn, gc=False, omit_defaults=True):
    """The secretariat closed the case."""

    outcome: Outcome
    determination: DeterminationId | None = None
