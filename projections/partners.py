"""Whom developer and Government select together, and how many a developer invited itself, stand here by case."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec
from msgspec import field

from domain.events import Event
from domain.events.case import (
    CaseSubmitted,
    ProgrammeParticipantsReported,
    Side,
    TrustedPartnerNotAgreed,
    TrustedPartnerProposed,
    TrustedPartnerSelected,
)
from domain.recorded import Recorded
from domain.values import CaseId, ParticipantId, ReportId, SelectionId
from projections.case.parts import PartnerDisagreement, PartnerProposal, PartnerSelection, Programme
from projections.known import ByStream, Entry, begun, code_of, one, page
from projections.parts import add, adds
from projections.reads import Reads
from projections.view import Key, Matter
from projections.visible import Sight


class Partnering(Entry, kw_only=True, omit_defaults=True):
    """A case with what was said of its partners."""

    case_id: CaseId
    developer: ParticipantId
    developer_name: str
    """As the first submission has it, like the model."""
    model: str
    model_version: str
    partner_proposals: list[PartnerProposal] = field(default_factory=list)
    partner_selections: list[PartnerSelection] = field(default_factory=list)
    partner_disagreements: list[PartnerDisagreement] = field(default_factory=list)
    programme: list[Programme] = field(default_factory=list)


_ADDS: Final = adds(
    {
        TrustedPartnerProposed: ("partner_proposals", PartnerProposal),
        TrustedPartnerSelected: ("partner_selections", PartnerSelection),
        TrustedPartnerNotAgreed: ("partner_disagreements", PartnerDisagreement),
        ProgrammeParticipantsReported: ("programme", Programme),
    }
)


class Partners(ByStream[Partnering]):
    """Every case with its partners, by the id of the case."""

    name = "partners"
    version = 1
    row = Partnering
    matter = Matter("key", "case")
    columns = {"began": "INTEGER", "proposed": "INTEGER", "programmes": "INTEGER"}  # noqa: RUF012 - a constant
    indexes = (("began",), ("proposed",), ("programmes",))

    def keys(self, recorded: Recorded[Event]) -> tuple[Key, ...]:
        event = type(recorded.event)
        return (code_of(recorded),) if event in _ADDS or event is CaseSubmitted else ()

    def evolve(self, row: Partnering | None, position: int, recorded: Recorded[Event]) -> Partnering:
        event = recorded.event
        if not isinstance(event, CaseSubmitted):
            row = begun(row, recorded)
            add(_ADDS, row, position, recorded)
            return row
        return row or Partnering(
            marking=recorded.marking,
            scope=event.developer,
            began=position,
            case_id=event.case_id,
            developer=event.developer,
            developer_name=event.developer_name,
            model=event.model,
            model_version=event.model_version,
        )

    def indexed(self, row: Partnering) -> tuple[object, ...]:
        """How many there are narrows a search; what a reader finds follows from what it is shown."""
        return row.began, len(row.partner_proposals), len(row.programme)


PARTNERS: Final = Partners()


class Agreement(StrEnum):
    """How the two sides stand to a trusted partner."""

    PROPOSED = "proposed"
    """By one side; the other has not answered."""
    SELECTED = "selected"
    """By both sides."""
    NOT_AGREED = "not-agreed"


class TrustedPartner(msgspec.Struct, kw_only=True, frozen=True):
    """A trusted partner for one model (EO14409:3(b)(iii)), proposed by one side and answered by the other, or not."""

    case_id: CaseId
    developer: ParticipantId
    developer_name: str
    model: str
    model_version: str
    selection_id: SelectionId
    partner: str
    state: Agreement
    proposed_by: Side
    proposed_at: datetime
    position: int
    """Of the proposal."""
    answered_at: datetime | None
    answer_position: int | None


class ProgrammeReport(msgspec.Struct, kw_only=True, frozen=True):
    """How many organisations a developer said that it invited to its own programme."""

    case_id: CaseId
    developer: ParticipantId
    developer_name: str
    model: str
    model_version: str
    report_id: ReportId
    organisations_count: int
    latest: bool
    """No later report on this model is known."""
    reported_at: datetime
    position: int
    """Of the report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which partners are asked for; None: whichever."""

    developer: ParticipantId | None = None
    case_id: CaseId | None = None
    state: Agreement | None = None
    partner: str | None = None
    """Its name, or part of it, in whatever case."""

    def fits(self, each: TrustedPartner) -> bool:
        """Whether it is one of those that are asked for."""
        named = self.partner is None or self.partner.casefold() in each.partner.casefold()
        return named and self.state in {None, each.state}


@dataclass(frozen=True, slots=True, kw_only=True)
class Of:
    """What was said of the partners of one case."""

    trusted: tuple[TrustedPartner, ...]
    programme: tuple[ProgrammeReport, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was said of the partners of some cases, in the order in which these began."""

    trusted: tuple[TrustedPartner, ...]
    programme: tuple[ProgrammeReport, ...]
    after: int | None
    """Where the next page begins; None where there is none."""


def partners_of(reads: Reads, sight: Sight, case_id: CaseId, *, as_of: int | None = None) -> Of | None:
    """What was said of the partners of a case; None where this reader has no such case. Raises NotBuilt."""
    told = one(reads, sight, PARTNERS, case_id, as_of=as_of, tell=_of)
    return None if told is None else told.now


def trusted_partners(
    reads: Reads, sight: Sight, wanted: Wanted, *, as_of: int | None = None, after: int = 0, limit: int = 100
) -> Found:
    """The trusted partners of at most `limit` cases behind the cursor `after`. Raises NotBuilt."""

    def tell(row: Partnering) -> Of | None:
        fitting = tuple(each for each in _trusted(row) if wanted.fits(each))
        return Of(trusted=fitting, programme=()) if fitting else None

    where, values = _where("proposed > 0", wanted)
    found = page(reads, sight, PARTNERS, tell=tell, as_of=as_of, after=after, limit=limit, where=where, values=values)
    return Found(trusted=tuple(e for told in found.found for e in told.now.trusted), programme=(), after=found.after)


def programme_reports(
    reads: Reads, sight: Sight, wanted: Wanted, *, as_of: int | None = None, after: int = 0, limit: int = 100
) -> Found:
    """What developers reported of their own programmes, of at most `limit` cases behind `after`. Raises NotBuilt."""

    def tell(row: Partnering) -> Of | None:
        said = tuple(_programme(row))
        return Of(trusted=(), programme=said) if said else None

    where, values = _where("programmes > 0", wanted)
    found = page(reads, sight, PARTNERS, tell=tell, as_of=as_of, after=after, limit=limit, where=where, values=values)
    return Found(trusted=(), programme=tuple(e for told in found.found for e in told.now.programme), after=found.after)


def _where(some: str, wanted: Wanted) -> tuple[str, list[object]]:
    asked = [("scope = ?", wanted.developer), ("key = ?", wanted.case_id)]
    narrowing = [(condition, value) for condition, value in asked if value is not None]
    return " AND ".join((some, *(condition for condition, _ in narrowing))), [value for _, value in narrowing]


def _of(row: Partnering) -> Of:
    return Of(trusted=tuple(_trusted(row)), programme=tuple(_programme(row)))


def _trusted(row: Partnering) -> Iterator[TrustedPartner]:
    selected = {each.selection_id: each for each in row.partner_selections}
    not_agreed = {each.selection_id: each for each in row.partner_disagreements}
    for each in row.partner_proposals:
        id = each.selection_id
        answer = selected.get(id) or not_agreed.get(id)
        yield TrustedPartner(
            case_id=row.case_id,
            developer=row.developer,
            developer_name=row.developer_name,
            model=row.model,
            model_version=row.model_version,
            selection_id=id,
            partner=each.partner,
            state=_state(selected=id in selected, not_agreed=id in not_agreed),
            proposed_by=each.proposed_by,
            proposed_at=each.at,
            position=each.position,
            answered_at=None if answer is None else answer.at,
            answer_position=None if answer is None else answer.position,
        )


def _state(*, selected: bool, not_agreed: bool) -> Agreement:
    if selected:
        return Agreement.SELECTED
    return Agreement.NOT_AGREED if not_agreed else Agreement.PROPOSED


def _programme(row: Partnering) -> Iterator[ProgrammeReport]:
    for each in row.programme:
        yield ProgrammeReport(
            case_id=row.case_id,
            developer=row.developer,
            developer_name=row.developer_name,
            model=row.model,
            model_version=row.model_version,
            report_id=each.report_id,
            organisations_count=each.organisations_count,
            latest=each is row.programme[-1],
            reported_at=each.at,
            position=each.position,
        )
