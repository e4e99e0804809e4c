"""What changed between two positions: what happened, and what of it made a difference, as its reader may see both."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec

from domain.events.case import Ground, Outcome, Result
from domain.rules.case import Phase
from domain.values import CaseId, DeterminationId, EventId, StreamId
from projections.audit_trail import AUDIT_TRAIL, AuditEntry
from projections.case.at import CaseAt, DeterminationAt
from projections.case_status import CASE_STATUS, case
from projections.clocks import CLOCKS, Clocks, clocks_of
from projections.instants import microseconds
from projections.parts import upto
from projections.reads import Reads
from projections.ticking import Clock, Ticks
from projections.view import View
from projections.visible import Sight

MOST: Final = 10_000
"""Events that are compared at a time."""
NAMED: Final = 100
"""Events of a group that are named; the rest is counted."""
VIEWS: Final[tuple[View[Any], ...]] = (AUDIT_TRAIL, CASE_STATUS, CLOCKS)
"""What has to be folded."""
_ASKED: Final = 500


class TooMuch(Exception):
    """More happened than is compared at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A position of the record, and which time it was there."""

    position: int
    at: datetime


class Group(msgspec.Struct, kw_only=True, frozen=True):
    """Events that have something in common, in order of position."""

    name: str
    count: int
    events: tuple[EventId, ...]
    """The first hundred of them."""


class Happened(msgspec.Struct, kw_only=True, frozen=True):
    """What happened, by what events have in common; of each kind the most frequent first."""

    count: int
    types: tuple[Group, ...]
    streams: tuple[Group, ...]
    actors: tuple[Group, ...]


class CaseThen(msgspec.Struct, kw_only=True, frozen=True):
    """What a case was, as far as it is compared."""

    phase: Phase
    access_open: bool
    in_force: DeterminationId | None
    result: Result | None
    """Of the determination in force."""
    closed: bool
    outcome: Outcome | None


class CaseChange(msgspec.Struct, kw_only=True, frozen=True):
    """A case that is otherwise than before; before its submission it was none."""

    case_id: CaseId
    before: CaseThen | None
    after: CaseThen


class Issued(msgspec.Struct, kw_only=True, frozen=True):
    """A determination that was issued."""

    case_id: CaseId
    determination_id: DeterminationId
    result: Result


class Superseded(msgspec.Struct, kw_only=True, frozen=True):
    """A determination that was superseded, by which other one, and why."""

    case_id: CaseId
    determination_id: DeterminationId
    superseded_by: DeterminationId | None
    ground: Ground | None


class Between(msgspec.Struct, kw_only=True, frozen=True):
    """What changed behind one position up to another."""

    happened: Happened
    cases: tuple[CaseChange, ...]
    issued: tuple[Issued, ...]
    superseded: tuple[Superseded, ...]
    clocks_started: tuple[Clock, ...]
    clocks_ended: tuple[Clock, ...]
    """They passed, or something stopped them; soonest first, as those that started."""


def between(reads: Reads, sight: Sight, since: Point, until: Point) -> Between:
    """What changed behind `since` up to `until`. Raises TooMuch, NotBuilt.

    Clocks are those of streams to which something happened, and those that only time has ended meanwhile.
    """
    found = reads.find(
        AUDIT_TRAIL,
        sight,
        where="key > ? AND key <= ?",
        values=(since.position, until.position),
        limit=MOST + 1,
    )
    if len(found) > MOST:
        raise TooMuch
    entries = [each.row for each in found]
    rows = list(_clock_rows(reads, sight, {each.stream for each in entries}, since, until))
    started, ended = _clocks(rows, since, until)
    about = (*(each.case_id for each in entries), *(each.case_id for each in (*started, *ended)))
    touched = {each for each in about if each is not None}
    cases = [
        (case_id, _case(reads, sight, case_id, since), _case(reads, sight, case_id, until))
        for case_id in sorted(touched)
    ]
    return Between(
        happened=Happened(
            count=len(entries),
            types=_grouped(entries, lambda each: each.type),
            streams=_grouped(entries, lambda each: each.stream),
            actors=_grouped(entries, lambda each: each.actor),
        ),
        cases=tuple(_changes(cases)),
        issued=tuple(_issued(cases)),
        superseded=tuple(_superseded(cases)),
        clocks_started=started,
        clocks_ended=ended,
    )


_Cases = Sequence[tuple[CaseId, CaseAt | None, CaseAt | None]]


def _grouped(entries: Iterable[AuditEntry], by: Callable[[AuditEntry], str]) -> tuple[Group, ...]:
    groups: dict[str, list[EventId]] = defaultdict(list)
    for each in entries:
        groups[by(each)].append(each.event)
    made = (Group(name=name, count=len(ids), events=tuple(ids[:NAMED])) for name, ids in groups.items())
    return tuple(sorted(made, key=lambda group: (-group.count, group.name)))


def _case(reads: Reads, sight: Sight, case_id: CaseId, point: Point) -> CaseAt | None:
    told = case(reads, sight, case_id, point.at, as_of=point.position)
    return None if told is None else told.now


def _changes(cases: _Cases) -> Iterator[CaseChange]:
    for case_id, before, after in cases:
        then, now = (None if each is None else _then(each) for each in (before, after))
        if now is not None and then != now:
            yield CaseChange(case_id=case_id, before=then, after=now)


def _then(now: CaseAt) -> CaseThen:
    return CaseThen(
        phase=now.phase,
        access_open=now.access is not None and now.access.open,
        in_force=now.in_force,
        result=next((each.result for each in now.determinations if each.in_force), None),
        closed=now.closed,
        outcome=now.outcome,
    )


def _issued(cases: _Cases) -> Iterator[Issued]:
    for case_id, before, after in cases:
        known = {each.determination_id for each in _determinations(before)}
        for each in _determinations(after):
            if each.determination_id not in known:
                yield Issued(case_id=case_id, determination_id=each.determination_id, result=each.result)


def _superseded(cases: _Cases) -> Iterator[Superseded]:
    for case_id, before, after in cases:
        over = {each.determination_id for each in _determinations(before) if not each.in_force}
        for each in _determinations(after):
            if not each.in_force and each.determination_id not in over:
                yield Superseded(
                    case_id=case_id,
                    determination_id=each.determination_id,
                    superseded_by=each.superseded_by,
                    ground=each.ground,
                )


def _determinations(case: CaseAt | None) -> Sequence[DeterminationAt]:
    return () if case is None else case.determinations


def _clock_rows(
    reads: Reads, sight: Sight, streams: Iterable[StreamId], since: Point, until: Point
) -> Iterator[Clocks]:
    """Rows to which something happened, and those of which a clock that nothing has ended yet passed meanwhile."""
    seen: set[str] = set()
    wanted = sorted(streams)
    asked: list[tuple[str, Sequence[object]]] = [
        (f"key IN ({', '.join('?' * len(some))})", some)
        for some in (wanted[at : at + _ASKED] for at in range(0, len(wanted), _ASKED))
    ]
    asked.append(("ends_us >= ? AND ends_us < ?", (microseconds(since.at), microseconds(until.at))))
    for where, values in asked:
        for each in reads.find(CLOCKS, sight, where=where, values=values, limit=MOST):
            if each.row.stream not in seen:
                seen.add(each.row.stream)
                yield each.row


def _clocks(rows: Iterable[Clocks], since: Point, until: Point) -> tuple[tuple[Clock, ...], tuple[Clock, ...]]:
    started: list[Clock] = []
    ended: list[Clock] = []
    for row in rows:
        before = {_named(each): each for each in clocks_of(upto(row, since.position), since.at)}
        for each in clocks_of(upto(row, until.position), until.at):
            then = before.get(_named(each))
            if then is None:
                started.append(each)
            if each.state is not Ticks.RUNNING and (then is None or then.state is Ticks.RUNNING):
                ended.append(each)
    return _soonest(started), _soonest(ended)


def _named(clock: Clock) -> tuple[str, str, str]:
    return clock.what, clock.about, clock.started_in


def _soonest(clocks: Iterable[Clock]) -> tuple[Clock, ...]:
    return tuple(sorted(clocks, key=lambda clock: (clock.ends_at, clock.stream, clock.what)))
