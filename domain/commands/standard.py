"""What may be asked of a standard."""

from typing import Literal, TypeAlias

from domain.message import message
from domain.values import ADigest, AReferenceCode, Line, MarkingText, Text, Whole


@message
class ProposeStandard:
    """Put the text of a version up for signing; another text of the same version voids what was signed."""

    type: Literal["standard.propose.v1"] = "standard.propose.v1"
    code: AReferenceCode
    version: Whole
    """The one after the version in force, or 1."""
    digest: ADigest
    holder: Line
    body_marking: MarkingText
    title: Line


@message
class SignOffStandard:
    """Sign the text that is proposed."""

    type: Literal["standard.sign-off.v1"] = "standard.sign-off.v1"
    code: AReferenceCode
    version: Whole
    digest: ADigest


@message
class WithholdSignOffStandard:
    """Say why the office does not sign the text that is proposed."""

    type: Literal["standard.withhold-sign-off.v1"] = "standard.withhold-sign-off.v1"
    code: AReferenceCode
    version: Whole
    digest: ADigest
    reasons: Text


@message
class AdoptStandard:
    """Put a text in force that every office has signed."""

    type: Literal["standard.adopt.v1"] = "standard.adopt.v1"
    code: AReferenceCode
    version: Whole
    digest: ADigest


StandardCommand: TypeAlias = ProposeStandard | SignOffStandard | WithholdSignOffStandard | AdoptStandard
