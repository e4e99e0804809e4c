"""When a duty that begins with an act is due: by the policy in force then, which the event that starts it cites."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from domain import clocks
from domain.errors import Refused
from domain.rules.asked import Asked
from domain.rules.seen import Seen, of_policy
from domain.values import Citation, PolicyCode, StreamId


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """An instant, and the policy that it follows from."""

    at: datetime
    policy: Citation


def due(
    policy: PolicyCode,
    asked: Asked,
    seen: Seen,
    *,
    pinned: Citation | None = None,
    since: datetime | None = None,
    days: int | None = None,
) -> Due:
    """When what begins as this act is taken in is due, by the version in force or by the one that a clock has pinned.

    `since`: when it began, where that is another instant; `days`: the length, where what it is for states it.

    Raises Refused where the policies do not say.
    """
    known = seen.policy(policy)
    cited = pinned or known.latest.cited
    terms = known.clock(cited)
    if terms.length_days is None and days is not None:
        terms = terms.lasting(days)
    if terms.length_days is None:
        raise Refused("policy-missing", f"{cited} states no length.")
    calendar = None
    if terms.calendar is not None:
        calendar = seen.policy(_code(terms.calendar)).calendar(Citation(terms.calendar))
    try:
        return Due(at=clocks.deadline(terms, since or asked.taken_in_at, calendar).ends_at, policy=cited)
    except clocks.CalendarExhausted as exhausted:
        raise Refused("policy-missing", str(exhausted)) from exhausted


def reads(policy: PolicyCode, seen: Seen) -> Iterable[StreamId]:
    """The streams that `due` reads: the policy, and once that is known its calendar."""
    stream = of_policy(policy)
    yield stream
    if stream in seen and seen.policy(policy).versions:
        table = seen.policy(policy).latest.table
        if isinstance(table, clocks.Terms) and table.calendar is not None:
            yield of_policy(_code(table.calendar))


def _code(citation: str) -> PolicyCode:
    return PolicyCode(citation.removeprefix("POLICY:").rpartition("-")[0])
