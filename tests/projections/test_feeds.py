"""Whoever keeps the events, a runner reads the same of them: in order, without a gap, from any position on."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from consumers.topics.feed import KafkaFeed
from domain import wire
from domain.ledger.postgres import PostgresRecorder
from domain.ledger.sqlite import SQLiteRecorder
from projections.folding.feed import Feed
from projections.folding.runner import Runner
from projections.refusals import REFUSALS
from projections.stores.sqlite import SQLiteViews
from tests.consumers.ledger_topic import LedgerTopic
from tests.projections.small_ledger import Small
from tests.projections.some_views import Lines, Tallies
from tests.services.kafka import Kafka


@dataclass
class Fed:
    """A feed, and what happens in front of it."""

    ledger: Small
    feed: Feed
    publish: Callable[[], None]
    """What has happened can be read when this returns."""

    def happens(self, many: int = 1) -> int:
        """That many cases; the last position."""
        for _ in range(many):
            self.ledger.submit(f"Model {self.ledger.number}")
        self.publish()
        return self.ledger.recorder.head()


@pytest.fixture(params=["sqlite", "postgres", "kafka"])
def fed(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Fed]:
    recorder: Any
    if request.param == "postgres":
        recorder = PostgresRecorder(request.getfixturevalue("postgres").new_database(), verify=wire.verify)
    else:
        recorder = SQLiteRecorder(tmp_path / "ledger.db", verify=wire.verify)
    ledger = Small(recorder).found()
    ledger.enrol()
    if request.param == "kafka":
        yield from on_kafka(request.getfixturevalue("kafka"), ledger)
    else:
        yield Fed(ledger, recorder, lambda: None)
    recorder.close()


def on_kafka(kafka: Kafka, ledger: Small) -> Iterator[Fed]:
    """What the ledger records comes onto a topic."""
    topic = LedgerTopic(kafka)
    feed = KafkaFeed(topic.connection, topic.topics.ledger)
    told = [0]

    def publish() -> None:
        events = ledger.recorder.read(told[0], 10_000)
        topic.publish(events, at_once=7)
        told[0] += len(events)

    publish()
    yield Fed(ledger, feed, publish)
    feed.close()


def test_every_event_is_read_from_any_position_on_in_order_and_no_more_than_were_asked_for(fed: Fed) -> None:
    head = fed.happens(5)
    everything = fed.ledger.recorder.read(0, 1_000)
    assert fed.feed.head() == head == len(everything)
    for after in (0, 1, head // 2, head - 1):
        found: list[Any] = []
        while got := fed.feed.read(after + len(found), 4):
            assert len(got) <= 4
            found += got
        assert found == everything[after:], "the same positions, types and bytes"
    assert fed.feed.read(0, 1_000)[0] == everything[0]


def test_behind_the_last_event_there_is_nothing_and_whoever_waits_is_told_of_the_next(fed: Fed) -> None:
    head = fed.feed.head()
    assert fed.feed.read(head, 10) == []
    assert fed.feed.read(head + 5, 10) == []
    assert not fed.feed.wait(head, 0.01)
    assert not fed.feed.wait(head + 5, 0.01)
    assert fed.feed.wait(head - 1, 0)
    told: list[bool] = []
    waiting = Thread(target=lambda: told.append(fed.feed.wait(head, 30)))
    waiting.start()
    last = fed.happens()
    waiting.join()
    assert told == [True]
    assert [position for position, _, _ in fed.feed.read(head, 10)] == [*range(head + 1, last + 1)]
    assert fed.feed.head() == last


def test_single_events_are_read_in_any_order(fed: Fed) -> None:
    head = fed.happens(5)
    everything = fed.ledger.recorder.read(0, 1_000)
    for position in (head, 1, head // 2, head // 2 + 1, 2, head - 1, head):
        assert fed.feed.read(position - 1, 1) == [everything[position - 1]]


def test_several_threads_read_at_several_places_while_more_comes(fed: Fed) -> None:
    begin, acts, events_of_one = fed.feed.head(), 20, 2
    last = begin + acts * events_of_one
    found: dict[int, list[int]] = {}

    def follow(after: int) -> None:
        mine = found.setdefault(after, [])
        while (at := mine[-1] if mine else after) < last:
            fed.feed.wait(at, 1)
            mine += [position for position, _, _ in fed.feed.read(at, 7)]

    threads = [Thread(target=follow, args=(after,)) for after in (0, 5, begin, begin - 1)]
    for thread in threads:
        thread.start()
    for _ in range(4):
        fed.happens(acts // 4)
    for thread in threads:
        thread.join()
    assert fed.ledger.recorder.head() == last
    assert found == {after: [*range(after + 1, last + 1)] for after in found}
    assert len(found) == 4


def test_views_are_the_same_whoever_keeps_the_events(fed: Fed, tmp_path: Path) -> None:
    fed.happens(5)
    made: list[set[str]] = []
    for feed, name in ((fed.feed, "these.db"), (fed.ledger.recorder, "those.db")):
        store = SQLiteViews(tmp_path / name)
        runner = Runner(feed, store, [Tallies(), Lines(), REFUSALS])
        assert runner.catch_up() == fed.ledger.recorder.head()
        rebuilt = runner.rebuild(Tallies(), compare=True)
        assert rebuilt.before == rebuilt.after
        made.append({store.digest(table) for table in store.tables()})
        store.close()
    assert made[0] == made[1]
