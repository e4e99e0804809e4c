"""The store's events become records of Kafka once, in order, at the hand of one relay at a time.

A process that dies anywhere here has sent a transaction as a whole or not at all; its successor asks the topic which.
"""

import sys
import threading
from collections.abc import Sequence
from hashlib import sha256
from importlib.util import find_spec
from typing import Final

from kafka import KafkaProducer

from consumers import process
from consumers.process import Watchdog
from consumers.relay import sending
from consumers.relay.clearing import Clearing
from consumers.relay.sending import Unsent
from consumers.relay.tally import RelayTally
from consumers.settings import Settings
from consumers.topics import tail
from consumers.topics.check import TopicCheck
from consumers.topics.connection import LARGEST, Connection, discard
from consumers.topics.names import PARTITION, Topics
from consumers.topics.profile import CLEARS_S
from consumers.topics.record import BEAT, Outgoing, Unreadable, key_record
from consumers.topics.rights import Service
from consumers.topics.sealing import Keyring
from consumers.topics.tail import EMPTY, End, Ends
from domain import wire
from domain.ledger.postgres import PostgresRecorder
from domain.ledger.recorder import LedgerRecorder

BATCH: Final = 1_000
"""Events of a transaction, at most."""
BYTES: Final = 8 * LARGEST
"""Bytes of documents and disclosures after which no more are taken into a transaction."""
WATCHED_S: Final = 60.0
"""Seconds in which a transaction ends, or the process does."""
BEAT_S: Final = 600.0
"""Seconds after which something is written beside a key that was destroyed, where nothing else is."""
_TOGETHER: Final = 100
_IDLE_S: Final = 0.5


class Relay:
    """Sends what is behind the ledger topic's end. Any exception but those of `start` ends this relay: make another."""

    def __init__(
        self,
        *,
        recorder: LedgerRecorder,
        connection: Connection,
        topics: Topics,
        keyring: Keyring,
        tally: RelayTally,
        batch: int = BATCH,
        flush_s: float = 15.0,
        clears_s: float = CLEARS_S,
        beat_s: float = BEAT_S,
    ) -> None:
        self._recorder = recorder
        self._connection = connection
        self._topics = topics
        self._keyring = keyring
        self._tally = tally
        self._batch = batch
        self._flush_s = flush_s
        self._clearing = Clearing(lasts_s=clears_s, beat_s=beat_s)
        self._producer: KafkaProducer | None = None
        self._sent = EMPTY
        self._ends: Ends | None = None
        self._shown = True

    @property
    def position(self) -> int:
        """Last position that the ledger topic has, as far as this relay knows."""
        return self._sent.position

    def start(self) -> None:
        """Fence every other relay of these topics, and find out where to go on.

        Raises Diverged, Hanging, Unreadable, Unreachable, KafkaError, StoreError.
        """
        if find_spec("crc32c") is None:
            raise Unsent("the package crc32c is missing: without it sending takes eight times as long")
        topics = (self._topics.ledger, self._topics.keys)
        self._producer = tail.fenced(self._connection, self._topics.relay, topics)
        try:
            self._ends = Ends(self._connection, topics)
            tail.whole(self._connection, self._topics.keys)
            # only now: before the fence a predecessor could still commit
            self._sent = tail.compare(self._recorder, self._connection, self._topics.ledger)
        except BaseException:
            self.close()
            raise
        self._tally.at(self._sent.position)

    def step(self) -> int:
        """Send one transaction of what comes next; how many events that was. Raises as `start` does, and Unsent."""
        try:
            rows = self._next()
            if not rows:
                self._tally.nothing_left()
                return 0
            self._tally.found(wire.load(rows[0][2]).recorded_at, self._recorder.head() - self.position)
            records = self._records(rows)
            self._transact(records)
        except BaseException:
            self.close()  # kafka-python's producer cannot be trusted after an exception
            raise
        # moves after the commit: a process that dies in between asks the topic
        self._sent = End(rows[-1][0], sha256(rows[-1][2]).digest())
        self._shown = False
        of_keys = [record.value is not None for topic, record in records if topic == self._topics.keys]
        if destroyed := of_keys.count(False):
            self._clearing.began()
        self._tally.sent(len(rows), sealed=of_keys.count(True), destroyed=destroyed, position=self.position)
        return len(rows)

    def run(self, told: threading.Event, watchdog: Watchdog) -> None:
        """Send until told to stop; then what was begun is finished."""
        while not told.is_set():
            watchdog.beat()
            if not self.step() and not self._recorder.wait(self.position, _IDLE_S):
                self._see()
                self.beat()
        self.close()

    def beat(self) -> None:
        """When there is time: help keys that were destroyed off the brokers' disks. Raises as `step` does."""
        self._tally.clearing(self._clearing.lasts)
        if not self._clearing.is_due():
            return
        try:
            self._transact([(self._topics.keys, key_record(BEAT, None))])
        except BaseException:
            self.close()
            raise
        self._shown = False

    def close(self) -> None:
        """Let go of Kafka; an open transaction is not committed. Again is not an error."""
        if self._producer is not None:
            discard(self._producer)
            self._producer = None
        if self._ends is not None:
            self._ends.close()
            self._ends = None

    def _next(self) -> list[tuple[int, str, bytes]]:
        """What to send next. The last that was sent is read again: a store that went back shows, also if it grew.

        It ends where an act ends: at any time whole acts are on the topic, and a restore stores no half of one.
        """
        limit, known = self._batch, 1 if self.position else 0
        while True:
            rows = self._recorder.read(self.position - known, known + limit + 1)
            if known:
                tail.same(self._sent, rows, self._recorder, self._topics.ledger)
            rows = rows[known:]
            if len(rows) <= self._batch:
                return rows
            places = (*range(self._batch, 0, -1), *range(self._batch + 1, len(rows)))
            end = next((at for at in places if _act(rows[at]) != _act(rows[at - 1])), None)
            if end is not None or len(rows) <= limit:
                return rows[:end]
            limit *= 2  # one act is more than that

    def _records(self, rows: list[tuple[int, str, bytes]]) -> list[tuple[str, Outgoing]]:
        """What goes to which topic; cuts off the rows for which there is no room in this transaction."""
        records: list[tuple[str, Outgoing]] = []
        shown: dict[int, tuple[bytes, ...]] = {}
        size, before = 0, ("", "")
        for at, (position, _, document) in enumerate(rows):
            recorded = wire.load(document)
            act = (recorded.actor, recorded.command_id)
            if size > BYTES and act != before:
                del rows[at:]
                break
            before = act
            if at % _TOGETHER == 0:
                shown = self._recorder.disclosures([row[0] for row in rows[at : at + _TOGETHER]])
            disclosures = shown.get(position, ())
            records += sending.records(
                position, recorded, document, disclosures, topics=self._topics, keyring=self._keyring
            )
            size += len(document) + sum(map(len, disclosures))
        return records

    def _transact(self, records: Sequence[tuple[str, Outgoing]]) -> None:
        if self._producer is None:
            raise Unsent("this relay was not started, or has ended")
        self._producer.begin_transaction()
        sent = [
            self._producer.send(topic, key=record.key, value=record.value, headers=record.headers, partition=PARTITION)
            for topic, record in records
        ]
        self._producer.flush(timeout=self._flush_s)
        for future in sent:  # a commit says nothing of records that were lost before it
            if not future.succeeded():
                raise Unsent(f"a record was not taken: {future.exception!r}")
        self._commit(self._producer)

    def _commit(self, producer: KafkaProducer) -> None:
        producer.commit_transaction()

    def _see(self) -> None:
        """When there is time: what was committed last can be read, or this relay ends and its successor settles it.

        A broker that was killed after a commit may never show it by itself (see `tail.fenced`).
        """
        if not self._shown and self._ends is not None:
            self._ends.await_all()
            self._shown = True


def serve(settings: Settings) -> None:
    """Relay until told to stop. Raises what cannot be mended by waiting; whoever supervises starts it again."""
    told, watchdog = process.stopping(), process.Watchdog(WATCHED_S)
    connection, topics = settings.connection(), settings.names()
    keyring = Keyring.read(settings.needed("keys"))
    recorder = PostgresRecorder(settings.needed("postgres"), verify=wire.verify)
    relay = Relay(recorder=recorder, connection=connection, topics=topics, keyring=keyring, tally=RelayTally())
    try:
        with watchdog.watching():
            TopicCheck(
                connection,
                service=Service.RELAY,
                topics=topics,
                offices=settings.offices,
                profile=settings.profile,
            ).refuse()
            watchdog.beat()
            relay.start()
            relay.run(told, watchdog)
    except (Unreadable, Unsent, wire.Corrupt) as error:
        sys.exit(f"docket: relay: {error}")
    finally:
        relay.close()
        recorder.close()


def _act(row: tuple[int, str, bytes]) -> tuple[str, str]:
    """What tells the act of an event from the act of its neighbour."""
    recorded = wire.load(row[2])
    return recorded.actor, recorded.command_id
