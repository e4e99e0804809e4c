"""NSA determines the threshold at which a model is designated as covered (EO14409:3(a)), and never for the past."""

from typing import Literal, TypeAlias

from domain.message import message
from domain.values import AConsultation, ADigest, AReferenceCode, Line, MarkingText, Text, Whole


@message
class ThresholdDetermined:
    """NSA determined a threshold. It is in force from here on, and changes no determination that was made before."""

    type: Literal["threshold.determined.v1"] = "threshold.determined.v1"
    code: AReferenceCode
    version: Whole
    digest: ADigest
    """Of its text, which is kept elsewhere."""
    holder: Line
    """Who keeps the text."""
    body_marking: MarkingText
    """How the text is marked where it is kept."""
    title: Line
    """What it may be called here, whatever its own title says."""
    consultation: AConsultation | None
    no_consultation_because: Text | None
    """Why nobody was consulted, where nobody was."""
    supersedes: Whole | None
    """The version that was in force until now."""


@message
class ThresholdSuperseded:
    """A version is no longer in force. What was determined under it stays determined under it."""

    type: Literal["threshold.superseded.v1"] = "threshold.superseded.v1"
    code: AReferenceCode
    version: Whole
    superseded_by: Whole


ThresholdEvent: TypeAlias = ThresholdDetermined | ThresholdSuperseded
