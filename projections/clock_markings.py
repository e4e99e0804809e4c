"""What a clock records is marked no lower than what the clock started with, and was ended by."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import msgspec

from domain.markings import Marking, join, parse
from projections.clocks import Clocks, clocks_of
from projections.parts import lists_of
from projections.ticking import Clock
from projections.view import Part

_LISTS: Final = lists_of(Clocks)


def marking_of(row: Clocks, clock: Clock, at: datetime) -> str:
    """How the event is marked that records a clock of this row.

    It is the marking of the row and of what started the clock, where whoever may see that much is told of the same
    clock; else that of all that the row is made of.
    """
    parts = [part for parts in _LISTS(row) for part in parts]
    marking = _joined(row, (part for part in parts if getattr(part, "id", None) == clock.started_in))
    names = [name for name in row.__struct_fields__ if type(getattr(row, name)) is list]
    seen = {name: [part for part in getattr(row, name) if parse(part.marking) <= marking] for name in names}
    if any(_what(each) == _what(clock) for each in clocks_of(msgspec.structs.replace(row, **seen), at)):
        return str(marking)
    return str(_joined(row, parts))


def _joined(row: Clocks, parts: Iterable[Part]) -> Marking:
    return join(parse(row.marking), *(parse(part.marking) for part in parts))


def _what(clock: Clock) -> tuple[object, ...]:
    return clock.what, clock.about, clock.ends_at, clock.because
