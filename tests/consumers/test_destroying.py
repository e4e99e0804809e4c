"""A key that was destroyed is in no file of the broker any more, once its tombstone has done its work."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event, Thread
from time import monotonic, sleep

import pytest
from kafka.record import MemoryRecords

from consumers.process import Watchdog
from consumers.relay.relay import BEAT_S
from consumers.topics.names import Topics
from consumers.topics.profile import CLEARS_S, wanted
from consumers.topics.record import BEAT, read_key
from domain.ledger.sqlite import SQLiteRecorder
from domain.rules.policy.schedule import SHORTEST_RETENTION_DAYS
from tests.consumers.relaying import COMPACTED, FOR_EVER, Between
from tests.projections.destroying import destroyed, elapsed, event_at, scheduled
from tests.projections.small_ledger import Small, small
from tests.services.kafka import Broker

CANARY = "canary 7d1c7f0a-4c1b-4a55-9d57-a41f3c0a9b52"
QUICK = {
    **COMPACTED,
    "segment.ms": "2000",
    "min.cleanable.dirty.ratio": "0.01",
    "max.compaction.lag.ms": "2000",
    "file.delete.delay.ms": "1000",
}
"""What takes hours in production takes seconds; the cleaner itself looks every 15."""
PATIENCE_S = 120.0


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Small]:
    made = small(tmp_path / "ledger.db")
    made.enrol()
    scheduled(made)
    yield made
    made.recorder.close()


@contextmanager
def relaying(between: Between, recorder: SQLiteRecorder) -> Iterator[None]:
    """A relay at work, which knows how quick these topics are."""
    with closing(between.relay(recorder, clears_s=PATIENCE_S, beat_s=0.5)) as relay:
        relay.start()
        told = Event()
        thread = Thread(target=relay.run, args=(told, Watchdog(60)))
        thread.start()
        try:
            yield
        finally:
            told.set()
            thread.join()


def holding(folder: Path, planted: set[bytes]) -> set[str]:
    """Names of the files in which some of these bytes stand, as they are or in what a batch packs."""
    found: set[str] = set()
    for path in folder.rglob("*"):
        try:
            whole = path.read_bytes() if path.is_file() else b""
        except FileNotFoundError:
            continue  # compacted meanwhile
        parts = [whole, *(unpacked(whole) if ".log" in path.name else ())]
        if any(one in part for one in planted for part in parts):
            found.add(path.name)
    return found


def unpacked(segment: bytes) -> Iterator[bytes]:
    """Every value of every record of a segment, also of what nobody is given any more."""
    records = MemoryRecords(segment)
    while (batch := records.next_batch()) is not None:
        for record in batch:
            yield record.value or b""
            yield from (value or b"" for _, value in record.headers)


def wrapped(between: Between) -> dict[str, bytes | None]:
    """The last key of each event."""
    return {key.id: key.wrapped for key in map(read_key, between.committed(between.topics.keys))}


def test_the_bytes_of_a_destroyed_key_leave_every_file_of_a_broker_that_nobody_else_writes_to(
    ledger: Small, own_broker: Broker
) -> None:
    if not own_broker.data.is_dir():
        pytest.skip("the broker is a container: its files are its own")
    between = Between(kafka=own_broker)
    own_broker.make_topic(between.topics.ledger, settings=FOR_EVER)
    own_broker.make_topic(between.topics.keys, settings=QUICK)
    case = ledger.submit()
    position = ledger.concern(case, CANARY).position
    other = ledger.concern(case, "It stays (invented).").position
    disclosures = ledger.recorder.disclosures([position])[position]
    between.catch_up(ledger.recorder)
    (key, kept) = (wrapped(between)[event_at(ledger, at).id] for at in (position, other))
    assert key is not None
    assert kept is not None
    assert holding(own_broker.data, {key}), "it is there to be found"
    elapsed(ledger)
    destroyed(ledger, position)
    with relaying(between, ledger.recorder):
        until = monotonic() + PATIENCE_S
        while found := holding(own_broker.data, {key}):
            assert monotonic() < until, found
            sleep(0.5)
    assert holding(own_broker.data, {CANARY.encode(), *disclosures}) == set(), "it never was there in the clear"
    assert holding(own_broker.data, {kept}), "every other key stays"
    keys = wrapped(between)
    assert keys.get(event_at(ledger, position).id) is None
    assert BEAT in keys, "nothing else wrote behind the tombstone"


def test_a_relay_beats_for_longer_than_a_tombstone_needs_and_often_enough() -> None:
    keys = next(each for each in wanted(Topics("docket"), (), "production") if each.name == "docket.keys.v1").settings
    closes, lags, lies = (
        int(keys[name]) / 1000 for name in ("segment.ms", "max.compaction.lag.ms", "file.delete.delay.ms")
    )
    assert closes + BEAT_S + lags + lies <= CLEARS_S
    assert closes >= 2 * BEAT_S


def test_nothing_is_destroyed_while_its_act_or_its_outcome_may_lie_on_a_topic() -> None:
    """An act and its outcome lie there as they came: retention, and the segment that it is counted by."""
    days = SHORTEST_RETENTION_DAYS * 24 * 60 * 60 * 1000
    topics = [each for each in wanted(Topics("docket"), ("nsa",), "production") if each.name.endswith(".nsa.v1")]
    assert len(topics) == 2
    for topic in topics:
        assert int(topic.settings["retention.ms"]) + int(topic.settings["segment.ms"]) < days
