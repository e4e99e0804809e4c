"""Events as they are recorded: read once for all who listen, and made JSON of once for all who see the same of one."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from api.audit.events import read
from api.streaming.fanout import Fanout, Mark, Stretch
from api.streaming.messages import message, nothing
from domain.ledger.recorder import LedgerRecorder
from projections.disclosed import Whole, developer, whole
from projections.folding.feed import Feed
from projections.given import Given
from projections.visible import Sight

MOST: Final = 256
"""Positions of one stretch: what a stream holds in memory is some such documents."""


@dataclass(frozen=True, slots=True)
class Listening:
    """Which events somebody listens for; nothing named is everything."""

    types: frozenset[str]
    streams: frozenset[str]
    offices: frozenset[str]
    after: int
    """-1: what comes from now on."""

    def wants(self, type: str, of: Whole) -> bool:
        """Whether it is one of those."""
        if self.types and type not in self.types:
            return False
        if self.streams and of.recorded.stream not in self.streams:
            return False
        return not self.offices or of.recorded.actor.removeprefix("office/") in self.offices


@dataclass(frozen=True, slots=True)
class Happened:
    """Events behind a mark, whoever listens, and what was made of them for some."""

    upto: Mark
    events: tuple[tuple[str, Whole], ...]
    """Each with its type, which is known before it is read."""
    developers: dict[str, str | None] = field(default_factory=dict)
    """Stream → whose case it is."""
    messages: dict[tuple[int, tuple[str, ...]], bytes] = field(default_factory=dict)
    """Position, and names of what whoever is sent this may see of it."""


Following: TypeAlias = Fanout[Happened]


def follow(recorder: LedgerRecorder) -> Following:
    """The ledger, for all who listen to events."""

    def load(after: Mark, upto: Mark) -> Happened:
        rows = recorder.read(after.position, upto.position - after.position)
        types = [type for _, type, _ in rows]
        found = whole(recorder, [(position, document) for position, _, document in rows])
        return Happened(upto, tuple(zip(types, found, strict=True)))

    return Fanout(_Moves(recorder), load, most=MOST)


async def sent(
    following: Following, recorder: LedgerRecorder, sight: Sight, listening: Listening, begin: Mark
) -> AsyncIterator[Stretch]:
    """Messages for events behind a mark."""
    yield Stretch(begin, b": from behind %d\n\n" % begin.position)
    key = (sight, listening.types, listening.streams, listening.offices)
    async for stretch in following.stretches(key, begin, lambda happened: _told(recorder, sight, listening, happened)):
        yield stretch


def _told(recorder: LedgerRecorder, sight: Sight, listening: Listening, happened: Happened) -> Stretch:
    given = Given() if sight.oversight else None
    sight = replace(sight, given=given)
    messages, last = [], 0
    for type, each in happened.events:
        if not listening.wants(type, each):
            continue
        if sight.participant is not None and (stream := each.recorded.stream) not in happened.developers:
            happened.developers[stream] = developer(recorder, stream)
        if (seen := each.given(sight, happened.developers.get(each.recorded.stream))) is None:
            continue
        last = each.position
        if (made := happened.messages.get((last, seen))) is None:
            made = happened.messages[last, seen] = message(last, type, read(each.disclosed(seen)))
        messages.append(made)
    if last < happened.upto.position:
        messages.append(nothing(happened.upto.position))
    return Stretch(happened.upto, b"".join(messages), given)


class _Moves:
    def __init__(self, feed: Feed) -> None:
        self._feed = feed

    def mark(self) -> Mark:
        return Mark(self._feed.head())

    def wait(self, beyond: Mark, timeout: float) -> bool:
        return self._feed.wait(beyond.position, timeout)
