"""A duty and a ceiling to vary, and the federal calendar that every ledger begins with."""

import json
from dataclasses import replace
from datetime import datetime, time
from pathlib import Path
from typing import Any

from domain import clocks
from domain.clocks import Calendar, Days, Deadline, Ends, Terms

FOUNDING = Path(__file__).parents[2] / "domain" / "founding"
NEW_YORK = "America/New_York"
LAPSE = "lapse-in-appropriations"


def founding(name: str) -> Any:
    return json.loads((FOUNDING / f"{name}.json").read_text(encoding="utf-8"))


def cited(policy: Any) -> str:
    return f"POLICY:{policy['policy']}-{policy['policy_version']}"


_HOLIDAYS = founding("federal-holidays")
FEDERAL = clocks.calendar(cited(_HOLIDAYS), _HOLIDAYS["columns"], _HOLIDAYS["rows"])

DUTY = Terms(
    policy="POLICY:SOME-DUTY-1",
    starts_with="case.submitted",
    length_days=10,
    days=Days.BUSINESS,
    ends=Ends.DUTY,
    zone=NEW_YORK,
    cutoff=time(17),
    roll_forward=False,
    pauses=(LAPSE,),
    extended_by=(),
    calendar=FEDERAL.policy,
)
WINDOW = replace(DUTY, ends=Ends.CEILING, length_days=30, days=Days.CALENDAR, cutoff=None, pauses=(), calendar=None)


def over(terms: Terms, start: datetime, calendar: Calendar = FEDERAL, **days: Any) -> Deadline:
    """The deadline by the calendar, where the terms ask one."""
    return clocks.deadline(terms, start, calendar if terms.calendar else None, **days)
