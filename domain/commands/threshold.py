"""What may be asked of a threshold."""

from typing import Literal, TypeAlias

from domain.message import message
from domain.values import AConsultation, ADigest, AReferenceCode, Line, MarkingText, Text, Whole


@message
class DetermineThreshold:
    """Determine a threshold: for what is determined from now on, never for the past."""

    type: Literal["threshold.determine.v1"] = "threshold.determine.v1"
    code: AReferenceCode
    version: Whole
    """The one after the version in force, or 1."""
    digest: ADigest
    holder: Line
    body_marking: MarkingText
    title: Line
    consultation: AConsultation | None = None
    """About this version of this threshold."""
    no_consultation_because: Text | None = None


ThresholdCommand: TypeAlias = DetermineThreshold
