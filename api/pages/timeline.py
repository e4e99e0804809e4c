"""The clocks of a case on one line of time, as an image that needs no script."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from api.pages.values import read_instant

WIDTH: Final = 1000
ROW: Final = 34


@dataclass(frozen=True, slots=True)
class Bar:
    """A clock: from where it began to where it ends, in units of the image."""

    what: str
    state: str
    ends_at: str
    x: float
    width: float
    y: int


@dataclass(frozen=True, slots=True)
class Line:
    """All of them, and where now is."""

    bars: tuple[Bar, ...]
    now: float
    height: int


def line(clocks: Sequence[dict[str, Any]], now: datetime) -> Line | None:
    """The clocks of a case in the order in which they began; None where it has none."""
    if not clocks:
        return None
    spans = [(read_instant(each["started_at"]), read_instant(each["ends_at"])) for each in clocks]
    first = min(now, *(begin for begin, _ in spans))
    length = (max(now, *(end for _, end in spans)) - first).total_seconds() or 1.0

    def x(at: datetime) -> float:
        return round((at - first).total_seconds() / length * WIDTH, 1)

    order = sorted(range(len(spans)), key=lambda index: spans[index])
    bars = tuple(
        Bar(
            what=clocks[index]["what"],
            state=clocks[index]["state"],
            ends_at=clocks[index]["ends_at"],
            x=x(spans[index][0]),
            width=max(4.0, x(spans[index][1]) - x(spans[index][0])),
            y=row * ROW,
        )
        for row, index in enumerate(order)
    )
    return Line(bars, x(now), len(bars) * ROW)
