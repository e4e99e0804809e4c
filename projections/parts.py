"""A part is what one event added to a row: its fields are the event's own, copied by name."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from inspect import Parameter, signature
from operator import attrgetter
from typing import Any, Final, TypeAlias, TypeVar, get_args, get_origin

from msgspec.structs import fields, replace

from domain import wire
from domain.events import Event
from domain.recorded import Recorded
from domain.values import EventId
from projections.view import Part, Row
from projections.visible.shown import SHOWN, shown

W = TypeVar("W", bound=Row)
Lists: TypeAlias = Mapping[type[Any], tuple[str, type[Part]]]
"""Type of event → the list of the row that it adds to, and the type of part."""
Make: TypeAlias = Callable[[int, Recorded[Any], str | None], Part]
Adds: TypeAlias = Mapping[type[Any], tuple[str, Make]]
"""Type of event → the list of the row that it adds to, and what it adds."""


class Turn(Part, kw_only=True):
    """A part that clocks start from or stop at."""

    id: EventId
    taken_in_at: datetime
    """When the act was taken in (UTC): what timeliness is judged by."""


_AROUND: Final = frozenset(Turn.__struct_fields__)
_COUNTED: Final = "_count"


def adds(lists: Lists) -> Adds:
    """How each event is added. Raises TypeError for a part with a field that its event cannot fill."""
    return {event: (name, _maker(event, part)) for event, (name, part) in lists.items()}


def add(table: Adds, row: Row, position: int, recorded: Recorded[Event]) -> None:
    """Add what an event says to the list of the row that it belongs to."""
    name, make = table[type(recorded.event)]
    getattr(row, name).append(make(position, recorded, row.scope))


def lists_of(row: type[Row], saying: str = "position") -> Callable[[Any], tuple[list[Any], ...]]:
    """What gives the lists of a row whose parts have such a field (two lists at least), in the order of its fields."""
    lists = ((field.name, get_args(field.type)) for field in fields(row) if get_origin(field.type) is list)
    return attrgetter(*(name for name, (part,) in lists if saying in part.__struct_fields__))


def upto(row: W, position: int) -> W:
    """The row as it was at a position: its parts are facts, so none of them was ever another."""
    lists = ((name, getattr(row, name)) for name in row.__struct_fields__)
    kept = {name: [p for p in value if p.position <= position] for name, value in lists if type(value) is list}
    return replace(row, **kept)


def _maker(event: type[Any], part: type[Part]) -> Make:
    always = wire.type_name(event) in SHOWN
    own = [name for name in part.__struct_fields__ if name not in _AROUND]
    said = [name for name in own if not name.endswith(_COUNTED) or name in event.__dataclass_fields__]
    counted = [(name, name.removesuffix(_COUNTED)) for name in own if name not in said]
    if own != [*said, *(name for name, _ in counted)]:
        raise TypeError(f"{part.__name__} counts before it says")
    sources = [_source(event, part, name) for name in (*said, *(source for _, source in counted))]
    get = _getter(sources[: len(said)])
    by_name = tuple(said) if _is_keyword_only(part, said) else ()
    is_turn, plain = issubclass(part, Turn), not counted and not by_name

    def make(position: int, recorded: Recorded[Any], scope: str | None) -> Part:
        values = get(recorded)
        more: dict[str, Any] = {"id": recorded.id, "taken_in_at": recorded.taken_in_at} if is_turn else {}
        if not plain:
            more |= {name: len(getattr(recorded.event, counts)) for name, counts in counted}
            if by_name:
                more |= zip(by_name, values, strict=True)
                values = ()
        return part(
            *values,
            position=position,
            marking=recorded.marking,
            protected_marking=recorded.protected_marking,
            shown=always or shown(recorded, scope),
            at=recorded.recorded_at,
            **more,
        )

    return make


def _source(event: type[Any], part: type[Part], name: str) -> str:
    if name in event.__dataclass_fields__:
        return f"event.{name}"
    if name in Recorded.__struct_fields__:
        return name
    raise TypeError(f"{event.__name__} does not say {name}, which {part.__name__} wants")


def _is_keyword_only(part: type[Part], said: Sequence[str]) -> bool:
    parameters = signature(part).parameters
    return any(parameters[name].kind is Parameter.KEYWORD_ONLY for name in said)


def _getter(sources: Sequence[str]) -> Callable[[Any], tuple[Any, ...]]:
    """What gives the values of these attributes, always as a tuple."""
    if not sources:
        return lambda _: ()
    get = attrgetter(*sources)
    return get if len(sources) > 1 else lambda of: (get(of),)
