"""What the clearinghouse knows of one vulnerability: what the report says of it, and every fact since, by its kind."""

from typing import Final

from msgspec import field

from domain.events.vulnerability import Affected, SeverityClaim
from domain.values import ReporterId, VulnerabilityId
from projections.clearinghouse.parts import (
    ContactPassing,
    ContactTime,
    DuplicateMark,
    EmbargoAgreement,
    EmbargoEnding,
    EmbargoProposal,
    EmbargoRejection,
    StepTaken,
    VendorAnswer,
    VendorContact,
    VulnerabilityAbsorption,
    VulnerabilityAcceptance,
    VulnerabilityAcknowledgement,
    VulnerabilityAssignment,
    VulnerabilityClosing,
    VulnerabilityDeferral,
    VulnerabilityDistribution,
    VulnerabilityMatch,
    VulnerabilityMerge,
    VulnerabilityNotice,
    VulnerabilityObservation,
    VulnerabilityOriginal,
    VulnerabilityPriority,
    VulnerabilityPublication,
    VulnerabilityPublicity,
    VulnerabilityReferral,
    VulnerabilityRejection,
    VulnerabilityRemediation,
    VulnerabilityReport,
    VulnerabilitySource,
    VulnerabilitySplit,
    VulnerabilitySurvivor,
    VulnerabilityValidation,
)
from projections.known import Entry

TOLD: Final = frozenset({"reports", "rejections", "notices", "remediations", "contacts"})
"""Lists whose parts are told a participant with what their events protect, where it may see them at all."""


class Vulnerability(Entry, kw_only=True, omit_defaults=True):
    """A vulnerability. Offices see it; of the participants, who reported it, its vendors and who was notified."""

    vulnerability_id: VulnerabilityId
    reporter: ReporterId
    """The pseudonym of who reported it."""
    title: str
    aliases: tuple[str, ...]
    affected: tuple[Affected, ...]
    sectors: tuple[str, ...]
    severities: tuple[SeverityClaim, ...]
    weaknesses: tuple[str, ...]
    references: tuple[str, ...]
    claims_public: bool
    """The report says so: a claim."""
    claims_exploited: bool
    """The report says so: a claim."""
    split_from: VulnerabilityId | None
    reports: list[VulnerabilityReport] = field(default_factory=list)
    sources: list[VulnerabilitySource] = field(default_factory=list)
    steps: list[StepTaken] = field(default_factory=list)
    acknowledgements: list[VulnerabilityAcknowledgement] = field(default_factory=list)
    validations: list[VulnerabilityValidation] = field(default_factory=list)
    rejections: list[VulnerabilityRejection] = field(default_factory=list)
    duplicate_marks: list[DuplicateMark] = field(default_factory=list)
    originals: list[VulnerabilityOriginal] = field(default_factory=list)
    acceptances: list[VulnerabilityAcceptance] = field(default_factory=list)
    deferrals: list[VulnerabilityDeferral] = field(default_factory=list)
    closings: list[VulnerabilityClosing] = field(default_factory=list)
    assignments: list[VulnerabilityAssignment] = field(default_factory=list)
    merges: list[VulnerabilityMerge] = field(default_factory=list)
    survivors: list[VulnerabilitySurvivor] = field(default_factory=list)
    absorptions: list[VulnerabilityAbsorption] = field(default_factory=list)
    splits: list[VulnerabilitySplit] = field(default_factory=list)
    priorities: list[VulnerabilityPriority] = field(default_factory=list)
    contacts: list[VendorContact] = field(default_factory=list)
    contact_times: list[ContactTime] = field(default_factory=list)
    answers: list[VendorAnswer] = field(default_factory=list)
    contact_passings: list[ContactPassing] = field(default_factory=list)
    embargo_proposals: list[EmbargoProposal] = field(default_factory=list)
    embargo_agreements: list[EmbargoAgreement] = field(default_factory=list)
    embargo_rejections: list[EmbargoRejection] = field(default_factory=list)
    embargo_endings: list[EmbargoEnding] = field(default_factory=list)
    observations: list[VulnerabilityObservation] = field(default_factory=list)
    publicities: list[VulnerabilityPublicity] = field(default_factory=list)
    matches: list[VulnerabilityMatch] = field(default_factory=list)
    notices: list[VulnerabilityNotice] = field(default_factory=list)
    remediations: list[VulnerabilityRemediation] = field(default_factory=list)
    distributions: list[VulnerabilityDistribution] = field(default_factory=list)
    referrals: list[VulnerabilityReferral] = field(default_factory=list)
    publications: list[VulnerabilityPublication] = field(default_factory=list)
