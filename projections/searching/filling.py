"""Sets are filled with what events say, in order of their positions, and emptied of what was destroyed."""

from array import array
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from hashlib import sha256
from itertools import islice
from typing import Final, Protocol

import orjson
from pyroaring import BitMap

from domain import wire
from domain.events import Event
from domain.events.record import About, PayloadDestroyed
from domain.recorded import Recorded
from projections.audit_trail import case_of
from projections.folding.entries import decoded
from projections.instants import microseconds
from projections.searching import kept
from projections.searching.kept import BLOCK, PIECE, Keeping
from projections.searching.sets import Moment
from projections.searching.terms import BEHIND_PROTECTED, PROTECTED, By, open_terms, protected_terms, submitted_by

NEVER: Final = -(2**62)
"""Stands among times where an event has none."""
_ASKED: Final = 400
_LOW: Final = (1 << PIECE) - 1
_Sets = dict[int, dict[str, list[int]]]


class Record(Protocol):
    """Where events and their disclosures are kept: the ledger's recorder."""

    def head(self) -> int: ...
    def read(self, after: int, limit: int) -> list[tuple[int, str, bytes]]: ...
    def disclosures(self, positions: Collection[int]) -> dict[int, tuple[bytes, ...]]: ...
    def read_stream(
        self, stream: str, after_version: int = 0, upto_position: int | None = None
    ) -> list[tuple[int, int, bytes]]: ...
    def wait(self, after: int, timeout: float) -> bool: ...


def fill(keeping: Keeping, record: Record, events: Sequence[tuple[int, str, bytes]]) -> bool:
    """Take these events in, which follow behind what the sets have, up to the first of a type that nobody here knows.

    Returns whether something was taken away. Raises wire.Corrupt where the very first is of such a type.
    """
    entries = decoded(events)
    disclosures = record.disclosures([entry.position for entry in entries])
    developers = _developers(keeping, [entry.recorded for entry in entries])
    sets: _Sets = defaultdict(lambda: defaultdict(list))
    occurring: set[str] = set()
    destroyed: list[int] = []
    for position, recorded, document in entries:
        data = orjson.loads(document)["data"]
        case_id = case_of(recorded)
        terms = [*open_terms(recorded, data, None if case_id is None else developers.get(case_id))]
        if (said := disclosures.get(position)) is not None:
            terms += protected_terms(wire.disclosed(data["_sd"], said, wire.shape(recorded.event.type)))
        piece, low = sets[position >> PIECE], position & _LOW
        for term in terms:
            piece[term].append(low)
        occurring |= {By.MARKING + recorded.marking, By.PROTECTED_MARKING + recorded.protected_marking}
        if isinstance(recorded.event, PayloadDestroyed):
            destroyed += _place(record, recorded.event.about)
    for number, found in sets.items():
        _join(keeping, number, found)
    keeping.put("occurring", ("term",), (), ((term,) for term in sorted(occurring)))
    _keep_times(keeping, [(entry.position, entry.recorded) for entry in entries])
    if destroyed:
        forget(keeping, destroyed)
    last = entries[-1]
    keeping.change("UPDATE reached SET position = ?, digest = ?", (last.position, sha256(last.document).digest()))
    return bool(destroyed)


def forget(keeping: Keeping, positions: Iterable[int]) -> None:
    """Take away everything that is found by what these events protect. Again is not an error."""
    by_piece: dict[int, BitMap] = defaultdict(BitMap)
    for position in positions:
        by_piece[position >> PIECE].add(position & _LOW)
    for number, gone in by_piece.items():
        of = "SELECT term, bits FROM sets WHERE piece = ? AND term >= ? AND term < ?"
        left: list[tuple[int, str, bytes]] = []
        for term, packed in keeping.ask(of, (number, PROTECTED, BEHIND_PROTECTED)):
            bits = BitMap.deserialize(packed)
            if not bits.isdisjoint(gone):
                bits -= gone
                keeping.change("DELETE FROM sets WHERE piece = ? AND term = ?", (number, term))
                left += [(number, term, _packed(bits))] if bits else []
        keeping.put("sets", ("piece", "term"), ("bits",), left)


def _place(record: Record, about: About) -> Iterable[int]:
    """The position of the event that something is said of."""
    found = record.read_stream(about.stream, about.version - 1)
    return [position for position, _, _ in islice(found, 1)]


def _developers(keeping: Keeping, events: Sequence[Recorded[Event]]) -> Mapping[str, str]:
    """Whose each case is that these events are about, also where one of them begins it."""
    begun = {
        case_id: developer
        for each in events
        if (developer := submitted_by(each)) is not None and (case_id := case_of(each)) is not None
    }
    keeping.put("developers", ("case_id",), ("developer",), begun.items())
    wanted = sorted({case_id for each in events if (case_id := case_of(each)) is not None} - begun.keys())
    found: dict[str, str] = dict(begun.items())
    for at in range(0, len(wanted), _ASKED):
        some = wanted[at : at + _ASKED]
        sql = f"SELECT case_id, developer FROM developers WHERE case_id IN ({', '.join('?' * len(some))})"  # noqa: S608 - places for values
        found |= dict(keeping.ask(sql, some))
    return found


def _join(keeping: Keeping, number: int, found: Mapping[str, list[int]]) -> None:
    """Put positions of one piece into the sets of their terms."""
    there = kept.pieces(keeping.ask, (number,), found)
    rows: list[tuple[int, str, bytes]] = []
    for term, lows in found.items():
        bits = BitMap(lows)
        if (packed := there.get((number, term))) is not None:
            bits |= BitMap.deserialize(packed)
        rows.append((number, term, _packed(bits)))
    keeping.put("sets", ("piece", "term"), ("bits",), rows)


def _packed(bits: BitMap) -> bytes:
    """In as few bytes as it can be."""
    bits.run_optimize()
    return bits.serialize()


def _keep_times(keeping: Keeping, events: Sequence[tuple[int, Recorded[Event]]]) -> None:
    blocks: dict[tuple[str, int], array[int]] = {}
    for position, recorded in events:
        for moment, at in (
            (Moment.RECORDED, recorded.recorded_at),
            (Moment.TAKEN_IN, recorded.taken_in_at),
            (Moment.CLAIMED, recorded.claimed_at),
        ):
            key = (moment.value, position >> BLOCK)
            if (block := blocks.get(key)) is None:
                block = blocks[key] = _block(keeping, key, position)
            block.append(NEVER if at is None else microseconds(at))
    rows = []
    for (name, number), block in blocks.items():
        real = [at for at in block if at != NEVER]
        rows.append((name, number, min(real, default=NEVER), max(real, default=NEVER), block.tobytes()))
    keeping.put("times", ("moment", "block"), ("lowest", "highest", "packed"), rows)


def _block(keeping: Keeping, key: tuple[str, int], position: int) -> "array[int]":
    """The times of a block that are kept already, so that the next one is of this position."""
    block = array("q")
    for (packed,) in keeping.ask("SELECT packed FROM times WHERE moment = ? AND block = ?", key):
        block.frombytes(packed)
    first = position & ((1 << BLOCK) - 1)
    block = block[:first]
    block.extend([NEVER] * (first - len(block)))  # there is no position 0
    return block
