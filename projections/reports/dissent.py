"""Dissent stands beside the determinations that it is about, and beside those offices that filed it."""

from collections import defaultdict
from typing import Final

from domain.events.case import Result
from projections.case.parts import Issuance
from projections.case.row import CaseStatus
from projections.case_status import CASE_STATUS
from projections.reports.model import Cell, Column, Definition, Line, Period, Table, columns, count, cross
from projections.reports.source import Source

_BEFORE: Final = "before-any"


def _dissent(source: Source, period: Period) -> tuple[Table, ...]:
    placed: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    lines: list[Line] = []
    for row in source.cases():
        results = {each.determination_id: each.result for each in row.determinations}
        for each in row.dissents:
            if period.has(each.at):
                about = _BEFORE if each.about is None else results.get(each.about, _BEFORE)
                placed[each.office, about].append(each.position)
        lines += [_line(row, each) for each in row.determinations if period.has(each.at)]
    return (
        cross(
            code="dissents",
            title="Dissents, by office and by the result that they are about",
            note="A dissent that was filed before there was a determination is about none; what is about one that its "
            "reader is not given is counted there too.",
            head="Office",
            rows=sorted({office for office, _ in placed}),
            columns=(*columns(*Result), Column(code=_BEFORE, title="About none")),
            placed=placed,
        ),
        Table(
            code="determinations",
            title="Determinations, with the dissents about each",
            note="Dissent stops nothing and stands for ever. Dissents are counted whenever they were filed.",
            heads=("Case", "Model", "Determination"),
            columns=(
                Column(code="result", title="Result"),
                Column(code="issued-at", title="Issued at"),
                Column(code="dissents", title="Dissents"),
                Column(code="offices", title="Offices"),
            ),
            rows=tuple(lines),
        ),
    )


def _line(row: CaseStatus, issued: Issuance) -> Line:
    dissents = [each for each in row.dissents if each.about == issued.determination_id]
    positions = [each.position for each in dissents]
    here = (issued.position,)
    return Line(
        heads=(row.case_id, f"{row.model} {row.model_version}", issued.determination_id),
        cells=(
            Cell(value=issued.result.value, positions=here),
            Cell(value=issued.at.isoformat().replace("+00:00", "Z"), positions=here),
            count(positions),
            Cell(value=" ".join(sorted({each.office for each in dissents})), positions=tuple(positions)),
        ),
    )


DISSENT: Final = Definition(
    code="dissent",
    version=1,
    title="Dissent beside determinations",
    says="Dissents filed in the period, by office, and the determinations issued in it with the dissents about each.",
    views=(CASE_STATUS,),
    make=_dissent,
)
