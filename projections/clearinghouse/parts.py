"""What the events of a vulnerability add to its row, and who of those it concerns is shown which of it."""

from datetime import date, datetime

from domain.events.vulnerability import (
    ClosedAs,
    EmbargoBecause,
    EmbargoEndedBecause,
    Exploitation,
    ForeignSource,
    MatchedBy,
    NoEmbargoBecause,
    PartyTaken,
    PointValue,
    PublicBecause,
    PublishedBecause,
    RemediationKind,
    SaidBy,
    Step,
    VendorStatus,
)
from domain.values import (
    Citation,
    Digest,
    DistributionId,
    EmbargoId,
    Evidence,
    ObservationId,
    OfficeCode,
    ParticipantId,
    PartyId,
    ReferralId,
    RemediationId,
    VulnerabilityId,
)
from projections.view import Concerning


class VulnerabilityReport(Concerning, kw_only=True, gc=False):
    """Somebody reported it; what the report says at length is a protected value of the event at `position`."""


class VulnerabilitySource(Concerning, kw_only=True, gc=False):
    """Where the report comes from, which may tell who reported it: for offices, and for who reported it."""

    source: ForeignSource | None
    evidence: tuple[Evidence, ...]


class StepTaken(Concerning, kw_only=True, gc=False):
    """Something became true of it."""

    step: Step


class VulnerabilityAcknowledgement(Concerning, kw_only=True, gc=False):
    """An office received the report."""

    office: OfficeCode


class VulnerabilityValidation(Concerning, kw_only=True, gc=False):
    """An office found that the report holds."""

    office: OfficeCode


class VulnerabilityRejection(Concerning, kw_only=True, gc=False):
    """An office found that the report does not hold."""

    office: OfficeCode


class DuplicateMark(Concerning, kw_only=True, gc=False):
    """An office found that another report says the same."""

    office: OfficeCode


class VulnerabilityOriginal(Concerning, kw_only=True, gc=False):
    """What it is a duplicate of: for offices."""

    duplicate_of: VulnerabilityId


class VulnerabilityAcceptance(Concerning, kw_only=True, gc=False):
    """An office took up the coordination."""

    office: OfficeCode


class VulnerabilityDeferral(Concerning, kw_only=True, gc=False):
    """An office put the coordination off."""

    office: OfficeCode


class VulnerabilityClosing(Concerning, kw_only=True, gc=False):
    """An office closed it."""

    office: OfficeCode
    outcome: ClosedAs


class VulnerabilityAssignment(Concerning, kw_only=True, gc=False):
    """Another office coordinates it too."""

    office: OfficeCode
    assigned_by: OfficeCode


class VulnerabilityMerge(Concerning, kw_only=True, gc=False):
    """Its life goes on as part of another."""

    office: OfficeCode


class VulnerabilitySurvivor(Concerning, kw_only=True, gc=False):
    """Which other that is: for offices."""

    into: VulnerabilityId


class VulnerabilityAbsorption(Concerning, kw_only=True, gc=False):
    """Another was merged into it, with its vendors and their time."""

    merged: VulnerabilityId
    parties: tuple[PartyTaken, ...]


class VulnerabilitySplit(Concerning, kw_only=True, gc=False):
    """Parts of it began lives of their own."""

    into: tuple[VulnerabilityId, ...]
    office: OfficeCode


class VulnerabilityPriority(Concerning, kw_only=True, gc=False):
    """An office gave it a priority by a table of decisions."""

    table: str
    table_version: str
    points: tuple[PointValue, ...]
    outcome: str
    office: OfficeCode


class VendorContact(Concerning, kw_only=True, gc=False):
    """An office tried to reach a vendor: for offices, and for that vendor."""

    party_id: PartyId
    vendor: str
    participant: ParticipantId | None
    maintainer: str | None
    attempt: int
    channel: str
    office: OfficeCode
    month: date | None
    over_budget: bool
    taken_in_at: datetime


class ContactTime(Concerning, kw_only=True, gc=False):
    """How long its vendors have, by all attempts to reach one so far."""

    first_contacted_at: datetime
    publishable_at: datetime
    policy: Citation


class VendorAnswer(Concerning, kw_only=True, gc=False):
    """A vendor answered: for offices, and for that vendor."""

    party_id: PartyId
    status: VendorStatus
    said_by: SaidBy
    agrees_to_publication: bool
    justification: str | None
    taken_in_at: datetime


class ContactPassing(Concerning, kw_only=True, gc=False):
    """The clock recorded that the vendors' time passed."""

    publishable_at: datetime
    silent: tuple[PartyId, ...]


class EmbargoProposal(Concerning, kw_only=True, gc=False):
    """A party proposed an embargo, or another end of it."""

    embargo_id: EmbargoId
    because: EmbargoBecause
    ends_at: datetime
    policy: Citation | None


class EmbargoAgreement(Concerning, kw_only=True, gc=False):
    """Another party accepted it."""

    embargo_id: EmbargoId
    because: EmbargoBecause
    ends_at: datetime


class EmbargoRejection(Concerning, kw_only=True, gc=False):
    """Nothing came of a proposal."""

    embargo_id: EmbargoId
    because: NoEmbargoBecause


class EmbargoEnding(Concerning, kw_only=True, gc=False):
    """The embargo is over."""

    because: EmbargoEndedBecause
    ended_at: datetime


class VulnerabilityObservation(Concerning, kw_only=True, gc=False):
    """Somebody saw a public exploit, or attacks: for offices, and for who saw it."""

    observation_id: ObservationId
    kind: Exploitation
    observed_at: datetime | None
    evidence: tuple[Evidence, ...]


class VulnerabilityPublicity(Concerning, kw_only=True, gc=False):
    """The public knows."""

    because: PublicBecause
    reference: str | None


class VulnerabilityMatch(Concerning, kw_only=True, gc=False):
    """A person confirmed that an operator is concerned: for offices."""

    operator: ParticipantId
    matched_by: MatchedBy
    matched_on: str
    office: OfficeCode


class VulnerabilityNotice(Concerning, kw_only=True, gc=False):
    """An operator was told: for offices, and for that operator."""

    operator: ParticipantId
    channel: str
    office: OfficeCode


class VulnerabilityRemediation(Concerning, kw_only=True, gc=False):
    """There is something that helps."""

    remediation_id: RemediationId
    kind: RemediationKind
    party_id: PartyId | None
    fixed_versions: tuple[str, ...]
    reference: str | None
    digest: Digest | None


class VulnerabilityDistribution(Concerning, kw_only=True, gc=False):
    """A remediation was put where it is needed: for offices, and for who did it."""

    distribution_id: DistributionId
    remediation_id: RemediationId
    channel: str
    digest: Digest
    recipients_count: int


class VulnerabilityReferral(Concerning, kw_only=True, gc=False):
    """It was referred to those who weigh equities: for offices."""

    referral_id: ReferralId
    to: str
    office: OfficeCode


class VulnerabilityPublication(Concerning, kw_only=True, gc=False):
    """The clearinghouse published an advisory."""

    office: OfficeCode
    advisory: Digest
    reference: str | None
    because: PublishedBecause
