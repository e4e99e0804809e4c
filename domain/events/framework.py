"""The voluntary framework is signed by every lead office, and accepted by each participant of its own choice."""

from typing import Annotated, Literal, TypeAlias

from annotated_types import MaxLen, MinLen

from domain.message import Protected, message
from domain.values import ACitation, ADigest, AnOffice, AReferenceCode, Line, MarkingText, Text, Whole

Offices: TypeAlias = Annotated[tuple[AnOffice, ...], MaxLen(40)]


@message
class FrameworkProposed:
    """A lead office put the text of a version up for signing. The text itself stays where it is held."""

    type: Literal["framework.proposed.v1"] = "framework.proposed.v1"
    code: AReferenceCode
    version: Whole
    digest: ADigest
    """Of the text that is to be signed."""
    holder: Line
    """Who keeps the text."""
    body_marking: MarkingText
    """How the text is marked where it is kept."""
    title: Line
    """What it may be called here, whatever its own title says."""
    proposed_by: AnOffice
    signers: Annotated[tuple[AnOffice, ...], MinLen(1), MaxLen(40)]
    """Every office that has to sign before it is adopted."""
    policy: ACitation
    """What says who signs."""
    voided: Offices
    """Offices whose signature was on another text of this version, and no longer counts."""


@message
class FrameworkSignedOff:
    """An office signed the text with this digest, and no other."""

    type: Literal["framework.signed-off.v1"] = "framework.signed-off.v1"
    code: AReferenceCode
    version: Whole
    digest: ADigest
    office: AnOffice


@message
class FrameworkSignOffWithheld:
    """An office said why it does not sign the text with this digest. The reasons are kept for ever."""

    type: Literal["framework.sign-off-withheld.v1"] = "framework.sign-off-withheld.v1"
    code: AReferenceCode
    version: Whole
    digest: ADigest
    office: AnOffice
    reasons: Protected[Text]


@message
class FrameworkAdopted:
    """Every office that has to sign has signed this text: it is in force from here on."""

    type: Literal["framework.adopted.v1"] = "framework.adopted.v1"
    code: AReferenceCode
    version: Whole
    digest: ADigest
    signed: Annotated[tuple[AnOffice, ...], MinLen(1), MaxLen(40)]
    supersedes: Whole | None
    """The version that was in force until now."""


@message
class FrameworkSuperseded:
    """A version is no longer in force. What was done under it stays done under it."""

    type: Literal["framework.superseded.v1"] = "framework.superseded.v1"
    code: AReferenceCode
    version: Whole
    superseded_by: Whole


FrameworkEvent: TypeAlias = (
    FrameworkProposed | FrameworkSignedOff | FrameworkSignOffWithheld | FrameworkAdopted | FrameworkSuperseded
)
