"""What may be asked of criteria."""

from datetime import date
from typing import Annotated, Literal, TypeAlias

from annotated_types import MaxLen, MinLen

from domain.events.criteria import Factor
from domain.message import message
from domain.values import AConsultation, AReferenceCode, Count, Line, Text, Whole


@message
class PublishCriteria:
    """Publish a version of the criteria; a change of them takes effect after its notice to oversight."""

    type: Literal["criteria.publish.v1"] = "criteria.publish.v1"
    code: AReferenceCode
    version: Whole
    """The one after the version that was published last, or 1."""
    title: Line
    process: Text
    factors: Annotated[tuple[Factor, ...], MinLen(1), MaxLen(60)]
    """Each leads to one further down, or to an end."""
    withheld_count: Count = 0
    effective_on: date
    consultation: AConsultation | None = None
    """About this version of these criteria."""
    no_consultation_because: Text | None = None


CriteriaCommand: TypeAlias = PublishCriteria
