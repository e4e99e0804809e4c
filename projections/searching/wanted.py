"""A question to the record: which events, of all that whoever asks may know, and how many."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Final

from domain.act import ActorKind, Attestation
from domain.values import (
    CaseId,
    Citation,
    CommandId,
    DelegationId,
    EventId,
    OfficeCode,
    ParticipantId,
    PersonId,
    StreamId,
)
from domain.wire import EVENTS
from projections.instants import microseconds
from projections.searching.finding import counted, found
from projections.searching.index import Index
from projections.searching.kept import occurring
from projections.searching.seeing import cleared, disclosed, said, visible
from projections.searching.sets import NOTHING, All, During, Either, Events, Has, Moment, Without
from projections.searching.terms import LATE, SIGNED, SIMULATED, Behind, By
from projections.searching.words import words
from projections.stores.selecting import Ask
from projections.visible import Sight

MOST: Final = 10_000
"""Up to how many are counted one by one; of more it is said that there are more."""
KINDS: Final = frozenset(type.partition(".")[0] for type in EVENTS)
ALL_OF_A_KIND: Final = ".*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Time:
    """A time; None: no end."""

    since: datetime | None = None
    before: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which events somebody asks for: all of it has to fit; what is None or empty does not matter."""

    case_id: CaseId | None = None
    """About this case, in whatever stream."""
    stream: StreamId | None = None
    actor: str | None = None
    """`office/<code>`, `participant/<uuid>` …"""
    office: OfficeCode | None = None
    participant: ParticipantId | None = None
    person: PersonId | None = None
    """Who acted, where that is disclosed to whoever asks."""
    authority: Citation | None = None
    delegation: DelegationId | None = None
    types: tuple[str, ...] = ()
    """Any of these: types, or kinds such as `case.*`."""
    marking: str | None = None
    attestation: Attestation | None = None
    signed: bool | None = None
    """Whether the act carried a signature."""
    late: bool | None = None
    """Whether a rule marked it late, as after the window or the due time."""
    behind: Behind | None = None
    """Recorded at least so long after it was claimed to have happened, or was taken in where nothing was claimed."""
    command_id: CommandId | None = None
    causation: EventId | None = None
    simulated: bool | None = None
    text: str | None = None
    """Words that it says openly, or in what is disclosed to whoever asks: all of them."""
    recorded: Time = Time()
    taken_in: Time = Time()
    claimed: Time = Time()


@dataclass(frozen=True, slots=True, kw_only=True)
class Matches:
    """The positions of some of the events that were asked for."""

    positions: tuple[int, ...]
    position: int
    """Up to which they were looked for."""
    count: int | None
    """How many there are in all: MOST at most, or MOST + 1 for more; None where nobody asked."""


def search(
    index: Index,
    sight: Sight,
    wanted: Wanted,
    *,
    after: int = 0,
    limit: int = 100,
    newest: bool = False,
    upto: int | None = None,
    count: bool = False,
) -> Matches:
    """Events in order of position behind the cursor `after`; with `newest` the last ones first, before it (0: all).

    Raises NotBuilt.
    """
    last = index.position() if upto is None else min(upto, index.position())

    def look(ask: Ask) -> Matches:
        events = events_of(sight, wanted, occurring(ask))
        first, end = (0, min(last, after - 1) if after else last) if newest else (after, last)
        some = islice(found(ask, events, after=first, upto=end, newest=newest), limit)
        if count:
            sight.looked_at(cleared(sight, occurring(ask), By.MARKING))
        number = counted(ask, events, after=0, upto=last, most=MOST) if count else None
        return Matches(positions=tuple(some), position=last, count=number and min(number, MOST + 1))

    return index.kept.look(look)


def events_of(sight: Sight, wanted: Wanted, occurring: Sequence[str]) -> Events:
    """The set that is asked for, of what this reader may know."""
    events: Events = All((*_narrow(wanted, sight, occurring), visible(sight, occurring)))
    for flag, asked in _flags(wanted):
        if asked is False:
            events = Without(events, Has(flag))
    for moment, time in (
        (Moment.RECORDED, wanted.recorded),
        (Moment.TAKEN_IN, wanted.taken_in),
        (Moment.CLAIMED, wanted.claimed),
    ):
        if (time.since, time.before) != (None, None):
            since = None if time.since is None else microseconds(time.since)
            events = During(events, moment, since, None if time.before is None else microseconds(time.before))
    return events


def _narrow(wanted: Wanted, sight: Sight, occurring: Sequence[str]) -> Iterator[Events]:
    """What has to fit, the rarest first where that can be guessed: what is empty ends the look."""
    plain: tuple[tuple[By, Any], ...] = (
        (By.COMMAND, wanted.command_id),
        (By.CAUSATION, wanted.causation),
        (By.DELEGATION, wanted.delegation),
        (By.STREAM, wanted.stream),
        (By.CASE, wanted.case_id),
        (By.ACTOR, wanted.actor),
        (By.ACTOR, wanted.participant and f"{ActorKind.PARTICIPANT}/{wanted.participant}"),
        (By.ACTOR, wanted.office and f"{ActorKind.OFFICE}/{wanted.office}"),
        (By.AUTHORITY, wanted.authority),
        (By.MARKING, wanted.marking),
        (By.ATTESTATION, wanted.attestation),
        (By.BEHIND, wanted.behind),
    )
    for by, value in plain:
        if value is not None:
            yield Has(by + value)
    if wanted.person is not None:
        yield disclosed(sight, occurring, By.PERSON, wanted.person)
    if wanted.text is not None:
        those = sorted(words(wanted.text))
        yield All(tuple(said(sight, occurring, word) for word in those)) if those else NOTHING
    if wanted.types:
        yield Either(tuple(map(_of_type, wanted.types)))
    for flag, asked in _flags(wanted):
        if asked:
            yield Has(flag)


def _flags(wanted: Wanted) -> tuple[tuple[str, bool | None], ...]:
    return (LATE, wanted.late), (SIGNED, wanted.signed), (SIMULATED, wanted.simulated)


def _of_type(asked: str) -> Events:
    if asked.endswith(ALL_OF_A_KIND):
        return Has(By.KIND + asked.removesuffix(ALL_OF_A_KIND))
    return Has(By.TYPE + asked)
