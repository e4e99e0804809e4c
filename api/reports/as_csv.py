"""As CSV (RFC 4180), a report has a line for each cell; no text in it begins like a formula."""

import csv
from io import StringIO
from typing import Final

from api.reports.said import Said, instant, notices

HEADER: Final = (
    "report",
    "version",
    "from",
    "until",
    "position",
    "at",
    "marking",
    "notices",
    "table",
    "row",
    "column",
    "value",
    "suppressed",
    "events",
)
"""`row` is what it is about, parted by ` | `; `events` are ids, parted by spaces."""
_BEGINS_A_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def as_csv(said: Said) -> bytes:
    """The whole report, in UTF-8."""
    report = said.report
    period = report.period
    about = (
        report.definition.code,
        str(report.definition.version),
        "" if period.from_on is None else period.from_on.isoformat(),
        "" if period.until_on is None else period.until_on.isoformat(),
        str(report.position),
        instant(report.at),
        said.marking,
        " ".join(notices(said)),
    )
    written = StringIO(newline="")
    lines = csv.writer(written, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    lines.writerow(HEADER)
    for table in report.tables:
        for row in table.rows:
            for column, cell in zip(table.columns, row.cells, strict=True):
                value = "" if cell.value is None else str(cell.value)
                events = " ".join(said.events[each] for each in cell.positions)
                suppressed = "true" if cell.suppressed else "false"
                line = (*about, table.code, " | ".join(row.heads), column.code, value, suppressed, events)
                lines.writerow([guarded(each) for each in line])
    return written.getvalue().encode()


def guarded(text: str) -> str:
    """A text that no spreadsheet takes for a formula: an apostrophe stands before what begins like one."""
    return f"'{text}" if text.startswith(_BEGINS_A_FORMULA) else text
