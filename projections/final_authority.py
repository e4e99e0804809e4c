"""The final-authority record: every determination, from when to when it was in force, and what stands beside it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from domain.events import Event
from domain.events.case import CaseSubmitted, Result
from domain.recorded import Recorded
from domain.values import CaseId, ParticipantId
from projections.authority_row import ADDS, FinalAuthority
from projections.determined import Determined, determined
from projections.parts import add, upto
from projections.reads import Reads
from projections.view import Key, Matter, View
from projections.visible import Sight
from projections.walk import walk

_CASE: Final = "case-"


class FinalAuthorityView(View[FinalAuthority]):
    """Every case with what was determined of it, by the id of the case."""

    name = "final_authority"
    version = 1
    row = FinalAuthority
    matter = Matter("key", "case")
    columns = {"began": "INTEGER", "in_force_from": "INTEGER"}  # noqa: RUF012 - a constant of the class
    indexes = (("began",), ("in_force_from",))

    def keys(self, recorded: Recorded[Event]) -> tuple[Key, ...]:
        event = recorded.event
        if type(event) not in ADDS:
            return ()
        if recorded.stream.startswith(_CASE):
            return (recorded.stream[len(_CASE) :],)
        case_id = event.subject.case_id  # type: ignore[union-attr] # all else that it adds is of a consultation
        return () if case_id is None else (case_id,)

    def evolve(self, row: FinalAuthority | None, position: int, recorded: Recorded[Event]) -> FinalAuthority:
        made = _begun(position, recorded) if row is None else row
        add(ADDS, made, position, recorded)
        return made

    def indexed(self, row: FinalAuthority) -> tuple[object, ...]:
        """From which position on something was in force: of a case, something is from then on, for ever."""
        return row.began, row.determinations[0].position if row.determinations else None


FINAL_AUTHORITY: Final = FinalAuthorityView()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which determinations somebody asks for; what is None does not matter."""

    case_id: CaseId | None = None
    developer: ParticipantId | None = None
    result: Result | None = None
    in_force: bool | None = None
    consulted: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Determinations, by case in the order of their first submissions, and in each in the order of their issue."""

    determinations: tuple[Determined, ...]
    after: int | None
    """Where the next page begins; None where there is none."""
    stale: tuple[CaseId, ...]
    """Cases of this page of which an event could not be folded yet."""


def determinations(
    reads: Reads,
    sight: Sight,
    wanted: Wanted,
    at: datetime,
    *,
    as_of: int | None = None,
    after: int = 0,
    limit: int = 50,
) -> Page:
    """The determinations of at most `limit` cases behind the cursor `after`, at an instant. Raises NotBuilt.

    `as_of` is a position: only what was recorded up to it counts.
    """
    conditions: list[tuple[str, object]] = [("in_force_from > ?", 0)]
    if as_of is not None:
        conditions.append(("in_force_from <= ?", as_of))
    if wanted.case_id is not None:
        conditions.append(("key = ?", wanted.case_id))
    if wanted.developer is not None:
        conditions.append(("scope = ?", wanted.developer))
    found: list[Determined] = []
    begun: list[int] = []
    stale: list[CaseId] = []
    for each in walk(
        reads,
        FINAL_AUTHORITY,
        sight,
        by="began",
        place=lambda found: found.row.began,
        after=after,
        where=" AND ".join(condition for condition, _ in conditions),
        values=[value for _, value in conditions],
    ):
        fitting = [one for one in determined(_then(each.row, as_of), at) if _is_wanted(one, wanted)]
        if not fitting:
            continue
        if len(begun) == limit:
            return Page(determinations=tuple(found), after=begun[-1], stale=tuple(stale))
        begun.append(each.row.began)
        found += fitting
        stale += [each.row.case_id] if each.stale else []
    return Page(determinations=tuple(found), after=None, stale=tuple(stale))


def _is_wanted(one: Determined, wanted: Wanted) -> bool:
    return (
        wanted.result in {None, one.result}
        and wanted.in_force in {None, one.in_force}
        and wanted.consulted in {None, one.no_consultation_because is None}
    )


def _then(row: FinalAuthority, as_of: int | None) -> FinalAuthority:
    return row if as_of is None else upto(row, as_of)


def _begun(position: int, recorded: Recorded[Event]) -> FinalAuthority:
    event = recorded.event
    if not isinstance(event, CaseSubmitted):
        raise TypeError(f"a case begins with its submission, not with {event.type}")
    return FinalAuthority(
        marking=recorded.marking,
        scope=event.developer,
        case_id=event.case_id,
        developer=event.developer,
        developer_name=event.developer_name,
        model=event.model,
        model_version=event.model_version,
        variant=event.variant,
        began=position,
    )
