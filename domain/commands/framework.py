"""What may be asked of a framework."""

from typing import Literal, TypeAlias

from domain.message import message
from domain.values import ADigest, AReferenceCode, Line, MarkingText, Text, Whole


@message
class ProposeFramework:
    """Put the text of a version up for signing; another text of the same version voids what was signed."""

    type: Literal["framework.propose.v1"] = "framework.propose.v1"
    code: AReferenceCode
    version: Whole
    """The one after the version in force, or 1."""
    digest: ADigest
    holder: Line
    body_marking: MarkingText
    title: Line


@message
class SignOffFramework:
    """Sign the text that is proposed."""

    type: Literal["framework.sign-off.v1"] = "framework.sign-off.v1"
    code: AReferenceCode
    version: Whole
    digest: ADigest


@message
class WithholdSignOffFramework:
    """Say why the office does not sign the text that is proposed."""

    type: Literal["framework.withhold-sign-off.v1"] = "framework.withhold-sign-off.v1"
    code: AReferenceCode
    version: Whole
    digest: ADigest
    reasons: Text


@message
class AdoptFramework:
    """Put a text in force that every office has signed."""

    type: Literal["framework.adopt.v1"] = "framework.adopt.v1"
    code: AReferenceCode
    version: Whole
    digest: ADigest


FrameworkCommand: TypeAlias = ProposeFramework | SignOffFramework | WithholdSignOffFramework | AdoptFramework
