"""A store is made from the two topics alone: the same documents at the same positions, each verified before it is kept.

What was destroyed stays destroyed: an event whose key is gone comes back without its disclosures, if an event says that
they were destroyed; a key that is missing otherwise was lost, and ends the restore. Acts that changed nothing have no
event, so they do not come back.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from kafka import TopicPartition

from consumers.topics import tail
from consumers.topics.connection import Connection
from consumers.topics.cursor import Broken
from consumers.topics.names import Topics
from consumers.topics.record import Kept, read_key, read_ledger
from consumers.topics.sealing import Keyring, Sealed, unseal
from consumers.topics.tail import End, Forked
from domain import wire
from domain.events import Event
from domain.events.record import PayloadDestroyed
from domain.ledger import StoredEvent
from domain.ledger.recorder import Attached, LedgerRecorder
from domain.recorded import Recorded
from domain.values import ActId, LedgerId, act_id, event_id

TOGETHER: Final = 2_000
"""Events of a transaction, and no more than the last act makes it."""
DESTROYED: Final = wire.type_name(PayloadDestroyed)
BYTES: Final = 16 * 1024 * 1024
"""Bytes of a transaction, the same."""

Progress = Callable[[int, int], object]
"""Told the last position that is kept, and the last there is."""


class LostKey(Broken):
    """The key of an event's disclosures is gone, and no event says that it was destroyed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What a restore did."""

    position: int
    """Where the store ends now."""
    events: int
    acts: int
    destroyed: int
    """Events whose disclosures were destroyed."""


@dataclass(slots=True)
class _Act:
    """The events of one act, as they come."""

    id: ActId
    events: list[StoredEvent] = field(default_factory=list)
    disclosures: list[tuple[bytes, ...]] = field(default_factory=list)

    @property
    def size(self) -> int:
        return sum(len(event.state) for event in self.events) + sum(
            len(one) for each in self.disclosures for one in each
        )


class Keys:
    """The keys topic in a file, since there are as many keys as events. Made and used by one thread."""

    def __init__(self, path: Path) -> None:
        self._file = sqlite3.connect(path, isolation_level=None)
        self._file.execute("PRAGMA journal_mode = OFF")  # the file lives no longer than this process
        self._file.execute("PRAGMA synchronous = OFF")
        self._file.execute("CREATE TABLE keys (id TEXT PRIMARY KEY, wrapped BLOB, kek TEXT) STRICT, WITHOUT ROWID")

    def read(self, records: Iterator[Any]) -> None:
        """Keep the last key of each event. Raises Unreadable."""
        self._file.execute("BEGIN")
        self._file.executemany("INSERT OR REPLACE INTO keys VALUES (?, ?, ?)", map(read_key, records))
        self._file.execute("COMMIT")

    def of(self, id: str) -> tuple[bytes, str] | None:
        """The wrapped key of an event's disclosures, and what wraps it; None where it is destroyed."""
        found: tuple[bytes, str] | None = self._file.execute(
            "SELECT wrapped, kek FROM keys WHERE id = ? AND wrapped IS NOT NULL", (id,)
        ).fetchone()
        return found

    def close(self) -> None:
        self._file.close()


class Restore:
    """Takes what the store does not have yet from the topics; broken off, the same call goes on.

    The recorder verifies each document. The store is empty, or ends with an event of this record.
    """

    def __init__(
        self,
        *,
        recorder: LedgerRecorder,
        connection: Connection,
        topics: Topics,
        keyring: Keyring,
        together: int = TOGETHER,
    ) -> None:
        self._recorder = recorder
        self._connection = connection
        self._topics = topics
        self._keyring = keyring
        self._together = together
        self._patience_s = connection.patience_ms / 1000
        self._ledger: str | None = None
        self._end = 0
        self._gone: frozenset[str] | None = None
        self._events = self._acts = self._destroyed = 0

    def run(self, progress: Progress) -> Restored:
        """Bring the store to where the ledger topic ends now.

        Raises Forked for a store of another record, Broken for a topic that is none, LostKey, Unreadable, CannotUnseal,
        wire.Corrupt, Unreachable, KafkaError, StoreError; what was kept until then is right.
        """
        tail.whole(self._connection, self._topics.ledger)
        last = tail.last(self._connection, self._topics.ledger)
        head = self._recorder.head()
        if last is not None:
            kept = read_ledger(last)
            if head < kept.position:
                self._take(head, kept, progress)
            else:
                end = End(kept.position, sha256(kept.document).digest())
                tail.same(end, self._recorder.read(end.position - 1, 1), self._recorder, self._topics.ledger)
        return Restored(position=self._recorder.head(), events=self._events, acts=self._acts, destroyed=self._destroyed)

    def _take(self, head: int, last: Kept, progress: Progress) -> None:
        with TemporaryDirectory(prefix="docket-keys-") as folder, closing(Keys(Path(folder) / "keys.db")) as keys:
            keys.read(self._of(self._topics.keys, None))
            self._end = last.offset + 1
            waiting: list[_Act] = []
            size = events = 0
            for act in self._grouped(head, keys, self._of(self._topics.ledger, self._end)):
                waiting.append(act)
                size, events = size + act.size, events + len(act.events)
                if size > BYTES or events >= self._together:
                    head = self._keep(waiting, head)
                    progress(head, last.position)
                    waiting, size, events = [], 0, 0
            if waiting:
                head = self._keep(waiting, head)
            progress(head, last.position)

    def _keep(self, acts: list[_Act], head: int) -> int:
        together = [(act.events, Attached(act=act.id, disclosures=tuple(act.disclosures))) for act in acts]
        got = self._recorder.insert_batch(together, at=head)
        self._acts += len(acts)
        self._events += got[-1].stop - 1 - head
        return got[-1].stop - 1

    def _grouped(self, head: int, keys: Keys, records: Iterator[Any]) -> Iterator[_Act]:
        """Act by act what is behind `head`. A transaction of the relay ends with an act, so the last one is whole."""
        act: _Act | None = None
        for expected, record in zip(count(1), records, strict=False):
            kept = read_ledger(record)
            if kept.position != expected:
                raise Broken(f"{record.topic}: position {kept.position} stands where {expected} has to")
            if kept.position == head:
                self._compare(kept)
            if kept.position <= head:
                continue
            recorded = self._loaded(kept)
            id = act_id(LedgerId(recorded.ledger.removeprefix("urn:uuid:")), recorded.actor, recorded.command_id)
            if act is None or act.id != id:
                if act is not None:
                    yield act
                act = _Act(id)
            if event_id(id, len(act.events)) != kept.id:
                raise Broken(f"{record.topic}: the event at position {kept.position} is not the next of its act")
            act.events.append(StoredEvent(kept.stream, recorded.version, kept.type, kept.document))
            act.disclosures.append(self._opened(kept, keys))
        if act is not None:
            yield act

    def _compare(self, kept: Kept) -> None:
        ((_, _, document),) = self._recorder.read(kept.position - 1, 1)
        if document != kept.document:
            raise Forked(
                f"the store ends with another document at position {kept.position} than {self._topics.ledger} has"
                " there: it is no earlier state of this record; restore into an empty one"
            )

    def _loaded(self, kept: Kept) -> Recorded[Event]:
        """The event without what it protects, if it is the one that its record says. Raises wire.Corrupt, Broken."""
        recorded = wire.load(kept.document)
        self._ledger = self._ledger or recorded.ledger
        said = (recorded.id, recorded.stream, recorded.event.type, recorded.ledger)
        if said != (kept.id, kept.stream, kept.type, self._ledger):
            raise Broken(f"{self._topics.ledger}: the record at position {kept.position} is not that of its document")
        return recorded

    def _opened(self, kept: Kept, keys: Keys) -> tuple[bytes, ...]:
        if kept.sealed is None:
            return ()
        if (key := keys.of(kept.id)) is None:
            if kept.id not in self._destroyed_ids():
                raise LostKey(
                    f"{self._topics.keys}: the key of event {kept.id}, position {kept.position}, is gone, and no event"
                    " says that it was destroyed; bring the topic's lost records back from a replica or another copy"
                )
            self._destroyed += 1
            return ()
        return unseal(kept.id, Sealed(kept.sealed, *key), self._keyring)

    def _destroyed_ids(self) -> frozenset[str]:
        """Events of which the topic says somewhere that what they protected is destroyed; read where one is missed."""
        if self._gone is None:
            kept = (read_ledger(record) for record in self._of(self._topics.ledger, self._end))
            said = (wire.load(each.document).event for each in kept if each.type == DESTROYED)
            self._gone = frozenset(each.about.event_id for each in said if isinstance(each, PayloadDestroyed))
        return self._gone

    def _of(self, topic: str, end: int | None) -> Iterator[Any]:
        """The records of a topic, up to its end now, or to where a reader of everything would stop."""
        with self._connection.reader() as reader, self._connection.reader(committed=False) as everything:
            place: TopicPartition = tail.existing(reader, topic)
            start = reader.beginning_offsets([place])[place]
            # keys go with their events: what is still open at the end of theirs ends in a moment
            stop = everything.end_offsets([place])[place] if end is None else end
            yield from tail.records(reader, place, start, stop, patience_s=self._patience_s)
