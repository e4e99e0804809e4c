"""given(facts).when(command, by=..., at=...).then(facts): the whole test language.

What a test is given stands on the founding data, on posts that are held and on participants that are enrolled.
"""

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from domain.commands import Command
from domain.events import Event
from domain.events.office import HolderAssumed
from domain.events.participant import ParticipantEnrolled, ParticipantKind
from domain.founding import founding
from domain.values import OfficeCode, PostCode
from tests.domain.cast import DEVELOPER, HOLDERS, INSTALLATION, OPERATOR, RIVAL, Somebody
from tests.domain.world import (
    BEFORE,
    DAY,
    FOUNDED,
    HOUR,
    LEDGER,
    MINUTE,
    NOON,
    OPEN,
    Fact,
    When,
    World,
    asked,
    on,
)

__all__ = [
    "BEFORE",
    "DAY",
    "FOUNDED",
    "HOUR",
    "LEDGER",
    "MINUTE",
    "NOON",
    "Fact",
    "When",
    "World",
    "asked",
    "given",
    "given_only",
    "on",
    "world",
]


@dataclass(frozen=True)
class Given:
    """What has happened."""

    world: World

    def when(
        self,
        command: Command,
        *,
        by: Somebody,
        at: datetime = NOON,
        recorded_at: datetime | None = None,
        marking: str = OPEN,
    ) -> When:
        return When(self.world, command, asked(by, at, recorded_at=recorded_at, marking=marking))


@cache
def _founded() -> World:
    world = World()
    world.act(founding(LEDGER, "TOP SECRET"), by=INSTALLATION, at=FOUNDED)
    return world


@cache
def _everyday() -> World:
    world = copy(_founded())
    for (office, post), holder in HOLDERS.items():
        assumed = HolderAssumed(
            office=OfficeCode(office),
            post=PostCode(post),
            holder=holder.id,
            assumed_on=date(2026, 6, 2),
            holder_name="Somebody (invented)",
        )
        world.record([on(FOUNDED, assumed)])
    kinds: Mapping[ParticipantKind, tuple[Somebody, ...]] = {
        ParticipantKind.DEVELOPER: (DEVELOPER, RIVAL),
        ParticipantKind.OPERATOR: (OPERATOR,),
    }
    for kind, participants in kinds.items():
        for each in participants:
            enrolled = ParticipantEnrolled(participant=each.participant, name=each.actor.name, kind=kind)
            world.record([on(FOUNDED, enrolled, by=each)])
    return world


def world(*facts: Event | Fact) -> World:
    """A record of its own, in which all is ready and these facts have happened."""
    return copy(_everyday()).record(facts)


def given(*facts: Event | Fact) -> Given:
    """What has happened on an ordinary day."""
    return Given(world(*facts))


def given_only(*facts: Event | Fact) -> Given:
    """What has happened, and nothing else: no office, no policy, no ledger."""
    return Given(World().record(facts))
