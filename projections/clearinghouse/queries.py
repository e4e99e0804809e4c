"""Vulnerabilities are looked up here, in the order in which they were reported."""

from dataclasses import dataclass
from datetime import datetime

from domain.markings import TLP, parse
from domain.rules.vulnerability.machines import IN_FORCE, ReportState
from domain.values import ParticipantId, VulnerabilityId
from projections.clearinghouse.at import Stage, VulnerabilityAt, vulnerability_at
from projections.clearinghouse.row import Vulnerability
from projections.clearinghouse.view import CLEARINGHOUSE
from projections.clearinghouse.weeks import Week, weeks
from projections.known import Page, Told, one, page
from projections.reads import Reads
from projections.visible import Sight
from projections.walk import one_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which vulnerabilities are asked for; None asks for nothing in particular."""

    ids: tuple[VulnerabilityId, ...] | None = None
    report: ReportState | None = None
    stage: Stage | None = None
    priority: str | None = None
    """The outcome of the table."""
    vendor: str | None = None
    """A vendor's participant, or a part of its name."""
    operator: ParticipantId | None = None
    sector: str | None = None
    alias: str | None = None
    """An identifier that others gave it, however it is capitalised."""
    tlp: TLP | None = None
    exploited: bool | None = None
    embargoed: bool | None = None
    public: bool | None = None
    duplicate_of: VulnerabilityId | None = None
    silent: bool | None = None
    """Whether a vendor is silent."""


def vulnerability(
    reads: Reads, sight: Sight, id: VulnerabilityId, at: datetime, *, as_of: int | None = None
) -> Told[Vulnerability, VulnerabilityAt] | None:
    """One vulnerability at an instant; None where this reader has none. Raises NotBuilt."""
    return one(reads, sight, CLEARINGHOUSE, id, as_of=as_of, tell=lambda row: vulnerability_at(row, at))


def vulnerabilities(
    reads: Reads,
    sight: Sight,
    wanted: Wanted,
    at: datetime,
    *,
    as_of: int | None = None,
    after: int = 0,
    limit: int | None = 100,
) -> Page[Vulnerability, VulnerabilityAt]:
    """Vulnerabilities behind the cursor `after`, at an instant. Raises NotBuilt."""

    def tell(row: Vulnerability) -> VulnerabilityAt | None:
        now = vulnerability_at(row, at)
        return now if _fits(wanted, row, now) else None

    narrowing: list[tuple[str, tuple[object, ...]]] = []
    if wanted.ids is not None:
        narrowing.append(one_of(wanted.ids))
    if wanted.alias is not None:
        narrowing.append(("aliases LIKE '%|' || ? || '|%'", (wanted.alias.casefold(),)))
    return page(
        reads,
        sight,
        CLEARINGHOUSE,
        tell=tell,
        as_of=as_of,
        after=after,
        limit=limit,
        where=" AND ".join(condition for condition, _ in narrowing),
        values=[value for _, bound in narrowing for value in bound],
    )


def by_week(reads: Reads, sight: Sight, wanted: Wanted, at: datetime, *, as_of: int | None = None) -> tuple[Week, ...]:
    """Those that are asked for, counted by weeks, at an instant. Raises NotBuilt."""
    found = vulnerabilities(reads, sight, wanted, at, as_of=as_of, limit=None)
    return weeks((each.facts, each.now) for each in found.found)


def _fits(wanted: Wanted, row: Vulnerability, now: VulnerabilityAt) -> bool:
    silent = any(party.status == "no-answer" for party in now.parties)
    return (
        wanted.report in {None, now.report}
        and wanted.stage in {None, now.stage}
        and wanted.priority in {None, None if now.priority is None else now.priority.outcome}
        and (wanted.vendor is None or _is_vendor(wanted.vendor, row, now))
        and (wanted.operator is None or wanted.operator in now.notified)
        and (wanted.sector is None or wanted.sector in row.sectors)
        and (wanted.alias is None or wanted.alias.casefold() in {each.casefold() for each in row.aliases})
        and wanted.tlp in {None, parse(row.marking).tlp}
        and wanted.exploited in {None, now.exploited}
        and wanted.embargoed in {None, now.embargo in IN_FORCE}
        and wanted.public in {None, now.public}
        and wanted.duplicate_of in {None, now.duplicate_of}
        and wanted.silent in {None, silent}
    )


def _is_vendor(vendor: str, row: Vulnerability, now: VulnerabilityAt) -> bool:
    said = vendor.casefold()
    named = [*(each.vendor or "" for each in row.affected), *(party.vendor for party in now.parties)]
    return any(said in name.casefold() for name in named) or vendor in {party.participant for party in now.parties}
