"""As JSON, a report has the ids of the events behind each of its cells."""

from typing import Any

from api.reports.said import Said, instant, notices
from projections.reports.model import Cell, Definition


def listed(definition: Definition) -> dict[str, Any]:
    """A definition as the list of reports has it."""
    return {
        "code": definition.code,
        "version": definition.version,
        "title": definition.title,
        "says": definition.says,
        "public": definition.public,
    }


def as_json(said: Said) -> dict[str, Any]:
    """The whole report."""
    report = said.report
    period = report.period

    def cell(of: Cell) -> dict[str, Any]:
        return {"value": of.value, "suppressed": of.suppressed, "events": [said.events[each] for each in of.positions]}

    whole = {
        "definition": listed(report.definition),
        "from": None if period.from_on is None else period.from_on.isoformat(),
        "until": None if period.until_on is None else period.until_on.isoformat(),
        "position": report.position,
        "at": instant(report.at),
        "marking": said.marking,
        "public": report.public,
        "simulated": said.simulated,
        "stale": report.stale,
        "notices": notices(said),
        "tables": [
            {
                "code": table.code,
                "title": table.title,
                "note": table.note,
                "heads": list(table.heads),
                "columns": [{"code": each.code, "title": each.title} for each in table.columns],
                "totals": table.totals,
                "rows": [{"heads": list(row.heads), "cells": [cell(each) for each in row.cells]} for row in table.rows],
            }
            for table in report.tables
        ],
    }
    return whole if said.withheld is None else whole | {"withheld": said.withheld}
