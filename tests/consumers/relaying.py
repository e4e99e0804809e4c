"""A relay between a real ledger and a real Kafka, what then stands on the topics, and a relay that stops where told."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any, NamedTuple, Self
from uuid import uuid4

import orjson
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from prometheus_client import CollectorRegistry

from consumers.process import Watchdog, stopping
from consumers.relay.relay import Relay
from consumers.relay.tally import RelayTally
from consumers.topics.connection import Connection
from consumers.topics.names import Topics
from consumers.topics.record import Outgoing, event_record, key_record, read_key, read_ledger
from consumers.topics.sealing import Keyring, Sealed, seal, unseal
from consumers.topics.tail import Ends, fenced
from domain import wire
from domain.ledger.recorder import LedgerRecorder
from domain.ledger.sqlite import SQLiteRecorder
from tests.services.kafka import Kafka

ROOT = Path(__file__).parents[2]
KEYRING = Keyring({"2026-11": bytes(range(32))})
FOR_EVER = {"message.timestamp.type": "LogAppendTime", "compression.type": "producer", "retention.ms": "-1"}
COMPACTED = {"cleanup.policy": "compact", "message.timestamp.type": "LogAppendTime", "compression.type": "producer"}


class Copied(NamedTuple):
    """An event, complete."""

    position: int
    document: bytes
    disclosures: tuple[bytes, ...]


@dataclass(frozen=True, kw_only=True)
class Between:
    """Topics of a test's own, and who relays to them."""

    kafka: Kafka
    topics: Topics = field(default_factory=lambda: Topics(f"test-{uuid4().hex[:12]}"))
    keyring: Keyring = KEYRING
    patience_ms: int = 15_000

    def made(self) -> "Between":
        self.kafka.make_topic(self.topics.ledger, settings=FOR_EVER)
        self.kafka.make_topic(self.topics.keys, settings=COMPACTED)
        return self

    @property
    def connection(self) -> Connection:
        return Connection(bootstrap=self.kafka.bootstrap, patience_ms=self.patience_ms)

    def relay(self, recorder: Any, kind: type[Relay] = Relay, **more: Any) -> Relay:
        return kind(
            recorder=recorder,
            connection=self.connection,
            topics=self.topics,
            keyring=self.keyring,
            **{"tally": RelayTally(CollectorRegistry()), **more},
        )

    @contextmanager
    def started(self, recorder: Any, kind: type[Relay] = Relay, **more: Any) -> Iterator[Relay]:
        relay = self.relay(recorder, kind, **more)
        with closing(relay):
            relay.start()
            yield relay

    def catch_up(self, recorder: Any, **more: Any) -> None:
        """What a relay does, until there is nothing left."""
        with self.started(recorder, **more) as relay:
            while relay.step():
                pass

    def copy(self) -> list[Copied]:
        """The complete copy that the two topics are. A key that is missing raises."""
        keys = {key.id: key for key in map(read_key, self.committed(self.topics.keys))}
        found = []
        for kept in map(read_ledger, self.committed(self.topics.ledger)):
            disclosures: tuple[bytes, ...] = ()
            if kept.sealed is not None:
                _, wrapped, kek = keys.pop(kept.id)
                assert wrapped is not None
                disclosures = unseal(kept.id, Sealed(kept.sealed, wrapped, kek), self.keyring)
            found.append(Copied(kept.position, kept.document, disclosures))
        assert not keys, "keys of events that are not there"
        return found

    def send(self, rows: Iterable[Copied]) -> None:
        """Put rows on the topics that no relay would, in one transaction."""
        records: list[tuple[str, Outgoing]] = []
        for row in rows:
            recorded = wire.load(row.document)
            sealed = seal(recorded.id, row.disclosures, self.keyring) if row.disclosures else None
            made = event_record(row.position, recorded, row.document, sealed and sealed.sealed)
            records += [(self.topics.ledger, made)]
            if sealed:
                records += [(self.topics.keys, key_record(recorded.id, sealed))]
        self._send(records)

    def destroy(self, row: Copied) -> None:
        """What an event disclosed can be opened no more."""
        self._send([(self.topics.keys, key_record(wire.load(row.document).id, None))])

    def _send(self, records: Iterable[tuple[str, Outgoing]]) -> None:
        names = (self.topics.ledger, self.topics.keys)
        with closing(fenced(self.connection, self.topics.relay, names)) as producer:
            producer.begin_transaction()
            for topic, record in records:
                producer.send(topic, key=record.key, value=record.value, headers=record.headers, partition=0)
            producer.flush(timeout=15)
            producer.commit_transaction()
        with closing(Ends(self.connection, names)) as ends:
            ends.await_all()

    def committed(self, topic: str) -> list[Any]:
        """Every record that a reader of committed records gets."""
        place = TopicPartition(topic, 0)
        found: list[Any] = []
        with KafkaConsumer(
            bootstrap_servers=self.kafka.bootstrap, isolation_level="read_committed", auto_offset_reset="none"
        ) as reader:
            reader.assign([place])
            reader.seek(place, 0)
            end = reader.end_offsets([place])[place]
            while reader.position(place) < end:
                found.extend(reader.poll(timeout_ms=500).get(place, ()))
        return found

    def spawn(
        self, ledger: Path, *, pause: str = "", batch: int = 20, flush_s: float = 15, hangs_s: float = 60
    ) -> "Spawned":
        """A relay as a process, which stops at `pause`: `<where> <number of transaction>`."""
        said = {
            "ledger": str(ledger),
            "bootstrap": self.kafka.bootstrap,
            "prefix": self.topics.prefix,
            "patience_ms": self.patience_ms,
            "pause": pause,
            "batch": batch,
            "flush_s": flush_s,
            "hangs_s": hangs_s,
        }
        command = [sys.executable, "-m", "tests.consumers.relaying", orjson.dumps(said).decode()]
        return Spawned(subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True))


class Spawned:
    """A relay that runs on its own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()

    def await_pause(self) -> None:
        """Return when it has stopped where it was told to; it fails the test when it ends before that."""
        found = os.waitid(os.P_PID, self.process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
        assert found is not None
        assert found.si_code == os.CLD_STOPPED, self.ended()

    def signal(self, number: int) -> None:
        os.kill(self.process.pid, number)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def ended(self) -> tuple[int, str]:
        """Exit code, and what it said on the error stream."""
        _, error = self.process.communicate(timeout=90)
        return self.process.returncode, error


class Stopping(Relay):
    """Stops where it was told to, until somebody lets it go on or kills it."""

    pause = ""
    number = 0

    def _transact(self, records: Sequence[tuple[str, Outgoing]]) -> None:
        self.number += 1
        self._at("before send")
        super()._transact(records)
        self._at("after commit")

    def _commit(self, producer: KafkaProducer) -> None:
        self._at("before commit")
        super()._commit(producer)

    def _at(self, where: str) -> None:
        if self.pause == f"{where} {self.number}":
            os.kill(os.getpid(), signal.SIGSTOP)


def everything(recorder: LedgerRecorder) -> list[Copied]:
    """What a store holds, event by event."""
    rows = recorder.read(0, 10**6)
    shown = recorder.disclosures([position for position, _, _ in rows])
    return [Copied(position, document, shown.get(position, ())) for position, _, document in rows]


def main() -> None:
    """`python -m tests.consumers.relaying JSON`: what `python -m consumers relay` does, on SQLite."""
    said = orjson.loads(sys.argv[1])
    told: Event = stopping()
    watchdog = Watchdog(said["hangs_s"])
    Stopping.pause = said["pause"]
    recorder = SQLiteRecorder(Path(said["ledger"]), verify=wire.verify)
    relay = Stopping(
        recorder=recorder,
        connection=Connection(bootstrap=said["bootstrap"], patience_ms=said["patience_ms"]),
        topics=Topics(said["prefix"]),
        keyring=KEYRING,
        tally=RelayTally(),
        batch=said["batch"],
        flush_s=said["flush_s"],
    )
    with watchdog.watching():
        relay.start()
        relay.run(told, watchdog)
    recorder.close()


if __name__ == "__main__":
    main()
