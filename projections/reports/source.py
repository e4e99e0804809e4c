"""What a report is made of: the rows that its reader may see, as they were at one position."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from domain.markings import TLP, Classification, Clearance
from projections.case.row import CaseStatus
from projections.case_status import CASE_STATUS
from projections.clocks import CLOCKS, Clocks
from projections.parts import upto
from projections.reads import Found, Reads
from projections.refusals import REFUSALS, Refusal
from projections.tasking.views import TASKINGS, Duty
from projections.visible import Sight
from projections.walk import walk

PUBLIC = Sight(
    clearance=Clearance(
        classification=Classification.UNCLASSIFIED, cui=None, controls=frozenset(), country="USA", tlp=TLP.CLEAR
    ),
    office=None,
    participant=None,
    oversight=False,
)
"""What the public part counts: what is not marked above UNCLASSIFIED, whoever asks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Views for one reader, at one position. Raises NotBuilt."""

    reads: Reads
    sight: Sight
    position: int
    """Only what was recorded up to it counts."""
    at: datetime
    """When it is: what time alone changes follows from it."""

    def cases(self) -> Iterator[CaseStatus]:
        """Every case, in the order in which they began."""
        found = walk(self.reads, CASE_STATUS, self.sight, by="began", place=lambda each: each.row.began, after=0)
        for each in found:
            if each.row.began > self.position:
                return
            yield upto(each.row, self.position)

    def clocks(self) -> Iterator[Clocks]:
        """What clocks follow from, by stream."""
        for each in walk(self.reads, CLOCKS, self.sight, by="key", place=lambda each: each.key, after=""):
            yield upto(each.row, self.position)

    def duties(self) -> Iterator[Duty]:
        """Every duty, in the order in which they were assigned."""
        found = walk(self.reads, TASKINGS, self.sight, by="began", place=lambda each: each.row.began, after=0)
        for each in found:
            if each.row.began > self.position:
                return
            yield upto(each.row, self.position)

    def refusals(self) -> Iterator[Found[Refusal]]:
        """Every refusal, in order of position."""
        for each in walk(self.reads, REFUSALS, self.sight, by="key", place=lambda each: each.key, after=0):
            if each.position > self.position:
                return
            yield each
