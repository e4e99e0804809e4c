"""What one answer was made from, as far as it is marked: an overseer's sight notes it as it lets it through."""

from functools import reduce
from typing import Final

from domain.markings import join, parse

PLAIN: Final = "UNCLASSIFIED"
"""What is marked so and no more is not noted."""


class Given:
    """Filled by every sight of one answer, from any thread; emptied by nobody."""

    def __init__(self) -> None:
        self._markings: set[str] = set()
        self._positions: set[int] = set()

    def took(self, marking: str, position: int | None = None) -> None:
        """Something marked so is in the answer; `position` is that of its event, or of the last one of its row."""
        if marking == PLAIN:
            return
        self._markings.add(marking)
        if position:
            self._positions.add(position)

    def include(self, other: "Given") -> None:
        """All that another has is in this answer too."""
        self._markings |= other.markings
        self._positions |= other.positions

    @property
    def markings(self) -> frozenset[str]:
        """All that were noted."""
        return frozenset(self._markings)

    @property
    def highest(self) -> str:
        """The join of all that was noted."""
        return str(reduce(join, map(parse, self.markings), parse(PLAIN)))

    @property
    def positions(self) -> frozenset[int]:
        """Of the events that were noted."""
        return frozenset(self._positions)
