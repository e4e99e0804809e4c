"""How long each submission waited until it was accepted, or until its review lapsed, which counts as acceptance."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from projections.case.row import CaseStatus
from projections.case_status import CASE_STATUS
from projections.parts import Turn
from projections.reports.model import Cell, Column, Definition, Line, Period, Table
from projections.reports.source import Source
from projections.ticking import Ticks, reviews

_ACCEPTED, _LAPSED = "accepted", "review-lapsed"
_DAY_HUNDREDTHS: Final = timedelta(days=1) / 100


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wait:
    case: CaseStatus
    how: str
    took: timedelta
    until: datetime
    positions: tuple[int, ...]


def _acceptance(source: Source, period: Period) -> tuple[Table, ...]:
    waits = [wait for row in source.cases() for wait in _waits(row, source.at) if period.has(wait.until)]
    groups = (("all", waits), *((how, [each for each in waits if each.how == how]) for how in (_ACCEPTED, _LAPSED)))
    return (
        Table(
            code="distribution",
            title="From submission to acceptance",
            note="In days of 24 hours, from when the submission was taken in until when its acceptance was, or until "
            "its review lapsed. The median and the 90th percentile are by nearest rank: values that occurred. A "
            "submission that was returned or withdrawn, or still waits, is not counted.",
            heads=("Submissions",),
            columns=(
                Column(code="count", title="Count"),
                Column(code="median-days", title="Median (days)"),
                Column(code="p90-days", title="90th percentile (days)"),
            ),
            rows=tuple(
                Line(heads=(name,), cells=(_count(group), _rank(group, 50), _rank(group, 90))) for name, group in groups
            ),
        ),
        Table(
            code="submissions",
            title="Each submission",
            note="In the order in which the cases began.",
            heads=("Case", "Developer", "Model"),
            columns=(
                Column(code="days", title="Days"),
                Column(code="how", title="How"),
                Column(code="accepted-at", title="Accepted at"),
            ),
            rows=tuple(_line(wait) for wait in waits),
        ),
    )


def _waits(row: CaseStatus, at: datetime) -> Iterator[_Wait]:
    for started, clock in zip(row.submissions, reviews(row, at), strict=True):
        behind: list[Turn] = [each for each in row.acceptances if each.position > started.position]
        lapses: list[Turn] = [each for each in row.lapses if each.position > started.position]
        if clock.stopped_because == _ACCEPTED and behind:
            how, until, ends = _ACCEPTED, behind[0].taken_in_at, behind[:1]
        elif clock.state in {Ticks.PASSED, Ticks.RECORDED}:
            how, until, ends = _LAPSED, clock.ends_at, lapses[:1] if clock.state is Ticks.RECORDED else []
        else:
            continue
        positions = (started.position, *(each.position for each in ends))
        yield _Wait(case=row, how=how, took=until - started.taken_in_at, until=until, positions=positions)


def _line(wait: _Wait) -> Line:
    row = wait.case
    values = (_days(wait.took), wait.how, wait.until.isoformat().replace("+00:00", "Z"))
    return Line(
        heads=(row.case_id, row.developer_name, f"{row.model} {row.model_version}"),
        cells=tuple(Cell(value=value, positions=wait.positions) for value in values),
    )


def _count(waits: Sequence[_Wait]) -> Cell:
    return Cell(value=len(waits), positions=_behind(waits))


def _rank(waits: Sequence[_Wait], percent: int) -> Cell:
    """The value of which at least so many percent are not longer."""
    if not waits:
        return Cell(value=None)
    rank = -(-len(waits) * percent // 100)
    return Cell(value=_days(sorted(wait.took for wait in waits)[rank - 1]), positions=_behind(waits))


def _behind(waits: Sequence[_Wait]) -> tuple[int, ...]:
    return tuple(sorted(position for wait in waits for position in wait.positions))


def _days(took: timedelta) -> str:
    """To hundredths, cut off."""
    hundredths = took // _DAY_HUNDREDTHS
    return f"{hundredths // 100}.{hundredths % 100:02}"


ACCEPTANCE: Final = Definition(
    code="time-to-acceptance",
    version=1,
    title="Time from submission to acceptance",
    says="Submissions whose acceptance, or lapse of review, was in the period; each submission of a case is one.",
    views=(CASE_STATUS,),
    make=_acceptance,
)
