"""The annual summary counts what was done in a period, by office and by quarter; its public part hides small counts."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from domain.events.case import Audience, Basis, Finding, Result
from domain.rules.case import Phase
from projections.case.life import life
from projections.case.row import CaseStatus
from projections.case_status import CASE_STATUS
from projections.reports.model import NEW_YORK, Column, Definition, Period, Table, columns, cross
from projections.reports.source import Source
from projections.view import Part

_CLOSED: Final = "closed"
_STANDS: Final = (Phase.UNDER_REVIEW, Phase.RETURNED, Phase.ACCEPTED, Phase.WITHDRAWN, _CLOSED)
_CONSULTED, _ALONE = "after-consultation", "without-consultation"
_DONE: Final = (
    "returned",
    "review-lapse-recorded",
    "withdrawn",
    "released-to-partners",
    "released-to-the-public",
    "terms-breach-reported",
)


class _Placing:
    """Where events are counted."""

    def __init__(self, period: Period) -> None:
        self.period = period
        self.cases: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        self.access: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        self.filings: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        self.determinations: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        self.done: defaultdict[tuple[str, str], list[int]] = defaultdict(list)

    def place(self, row: CaseStatus, at: datetime) -> None:
        has = self.period.has
        if row.submissions and has(row.submissions[0].at):
            first = row.submissions[0]
            self.cases[_stands(row, at), _quarter(first.at)].append(first.position)
        for opening in row.openings:
            if has(opening.at):
                self.access[opening.office, opening.basis].append(opening.position)
        for filing in row.filings:
            if has(filing.at):
                self.filings[filing.office, filing.finding].append(filing.position)
        for issued in row.determinations:
            if has(issued.at):
                how = _ALONE if issued.consultation is None else _CONSULTED
                self.determinations[issued.result, how].append(issued.position)
        for what, part in _done(row):
            if has(part.at):
                self.done[what, _quarter(part.at)].append(part.position)


def _annual(source: Source, period: Period) -> tuple[Table, ...]:
    placing = _Placing(period)
    for row in source.cases():
        placing.place(row, source.at)
    quarters = columns(*sorted({quarter for _, quarter in (*placing.cases, *placing.done)}))
    return (
        cross(
            code="cases",
            title="Cases, by quarter of their first submission and as they stand",
            note="A case is one model version; it is counted once, by its first submission.",
            head="Stands",
            rows=_STANDS,
            columns=quarters,
            placed=placing.cases,
        ),
        cross(
            code="access",
            title="Access opened, by office and basis",
            note="Each opening of access by an office is counted.",
            head="Office",
            rows=_offices(placing.access),
            columns=columns(*Basis),
            placed=placing.access,
        ),
        cross(
            code="assessments",
            title="Assessments filed, by office and finding",
            note="Each filing is counted, also where a newer one superseded it.",
            head="Office",
            rows=_offices(placing.filings),
            columns=columns(*Finding),
            placed=placing.filings,
        ),
        cross(
            code="determinations",
            title="Determinations issued, by result",
            note="Each determination is counted, also where a newer one superseded it. A determination is no license, "
            "preclearance or permit.",
            head="Result",
            rows=[*Result],
            columns=(
                Column(code=_CONSULTED, title="After consultation"),
                Column(code=_ALONE, title="Without consultation"),
            ),
            placed=placing.determinations,
        ),
        cross(
            code="events",
            title="What else became of cases, by quarter",
            note="Events are counted, not cases. Withdrawing is free and costs nothing.",
            head="Event",
            rows=_DONE,
            columns=quarters,
            placed=placing.done,
        ),
    )


def _stands(row: CaseStatus, at: datetime) -> str:
    case = life(row)
    if case.closed:
        return _CLOSED
    return Phase.ACCEPTED if case.accepted(at) else case.phase


def _done(row: CaseStatus) -> Iterator[tuple[str, Part]]:
    for what, parts in (
        ("returned", row.returns),
        ("review-lapse-recorded", row.lapses),
        ("withdrawn", row.withdrawals),
        ("terms-breach-reported", row.breaches),
    ):
        for part in parts:
            yield what, part
    for release in row.releases:
        yield ("released-to-partners" if release.audience is Audience.PARTNERS else "released-to-the-public"), release


def _offices(placed: dict[tuple[str, str], list[int]]) -> Sequence[str]:
    return sorted({office for office, _ in placed})


def _quarter(at: datetime) -> str:
    there = at.astimezone(NEW_YORK)
    return f"{there.year}-Q{(there.month + 2) // 3}"


ANNUAL: Final = Definition(
    code="annual-summary",
    version=1,
    title="Annual summary",
    says="What was submitted, opened, assessed, determined and released in the period, by when it was recorded. The "
    "public part counts what is marked UNCLASSIFIED, of a fiscal year that has ended and as it was then; a count of "
    "1 to 4 is suppressed, and so is what would tell it.",
    views=(CASE_STATUS,),
    make=_annual,
    public=True,
)
