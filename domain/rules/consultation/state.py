"""A consultation as it stands: who was asked, who has said what, and who is silent."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, assert_never

from domain.events.consultation import (
    ConsultationAcknowledged,
    ConsultationAnswered,
    ConsultationClosed,
    ConsultationDeclined,
    ConsultationDuePassed,
    ConsultationEvent,
    ConsultationOpened,
    ConsultedOn,
)
from domain.recorded import Recorded
from domain.values import Digest, EventId, OfficeCode

DECLINED: Final = "declined"


@dataclass(frozen=True, slots=True, kw_only=True)
class Consultation:
    """A consultation as it stands."""

    known: bool = False
    marking: str = ""
    subject: ConsultedOn | None = None
    opened_by: OfficeCode | None = None
    opened_in: EventId | None = None
    asked: tuple[OfficeCode, ...] = ()
    question: Digest | None = None
    due_at: datetime | None = None
    acknowledged: frozenset[OfficeCode] = frozenset()
    answers: Mapping[OfficeCode, str] = field(default_factory=dict)
    """Office → its view, or `declined`."""
    timely: frozenset[OfficeCode] = frozenset()
    """Offices whose first word came in time."""
    due_recorded: bool = False
    """Whether the clock has said so; nothing else follows from it."""
    closed_at: datetime | None = None

    def silent(self) -> tuple[OfficeCode, ...]:
        """The offices that were asked and have said nothing yet."""
        return tuple(office for office in self.asked if office not in self.answers)

    def silent_when_due(self) -> tuple[OfficeCode, ...]:
        """The offices that were asked and had said nothing as the time passed, whatever they said later."""
        return tuple(office for office in self.asked if office not in self.timely)

    def due_passed(self, at: datetime) -> bool:
        """Whether the time for answers is over then."""
        return self.due_at is not None and at >= self.due_at

    def late(self, at: datetime) -> bool:
        """Whether an answer that is taken in then is late."""
        return self.due_passed(at) or (self.closed_at is not None and at >= self.closed_at)


INITIAL: Final = Consultation()


def evolve(state: Consultation, recorded: Recorded[ConsultationEvent]) -> Consultation:
    event = recorded.event
    match event:
        case ConsultationOpened():
            return Consultation(
                known=True,
                marking=recorded.marking,
                subject=event.subject,
                opened_by=event.opened_by,
                opened_in=recorded.id,
                asked=event.asked,
                question=event.question,
                due_at=event.due_at,
            )
        case ConsultationAcknowledged():
            return replace(state, acknowledged=state.acknowledged | {event.office})
        case ConsultationAnswered():
            return _said(state, event.office, str(event.view), recorded.taken_in_at)
        case ConsultationDeclined():
            return _said(state, event.office, DECLINED, recorded.taken_in_at)
        case ConsultationDuePassed():
            return replace(state, due_recorded=True)
        case ConsultationClosed():
            return replace(state, closed_at=recorded.taken_in_at)
        case _:
            assert_never(event)


def _said(state: Consultation, office: OfficeCode, what: str, at: datetime) -> Consultation:
    timely = state.timely if state.due_passed(at) else state.timely | {office}
    return replace(state, answers={**state.answers, office: what}, timely=timely)
