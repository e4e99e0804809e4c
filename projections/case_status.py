"""The status of every case: by id, in lists, and as it was at any position of the record."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from domain.events import Event
from domain.events.case import Result
from domain.recorded import Recorded
from domain.rules.case import Phase
from domain.rules.citing import Text
from domain.values import CaseId, Cited, OfficeCode, ParticipantId
from projections.case.at import CaseAt, case_at
from projections.case.fold import Finding, Folded, folded
from projections.case.row import ADDS, OFFICE, CaseStatus, offices
from projections.instants import microseconds
from projections.parts import upto
from projections.reads import Found, Reads
from projections.view import Key, Matter, View
from projections.visible import Sight
from projections.walk import one_of, walk

_CASE: Final = "case-"


class CaseStatusView(View[CaseStatus]):
    """Every case, by its id."""

    name = "case_status"
    version = 1
    row = CaseStatus
    matter = Matter("key", "case")
    form = Folded
    columns = {  # noqa: RUF012 - a constant of the class
        "began": "INTEGER",
        "phase": "TEXT",
        "result": "TEXT",
        "ceiling_us": "INTEGER",
        "offices": "TEXT",
        "mixed": "INTEGER",
    }
    indexes = (("began",), ("scope", "began"))

    def keys(self, recorded: Recorded[Event]) -> tuple[Key, ...]:
        event = recorded.event
        if type(event) not in ADDS:
            return ()
        stream = recorded.stream
        if stream.startswith(_CASE):
            return (stream[len(_CASE) :],)
        case_id = event.subject.case_id  # type: ignore[union-attr] # all else that it adds is of a consultation
        return () if case_id is None else (case_id,)

    def evolve(self, row: Any, position: int, recorded: Recorded[Event]) -> Any:  # noqa: ANN401 - a `Folded`
        return folded(row, position, recorded)

    def indexed(self, row: Any) -> tuple[object, ...]:  # noqa: ANN401 - the same
        found: Finding = row.finding
        offices = f" {' '.join(actor.removeprefix(OFFICE) for actor in found.actors)} "
        return row.began, found.phase, found.result, found.ceiling_us, offices, found.mixed


CASE_STATUS: Final = CaseStatusView()


@dataclass(frozen=True, slots=True)
class Citing:
    """A text that a case may rest on: a standard or a threshold, of any version or of one."""

    kind: Text
    id: str
    version: int | None

    def fits(self, kind: Text, cited: Cited) -> bool:
        """Whether it is what is cited."""
        return (kind, cited.id) == (self.kind, self.id) and self.version in {None, cited.version}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which cases somebody asks for; what is None does not matter."""

    ids: tuple[CaseId, ...] | None = None
    phase: Phase | None = None
    """As it counts at the time of asking."""
    developer: ParticipantId | None = None
    office: OfficeCode | None = None
    """Involved in any way: with access, by an act of its own, or consulted."""
    access_open: bool | None = None
    result: Result | None = None
    """Of the determination in force."""
    determined: bool | None = None
    open: bool | None = None
    """Neither closed nor withdrawn."""
    cites: tuple[Citing, ...] = ()
    """Texts that an assessment which counts, or the determination in force, rests on; all of them."""

    def fits(self, row: CaseStatus, now: CaseAt) -> bool:
        """Whether a case is one of these, as far as this reader sees it."""
        in_force = next((each.result for each in now.determinations if each.in_force), None)
        return (
            self.phase in {None, now.phase}
            and self.developer in {None, row.developer}
            and (self.office is None or self.office in offices(row))
            and (self.access_open is None or self.access_open == (now.access is not None and now.access.open))
            and self.result in {None, in_force}
            and self.determined in {None, in_force is not None}
            and self.open in {None, not (now.closed or now.phase is Phase.WITHDRAWN)}
            and all(any(each.fits(*cited) for cited in _cited(row, now)) for each in self.cites)
        )

    def conditions(self, at: datetime, *, now: bool) -> Iterator[tuple[str, tuple[object, ...]]]:
        """SQL that leaves out rows which do not fit and hide nothing; the rest is for `fits`.

        Not `now`: it is asked of the past, or by somebody to whom not every part is shown, so columns say little.
        """
        if self.ids is not None:
            yield one_of(self.ids)
        if self.developer is not None:
            yield "scope = ?", (self.developer,)
        if not now:
            return
        if self.phase is Phase.ACCEPTED:
            yield "(mixed = 1 OR phase IN (?, ?))", (Phase.ACCEPTED, Phase.UNDER_REVIEW)
        elif self.phase is not None:
            yield "(mixed = 1 OR phase = ?)", (self.phase,)
        if self.office is not None:
            yield "(mixed = 1 OR offices LIKE ?)", (f"% {self.office} %",)
        if self.access_open:
            yield "(mixed = 1 OR ceiling_us > ?)", (microseconds(at),)
        if self.result is not None:
            yield "(mixed = 1 OR result = ?)", (self.result,)
        if self.determined is not None:
            yield f"(mixed = 1 OR result IS {'NOT NULL' if self.determined else 'NULL'})", ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A case as one reader may see it: its parts, and what follows from them."""

    status: CaseStatus
    now: CaseAt
    position: int
    """Of the last event that touched it."""
    stale: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some of the cases that were asked for, in the order of their first submissions."""

    cases: tuple[Told, ...]
    after: int | None
    """Where the next page begins; None where there is none."""


def case(reads: Reads, sight: Sight, id: CaseId, at: datetime, *, as_of: int | None = None) -> Told | None:
    """One case at an instant; None where this reader has none. Raises NotBuilt.

    `as_of` is a position: only what was recorded up to it counts. `at` is not before the last event that counts.
    """
    found = reads.get(CASE_STATUS, sight, id)
    return None if found is None else _told(found, at, as_of)


def cases(
    reads: Reads,
    sight: Sight,
    wanted: Wanted,
    at: datetime,
    *,
    as_of: int | None = None,
    after: int = 0,
    limit: int = 50,
) -> Page:
    """The cases that are wanted, as they are at an instant, behind the cursor `after`. Raises NotBuilt.

    What this reader may not see decides nothing: neither whether a case is found, nor what it is found as.
    """
    narrowing = list(wanted.conditions(at, now=as_of is None and sight.participant is None))
    told: list[Told] = []
    for found in walk(
        reads,
        CASE_STATUS,
        sight,
        by="began",
        place=lambda found: found.row.began,
        after=after,
        where=" AND ".join(condition for condition, _ in narrowing),
        values=[value for _, bound in narrowing for value in bound],
    ):
        one = _told(found, at, as_of)
        if one is None or not wanted.fits(one.status, one.now):
            continue
        if len(told) == limit:
            return Page(cases=tuple(told), after=told[-1].status.began)
        told.append(one)
    return Page(cases=tuple(told), after=None)


def _cited(row: CaseStatus, now: CaseAt) -> Iterator[tuple[Text, Cited]]:
    counting = {each.assessment_id for each in now.assessments if each.filed and each.superseded_by is None}
    yield from ((Text.STANDARD, each.standard) for each in row.filings if each.assessment_id in counting)
    for each in row.determinations:
        if each.determination_id == now.in_force:
            yield Text.STANDARD, each.standard
            yield Text.THRESHOLD, each.threshold


def _told(found: Found[CaseStatus], at: datetime, as_of: int | None) -> Told | None:
    row = found.row
    if as_of is not None:
        if row.began > as_of:
            return None
        row = upto(row, as_of)
    return Told(status=row, now=case_at(row, at), position=found.position, stale=found.stale)
