"""Every fact, as published: the catalogue. Names and fields are the stored format; a change is a new version."""

from typing import TypeAlias

from domain.events.case import CaseEvent
from domain.events.consultation import ConsultationEvent
from domain.events.criteria import CriteriaEvent
from domain.events.framework import FrameworkEvent
from domain.events.lease import LeaseEvent
from domain.events.office import OfficeEvent
from domain.events.oversight import OversightEvent
from domain.events.participant import ParticipantEvent
from domain.events.reading import ReadingEvent
from domain.events.record import InstrumentEvent, LedgerEvent, PolicyEvent, RecordEvent, RefusalEvent
from domain.events.scan import CalendarEvent, ScanEvent
from domain.events.standard import StandardEvent
from domain.events.tasking import TaskingEvent
from domain.events.threshold import ThresholdEvent
from domain.events.vulnerability import VulnerabilityEvent

Event: TypeAlias = (
    CaseEvent
    | ConsultationEvent
    | StandardEvent
    | ThresholdEvent
    | FrameworkEvent
    | CriteriaEvent
    | LeaseEvent
    | ScanEvent
    | CalendarEvent
    | OversightEvent
    | OfficeEvent
    | ParticipantEvent
    | VulnerabilityEvent
    | InstrumentEvent
    | PolicyEvent
    | RecordEvent
    | TaskingEvent
    | RefusalEvent
    | LedgerEvent
    | ReadingEvent
)

__all__ = [
    "CalendarEvent",
    "CaseEvent",
    "ConsultationEvent",
    "CriteriaEvent",
    "Event",
    "FrameworkEvent",
    "InstrumentEvent",
    "LeaseEvent",
    "LedgerEvent",
    "OfficeEvent",
    "OversightEvent",
    "ParticipantEvent",
    "PolicyEvent",
    "ReadingEvent",
    "RecordEvent",
    "RefusalEvent",
    "ScanEvent",
    "StandardEvent",
    "TaskingEvent",
    "ThresholdEvent",
    "VulnerabilityEvent",
]
