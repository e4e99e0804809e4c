"""A report of a definition, a period, a position and a reader is the same whenever it is made."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final

from projections.moments import position_at
from projections.reads import Reads
from projections.reports.model import NEW_YORK, Definition, Period, Table
from projections.reports.source import PUBLIC, Source
from projections.reports.suppression import suppressed
from projections.visible import Sight

_OCTOBER: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What is reported."""

    definition: Definition
    period: Period
    position: int
    at: datetime
    public: bool
    tables: tuple[Table, ...]
    stale: bool
    """An event of what it is made of could not be folded yet."""

    def positions(self) -> set[int]:
        """Of all events behind its cells."""
        return {
            position for table in self.tables for row in table.rows for cell in row.cells for position in cell.positions
        }


def report(definition: Definition, period: Period, source: Source) -> Report:
    """What a reader's report says. Raises NotBuilt."""
    tables = definition.make(source, period)
    return Report(
        definition=definition,
        period=period,
        position=source.position,
        at=source.at,
        public=False,
        tables=tables,
        stale=bool(source.stale),
    )


def public_report(definition: Definition, reads: Reads, ends_on: date) -> Report:
    """The public part of the fiscal year that ends before a 1 October, as it was then: for everybody the same for ever.

    Were it made of any other period or position, the difference of two would tell what each of them suppresses.
    Raises NotBuilt.
    """
    at = datetime.combine(ends_on, time(), NEW_YORK)
    period = Period(from_on=ends_on.replace(year=ends_on.year - 1), until_on=ends_on)
    source = Source(reads=reads, sight=PUBLIC, position=position_at(reads, PUBLIC, at), at=at)
    made = definition.make(source, period)
    return Report(
        definition=definition,
        period=period,
        position=source.position,
        at=at,
        public=True,
        tables=tuple(suppressed(table) for table in made),
        stale=bool(source.stale),
    )


def last_fiscal_year(at: datetime) -> date:
    """The 1 October before which the fiscal year ended that ended last."""
    today = at.astimezone(NEW_YORK).date()
    return date(today.year if today.month >= _OCTOBER else today.year - 1, _OCTOBER, 1)


def withheld(reads: Reads, definition: Definition, sight: Sight) -> bool | None:
    """Whether oversight is not given something of what the report is made of; None for anybody else."""
    said = [reads.withheld(view, sight) for view in definition.views]
    return None if None in said else any(said)
