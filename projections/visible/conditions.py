"""A condition says of which things something holds, by facts of them: it is asked of one, and compiled for many.

Whatever compiles it (`sql`, `projections.searching.seeing`) closes its `match` over `Condition`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from typing import Final, TypeAlias, TypeVar, assert_never

from domain.markings import Clearance, UnknownMarking, parse, sees

T = TypeVar("T")


class Fact(Enum):
    """What can be said of a row, of a part, of an event or of a value that it protects. Each has some of them."""

    MARKING = auto()
    PROTECTED_MARKING = auto()
    """Of its event's protected values."""
    KIND = auto()
    """The kind of matter that it is of, or that it sums up some of."""
    MATTER = auto()
    """The stream of the matter that it is of."""
    CIRCLE = auto()
    """The only office, beside oversight, that may know of it."""
    OWNER = auto()
    """The participant whose own row it is, or EVERYBODY."""
    SHARED = auto()
    """A participant with whom the view shares the row."""
    ACTOR = auto()
    """`participant/<uuid>`, `office/nsa` …"""
    DEVELOPER = auto()
    """The participant whose case it is about."""
    SHOWN = auto()
    """YES where the participant whose it is may see it, whoever did it."""
    CONCERNS = auto()
    """The participant whom it concerns in particular."""
    VALUE = auto()
    """What kind of protected value it is: see `facts`."""


YES: Final = "yes"


@dataclass(frozen=True, slots=True)
class Cleared:
    """The fact is a marking that this clearance allows; never what is no marking."""

    fact: Fact
    clearance: Clearance


@dataclass(frozen=True, slots=True)
class Among:
    """It has the fact, and that is one of these."""

    fact: Fact
    values: frozenset[str]


@dataclass(frozen=True, slots=True)
class IfAny:
    """It does not have the fact, or that is one of these."""

    fact: Fact
    values: frozenset[str]


@dataclass(frozen=True, slots=True)
class Every:
    """Each of these holds; of none, always."""

    of: "tuple[Condition, ...]"


@dataclass(frozen=True, slots=True)
class Some:
    """One of these holds, or more; of none, never."""

    of: "tuple[Condition, ...]"


Condition: TypeAlias = Cleared | Among | IfAny | Every | Some
ALWAYS: Final = Every(())
NEVER: Final = Some(())


def every(*conditions: Condition) -> Condition:
    """All of these, without those that always hold."""
    return Every(tuple(each for each in conditions if each != ALWAYS))


def check(condition: Condition, facts: Mapping[Fact, Callable[[T], str | None]]) -> Callable[[T], bool]:
    """Says of a thing whether it holds; what is not among these facts, or is None there, the thing does not have."""
    match condition:
        case Cleared(fact, clearance):
            return _is_cleared(clearance, facts[fact]) if fact in facts else _never
        case Among(fact, values):
            return _is_among(frozenset[str | None](values), facts[fact]) if fact in facts else _never
        case IfAny(fact, values):
            return _is_among(frozenset[str | None]({*values, None}), facts[fact]) if fact in facts else _always
        case Every(conditions):
            every = tuple(check(each, facts) for each in conditions)
            return every[0] if len(every) == 1 else lambda of: all(holds(of) for holds in every)
        case Some(conditions):
            some = tuple(check(each, facts) for each in conditions)
            return lambda of: any(holds(of) for holds in some)
        case _:
            assert_never(condition)


def _is_cleared(clearance: Clearance, marking: Callable[[T], str | None]) -> Callable[[T], bool]:
    known: dict[str | None, bool] = {None: False}  # every part of every row asks, and few markings are in use

    def is_cleared(of: T) -> bool:
        if (said := marking(of)) not in known:
            known[said] = said is not None and cleared(clearance, said)
        return known[said]

    return is_cleared


def _is_among(values: frozenset[str | None], fact: Callable[[T], str | None]) -> Callable[[T], bool]:
    return lambda of: fact(of) in values


def _never(_: object) -> bool:
    return False


def _always(_: object) -> bool:
    return True


def settled(condition: Condition, fact: Fact, value: str | None) -> Condition:
    """What is left of it for things of which it is known that this fact is so; None: that they do not have it."""
    match condition:
        case Among(of, values) if of is fact:
            return ALWAYS if value in values else NEVER
        case IfAny(of, values) if of is fact:
            return ALWAYS if value is None or value in values else NEVER
        case Every(conditions):
            left = _without(ALWAYS, conditions, fact, value)
            return NEVER if NEVER in left else Every(left)
        case Some(conditions):
            left = _without(NEVER, conditions, fact, value)
            return ALWAYS if ALWAYS in left else Some(left)
        case _:
            return condition


def _without(
    settles: Condition, conditions: tuple[Condition, ...], fact: Fact, value: str | None
) -> tuple[Condition, ...]:
    left = (settled(each, fact, value) for each in conditions)
    return tuple(each for each in left if each != settles)


@lru_cache(maxsize=16384)
def cleared(clearance: Clearance, marking: str) -> bool:
    """Whether a clearance allows what is marked so; never what is no marking."""
    try:
        return sees(clearance, parse(marking))
    except UnknownMarking:
        return False
