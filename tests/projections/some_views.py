"""Views to test the runner with: small enough to see through, and with faults that a test can switch on and off."""

from typing import Any

from domain.recorded import Recorded
from projections.view import Journal, Key, Row, View


class Tally(Row, kw_only=True):
    stream: str
    types: list[str]


class Tallies(View[Tally]):
    """The types of the events of each stream, in order."""

    name = "tallies"
    version = 1
    row = Tally
    columns = {"many": "INTEGER"}  # noqa: RUF012
    indexes = (("many",),)

    def __init__(self) -> None:
        self.poison: set[str] = set()
        """Types of event that cannot be folded."""
        self.unkeyed: set[str] = set()
        """Types of event of which nobody can say which rows they touch."""
        self.unencodable: set[str] = set()
        """Types of event that make a row which cannot be kept."""
        self.folded: list[int] = []

    def keys(self, recorded: Recorded[Any]) -> tuple[Key, ...]:
        if recorded.event.type in self.unkeyed:
            raise LookupError("of which row?")
        return (recorded.stream,)

    def evolve(self, row: Tally | None, position: int, recorded: Recorded[Any]) -> Tally:
        row = row or Tally(marking=recorded.marking, stream=recorded.stream, types=[])
        row.types.append(recorded.event.type)  # in place: what fails behind this must not be kept
        if recorded.event.type in self.poison:
            raise ValueError("the text of an event, which no log may repeat")
        if recorded.event.type in self.unencodable:
            row.types = {object()}  # type: ignore[assignment]
        self.folded.append(position)
        return row

    def indexed(self, row: Tally) -> tuple[object, ...]:
        return (len(row.types),)


class Changed(Tallies):
    """The same view, changed: another version."""

    version = 2

    def evolve(self, row: Tally | None, position: int, recorded: Recorded[Any]) -> Tally:
        evolved = super().evolve(row, position, recorded)
        evolved.types[-1] = evolved.types[-1].upper()
        return evolved


class Nothing(View[Tally]):
    """A view that no event touches."""

    name = "nothing"
    version = 1
    row = Tally

    def keys(self, recorded: Recorded[Any]) -> tuple[Key, ...]:
        return ()

    def evolve(self, row: Tally | None, position: int, recorded: Recorded[Any]) -> Tally | None:
        raise AssertionError("nothing touches it")


class Mayfly(View[Tally]):
    """Rows that go again: a case is here until it is accepted."""

    name = "mayfly"
    version = 1
    row = Tally

    def keys(self, recorded: Recorded[Any]) -> tuple[Key, ...]:
        return (recorded.stream,) if recorded.stream.startswith("case-") else ()

    def evolve(self, row: Tally | None, position: int, recorded: Recorded[Any]) -> Tally | None:
        if recorded.event.type != "case.submitted.v1":
            return None
        return Tally(marking=recorded.marking, stream=recorded.stream, types=[recorded.event.type])


class Line(Row, kw_only=True):
    type: str


class Lines(Journal[Line]):
    """A line for every event."""

    name = "lines"
    version = 1
    row = Line

    def __init__(self) -> None:
        self.poison: set[int] = set()

    def entry(self, position: int, recorded: Recorded[Any], document: bytes) -> Line:
        if position in self.poison:
            raise ValueError("the text of an event, which no log may repeat")
        return Line(marking=recorded.marking, type=recorded.event.type)


class Upto:
    """A feed that ends early, or says something that nobody knows."""

    def __init__(self, feed: Any, last: int) -> None:
        self.feed, self.last = feed, last
        self.unknown: int | None = None
        self.reads: list[int] = []

    def read(self, after: int, limit: int) -> list[tuple[int, str, bytes]]:
        self.reads.append(after)
        found = self.feed.read(after, min(limit, self.last - after)) if after < self.last else []
        return [(at, "case.dreamt.v1" if at == self.unknown else kind, document) for at, kind, document in found]

    def head(self) -> int:
        return min(self.feed.head(), self.last)

    def wait(self, after: int, timeout: float) -> bool:
        return self.head() > after or self.feed.wait(max(after, self.last), timeout)
