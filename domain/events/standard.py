"""Standards of evaluation are signed by every lead office; their text is kept outside, here stands its digest."""

from typing import Annotated, Literal, TypeAlias

from annotated_types import MaxLen, MinLen

from domain.message import Protected, message
from domain.values import ACitation, ADigest, AnOffice, AReferenceCode, Line, MarkingText, Text, Whole

Offices: TypeAlias = Annotated[tuple[AnOffice, ...], MaxLen(40)]


@message
class StandardProposed:
    """A lead office put the text of a version up for signing. The text itself stays where it is held."""

    type: Literal["standard.proposed.v1"] = "standard.proposed.v1"
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
class StandardSignedOff:
    """An office signed the text with this digest, and no other."""

    type: Literal["standard.signed-off.v1"] = "standard.signed-off.v1"
    code: AReferenceCode
    version: Whole
    digest: ADigest
    office: AnOffice


@message
class StandardSignOffWithheld:
    """An office said why it does not sign the text with this digest. The reasons are kept for ever."""

    type: Literal["standard.sign-off-withheld.v1"] = "standard.sign-off-withheld.v1"
    code: AReferenceCode
    version: Whole
    digest: ADigest
    office: AnOffice
    reasons: Protected[Text]


@message
class StandardAdopted:
    """Every office that has to sign has signed this text: it is in force from here on."""

    type: Literal["standard.adopted.v1"] = "standard.adopted.v1"
    code: AReferenceCode
    version: Whole
    digest: ADigest
    signed: Annotated[tuple[AnOffice, ...], MinLen(1), MaxLen(40)]
    supersedes: Whole | None
    """The version that was in force until now."""


@message
class StandardSuperseded:
    """A version is no longer in force. What was done under it stays done under it."""

    type: Literal["standard.superseded.v1"] = "standard.superseded.v1"
    code: AReferenceCode
    version: Whole
    superseded_by: Whole


StandardEvent: TypeAlias = (
    StandardProposed | StandardSignedOff | StandardSignOffWithheld | StandardAdopted | StandardSuperseded
)
