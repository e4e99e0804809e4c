"""What oversight and the offices that it asks may say to each other, and what oversight notes for itself."""

from typing import Annotated, Literal, TypeAlias

from annotated_types import MaxLen

from domain.events.oversight import Ground
from domain.message import message
from domain.values import (
    ADigest,
    AnInquiry,
    AProduction,
    AStream,
    AWithholding,
    Evidence,
    Instant,
    Line,
    Text,
    Whole,
)


@message
class Place:
    """An event by where it stands."""

    stream: AStream
    version: Whole


@message
class RequestForOversight:
    """Ask an office for something. Its code is what the id begins with: `nsa-` and a UUID of yours ask NSA."""

    type: Literal["oversight.request.v1"] = "oversight.request.v1"
    inquiry_id: AnInquiry
    question: ADigest
    question_text: Text | None = None
    due_at: Instant | None = None
    """By when you ask for it."""


@message
class ProduceToOversight:
    """Produce what was asked for: events of this record, or documents that are kept elsewhere. As often as it takes."""

    type: Literal["oversight.produce.v1"] = "oversight.produce.v1"
    inquiry_id: AnInquiry
    production_id: AProduction
    events: Annotated[tuple[Place, ...], MaxLen(100)] = ()
    documents: Annotated[tuple[Evidence, ...], MaxLen(50)] = ()
    complete: bool = False
    """Whether nothing more is to come, beside what you say you withhold."""
    statement: Text | None = None


@message
class WithholdFromOversight:
    """Say what you withhold of what was asked for, who decided that, and on which ground."""

    type: Literal["oversight.withhold.v1"] = "oversight.withhold.v1"
    inquiry_id: AnInquiry
    withholding_id: AWithholding
    items: Whole
    decided_by: Line
    ground: Ground
    citation: Line
    what: Text


@message
class RecordOversightDue:
    """Record that the time that a request names passed (the clock)."""

    type: Literal["oversight.record-due.v1"] = "oversight.record-due.v1"
    inquiry_id: AnInquiry


@message
class CloseOversightRequest:
    """Close a request of yours. What is produced afterwards is kept all the same."""

    type: Literal["oversight.close.v1"] = "oversight.close.v1"
    inquiry_id: AnInquiry
    statement: Text | None = None


@message
class NoteForOversight:
    """Note something for oversight alone. The id begins with your own code: `gao-` and a UUID of yours."""

    type: Literal["oversight.note.v1"] = "oversight.note.v1"
    inquiry_id: AnInquiry
    about: AStream | None = None
    note: Text


OversightCommand: TypeAlias = (
    RequestForOversight
    | ProduceToOversight
    | WithholdFromOversight
    | RecordOversightDue
    | CloseOversightRequest
    | NoteForOversight
)
