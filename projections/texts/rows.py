"""What is known of a text that is kept elsewhere: its versions, and who signed which, as facts."""

from typing import Final

from msgspec import field

from domain.events.framework import (
    FrameworkAdopted,
    FrameworkProposed,
    FrameworkSignedOff,
    FrameworkSignOffWithheld,
)
from domain.events.standard import (
    StandardAdopted,
    StandardProposed,
    StandardSignedOff,
    StandardSignOffWithheld,
)
from domain.events.threshold import ThresholdDetermined
from domain.values import Citation, ConsultationId, Digest, OfficeCode, ReferenceCode
from projections.known import Entry
from projections.parts import adds
from projections.view import Part


class TextProposal(Part, kw_only=True, gc=False):
    """A text of a version was put up for signing."""

    version: int
    digest: Digest
    holder: str
    body_marking: str
    """How the text is marked where it is kept."""
    title: str
    """What it may be called here."""
    proposed_by: OfficeCode
    signers: tuple[OfficeCode, ...]
    policy: Citation
    voided: tuple[OfficeCode, ...]
    """Offices whose signature was on another text of this version."""


class Signature(Part, kw_only=True, gc=False):
    """An office signed a text."""

    version: int
    digest: Digest
    office: OfficeCode


class Withholding(Part, kw_only=True, gc=False):
    """An office said why it does not sign; the reasons are a protected value of the event at `position`."""

    version: int
    digest: Digest
    office: OfficeCode


class Adoption(Part, kw_only=True, gc=False):
    """All have signed, and the text came into force."""

    version: int
    digest: Digest
    signed: tuple[OfficeCode, ...]
    supersedes: int | None


class ThresholdSetting(Part, kw_only=True, gc=False):
    """NSA determined a threshold, which came into force."""

    version: int
    digest: Digest
    holder: str
    body_marking: str
    """How the text is marked where it is kept."""
    title: str
    """What it may be called here."""
    consultation: ConsultationId | None
    no_consultation_because: str | None
    supersedes: int | None


class Signed(Entry, kw_only=True, omit_defaults=True):
    """A standard, or the framework: every text of it, and every signature."""

    code: ReferenceCode
    texts: list[TextProposal] = field(default_factory=list)
    signatures: list[Signature] = field(default_factory=list)
    withholdings: list[Withholding] = field(default_factory=list)
    adoptions: list[Adoption] = field(default_factory=list)


class Threshold(Entry, kw_only=True, omit_defaults=True):
    """A threshold: every version of it."""

    code: ReferenceCode
    settings: list[ThresholdSetting] = field(default_factory=list)


STANDARD: Final = adds(
    {
        StandardProposed: ("texts", TextProposal),
        StandardSignedOff: ("signatures", Signature),
        StandardSignOffWithheld: ("withholdings", Withholding),
        StandardAdopted: ("adoptions", Adoption),
    }
)
FRAMEWORK: Final = adds(
    {
        FrameworkProposed: ("texts", TextProposal),
        FrameworkSignedOff: ("signatures", Signature),
        FrameworkSignOffWithheld: ("withholdings", Withholding),
        FrameworkAdopted: ("adoptions", Adoption),
    }
)
THRESHOLD: Final = adds({ThresholdDetermined: ("settings", ThresholdSetting)})
