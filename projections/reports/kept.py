"""Which clocks were met and which were missed, by what they are about and by the office that had to act."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from domain.values import OfficeCode, TaskingCode
from projections.case.consultation_parts import Word, consulted
from projections.clocks import CLOCKS, Clocks
from projections.parts import lists_of
from projections.reports.model import Column, Definition, Line, Period, Table, count
from projections.reports.source import Source
from projections.tasking.life import life
from projections.ticking import (
    NSA,
    SECRETARIAT,
    Clock,
    Ticks,
    What,
    consultations,
    oversights,
    reconsiderations,
    reviews,
    taskings,
)

_MET, _MISSED, _OTHERWISE = "met", "missed", "ended-otherwise"
_COLUMNS: Final = (
    Column(code=_MET, title="Met"),
    Column(code=_MISSED, title="Missed"),
    Column(code=_OTHERWISE, title="Ended otherwise"),
    Column(code="total", title="Total"),
)
_STOPS: Final = {
    "accepted": _MET,
    "returned": _MET,
    "answered": _MET,
    "claimed": _MET,
    "verified": _MET,
    "answered-late": _MISSED,
}
"""What a stop means for the office that had to act; a stop that is not here is nobody's doing or failing."""
_TURNS: Final = lists_of(Clocks, "id")


def _kept(source: Source, period: Period) -> tuple[Table, ...]:
    placed: defaultdict[tuple[str, str], defaultdict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for row in source.clocks():
        positions = {turn.id: turn.position for turns in _TURNS(row) for turn in turns}
        for clock, office, how in _said(row, source.at):
            if period.has(clock.ends_at):
                placed[clock.what, office][how].append(positions[clock.started_in])
    return (
        Table(
            code="clocks",
            title="Clocks met and missed, by what they are about and by office",
            note="A clock is counted in the period in which it was to end, for each office that had to act, by the "
            "event that started it. Met: the office acted before the end. Missed: it acted later or not at all; "
            "silence in a consultation is no answer, and neither concurrence nor objection; what oversight asks for is "
            "met by what the office produces or withholds in time. Ended otherwise: the case was withdrawn, the date "
            "amended, the duty rescinded, the consultation or the request closed early or an answer declined. Clocks "
            "that still run, windows of access (a ceiling and no duty) and words on late duties are not counted.",
            heads=("Clock", "Office"),
            columns=_COLUMNS,
            rows=tuple(
                Line(
                    heads=key,
                    cells=(
                        *(count(cells[each]) for each in (_MET, _MISSED, _OTHERWISE)),
                        count(position for positions in cells.values() for position in positions),
                    ),
                )
                for key, cells in sorted(placed.items())
            ),
        ),
    )


def _said(row: Clocks, at: datetime) -> Iterator[tuple[Clock, OfficeCode, str]]:
    if row.assignments:
        yield from _duties(row, at)
    elif row.submissions:
        for office, clocks in ((SECRETARIAT, reviews(row, at)), (NSA, reconsiderations(row, row.case_id, at))):
            for clock in clocks:
                if (how := _how(clock)) is not None:
                    yield clock, office, how
    elif row.oversight_requests:
        yield from _requests(row, at)
    else:
        yield from _answers(row, at)


def _requests(row: Clocks, at: datetime) -> Iterator[tuple[Clock, OfficeCode, str]]:
    """The office that oversight asks acts by producing something, or by saying what it withholds."""
    spoke = min((word.taken_in_at for word in row.oversight_words), default=None)
    for clock in oversights(row, row.stream, at):
        office = row.oversight_requests[0].office
        if spoke is not None and spoke < clock.ends_at:
            yield clock, office, _MET
        elif (how := _how(clock)) is not None:
            yield clock, office, how


def _how(clock: Clock) -> str | None:
    if clock.state is Ticks.RUNNING:
        return None
    return _STOPS.get(clock.stopped_because, _OTHERWISE) if clock.stopped_because is not None else _MISSED


def _answers(row: Clocks, at: datetime) -> Iterator[tuple[Clock, OfficeCode, str]]:
    for clock, asking in zip(consultations(row, row.case_id or None, row.matter, at), consulted(row, at), strict=True):
        for each in asking.offices:
            if not each.asked or each.word is Word.AWAITED:
                continue
            if each.word is Word.ANSWERED:
                yield clock, each.office, _MISSED if each.late else _MET
            elif each.word is Word.DECLINED:
                yield clock, each.office, _OTHERWISE
            else:
                yield clock, each.office, _OTHERWISE if clock.state is Ticks.STOPPED else _MISSED


def _duties(row: Clocks, at: datetime) -> Iterator[tuple[Clock, OfficeCode, str]]:
    code = TaskingCode(row.stream.partition("-")[2])
    state = life(row, code)
    for clock in taskings(row, code, at):
        if clock.what is not What.TASKING or clock.state is Ticks.RUNNING:
            continue
        for office in state.leads:
            how = _how(clock)
            claim = state.claims.get(office)
            if how == _MISSED and claim is not None and claim.at < clock.ends_at:
                how = _MET
            if how is not None:
                yield clock, office, how


KEPT: Final = Definition(
    code="clocks",
    version=2,
    title="Clocks met and missed",
    says="Clocks that were to end in the period, by what they are about and by the office that had to act.",
    views=(CLOCKS,),
    make=_kept,
)
