"""As PDF, a report is tagged (PDF/UA-1), in a language, with headers of tables; the same report has the same bytes."""

from datetime import UTC
from pathlib import Path
from typing import Final

import orjson
import typst

from api.reports.said import Said, instant, notices
from projections.reports.model import Cell, Table

MOST_ROWS: Final = 1_000
"""Of one table: a longer one takes many seconds to set, and nobody reads it on paper."""
_TEMPLATE: Final = (Path(__file__).parent / "report.typ").read_bytes()


def as_pdf(said: Said) -> bytes:
    """The whole report, without ids of events: these are in the other formats."""
    made = typst.compile(
        _TEMPLATE,
        sys_inputs={"report": orjson.dumps(printed(said)).decode()},
        format="pdf",
        pdf_standards="ua-1",
        ignore_system_fonts=True,
        timestamp=said.report.at.astimezone(UTC).replace(microsecond=0),
    )
    if not isinstance(made, bytes):
        raise TypeError("a report is one document")
    return made


def printed(said: Said) -> dict[str, object]:
    """What the template sets."""
    report = said.report
    definition, period = report.definition, report.period
    begin = "the beginning" if period.from_on is None else period.from_on.isoformat()
    end = "without end" if period.until_on is None else f"until before {period.until_on.isoformat()}"
    return {
        "title": definition.title,
        "marking": said.marking,
        "says": definition.says,
        "notices": notices(said),
        "facts": [
            ["Definition", f"{definition.code}, version {definition.version}"],
            ["Period", f"From {begin}, {end} (days in New York)"],
            ["As of", f"Position {report.position} of the record, at {instant(report.at)}"],
            ["Marking", said.marking],
        ],
        "tables": [_table(each) for each in report.tables],
    }


def _table(table: Table) -> dict[str, object]:
    shown, left = table.rows[:MOST_ROWS], len(table.rows) - MOST_ROWS
    more = f" {left} more rows are in the other formats." if left > 0 else ""
    return {
        "title": table.title,
        "note": table.note + more,
        "heads": [*table.heads, *(each.title for each in table.columns)],
        "named": len(table.heads),
        "totals": table.totals,
        "rows": [[*row.heads, *map(_text, row.cells)] for row in shown],
    }


def _text(cell: Cell) -> str:
    if cell.suppressed:
        return "suppressed"
    return "none" if cell.value is None else str(cell.value)
