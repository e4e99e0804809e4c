"""What may be asked of a consultation."""

from typing import Annotated, Literal, TypeAlias

from annotated_types import MaxLen, MinLen

from domain.events.consultation import SubjectKind, View
from domain.message import message
from domain.values import ACase, AConsultation, ADigest, AnOffice, Instant, Reference, Text


@message
class OpenConsultation:
    """Ask other offices for their views, by an instant."""

    type: Literal["consultation.open.v1"] = "consultation.open.v1"
    consultation_id: AConsultation
    kind: SubjectKind
    case_id: ACase | None = None
    """The case that it is about; needed where `kind` is `case`."""
    reference: Reference | None = None
    """What it is about where `kind` is not `case`."""
    asked: Annotated[tuple[AnOffice, ...], MinLen(1), MaxLen(40)]
    question: ADigest
    question_text: Text | None = None
    due_at: Instant | None = None
    """When answers are wished; by default the policy's time."""


@message
class AcknowledgeConsultation:
    """Say that the question has been received."""

    type: Literal["consultation.acknowledge.v1"] = "consultation.acknowledge.v1"
    consultation_id: AConsultation


@message
class AnswerConsultation:
    """Give the office's view: also late, also unasked."""

    type: Literal["consultation.answer.v1"] = "consultation.answer.v1"
    consultation_id: AConsultation
    view: View
    reasons: Text | None = None


@message
class DeclineConsultation:
    """Say that the office will not answer."""

    type: Literal["consultation.decline.v1"] = "consultation.decline.v1"
    consultation_id: AConsultation
    reason: Text | None = None


@message
class RecordConsultationDue:
    """Record that the time for answers passed (the clock)."""

    type: Literal["consultation.record-due.v1"] = "consultation.record-due.v1"
    consultation_id: AConsultation


@message
class CloseConsultation:
    """Close the consultation, listing who did not answer."""

    type: Literal["consultation.close.v1"] = "consultation.close.v1"
    consultation_id: AConsultation


ConsultationCommand: TypeAlias = (
    OpenConsultation
    | AcknowledgeConsultation
    | AnswerConsultation
    | DeclineConsultation
    | RecordConsultationDue
    | CloseConsultation
)
