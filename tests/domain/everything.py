"""Whatever a message may hold, drawn by its types; and one fixed example of each, for bytes that never change."""

import re
from collections.abc import Callable, Iterator
from dataclasses import is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache
from typing import Annotated, Any, Literal, NewType, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from domain.message import Pattern, Withheld
from domain.values import MarkingText

INSTANT = st.datetimes(timezones=st.just(UTC))
NONCHARACTERS = [chr(plane << 16 | low) for plane in range(17) for low in (0xFFFE, 0xFFFF)]
NONCHARACTERS += map(chr, range(0xFDD0, 0xFDF0))
ATTRIBUTE = st.text(st.characters(exclude_categories=("Cc", "Cs"), exclude_characters=NONCHARACTERS), min_size=1)
"""What an attribute of a CloudEvent may hold (CloudEvents 1.0.2 §3.1)."""
AN_ID = "11111111-1111-5111-8111-111111111111"
WORDS = "Möbius “example” \N{SNOWMAN}"
EXAMPLES = (
    WORDS,
    AN_ID,
    "example",
    "EXAMPLE",
    "POLICY:EXAMPLE-1",
    "sha256:" + "0123456789abcdef" * 4,
    "5.5",
    "2026-06",
    "example-1",
    f"example-{AN_ID}",
)
"""The first that has the form of a field stands in its example."""
MARKING = next(mark.regex for mark in get_args(MarkingText) if isinstance(mark, Pattern))
NOON = datetime(2026, 6, 2, 16, 0, 0, 123456, tzinfo=UTC)


def hints(cls: Any) -> dict[str, Any]:
    """The types of a message's fields, with what they are annotated with."""
    return get_type_hints(cls, include_extras=True)


def types_in(cls: Any) -> Iterator[Any]:
    """Every type that a message is made of, all the way down."""
    seen: list[Any] = []

    def walk(hint: Any) -> Iterator[Any]:
        if any(hint is each for each in seen):
            return
        seen.append(hint)
        yield hint
        if isinstance(hint, NewType):
            yield from walk(hint.__supertype__)
        elif get_origin(hint) is Annotated:
            yield from walk(get_args(hint)[0])
        elif get_origin(hint) is not None and get_origin(hint) is not Literal:
            for each in get_args(hint):
                yield from walk(each)
        elif is_dataclass(hint):
            for each in hints(hint).values():
                yield from walk(each)

    return walk(cls)


@cache
def said(cls: Any) -> st.SearchStrategy[Any]:
    """A message as a rule may make it: nothing withheld, any text that canonical JSON can hold."""
    return st.builds(cls, **{name: _drawn(hint) for name, hint in hints(cls).items()})


def _drawn(hint: Any) -> st.SearchStrategy[Any]:
    origin = get_origin(hint)
    if isinstance(hint, NewType):
        return _drawn(hint.__supertype__)
    if origin is Annotated:
        return _drawn(get_args(hint)[0])
    if origin is Literal:
        return st.sampled_from(get_args(hint))
    if _is_union(hint):
        return st.one_of([_drawn(each) for each in get_args(hint) if each is not Withheld])
    if origin is tuple:
        items = get_args(hint)
        if items[1:] == (...,):
            return st.lists(_drawn(items[0]), max_size=3).map(tuple)
        return st.tuples(*map(_drawn, items))
    if is_dataclass(hint):
        message: Any = hint
        return said(message)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(hint)
    simple: dict[Any, st.SearchStrategy[Any]] = {
        str: st.text(),
        int: st.integers(-(2**53) + 1, 2**53 - 1),
        bool: st.booleans(),
        datetime: INSTANT,
        date: st.dates(),
        type(None): st.none(),
    }
    return simple[hint]


def example(cls: Any, *, full: bool) -> Any:
    """One message, always the same: with everything that it may have, or with as little as it may have."""
    return cls(**{name: _example(hint, full=full) for name, hint in hints(cls).items()})


def _example(hint: Any, *, full: bool, pattern: str = ".*", least: int = 0) -> Any:
    origin = get_origin(hint)
    if isinstance(hint, NewType):
        return _example(hint.__supertype__, full=full, pattern=pattern)
    if origin is Annotated:
        marks = hint.__metadata__
        pattern = next((mark.regex for mark in marks if isinstance(mark, Pattern)), pattern)
        least = max([least, *(mark.min_length for mark in marks if hasattr(mark, "min_length"))])
        return _example(get_args(hint)[0], full=full, pattern=pattern, least=least)
    if origin is Literal:
        return get_args(hint)[0]
    if _is_union(hint):
        choices = [each for each in get_args(hint) if each is not Withheld]
        if type(None) in choices and not full:
            return None
        return _example(choices[0], full=full, pattern=pattern, least=least)
    if origin is tuple:
        items = get_args(hint)
        if items[1:] == (...,):
            return (_example(items[0], full=full),) * (max(least, 1) if full else least)
        return tuple(_example(each, full=full) for each in items)
    if is_dataclass(hint):
        return example(hint, full=full)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return next(iter(hint))
    simple: dict[Any, Callable[[], Any]] = {
        str: lambda: _text(pattern),
        int: lambda: 7,
        bool: lambda: full,
        datetime: lambda: NOON,
        date: NOON.date,
    }
    return simple[hint]()


def _text(pattern: str) -> str:
    return "UNCLASSIFIED" if pattern == MARKING else next(text for text in EXAMPLES if re.fullmatch(pattern, text))


def _is_union(hint: Any) -> bool:
    return get_origin(hint) is Union or type(hint).__name__ == "UnionType"
