"""Duties are looked up here, in the order in which they were assigned, by what is so of them at any time."""

from dataclasses import dataclass
from datetime import datetime

from domain.events.tasking import TaskingKind
from domain.values import OfficeCode, TaskingCode
from projections.known import Page, Told, one, page
from projections.reads import Reads
from projections.tasking.at import Stands, TaskingAt, tasking_at
from projections.tasking.rollup import By, Rollup, rollup
from projections.tasking.views import TASKINGS, Duty
from projections.visible import Sight


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which duties are asked for; None: whichever."""

    section: str | None = None
    """A citation and what stands below it: `EO14409:2(c)` finds `EO14409:2(c)(ii)`."""
    lead: OfficeCode | None = None
    kind: TaskingKind | None = None
    state: Stands | None = None
    overdue: bool | None = None
    status_overdue: bool | None = None
    due_before: datetime | None = None

    def fits(self, now: TaskingAt) -> bool:
        """Whether it is one of those that are asked for."""
        below = self.section is None or now.provision == self.section or now.provision.startswith(f"{self.section}(")
        due = self.due_before is None or (now.due_at is not None and now.due_at < self.due_before)
        return (
            below
            and due
            and (self.lead is None or self.lead in {lead.office for lead in now.leads})
            and self.kind in {None, now.kind}
            and self.state in {None, now.state}
            and self.overdue in {None, now.overdue}
            and self.status_overdue in {None, now.status_overdue}
        )


def tasking(
    reads: Reads, sight: Sight, code: TaskingCode, at: datetime, *, as_of: int | None = None
) -> Told[Duty, TaskingAt] | None:
    """One duty at an instant; None where this reader has none. Raises NotBuilt.

    `as_of` is a position: only what was recorded up to it counts.
    """
    return one(reads, sight, TASKINGS, code, as_of=as_of, tell=lambda row: tasking_at(row, at))


def taskings(
    reads: Reads,
    sight: Sight,
    wanted: Wanted,
    at: datetime,
    *,
    as_of: int | None = None,
    after: int = 0,
    limit: int | None = 100,
) -> Page[Duty, TaskingAt]:
    """The duties that are asked for, behind the cursor `after`, at an instant. Raises NotBuilt."""

    def tell(row: Duty) -> TaskingAt | None:
        now = tasking_at(row, at)
        return now if now is not None and wanted.fits(now) else None

    return page(reads, sight, TASKINGS, tell=tell, as_of=as_of, after=after, limit=limit)


def counts(
    reads: Reads, sight: Sight, wanted: Wanted, at: datetime, by: By, *, as_of: int | None = None
) -> tuple[Rollup, ...]:
    """The duties that are asked for, counted by section or by office, at an instant. Raises NotBuilt."""
    found = taskings(reads, sight, wanted, at, as_of=as_of, limit=None)
    return rollup(((each.facts, each.now) for each in found.found), by)
