"""Vulnerabilities are counted by the weeks in which they were reported and in which the public was told."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from domain.rules.policy import ZONE
from projections.clearinghouse.at import VulnerabilityAt
from projections.clearinghouse.row import Vulnerability

_WEEK = timedelta(weeks=1)


class Week(msgspec.Struct, kw_only=True, frozen=True):
    """What happened in a week, in New York."""

    monday: date
    """With which it begins."""
    reported: int
    """Vulnerabilities whose report came in."""
    published: int
    """Vulnerabilities of which the public was told."""


def weeks(found: Iterable[tuple[Vulnerability, VulnerabilityAt]]) -> tuple[Week, ...]:
    """Every week from the first of which there is something to say to the last, without a gap."""
    reported: Counter[date] = Counter()
    published: Counter[date] = Counter()
    for row, now in found:
        if row.reports:
            reported[_monday(row.reports[0].at)] += 1
        if now.published_at is not None:
            published[_monday(now.published_at)] += 1
    said = reported.keys() | published.keys()
    if not said:
        return ()
    first = min(said)
    every = (first + _WEEK * number for number in range((max(said) - first) // _WEEK + 1))
    return tuple(Week(monday=each, reported=reported[each], published=published[each]) for each in every)


def _monday(at: datetime) -> date:
    on = at.astimezone(ZoneInfo(ZONE)).date()
    return on - timedelta(days=on.weekday())
