"""What is said of events after they were recorded: what is wrong in them, how they are marked, who holds them."""

from typing import Final

import msgspec
from msgspec import field

from domain.act import ActorKind
from domain.events import Event
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
    Scheduled,
)
from domain.recorded import Recorded
from domain.rules.stream import members
from domain.values import ChallengeId, DestructionId, ErratumId, EventId, HoldId, ParticipantId
from projections.known import ByStream, Entry, begun
from projections.parts import add, adds
from projections.view import Key, Matter, Part


class RecordErratum(Part, kw_only=True, gc=False):
    """Whoever recorded it said what is wrong in it."""

    erratum_id: ErratumId
    actor: str


class RecordChallenge(Part, kw_only=True, gc=False):
    """Somebody held that it is marked wrongly."""

    challenge_id: ChallengeId
    proposed: str
    actor: str


class RecordAnswer(Part, kw_only=True, gc=False):
    """A challenge was answered."""

    challenge_id: ChallengeId
    outcome: ChallengeOutcome
    handled_as: str
    actor: str


class RecordHold(Part, kw_only=True, gc=False):
    """Somebody keeps it from being destroyed."""

    hold_id: HoldId
    basis: str
    actor: str


class RecordRelease(Part, kw_only=True, gc=False):
    """A hold was ended."""

    hold_id: HoldId
    actor: str


class RecordProposal(Part, kw_only=True, gc=False):
    """Somebody proposed to destroy what it protects, with that of every event of its act."""

    destruction_id: DestructionId
    scheduled: Scheduled
    actor: str


class RecordDestruction(Part, kw_only=True, gc=False):
    """What it protected was destroyed."""

    destruction_id: DestructionId
    proposed_for: EventId
    """The event of its act that the proposal named."""
    scheduled: Scheduled
    actor: str


class Record(Entry, kw_only=True, omit_defaults=True):
    """An event of which something is said, and what."""

    event_id: EventId
    about: About
    errata: list[RecordErratum] = field(default_factory=list)
    challenges: list[RecordChallenge] = field(default_factory=list)
    answers: list[RecordAnswer] = field(default_factory=list)
    holds: list[RecordHold] = field(default_factory=list)
    releases: list[RecordRelease] = field(default_factory=list)
    proposals: list[RecordProposal] = field(default_factory=list)
    destructions: list[RecordDestruction] = field(default_factory=list)


class RecordAt(msgspec.Struct, kw_only=True, frozen=True):
    """How an event is to be read at a point in time, as far as its reader may see what is said of it."""

    errata: int
    open_challenges: tuple[ChallengeId, ...]
    handled_as: str
    """The marking under which it is handled: its own, unless an answer says another."""
    holds: tuple[HoldId, ...]
    """Those that last: nothing of it may be destroyed while there is one."""
    destruction_proposed: bool
    """Somebody proposed to destroy what it protects, and that is not done."""
    destroyed: bool
    """What it protected is gone, lawfully: nobody has it any more. Its document and all proofs stay."""


_ADDS: Final = adds(
    {
        ErratumFiled: ("errata", RecordErratum),
        MarkingChallenged: ("challenges", RecordChallenge),
        ChallengeAnswered: ("answers", RecordAnswer),
        HoldPlaced: ("holds", RecordHold),
        HoldReleased: ("releases", RecordRelease),
        DestructionProposed: ("proposals", RecordProposal),
        PayloadDestroyed: ("destructions", RecordDestruction),
    }
)


class RecordsView(ByStream[Record]):
    """Every event of which something is said, by its id: marked as the event, its parts as they are."""

    name = "records"
    version = 2
    row = Record
    matter = Matter("stream")
    columns = {"began": "INTEGER", "stream": "TEXT"}  # noqa: RUF012 - a constant of the class
    indexes = (("began",), ("stream",))

    def keys(self, recorded: Recorded[Event]) -> tuple[Key, ...]:
        return (recorded.event.about.event_id,) if isinstance(recorded.event, members(RecordEvent)) else ()

    def evolve(self, row: Record | None, position: int, recorded: Recorded[Event]) -> Record:
        event = recorded.event
        if row is None and isinstance(event, members(RecordEvent)):
            kind, _, who = event.about.actor.partition("/")
            row = Record(
                marking=event.about.marking,
                scope=ParticipantId(who) if kind == ActorKind.PARTICIPANT else None,
                began=position,
                event_id=event.about.event_id,
                about=event.about,
            )
        made = begun(row, recorded)
        add(_ADDS, made, position, recorded)
        return made

    def indexed(self, row: Record) -> tuple[object, ...]:
        return row.began, row.about.stream


RECORDS: Final = RecordsView()


def record_at(row: Record) -> RecordAt:
    """How an event is to be read, as these parts say."""
    answered = {each.challenge_id for each in row.answers}
    released = {each.hold_id for each in row.releases}
    changes = [each for each in row.answers if each.outcome is ChallengeOutcome.TO_CHANGE]
    return RecordAt(
        errata=len(row.errata),
        open_challenges=tuple(each.challenge_id for each in row.challenges if each.challenge_id not in answered),
        handled_as=changes[-1].handled_as if changes else row.about.marking,
        holds=tuple(each.hold_id for each in row.holds if each.hold_id not in released),
        destruction_proposed=bool(row.proposals) and not row.destructions,
        destroyed=bool(row.destructions),
    )
