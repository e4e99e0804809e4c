"""What oversight asked of which office, what it got and what not, and what overseers noted for each other."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import msgspec
from msgspec import field

from domain.events import Event
from domain.events.oversight import (
    Ground,
    OversightClosed,
    OversightDuePassed,
    OversightNoted,
    OversightProduced,
    OversightRequested,
    OversightWithheld,
    ProducedEvent,
)
from domain.recorded import Recorded
from domain.values import Digest, Evidence, InquiryId, OfficeCode, ProductionId, StreamId, WithholdingId
from projections.known import ByStream, Entry, begun, code_of
from projections.parts import Turn, add, adds
from projections.view import Key, Matter, Part
from projections.visible.shown import scope_of


class OversightRequest(Turn, kw_only=True, gc=False):
    """Oversight asked for it."""

    office: OfficeCode
    due_at: datetime | None


class OversightProduction(Turn, kw_only=True, gc=False):
    """The office produced something."""

    production_id: ProductionId
    events: tuple[ProducedEvent, ...]
    documents: tuple[Evidence, ...]
    complete: bool
    late: bool


class OversightWithholding(Turn, kw_only=True, gc=False):
    """The office said what it withholds, and on which ground."""

    withholding_id: WithholdingId
    items: int
    decided_by: str
    ground: Ground
    citation: str
    late: bool


class OversightDuePassing(Part, kw_only=True, gc=False):
    """The time that the request names passed."""

    due_at: datetime
    silent: bool


class OversightEnd(Turn, kw_only=True, gc=False):
    """Oversight closed its request."""

    productions: int
    items_withheld: int


class OversightWord(Turn, kw_only=True, gc=False):
    """The office said something, whatever it was."""

    late: bool


class Inquiry(Entry, kw_only=True, omit_defaults=True):
    """A request of oversight, and all that came of it."""

    inquiry_id: InquiryId
    requested_by: OfficeCode
    office: OfficeCode
    question: Digest
    due_at: datetime | None = None
    oversight_requests: list[OversightRequest] = field(default_factory=list)
    oversight_productions: list[OversightProduction] = field(default_factory=list)
    oversight_withholdings: list[OversightWithholding] = field(default_factory=list)
    oversight_passings: list[OversightDuePassing] = field(default_factory=list)
    oversight_ends: list[OversightEnd] = field(default_factory=list)


class InquiryAt(msgspec.Struct, kw_only=True, frozen=True):
    """How a request of oversight stands at a point in time."""

    open: bool
    overdue: bool
    """Its time has passed, and the office has neither said that all is produced nor has it been closed."""
    productions: int
    items_withheld: int
    complete: bool
    """The office says that nothing more is to come, beside what it withholds."""
    grounds: tuple[Ground, ...]
    """On which something is withheld."""


class OversightNotePart(Part, kw_only=True, gc=False):
    """What was noted stands in the protected field of its event."""


class OversightNote(Entry, kw_only=True, omit_defaults=True):
    """Something that an overseer noted for oversight alone."""

    inquiry_id: InquiryId
    office: OfficeCode
    about: StreamId | None = None
    noted_at: datetime
    oversight_notes: list[OversightNotePart] = field(default_factory=list)


_ADDS: Final = adds(
    {
        OversightRequested: ("oversight_requests", OversightRequest),
        OversightProduced: ("oversight_productions", OversightProduction),
        OversightWithheld: ("oversight_withholdings", OversightWithholding),
        OversightDuePassed: ("oversight_passings", OversightDuePassing),
        OversightClosed: ("oversight_ends", OversightEnd),
    }
)
_NOTES: Final = adds({OversightNoted: ("oversight_notes", OversightNotePart)})
CLOCKED: Final[Mapping[type[Any], tuple[str, type[Part]]]] = {
    OversightRequested: ("oversight_requests", OversightRequest),
    OversightProduced: ("oversight_words", OversightWord),
    OversightWithheld: ("oversight_words", OversightWord),
    OversightDuePassed: ("oversight_passings", OversightDuePassing),
    OversightClosed: ("oversight_ends", OversightEnd),
}
"""Type of event → what it adds to a row of clocks."""


class InquiriesView(ByStream[Inquiry]):
    """Every request of oversight, by its id."""

    name = "oversight"
    version = 1
    row = Inquiry
    matter = Matter("key", "oversight")
    columns = {"began": "INTEGER", "office": "TEXT", "requested_by": "TEXT"}  # noqa: RUF012 - a constant of the class
    indexes = (("began",), ("office",), ("requested_by",))

    def keys(self, recorded: Recorded[Event]) -> tuple[Key, ...]:
        return (code_of(recorded),) if type(recorded.event) in _ADDS else ()

    def evolve(self, row: Inquiry | None, position: int, recorded: Recorded[Event]) -> Inquiry:
        event = recorded.event
        if isinstance(event, OversightRequested):
            row = Inquiry(
                marking=recorded.marking,
                scope=scope_of(recorded),
                began=position,
                inquiry_id=event.inquiry_id,
                requested_by=event.requested_by,
                office=event.office,
                question=event.question,
                due_at=event.due_at,
            )
        made = begun(row, recorded)
        add(_ADDS, made, position, recorded)
        return made

    def indexed(self, row: Inquiry) -> tuple[object, ...]:
        return row.began, row.office, row.requested_by


class NotesView(ByStream[OversightNote]):
    """Every note of oversight, by its id."""

    name = "oversight_notes"
    version = 1
    row = OversightNote
    matter = Matter("key", "oversight")
    columns = {"began": "INTEGER", "about": "TEXT"}  # noqa: RUF012 - a constant of the class
    indexes = (("began",), ("about",))

    def keys(self, recorded: Recorded[Event]) -> tuple[Key, ...]:
        return (code_of(recorded),) if type(recorded.event) in _NOTES else ()

    def evolve(self, row: OversightNote | None, position: int, recorded: Recorded[Event]) -> OversightNote:
        event = recorded.event
        if isinstance(event, OversightNoted):
            row = OversightNote(
                marking=recorded.marking,
                scope=scope_of(recorded),
                began=position,
                inquiry_id=event.inquiry_id,
                office=event.office,
                about=event.about,
                noted_at=recorded.recorded_at,
            )
        made = begun(row, recorded)
        add(_NOTES, made, position, recorded)
        return made

    def indexed(self, row: OversightNote) -> tuple[object, ...]:
        return row.began, row.about


INQUIRIES: Final = InquiriesView()
NOTES: Final = NotesView()


def inquiry_at(row: Inquiry, at: datetime) -> InquiryAt:
    """A request as these parts say, at an instant."""
    is_open = not row.oversight_ends
    complete = any(each.complete for each in row.oversight_productions)
    passed = row.due_at is not None and at >= row.due_at
    return InquiryAt(
        open=is_open,
        overdue=is_open and passed and not complete,
        productions=len(row.oversight_productions),
        items_withheld=sum(each.items for each in row.oversight_withholdings),
        complete=complete,
        grounds=tuple(sorted({each.ground for each in row.oversight_withholdings})),
    )


class NoteAt(msgspec.Struct, kw_only=True, frozen=True):
    """A note never changes."""


def note_at(row: OversightNote) -> NoteAt:
    """Nothing follows from a note."""
    return NoteAt()
