"""A part is what one event added to a row: its fields are the event's own, copied by name."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final, TypeAlias, TypeVar

import msgspec

from domain.events import Event
from domain.recorded import Recorded
from domain.values import EventId
from projections.view import Part, Row
from projections.visible import shown

W = TypeVar("W", bound=Row)
Lists: TypeAlias = Mapping[type[Any], tuple[str, type[Part]]]
"""Type of event → the list of the row that it adds to, and the type of part."""
Make: TypeAlias = Callable[[int, Recorded[Any], str | None], Part]
Adds: TypeAlias = Mapping[type[Any], tuple[str, Make]]
"""Type of event → the list of the row that it adds to, and what it adds."""

_OURS: Final = frozenset(Part.__struct_fields__)
_COUNTED: Final = "_count"


class Turn(Part, kw_only=True):
    """A part that clocks start from or stop at."""

    id: EventId
    taken_in_at: datetime
    """When the act was taken in (UTC): what timeliness is judged by."""


def adds(lists: Lists) -> Adds:
    """How each event is added. Raises TypeError for a part with a field that its event cannot fill."""
    return {event: (name, _maker(event, part)) for event, (name, part) in lists.items()}


def add(table: Adds, row: Row, position: int, recorded: Recorded[Event]) -> None:
    """Add what an event says to the list of the row that it belongs to."""
    name, make = table[type(recorded.event)]
    getattr(row, name).append(make(position, recorded, row.scope))


def parts_of(row: Row) -> Iterator[Part]:
    """Every part that lies in a list of the row."""
    for name in row.__struct_fields__:
        value = getattr(row, name)
        if type(value) is list:
            yield from value


def upto(row: W, position: int) -> W:
    """The row as it was at a position: its parts are facts, so none of them was ever another."""
    lists = ((name, getattr(row, name)) for name in row.__struct_fields__)
    kept = {name: [p for p in value if p.position <= position] for name, value in lists if type(value) is list}
    return msgspec.structs.replace(row, **kept)


def _maker(event: type[Any], part: type[Part]) -> Make:
    said, around, counted = [], [], []
    for name in part.__struct_fields__:
        if name in _OURS:
            continue
        if name in event.__dataclass_fields__:
            said.append(name)
        elif name in Recorded.__struct_fields__:
            around.append(name)
        elif name.removesuffix(_COUNTED) in event.__dataclass_fields__:
            counted.append((name, name.removesuffix(_COUNTED)))
        else:
            raise TypeError(f"{event.__name__} does not say {name}, which {part.__name__} wants")

    def make(position: int, recorded: Recorded[Any], scope: str | None) -> Part:
        of: Any = recorded.event
        return part(
            position=position,
            marking=recorded.marking,
            protected_marking=recorded.protected_marking,
            shown=shown(recorded, scope),
            at=recorded.recorded_at,
            **{name: getattr(of, name) for name in said},
            **{name: getattr(recorded, name) for name in around},
            **{name: len(getattr(of, counts)) for name, counts in counted},
        )

    return make
