"""What of an event, and of a part of a row, decides who may know of it and see it."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Final, NamedTuple

from domain.events import Event
from domain.matters import matter_of
from domain.recorded import ENVELOPE, Recorded
from projections.view import Concerning, Part
from projections.visible.conditions import YES, Fact
from projections.visible.shown import NEVER_TO_PARTICIPANTS, circle, shown


class Value(StrEnum):
    """What kind of value an event protects."""

    SAID = "said"
    OF_ACT = "of-act"
    """Who acted, the digest and the signature: what the envelope protects."""
    NEVER = "never"
    """What no participant is given (NEVER_TO_PARTICIPANTS)."""


class Of(NamedTuple):
    """An event, or a value that it protects."""

    recorded: Recorded[Event]
    developer: str | None = None
    """Whose case its stream is, if it is one."""
    name: str = ""
    """Of the protected value."""


def value_of(name: str) -> Value:
    """What kind of protected value has this name."""
    if name in NEVER_TO_PARTICIPANTS:
        return Value.NEVER
    return Value.OF_ACT if name in ENVELOPE else Value.SAID


OF_EVENT: Final[Mapping[Fact, Callable[[Of], str | None]]] = {
    Fact.MARKING: lambda of: of.recorded.marking,
    Fact.PROTECTED_MARKING: lambda of: of.recorded.protected_marking,
    Fact.KIND: lambda of: matter_of(of.recorded).partition("-")[0],
    Fact.MATTER: lambda of: matter_of(of.recorded),
    Fact.CIRCLE: lambda of: circle(of.recorded),
    Fact.ACTOR: lambda of: of.recorded.actor,
    Fact.DEVELOPER: lambda of: of.developer,
    Fact.SHOWN: lambda of: YES if shown(of.recorded, None) else None,
    Fact.VALUE: lambda of: value_of(of.name),
}
"""Whose row an event is in, and with whom a view shares it, only rows say."""

OF_PART: Final[Mapping[Fact, Callable[[Part], str | None]]] = {
    Fact.MARKING: lambda part: part.marking,
    Fact.PROTECTED_MARKING: lambda part: part.protected_marking,
    Fact.KIND: lambda part: part.tells_of or None,
    Fact.SHOWN: lambda part: YES if part.shown else None,
    Fact.CONCERNS: lambda part: part.concerns if isinstance(part, Concerning) else None,
}
"""Of which matter a part is, and whose it is, its row says."""
