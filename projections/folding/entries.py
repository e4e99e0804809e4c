"""An event is decoded once for every view, without what it protects."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import msgspec

from domain import wire
from domain.events import Event
from domain.faults import told
from domain.recorded import Recorded
from projections.folding.feed import Feed

DECODED: Final = 500
"""Events that are decoded at a time: as many as stay in the cache of a core. A transaction may have many more."""


class Entry(NamedTuple):
    """One event of a batch."""

    position: int
    recorded: Recorded[Event]
    document: bytes


def decoded(events: Sequence[tuple[int, str, bytes]]) -> list[Entry]:
    """What a feed gave, up to the first event that this reader does not know.

    Raises wire.Corrupt where that is the very first: what is before it was folded first.
    """
    entries: list[Entry] = []
    for position, event_type, document in events:
        try:
            entries.append(Entry(position, wire.shape(event_type).decoder.decode(document), document))
        except (wire.Corrupt, msgspec.MsgspecError) as error:
            if entries:
                break
            why = str(error) if isinstance(error, wire.Corrupt) else f"no {event_type}: {told(error)}"
            raise wire.Corrupt(f"position {position}: {why}") from error
    return entries


def batches(feed: Feed, after: int, upto: int) -> Iterator[list[Entry]]:
    """Events behind a position up to another, some at a time; it ends before one that this reader does not know.

    Raises wire.Corrupt where that is the very first.
    """
    at = after
    while at < upto and (events := feed.read(at, min(DECODED, upto - at))):
        try:
            entries = decoded(events)
        except wire.Corrupt:
            if at == after:
                raise
            return
        yield entries
        if len(entries) < len(events):
            return
        at = entries[-1].position
