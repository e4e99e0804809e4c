"""Everything that can happen while offices are consulted. Silence is silence: never concurrence, never objection."""

from enum import StrEnum
from typing import Annotated, Literal, TypeAlias

from annotated_types import MaxLen, MinLen

from domain.message import Protected, message
from domain.values import ACase, ACitation, AConsultation, ADigest, AnOffice, Cited, Instant, Text


class SubjectKind(StrEnum):
    """What offices are consulted about."""

    CASE = "case"
    THRESHOLD = "threshold"
    STANDARD = "standard"
    FRAMEWORK = "framework"
    TASKING = "tasking"
    CRITERIA = "criteria"


class View(StrEnum):
    """What a consulted office answered."""

    CONCUR = "concur"
    CONCUR_WITH_COMMENT = "concur-with-comment"
    NON_CONCUR = "non-concur"
    NO_VIEW = "no-view"


@message
class ConsultedOn:
    """The subject of a consultation: a case, or something that is cited by version and digest."""

    kind: SubjectKind
    case_id: ACase | None
    reference: Cited | None


@message
class ConsultationOpened:
    """An office asked other offices for their views."""

    type: Literal["consultation.opened.v1"] = "consultation.opened.v1"
    consultation_id: AConsultation
    subject: ConsultedOn
    opened_by: AnOffice
    asked: Annotated[tuple[AnOffice, ...], MinLen(1), MaxLen(40)]
    question: ADigest
    due_at: Instant
    policy: ACitation | None
    """The clock that set the time; none where the asking office set it."""
    question_text: Protected[Text | None]


@message
class ConsultationAcknowledged:
    """A consulted office said that it received the question."""

    type: Literal["consultation.acknowledged.v1"] = "consultation.acknowledged.v1"
    consultation_id: AConsultation
    subject: ConsultedOn
    office: AnOffice


@message
class ConsultationAnswered:
    """An office gave its view."""

    type: Literal["consultation.answered.v1"] = "consultation.answered.v1"
    consultation_id: AConsultation
    subject: ConsultedOn
    office: AnOffice
    view: View
    late: bool
    unasked: bool
    reasons: Protected[Text | None]


@message
class ConsultationDeclined:
    """A consulted office said that it will not answer."""

    type: Literal["consultation.declined.v1"] = "consultation.declined.v1"
    consultation_id: AConsultation
    subject: ConsultedOn
    office: AnOffice
    reason: Protected[Text | None]


@message
class ConsultationDuePassed:
    """The time for answers passed. Who is silent here has neither concurred nor objected."""

    type: Literal["consultation.due-passed.v1"] = "consultation.due-passed.v1"
    consultation_id: AConsultation
    subject: ConsultedOn
    due_at: Instant
    silent: Annotated[tuple[AnOffice, ...], MaxLen(40)]


@message
class ConsultationClosed:
    """The asking office closed the consultation."""

    type: Literal["consultation.closed.v1"] = "consultation.closed.v1"
    consultation_id: AConsultation
    subject: ConsultedOn
    unanswered: Annotated[tuple[AnOffice, ...], MaxLen(40)]
    early: bool
    """Closed before its time, with answers outstanding."""


ConsultationEvent: TypeAlias = (
    ConsultationOpened
    | ConsultationAcknowledged
    | ConsultationAnswered
    | ConsultationDeclined
    | ConsultationDuePassed
    | ConsultationClosed
)
