"""What the events of a consultation add to a row, and what they say of each office: silence is silence."""

from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

import msgspec

from domain.events.consultation import (
    ConsultationAcknowledged,
    ConsultationAnswered,
    ConsultationClosed,
    ConsultationDeclined,
    ConsultationDuePassed,
    ConsultationOpened,
    View,
)
from domain.values import Citation, ConsultationId, Digest, OfficeCode
from projections.parts import Lists, Turn
from projections.view import Part


class Asking(Turn, gc=False, omit_defaults=True):
    """An office asked others for their views."""

    consultation_id: ConsultationId
    opened_by: OfficeCode
    asked: tuple[OfficeCode, ...]
    question: Digest
    due_at: datetime
    policy: Citation | None = None


class Acknowledgement(Part, gc=False, omit_defaults=True):
    """A consulted office received the question."""

    consultation_id: ConsultationId
    office: OfficeCode


class Reply(Turn, gc=False, omit_defaults=True):
    """An office gave its view."""

    consultation_id: ConsultationId
    office: OfficeCode
    view: View
    late: bool
    unasked: bool


class Decline(Turn, gc=False, omit_defaults=True):
    """A consulted office said that it will not answer."""

    consultation_id: ConsultationId
    office: OfficeCode


class DuePassing(Turn, gc=False, omit_defaults=True):
    """The clock recorded that the time for answers passed."""

    consultation_id: ConsultationId
    due_at: datetime
    silent: tuple[OfficeCode, ...]


class ConsultationEnd(Turn, gc=False, omit_defaults=True):
    """The asking office closed it."""

    consultation_id: ConsultationId
    unanswered: tuple[OfficeCode, ...]
    early: bool


LISTS: Final[Lists] = {
    ConsultationOpened: ("consultations", Asking),
    ConsultationAcknowledged: ("acknowledgements", Acknowledgement),
    ConsultationAnswered: ("replies", Reply),
    ConsultationDeclined: ("declines", Decline),
    ConsultationDuePassed: ("due_passings", DuePassing),
    ConsultationClosed: ("consultation_ends", ConsultationEnd),
}
"""Where a row that keeps consultations keeps what happens in them."""


class Consulting(Protocol):
    """A row that keeps consultations."""

    consultations: list[Asking]
    acknowledgements: list[Acknowledgement]
    replies: list[Reply]
    declines: list[Decline]
    due_passings: list[DuePassing]
    consultation_ends: list[ConsultationEnd]


class Word(StrEnum):
    """What an office said last."""

    AWAITED = "awaited"
    """Nothing yet; it still has time."""
    ANSWERED = "answered"
    DECLINED = "declined"
    SILENT = "silent"
    """Nothing, and the time is over: neither concurrence nor objection."""


class OfficeSays(msgspec.Struct, kw_only=True, frozen=True):
    """One office in a consultation."""

    office: OfficeCode
    asked: bool
    acknowledged: bool
    word: Word
    view: View | None = None
    late: bool = False
    said_at: datetime | None = None


class Consulted(msgspec.Struct, kw_only=True, frozen=True):
    """A consultation at a point in time, with every office that was asked or spoke."""

    consultation_id: ConsultationId
    opened_by: OfficeCode
    opened_at: datetime
    due_at: datetime
    due_passed: bool
    closed: bool
    closed_early: bool
    offices: tuple[OfficeSays, ...]

    def waiting_for(self) -> tuple[OfficeCode, ...]:
        """The offices that were asked and have said nothing, in time or not."""
        return tuple(each.office for each in self.offices if each.word in {Word.SILENT, Word.AWAITED})


def consulted(row: Consulting, at: datetime) -> tuple[Consulted, ...]:
    """The consultations of a row, as far as it shows them, in the order in which they were opened."""
    return tuple(_consulted(row, asking, at) for asking in row.consultations)


def _consulted(row: Consulting, asking: Asking, at: datetime) -> Consulted:
    id = asking.consultation_id
    ends = [end for end in row.consultation_ends if end.consultation_id == id]
    received = {each.office for each in row.acknowledgements if each.consultation_id == id}
    replies = [each for each in row.replies if each.consultation_id == id]
    declines = [each for each in row.declines if each.consultation_id == id]
    words: list[Reply | Decline] = [*replies, *declines]
    said = {part.office: part for part in sorted(words, key=lambda part: part.position)}
    due_passed = at >= asking.due_at
    nothing = Word.SILENT if due_passed or ends else Word.AWAITED
    return Consulted(
        consultation_id=id,
        opened_by=asking.opened_by,
        opened_at=asking.taken_in_at,
        due_at=asking.due_at,
        due_passed=due_passed,
        closed=bool(ends),
        closed_early=any(end.early for end in ends),
        offices=tuple(
            _says(office, said.get(office), nothing, asked=office in asking.asked, acknowledged=office in received)
            for office in dict.fromkeys((*asking.asked, *said, *sorted(received)))
        ),
    )


def _says(
    office: OfficeCode, said: Reply | Decline | None, nothing: Word, *, asked: bool, acknowledged: bool
) -> OfficeSays:
    if said is None:
        return OfficeSays(office=office, asked=asked, acknowledged=acknowledged, word=nothing)
    return OfficeSays(
        office=office,
        asked=asked,
        acknowledged=acknowledged,
        word=Word.ANSWERED if isinstance(said, Reply) else Word.DECLINED,
        view=said.view if isinstance(said, Reply) else None,
        late=isinstance(said, Reply) and said.late,
        said_at=said.taken_in_at,
    )
