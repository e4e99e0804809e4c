"""Docket on Kafka and PostgreSQL, beside what the same brokers give to those who do nothing else.

Everything runs on this machine: the broker, the database, Docket's processes and whoever measures share its cores.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from uuid import uuid4

from prometheus_client import CollectorRegistry

from bench import brokers, lives
from bench.figures import Figure, Measured, Reach, taken
from bench.serving import measured
from bench.stream import filled
from consumers.relay.relay import Relay
from consumers.relay.restore import Restore
from consumers.relay.tally import RelayTally
from consumers.topics.connection import Connection
from consumers.topics.feed import KafkaFeed
from consumers.topics.names import Topics
from consumers.topics.record import Outgoing, ledger_record
from consumers.topics.sealing import Keyring
from domain import wire
from domain.ledger.postgres import PostgresRecorder
from domain.ledger.recorder import LedgerRecorder
from domain.ledger.sqlite import SQLiteRecorder
from projections.case_status import CASE_STATUS
from projections.folding.runner import Runner
from projections.stores.postgres import PostgresViews
from projections.stores.sqlite import SQLiteViews
from tests.services.kafka import Kafka, own_kafka
from tests.services.postgres import Postgres, own_postgres
from tests.services.stack import stack

KEYRING = Keyring.new("bench")
SEALED, PLAIN = "relay, with disclosures", "relay, without"


def figures(*, quick: bool) -> Iterator[Figure]:
    """The relay, a view from Kafka, a restore, and the way of one act through all of it."""
    rounds, many, seconds = (1, 4_000, 3.0) if quick else (3, 20_000, 10.0)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as open_:
        run = Path(folder)
        kafka, postgres = open_.enter_context(own_kafka(run)), open_.enter_context(own_postgres(run))
        filled(run / "acts", many)
        disclosing = SQLiteRecorder(run / "acts" / "ledger.db", verify=wire.verify)
        plain = lives.ledger(run / "plain.db", many, min(many // 10, 2_000))
        yield from _relays(kafka, disclosing, plain, rounds=rounds)
        yield from _readers(kafka, plain, run, postgres, rounds=rounds)
        yield from _restores(kafka, disclosing, run, postgres, rounds=rounds)
        disclosing.close()
        plain.close()
        yield from _ways(kafka, postgres, run, seconds=seconds, rounds=rounds)


def _relays(kafka: Kafka, disclosing: LedgerRecorder, plain: LedgerRecorder, *, rounds: int) -> Iterator[Figure]:
    records = [ledger_record(position, document, None) for position, _, document in _all(plain)]
    size = sum(record.size for record in records) // len(records)
    subjects: dict[str, Callable[[], Measured]] = {
        SEALED: partial(_relayed, kafka, disclosing),
        PLAIN: partial(_relayed, kafka, plain),
    }
    for name, write in brokers.WRITERS.items():
        subjects[name] = partial(_written, write, kafka, records)
    yield taken(
        f"to Kafka, in transactions: {len(records):,} events of {size:,} bytes",
        subjects,
        rounds=rounds,
        peer="kafka-python",
        reach=[
            Reach(column="events/s", value=8_000, subject=SEALED),
            Reach(column="events/s", value=15_000, subject=PLAIN),
        ],
    )


def _readers(kafka: Kafka, recorder: LedgerRecorder, run: Path, postgres: Postgres, *, rounds: int) -> Iterator[Figure]:
    topics, head = _topics(kafka), recorder.head()
    _relay(kafka, recorder, topics)
    feed = KafkaFeed(Connection(bootstrap=kafka.bootstrap), topics.ledger)
    try:
        subjects: dict[str, Callable[[], Measured]] = {
            "case_status, SQLite": partial(_folded, feed, run, None),
            "case_status, PostgreSQL": partial(_folded, feed, run, postgres),
            "the feed alone": partial(_fed, feed, head),
        }
        for name, read in brokers.READERS.items():
            subjects[name] = partial(_read, read, kafka, topics.ledger, head)
        yield taken(
            f"from Kafka: {head:,} events",
            subjects,
            rounds=rounds,
            peer="kafka-python",
            reach=[Reach(column="events/s", value=40_000)],
        )
    finally:
        feed.close()


def _restores(
    kafka: Kafka, recorder: LedgerRecorder, run: Path, postgres: Postgres, *, rounds: int
) -> Iterator[Figure]:
    topics, head = _topics(kafka), recorder.head()
    _relay(kafka, recorder, topics)

    def into_sqlite() -> LedgerRecorder:
        return SQLiteRecorder(run / f"{uuid4()}.db", verify=wire.verify)

    def into_postgres() -> LedgerRecorder:
        return PostgresRecorder(postgres.new_database(), verify=wire.verify)

    yield taken(
        f"a store from Kafka alone, verified: {head:,} events",
        {
            "into SQLite": partial(_restored, kafka, topics, into_sqlite),
            "into PostgreSQL": partial(_restored, kafka, topics, into_postgres),
            "kafka-python": partial(_read, brokers.kafka_python_reads, kafka, topics.ledger, head),
        },
        rounds=rounds,
        peer="kafka-python",
    )


def _ways(kafka: Kafka, postgres: Postgres, run: Path, *, seconds: float, rounds: int) -> Iterator[Figure]:
    made = {"bootstrap": kafka.bootstrap, "postgres": postgres.new_database(), "prefix": f"bench-{uuid4().hex[:8]}"}
    with stack(**made, folder=run / "stack") as running:
        port = int(running.api().rpartition(":")[2])
        running.consumer("relay")
        running.consumer("projector")
        measured("bench.arriving", port, "--pace", 20, "--seconds", 3)  # until every view is built
        for pace in (10, 100, 1_000):
            yield taken(
                f"act → PostgreSQL → Kafka → view → stream: {pace:,} acts a second",
                {"docket": partial(_arrived, port, pace, seconds)},
                rounds=rounds,
                reach=[Reach(column="p50 ms", value=30), Reach(column="p99 ms", value=100)] if pace == 10 else [],
            )


def _arrived(port: int, pace: int, seconds: float) -> Measured:
    return measured("bench.arriving", port, "--pace", pace, "--seconds", seconds)


def _relayed(kafka: Kafka, recorder: LedgerRecorder) -> Measured:
    topics = _topics(kafka)
    return {"events/s": recorder.head() / _relay(kafka, recorder, topics)}


def _relay(kafka: Kafka, recorder: LedgerRecorder, topics: Topics) -> float:
    """Seconds that it took to send everything."""
    relay = Relay(
        recorder=recorder,
        connection=Connection(bootstrap=kafka.bootstrap),
        topics=topics,
        keyring=KEYRING,
        tally=RelayTally(CollectorRegistry()),
    )
    relay.start()
    began = time.perf_counter()
    while relay.step():
        pass
    took = time.perf_counter() - began
    relay.close()
    return took


def _written(write: Callable[[Kafka, list[Outgoing]], float], kafka: Kafka, records: list[Outgoing]) -> Measured:
    return {"events/s": write(kafka, records)}


def _read(read: Callable[[Kafka, str, int], float], kafka: Kafka, topic: str, many: int) -> Measured:
    return {"events/s": read(kafka, topic, many)}


def _fed(feed: KafkaFeed, head: int) -> Measured:
    began, at = time.perf_counter(), 0
    while at < head:
        at += len(feed.read(at, 500))
    return {"events/s": head / (time.perf_counter() - began)}


def _folded(feed: KafkaFeed, run: Path, postgres: Postgres | None) -> Measured:
    store = SQLiteViews(run / f"{uuid4()}.db") if postgres is None else PostgresViews(postgres.new_database())
    try:
        began = time.perf_counter()
        position = Runner(feed, store, (CASE_STATUS,)).catch_up()
        return {"events/s": position / (time.perf_counter() - began)}
    finally:
        store.close()


def _restored(kafka: Kafka, topics: Topics, into: Callable[[], LedgerRecorder]) -> Measured:
    recorder = into()
    try:
        restore = Restore(
            recorder=recorder, connection=Connection(bootstrap=kafka.bootstrap), topics=topics, keyring=KEYRING
        )
        began = time.perf_counter()
        restored = restore.run(lambda *_: None)
        return {"events/s": restored.events / (time.perf_counter() - began)}
    finally:
        recorder.close()


def _topics(kafka: Kafka) -> Topics:
    made = Topics(f"bench-{uuid4().hex[:8]}")
    for topic in (made.ledger, made.keys):
        kafka.make_topic(topic, settings={"message.timestamp.type": "LogAppendTime"})
    return made


def _all(recorder: LedgerRecorder) -> list[tuple[int, str, bytes]]:
    return recorder.read(0, recorder.head())
