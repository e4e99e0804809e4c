"""What oversight asks of an office, what the office produces and withholds, and what oversight notes for itself."""

from enum import StrEnum
from typing import Annotated, Literal, TypeAlias

from annotated_types import MaxLen

from domain.message import Protected, message
from domain.values import (
    ADigest,
    AnEvent,
    AnInquiry,
    AnOffice,
    AProduction,
    AStream,
    AWithholding,
    Count,
    Evidence,
    Instant,
    Line,
    Text,
    Whole,
)


class Ground(StrEnum):
    """On which ground something is withheld from oversight."""

    EXECUTIVE_PRIVILEGE = "executive-privilege"
    """A privilege of the President is asserted."""
    DELIBERATIVE = "deliberative"
    """It is deliberation before a decision."""
    LEGAL_PRIVILEGE = "legal-privilege"
    """Attorney and client, or the work of an attorney."""
    CLASSIFICATION = "classification"
    """Who asks is not cleared for it, or has no place to keep it."""
    ORIGINATOR_CONTROL = "originator-control"
    """Whoever it came from decides to whom it goes (ORCON)."""
    SOURCES_AND_METHODS = "sources-and-methods"
    """It would show where intelligence comes from."""
    ONGOING_INVESTIGATION = "ongoing-investigation"
    """It would harm an investigation that goes on."""
    STATUTE = "statute"
    """A statute lets nobody, or not whoever asks, have it."""
    AGENCY_HEAD = "agency-head"
    """The head of an agency used a power that a statute gives over an inspector general's access."""
    OTHER = "other"
    """The citation says which."""


@message
class ProducedEvent:
    """An event that is produced: where it stands in the record, and its id."""

    stream: AStream
    version: Whole
    event_id: AnEvent


@message
class OversightRequested:
    """An overseer asked an office for something."""

    type: Literal["oversight.requested.v1"] = "oversight.requested.v1"
    inquiry_id: AnInquiry
    requested_by: AnOffice
    office: AnOffice
    """Who is asked."""
    question: ADigest
    """Of the text of the request, which is kept elsewhere or stands in `question_text`."""
    due_at: Instant | None
    """By when it is asked for; none where no time was named."""
    question_text: Protected[Text | None]


@message
class OversightProduced:
    """The office that was asked produced something: events of this record, or documents that are kept elsewhere."""

    type: Literal["oversight.produced.v1"] = "oversight.produced.v1"
    inquiry_id: AnInquiry
    requested_by: AnOffice
    office: AnOffice
    production_id: AProduction
    events: Annotated[tuple[ProducedEvent, ...], MaxLen(100)]
    documents: Annotated[tuple[Evidence, ...], MaxLen(50)]
    complete: bool
    """Whether the office holds that nothing more is to come, beside what it says it withholds."""
    late: bool
    statement: Protected[Text | None]


@message
class OversightWithheld:
    """The office that was asked withholds something, and says on which ground."""

    type: Literal["oversight.withheld.v1"] = "oversight.withheld.v1"
    inquiry_id: AnInquiry
    requested_by: AnOffice
    office: AnOffice
    withholding_id: AWithholding
    items: Whole
    """How many are withheld, as the office counts."""
    decided_by: Line
    """Who decided that: an office, a post, a person by title."""
    ground: Ground
    citation: Line
    """Where that ground stands, as the office cites it."""
    late: bool
    what: Protected[Text]
    """What it is that is withheld, as far as it can be said."""


@message
class OversightDuePassed:
    """The time that a request names passed."""

    type: Literal["oversight.due-passed.v1"] = "oversight.due-passed.v1"
    inquiry_id: AnInquiry
    requested_by: AnOffice
    office: AnOffice
    due_at: Instant
    silent: bool
    """The office had neither produced nor withheld anything by then."""


@message
class OversightClosed:
    """The overseer closed its request."""

    type: Literal["oversight.closed.v1"] = "oversight.closed.v1"
    inquiry_id: AnInquiry
    requested_by: AnOffice
    office: AnOffice
    productions: Count
    items_withheld: Count
    statement: Protected[Text | None]


@message
class OversightNoted:
    """An overseer noted something for itself and for other overseers; no office that it oversees is shown it."""

    type: Literal["oversight.noted.v1"] = "oversight.noted.v1"
    inquiry_id: AnInquiry
    """A life of its own, so that nothing that an audited office sees counts it."""
    office: AnOffice
    """The overseer."""
    about: AStream | None
    """What it is about: a request, a case, anything that has a stream."""
    note: Protected[Text]


OversightEvent: TypeAlias = (
    OversightRequested | OversightProduced | OversightWithheld | OversightDuePassed | OversightClosed | OversightNoted
)
