"""Each event is of one matter, and whoever does not need to know of that is told of no event of it."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from domain.events import Event
from domain.events.consultation import ConsultationEvent, ConsultedOn, SubjectKind
from domain.events.participant import ParticipantCaseNoted, ParticipantReportNoted
from domain.events.reading import ReadingRecorded
from domain.events.record import ActionRefused, RecordEvent
from domain.events.scan import ScanEntered
from domain.recorded import Recorded
from domain.values import StreamId


def of_subject(subject: ConsultedOn) -> StreamId:
    """What offices are consulted about: a consultation is of the same matter."""
    if subject.kind is SubjectKind.CASE:
        return StreamId(f"case-{subject.case_id}")
    return StreamId(f"{subject.kind}-{subject.reference.id if subject.reference is not None else ''}")


def matter_of(recorded: Recorded[Event]) -> StreamId:
    """The matter that an event is of, as the name of a stream: its own, unless it says something of another.

    A refusal is of what was addressed, and what is said of an event of the stream that it stands in: by these names.
    """
    of = _OF.get(type(recorded.event))
    return recorded.stream if of is None else of(recorded.event)


_OF: Final[Mapping[type[Any], Callable[[Any], StreamId]]] = {
    **{event: lambda event: of_subject(event.subject) for event in ConsultationEvent.__args__},
    **{event: lambda event: event.about.stream for event in RecordEvent.__args__},
    ActionRefused: lambda event: StreamId(event.addressed),
    ParticipantCaseNoted: lambda event: StreamId(f"case-{event.case_id}"),
    ParticipantReportNoted: lambda event: StreamId(f"vulnerability-{event.vulnerability_id}"),
    ReadingRecorded: lambda event: StreamId(f"oversight-{event.office}-{event.reading_id}"),
    ScanEntered: lambda event: StreamId(f"scan-{event.scan_id}"),
}
