"""States of streams, kept between acts. What is kept may be old, never wrong: every append checks what was read."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final

from eventsourcing.persistence import InternalError

from domain import wire
from domain.events import Event
from domain.ledger.recorder import LedgerRecorder
from domain.recorded import Recorded
from domain.rules import rules_of
from domain.rules.record import EventFacts, facts_of
from domain.rules.seen import EVENT, read_by
from domain.values import LedgerId, StreamId, act_id

_TOGETHER: Final = 500
KEPT: Final = 20_000
"""Streams whose states are kept; the least recently used go first."""


@dataclass(frozen=True, slots=True)
class Known:
    """A stream as far as it was read."""

    version: int
    state: Any


class States:
    """Loads states by folding documents without their disclosures, and keeps them."""

    def __init__(self, recorder: LedgerRecorder, kept: int = KEPT) -> None:
        self._recorder = recorder
        self._kept = kept
        self._known: OrderedDict[StreamId, Known] = OrderedDict()
        self._lock = Lock()

    def get(self, stream: StreamId) -> Known:
        """The stream as it was last read; read now if it never was."""
        with self._lock:
            if (known := self._known.get(stream)) is not None:
                self._known.move_to_end(stream)
                return known
        if stream.startswith(EVENT):
            return Known(0, self._event(stream))
        rules = rules_of(stream)
        known = self._read(stream, Known(0, rules.initial if rules is not None else None))
        self._keep(stream, known)
        return known

    def has(self, stream: StreamId) -> bool:
        """Whether the stream was read, and its state is kept."""
        with self._lock:
            return stream in self._known

    def refresh(self, streams: Iterable[StreamId]) -> None:
        """Read on where streams have moved."""
        for stream in streams:
            with self._lock:
                known = self._known.pop(stream, None)
            if known is not None:
                self._keep(stream, self._read(stream, known))

    def advance(self, appended: Mapping[StreamId, list[Recorded[Event]]]) -> None:
        """Take in what was just appended; whoever was not up to date before it is read again next time."""
        for stream, entries in appended.items():
            rules = rules_of(stream)
            if rules is None:
                continue
            with self._lock:
                known = self._known.get(stream)
                if known is not None and known.version == entries[0].version - 1:
                    state = known.state
                    for recorded in entries:
                        state = rules.evolve(state, recorded)
                    self._known[stream] = Known(entries[-1].version, state)
                elif known is not None and known.version < entries[-1].version:
                    del self._known[stream]

    def _read(self, stream: StreamId, known: Known) -> Known:
        rules = rules_of(stream)
        version, state = known.version, known.state
        for _, read, document in self._recorder.read_stream(stream, after_version=known.version):
            version = read
            if rules is not None:
                state = rules.evolve(state, wire.load(document))
        return Known(version, state)

    def _event(self, name: StreamId) -> EventFacts | None:
        """What stands at one place of a stream: it never changes, so nothing has to be checked at an append."""
        (stream, version), called = read_by(name)
        if called is not None:
            return self._first(stream, version, called)
        found = self._recorder.select_events(stream, gt=version - 1, lte=version)
        return self._facts(found[0].state) if found else None

    def _first(self, stream: StreamId, version: int, called: str) -> EventFacts | None:
        while found := self._recorder.select_events(stream, gt=version - 1, limit=_TOGETHER):
            for each in found:
                if each.topic.rpartition(".")[0] == called:
                    return self._facts(each.state)
            version = found[-1].originator_version + 1
        return None

    def _facts(self, document: bytes) -> EventFacts:
        recorded = wire.load(document)
        id = act_id(LedgerId(recorded.ledger.removeprefix("urn:uuid:")), recorded.actor, recorded.command_id)
        act = self._recorder.act(id)
        if act is None or act.first is None or act.last is None:
            raise InternalError(f"event {recorded.id} belongs to no act that this store has")
        together = sorted(self._recorder.documents(range(act.first, act.last + 1)).items())
        return facts_of(recorded, [wire.load(each) for _, each in together])

    def _keep(self, stream: StreamId, known: Known) -> None:
        if known.version == 0:
            return  # what does not exist is not kept, so asking for it cannot fill the memory
        with self._lock:
            there = self._known.get(stream)
            if there is None or there.version < known.version:
                self._known[stream] = known
            while len(self._known) > self._kept:
                self._known.popitem(last=False)
