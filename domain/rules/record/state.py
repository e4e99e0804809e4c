"""What rules may know of a recorded event, and what was said of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, assert_never

from domain.events.record import (
    About,
    ChallengeAnswered,
    ChallengeOutcome,
    DestructionProposed,
    ErratumFiled,
    HoldPlaced,
    HoldReleased,
    MarkingChallenged,
    PayloadDestroyed,
    RecordEvent,
)
from domain.markings import join, parse
from domain.matters import matter_of
from domain.recorded import Recorded
from domain.rules.asked import Asked
from domain.rules.seen import Place
from domain.values import (
    ChallengeId,
    DestructionId,
    ErratumId,
    EventId,
    HoldId,
    Line,
    PersonId,
    RecordId,
    StreamId,
    record_id,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFacts:
    """A recorded event, as far as rules may say something of it."""

    id: EventId
    stream: StreamId
    version: int
    type: str
    actor: str
    marking: str
    matter: StreamId
    """What it is of."""
    recorded_at: datetime
    act: tuple[Place, ...]
    """Where the events of its act stand, in their order; its own place is one of them."""

    @property
    def place(self) -> Place:
        return Place(self.stream, self.version)

    @property
    def record(self) -> RecordId:
        """Where what is said of it stands."""
        return record_id(self.stream, self.version)

    @property
    def about(self) -> About:
        """As it stands in whatever is said of it."""
        return About(
            event_id=self.id,
            stream=self.stream,
            version=self.version,
            type=self.type,
            actor=self.actor,
            marking=self.marking,
        )


def facts_of(recorded: Recorded[Any], act: Iterable[Recorded[Any]]) -> EventFacts:
    """What rules may know of any event; `act` are all events of its act."""
    return EventFacts(
        id=recorded.id,
        stream=recorded.stream,
        version=recorded.version,
        type=recorded.event.type,
        actor=recorded.actor,
        marking=recorded.marking,
        matter=matter_of(recorded),
        recorded_at=recorded.recorded_at,
        act=tuple(Place(each.stream, each.version) for each in act),
    )


def known_to(event: EventFacts, asked: Asked) -> bool:
    """Whether the actor may see the event: an office by clearance, a participant what it did itself."""
    return asked.may_see(event.marking) and (asked.participant is None or event.actor == str(asked.by))


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """A challenge of the event's marking, and what was answered."""

    by: str
    proposed: str
    answered: tuple[ChallengeOutcome, str] | None = None
    """The outcome, and the marking under which the event is handled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A hold, and whether it lasts."""

    by: str
    basis: Line
    marking: str
    released: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A proposal to destroy its payload."""

    by: str
    person: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What is said of one event."""

    errata: frozenset[ErratumId] = frozenset()
    challenges: Mapping[ChallengeId, Challenge] = field(default_factory=dict)
    holds: Mapping[HoldId, Hold] = field(default_factory=dict)
    proposals: Mapping[DestructionId, Proposal] = field(default_factory=dict)
    destroyed: DestructionId | None = None
    """By which proposal its payload was destroyed."""

    @property
    def lasting(self) -> tuple[Hold, ...]:
        """While there is one, nothing of the event may be destroyed."""
        return tuple(hold for hold in self.holds.values() if not hold.released)

    @property
    def marking(self) -> str:
        """Of what stands in the way of a destruction; "" where nothing does."""
        return str(join(*(parse(hold.marking) for hold in self.lasting))) if self.lasting else ""


INITIAL: Final = Said()


def evolve(state: Said, recorded: Recorded[RecordEvent]) -> Said:
    event = recorded.event
    match event:
        case ErratumFiled():
            return replace(state, errata=state.errata | {event.erratum_id})
        case MarkingChallenged():
            challenge = Challenge(by=recorded.actor, proposed=event.proposed)
            return replace(state, challenges={**state.challenges, event.challenge_id: challenge})
        case ChallengeAnswered():
            answered = replace(state.challenges[event.challenge_id], answered=(event.outcome, event.handled_as))
            return replace(state, challenges={**state.challenges, event.challenge_id: answered})
        case HoldPlaced():
            hold = Hold(by=recorded.actor, basis=event.basis, marking=recorded.marking)
            return replace(state, holds={**state.holds, event.hold_id: hold})
        case HoldReleased():
            released = replace(state.holds[event.hold_id], released=True)
            return replace(state, holds={**state.holds, event.hold_id: released})
        case DestructionProposed():
            proposal = Proposal(by=recorded.actor, person=event.proposer)
            return replace(state, proposals={**state.proposals, event.destruction_id: proposal})
        case PayloadDestroyed():
            return replace(state, destroyed=event.destruction_id)
        case _:
            assert_never(event)
