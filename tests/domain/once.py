"""What the tests of every stream say of it: each command carried out once, and each refusal's story."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from domain.commands import Command
from domain.events import Event
from tests.domain.cast import Somebody
from tests.domain.given import NOON, Fact
from tests.domain.world import OPEN


@dataclass(frozen=True)
class Once:
    """A command that is carried out once, and what somebody hears who asks again."""

    command: Any
    by: Somebody
    facts: tuple[Event | Fact, ...] = ()
    at: Any = NOON
    again: str | None = None
    """A refusal, where "again" cannot be told from "something else"; otherwise nothing."""


Story: TypeAlias = tuple[tuple[Event | Fact, ...], Command, Somebody, datetime, str]
"""What has happened, and who asks for what, when and marked how: it is refused."""


def story(*facts: Event | Fact, asks: Command, by: Somebody, at: datetime = NOON, marking: str = OPEN) -> Story:
    return facts, asks, by, at, marking
