"""Criteria say to everybody, in plain words, which models will be looked at, and how much of that is withheld."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, TypeAlias

from annotated_types import MaxLen, MinLen

from domain.message import message
from domain.values import ACitation, AConsultation, AReferenceCode, Code, Count, Instant, Line, Text, Whole


class Pointer(StrEnum):
    """Where a walk through the factors ends. None of it is a determination."""

    LIKELY = "likely-to-be-looked-at"
    UNLIKELY = "unlikely-to-be-looked-at"
    ASK = "ask-the-offices"


@message
class Step:
    """What follows from an answer: another factor further down, or an end; one of the two."""

    factor: Code | None
    pointer: Pointer | None


@message
class Factor:
    """One question that a developer can answer, and what follows from the answer."""

    code: Code
    question: Line
    text: Text
    """What is meant, in plain words."""
    yes: Step
    no: Step
    unknown: Step
    """Also where no answer is given."""


@message
class CriteriaPublished:
    """NSA published a version of the criteria. What is withheld of them is counted here, and nowhere described."""

    type: Literal["criteria.published.v1"] = "criteria.published.v1"
    code: AReferenceCode
    version: Whole
    title: Line
    process: Text
    """What happens to an offer, in plain words."""
    factors: Annotated[tuple[Factor, ...], MinLen(1), MaxLen(60)]
    """A walk begins at the first, and goes on downwards."""
    withheld_count: Count
    """Factors that are not published."""
    effective_on: date
    effective_at: Instant
    """From when on it holds: as that day begins in New York, and not before it was published."""
    notice_ends_at: Instant | None
    """When oversight has had its notice of a change; nothing where it is the first version."""
    notice_policy: ACitation | None
    consultation: AConsultation | None
    no_consultation_because: Text | None
    """Why nobody was consulted, where nobody was."""
    supersedes: Whole | None


CriteriaEvent: TypeAlias = CriteriaPublished
