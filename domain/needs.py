"""Need to know: of which matters somebody is told at all, whatever they are cleared for (EO 13526 §4.1(a)(3))."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from domain.values import StreamId

COMMON: Final = frozenset(
    {"calendar", "criteria", "framework", "instrument", "ledger", "office", "participant", "policy"}
)
"""Kinds of streams from which nobody is kept: whom one deals with, and what every act rests on."""
MATTERS: Final = frozenset(
    {
        "case",
        "consultation",
        "lease",
        "oversight",
        "record",
        "scan",
        "standard",
        "tasking",
        "threshold",
        "vulnerability",
    }
)
"""Kinds of streams to which somebody may be confined, wholly or to some of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What somebody needs to know of: whole kinds of matters, and single ones by the names of their streams."""

    kinds: frozenset[str]
    streams: frozenset[StreamId] = frozenset()

    @property
    def everything(self) -> bool:
        """Whether there is no matter that it does not cover."""
        return self.kinds >= MATTERS

    def cover(self, matter: StreamId) -> bool:
        """Whether somebody needs to know of a matter, or everybody does."""
        return self.everything or self.whole(matter.partition("-")[0]) or matter in self.streams

    def whole(self, kind: str) -> bool:
        """Whether every matter of a kind is covered."""
        return kind in self.kinds or kind in COMMON

    def ids(self, kind: str) -> frozenset[str]:
        """The single matters of a kind, by what their names end with."""
        return frozenset(stream.removeprefix(f"{kind}-") for stream in self.streams if stream.startswith(f"{kind}-"))


ALL: Final = Needs(kinds=MATTERS)
"""Everything that clearance allows."""


class UnknownMatter(ValueError):
    """This names no kind of matter, and no single one."""


def needs(names: Iterable[str]) -> Needs:
    """Needs as they are written: kinds such as `tasking`, streams such as `case-<uuid>`. Raises UnknownMatter."""
    listed = frozenset(names)
    streams = listed - MATTERS
    for name in streams:
        kind, _, id = name.partition("-")
        if kind not in MATTERS or not id:
            raise UnknownMatter(f"matters are {', '.join(sorted(MATTERS))}, whole or one by one, as case-<uuid>")
    return Needs(kinds=listed & MATTERS, streams=frozenset(map(StreamId, streams)))
