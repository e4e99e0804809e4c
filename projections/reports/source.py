"""What a report is made of: the rows that its reader may see, as they were at one position."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from domain.markings import TLP, Classification, Clearance
from projections.case.row import CaseStatus
from projections.case_status import CASE_STATUS
from projections.clocks import CLOCKS, Clocks
from projections.parts import upto
from projections.reads import Found, Reads
from projections.refusals import REFUSALS, Refusal
from projections.tasking.views import TASKINGS, Duty
from projections.view import Key, R, View
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
    stale: list[Key] = field(default_factory=list)
    """Rows of which an event could not be folded yet, as far as they were read."""

    def cases(self) -> Iterator[CaseStatus]:
        """Every case, in the order in which they began."""
        for each in self._walked(CASE_STATUS, "began", lambda each: each.row.began, 0):
            if each.row.began > self.position:
                return
            yield upto(each.row, self.position)

    def clocks(self) -> Iterator[Clocks]:
        """What clocks follow from, by stream."""
        for each in self._walked(CLOCKS, "key", lambda each: each.key, ""):
            yield upto(each.row, self.position)

    def duties(self) -> Iterator[Duty]:
        """Every duty, in the order in which they were assigned."""
        for each in self._walked(TASKINGS, "began", lambda each: each.row.began, 0):
            if each.row.began > self.position:
                return
            yield upto(each.row, self.position)

    def refusals(self) -> Iterator[Found[Refusal]]:
        """Every refusal, in order of position."""
        for each in self._walked(REFUSALS, "key", lambda each: each.key, 0):
            if each.position > self.position:
                return
            yield each

    def _walked(self, view: View[R], by: str, place: Callable[[Found[R]], Key], after: Key) -> Iterator[Found[R]]:
        for each in walk(self.reads, view, self.sight, by=by, place=place, after=after):
            if each.stale:
                self.stale.append(each.key)
            yield each
