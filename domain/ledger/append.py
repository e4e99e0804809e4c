"""An append is one caller's act made ready for a store: what is wrong with it alone is found before it is queued."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Final, TypeAlias

from eventsourcing.persistence import DataError, StoredEvent

from domain import wire
from domain.events.record import PayloadDestroyed
from domain.ledger.recorder import ActKnown, Attached, StaleRead

Verify: TypeAlias = Callable[[bytes, tuple[bytes, ...]], None]
"""Raises for a document, with its disclosures, that may not be stored."""

Event: TypeAlias = tuple[str, int, str, bytes]
"""Stream, version, type, document."""

_BETWEEN: Final = b"~"  # RFC 9901 §4: disclosures are base64url, so this is in none of them
_NONE: Final = Attached()
_LARGEST: Final = 2**63 - 1
_DESTROYED: Final = wire.type_name(PayloadDestroyed)


@dataclass(frozen=True, slots=True)
class Append:
    """The events of one act, which are stored together or not at all, and what goes in beside them."""

    events: tuple[Event, ...]
    disclosures: tuple[bytes, ...]
    """One for each event, joined; b"" for an event that has none. () where no event has any."""
    act: str | None
    reads: tuple[tuple[str, int], ...]
    nothing_new: bytes | None
    destroys: tuple[tuple[str, int], ...] = ()
    """Stream and version of each event whose disclosures go in the same transaction, whoever stores this: a ledger, or
    a restore."""

    def streams(self) -> Iterable[str]:
        """Every stream whose head decides whether this may be stored."""
        yield from (event[0] for event in self.events)
        yield from (stream for stream, _ in self.reads)

    def moved(self, heads: Mapping[str, int]) -> dict[str, int]:
        """Streams that are not where this act needs them, with the version that each has."""
        moved = {stream: heads.get(stream, 0) for stream, version in self.reads if heads.get(stream, 0) != version}
        ahead: dict[str, int] = {}
        for stream, version, _, _ in self.events:
            head = ahead.get(stream, heads.get(stream))
            # a stream of ours begins with 1; the suites of eventsourcing begin some with 0
            if version != head + 1 if head is not None else version not in {0, 1}:
                moved[stream] = heads.get(stream, 0)
            ahead[stream] = version
        return moved


@dataclass(frozen=True, slots=True)
class Restored:
    """Acts that are stored behind position `at`, all of them or none."""

    appends: tuple[Append, ...]
    at: int

    def positions(self) -> list[range]:
        """Those of each act."""
        ends = accumulate((len(append.events) for append in self.appends), initial=self.at + 1)
        return [range(first, stop) for first, stop in pairwise(ends)]


def judge(
    appends: Sequence[Append], *, head: int, heads: Mapping[str, int], acts: Iterable[str]
) -> list[range | ActKnown | StaleRead]:
    """The positions of each, or why it may not be stored, as if each were stored before the next is looked at.

    `head` is the last position; `heads` holds at least the streams of these appends, `acts` those of their acts that
    are known.
    """
    heads, acts = dict(heads), set(acts)
    verdicts: list[range | ActKnown | StaleRead] = []
    for append in appends:
        if append.act is not None and append.act in acts:
            verdicts.append(ActKnown(append.act))
        elif moved := append.moved(heads):
            verdicts.append(StaleRead(moved))
        else:
            verdicts.append(range(head + 1, head + 1 + len(append.events)))
            head += len(append.events)
            heads.update((stream, version) for stream, version, _, _ in append.events)
            if append.act is not None:
                acts.add(append.act)
    return verdicts


def prepared(stored_events: Sequence[StoredEvent], attached: Attached | None, verify: Verify) -> Append:
    """An append that is well-formed, each document verified. Raises DataError, and what `verify` raises."""
    beside = attached or _NONE
    disclosures = beside.disclosures or ((),) * len(stored_events)
    if len(disclosures) != len(stored_events):
        raise DataError(f"disclosures of {len(disclosures)} events beside {len(stored_events)}")
    if stored_events and beside.nothing_new is not None:
        raise DataError("an act with events is not one that changed nothing")
    if not (beside.act is None or _is_text(beside.act)):
        raise DataError(f"{beside.act!r} is no id of an act")
    if beside.nothing_new is not None and (type(beside.nothing_new) is not bytes or beside.act is None):
        raise DataError("an act that changed nothing has an id and a digest")
    for event, apart in zip(stored_events, disclosures, strict=True):
        if not (_is_text(event.originator_id) and _is_text(event.topic) and type(event.state) is bytes):
            raise DataError("an event has a stream and a type of text, and a document of bytes")
        if type(event.originator_version) is not int or not 0 <= event.originator_version <= _LARGEST:
            raise DataError(f"{event.originator_version!r} is no version of a stream")
        if not all(type(one) is bytes and one and _BETWEEN not in one for one in apart):
            raise DataError(f"disclosures are base64url: none is empty or holds {_BETWEEN!r}")
        verify(event.state, apart)
    for stream, version in beside.reads.items():
        if not _is_text(stream) or type(version) is not int:
            raise DataError(f"{stream!r} at {version!r} is no stream at a version")
    return Append(
        events=tuple((str(e.originator_id), e.originator_version, e.topic, e.state) for e in stored_events),
        disclosures=tuple(_BETWEEN.join(apart) for apart in disclosures) if any(disclosures) else (),
        act=beside.act,
        reads=tuple(beside.reads.items()),
        nothing_new=beside.nothing_new,
        destroys=tuple(_destroyed(event.state) for event in stored_events if event.topic == _DESTROYED),
    )


def _destroyed(document: bytes) -> tuple[str, int]:
    event = wire.load(document).event
    if not isinstance(event, PayloadDestroyed):
        raise DataError(f"a document of another type than {_DESTROYED}")
    return event.about.stream, event.about.version


def apart(joined: bytes) -> tuple[bytes, ...]:
    """The disclosures that an append joined."""
    return tuple(joined.split(_BETWEEN))


def _is_text(value: object) -> bool:
    """Text that every store can hold: neither U+0000 nor half of a pair."""
    if type(value) is not str or "\0" in value:
        return False
    try:
        return value.isascii() or bool(value.encode())
    except UnicodeEncodeError:
        return False
