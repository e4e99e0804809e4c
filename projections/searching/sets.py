"""A question is a set of positions, put together of sets that are kept: a term's, or those of a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias, assert_never


class Moment(StrEnum):
    """Of which of its times an event is found by."""

    RECORDED = "recorded"
    TAKEN_IN = "taken-in"
    CLAIMED = "claimed"


@dataclass(frozen=True, slots=True)
class Has:
    """The events with a term."""

    term: str


@dataclass(frozen=True, slots=True)
class All:
    """The events that are in each of these; there is at least one."""

    of: "tuple[Events, ...]"


@dataclass(frozen=True, slots=True)
class Either:
    """The events that are in any of these; of none, none."""

    of: "tuple[Events, ...]"


@dataclass(frozen=True, slots=True)
class Without:
    """The events of one set that are not in the other."""

    of: "Events"
    less: "Events"


@dataclass(frozen=True, slots=True)
class During:
    """The events of a set of which a time is not before `since`, and before `before`; in microseconds, None: no end."""

    of: "Events"
    moment: Moment
    since: int | None
    before: int | None


Events: TypeAlias = Has | All | Either | Without | During
NOTHING: Events = Either(())


def terms_of(events: Events) -> Iterator[str]:
    """Every term that a set is made of."""
    match events:
        case Has(term):
            yield term
        case All(of) | Either(of):
            for each in of:
                yield from terms_of(each)
        case Without(of, less):
            yield from terms_of(of)
            yield from terms_of(less)
        case During(of=of):
            yield from terms_of(of)
        case _:
            assert_never(events)
