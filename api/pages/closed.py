"""What may be said in words is what the record has words for: values of the closed sets that fields declare."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cache
from typing import Any, get_args, get_type_hints

from api.contract.shapes import ROWS
from domain.wire import EVENTS
from projections.ticking import Clock


def is_closed(name: str, value: str) -> bool:
    """Whether a value is of a closed set that a field of this name is declared with."""
    return value in _sets().get(name, ())


@cache
def _sets() -> Mapping[str, frozenset[str]]:
    """Name of a field → what it may be, wherever an event, or what a view tells, declares that as a closed set."""
    found: dict[str, set[str]] = defaultdict(set)
    left: list[Any] = [*EVENTS.values(), *(each for row in ROWS.values() for each in row), Clock]
    seen: set[Any] = set()
    while left:
        if (cls := left.pop()) in seen:
            continue
        seen.add(cls)
        for name, declared in get_type_hints(cls).items():
            for each in _classes(declared):
                if issubclass(each, StrEnum):
                    found[name].update(each)
                elif each.__module__.startswith(("domain.", "projections.")):
                    left.append(each)
    return {name: frozenset(values) for name, values in found.items()}


def _classes(declared: Any) -> Iterator[type[Any]]:  # noqa: ANN401 - a type, however it is written
    """The classes that a type is made of."""
    if isinstance(declared, type) and not get_args(declared):
        yield declared
    for each in get_args(declared):
        yield from _classes(each)
