"""The ledger topic is read whole, past everything that is none of the record, or not at all."""

import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import pairwise
from typing import TypeVar

import pytest
from kafka import TopicPartition
from kafka.errors import KafkaError

from consumers.topics.connection import Connection, Unreachable
from consumers.topics.cursor import Broken, Place
from consumers.topics.feed import KafkaFeed
from consumers.topics.record import Outgoing
from consumers.topics.tail import LogMoved
from tests.consumers.ledger_topic import LedgerTopic, bare, short
from tests.services.kafka import Broker, Kafka

TYPE = "case.accepted.v1"
T = TypeVar("T")


@pytest.fixture
def topic(kafka: Kafka) -> LedgerTopic:
    """A ledger topic with nothing in it."""
    return LedgerTopic(kafka)


@pytest.fixture
def feed(topic: LedgerTopic) -> Iterator[KafkaFeed]:
    """A reader that knows nothing of it yet."""
    made = KafkaFeed(topic.connection, topic.topics.ledger)
    yield made
    made.close()


def some(first: int, last: int) -> list[Outgoing]:
    return [bare(position) for position in range(first, last + 1)]


def whole(feed: KafkaFeed, after: int = 0, limit: int = 500) -> list[int]:
    """The positions of everything behind one."""
    found: list[int] = []
    while got := feed.read(found[-1] if found else after, limit):
        assert all((type, document) == (TYPE, short(position)) for position, type, document in got)
        found += [position for position, _, _ in got]
    return found


def test_an_empty_topic_has_no_events(feed: KafkaFeed) -> None:
    assert (feed.head(), feed.read(0, 10), feed.read(0, 1), feed.wait(0, 0)) == (0, [], [], False)


def test_what_a_relay_took_back_is_not_there_whatever_comes_behind_it(topic: LedgerTopic, feed: KafkaFeed) -> None:
    topic.abort(some(1, 30))
    assert (feed.head(), feed.read(0, 10), feed.wait(0, 0)) == (0, [], False)
    topic.send(some(1, 3))
    topic.abort(some(4, 200))
    assert feed.head() == 3
    topic.send(some(4, 4), some(5, 9))
    for _ in range(3):
        topic.abort(some(10, 10))
    assert feed.head() == 9
    assert whole(feed) == [*range(1, 10)]
    assert [feed.read(after, 1) for after in (8, 3, 9)] == [[(9, TYPE, short(9))], [(4, TYPE, short(4))], []]


def test_a_transaction_that_is_open_is_not_read_and_nothing_behind_it(topic: LedgerTopic, feed: KafkaFeed) -> None:
    topic.send(some(1, 5))
    producer = topic.connection.transactions("another relay")
    producer.init_transactions()
    producer.begin_transaction()
    producer.send(topic.topics.ledger, key=b"case", value=short(6), headers=bare(6).headers).get(15)
    assert whole(feed) == [1, 2, 3, 4, 5]
    assert (feed.head(), feed.wait(5, 0.05)) == (5, False)
    producer.commit_transaction()
    producer.close()
    assert feed.wait(5, 20)
    assert whole(feed, 5) == [6]


def test_a_position_is_found_wherever_the_gaps_between_offsets_are(topic: LedgerTopic, feed: KafkaFeed) -> None:
    chance = random.Random(14409)
    last = 12_000
    cuts = sorted({1, last + 1, *chance.sample(range(2, 4_000), 120), 6_000})
    transactions = [some(begin, end - 1) for begin, end in pairwise(cuts)]
    topic.send(*transactions[:60])
    topic.abort(some(cuts[60], cuts[60] + 700))
    topic.send(*transactions[60:])
    offsets = {}
    for position in [1, 2, last, last - 1, *chance.sample(range(1, last), 25)]:
        found = feed.place(position)
        assert found is not None
        offsets[position] = found.offset
        assert feed.read(position - 1, 1) == [(position, TYPE, short(position))]
        assert feed.read(position - 1, 3)[0] == (position, TYPE, short(position))
    assert feed.place(last + 1) is None
    with_gaps = [offsets[position] for position in sorted(offsets)]
    assert with_gaps == sorted(with_gaps)
    assert with_gaps[-1] - last > 800, "there were gaps"
    assert whole(feed) == [*range(1, last + 1)]
    assert {Place(*each) for each in offsets.items()} == {feed.place(each) for each in offsets}, "however it was found"


@pytest.mark.parametrize("wrong", [[bare(7), bare(9)], [bare(7), bare(7)], [bare(6)], [bare(8)]])
def test_a_hole_and_a_position_that_comes_again_are_refused(
    topic: LedgerTopic, feed: KafkaFeed, wrong: list[Outgoing]
) -> None:
    topic.send(some(1, 6), wrong)
    for _ in range(2):
        with pytest.raises(Broken, match="stands where"):
            whole(feed, limit=1_000)


@pytest.mark.parametrize(
    "wrong",
    [
        Outgoing(b"case", short(4), []),
        Outgoing(b"case", short(4), [("position", b"four")]),
        Outgoing(b"case", None, [("position", b"4")]),
        Outgoing(b"case", b'{"type":"\xff"}', [("position", b"4")]),
    ],
)
def test_a_record_that_is_none_of_ours_is_refused(topic: LedgerTopic, feed: KafkaFeed, wrong: Outgoing) -> None:
    topic.send(some(1, 3), [wrong])
    with pytest.raises(Broken, match="at offset"):
        whole(feed)
    with pytest.raises(Broken):
        feed.read(3, 1)


def test_a_topic_without_its_beginning_is_refused_by_those_who_build_and_by_those_who_follow(
    topic: LedgerTopic, feed: KafkaFeed
) -> None:
    topic.send(some(1, 20), some(21, 30))
    follower = KafkaFeed(topic.connection, topic.topics.ledger)
    assert whole(follower) == [*range(1, 31)]
    with topic.connection.admin() as admin:
        admin.delete_records({TopicPartition(topic.topics.ledger, 0): 10})
    for reader in (feed, follower):
        with pytest.raises(LogMoved, match="lost its beginning"):
            reader.head()
        with pytest.raises(LogMoved):
            reader.read(0, 100)
        with pytest.raises(LogMoved):
            reader.wait(30, 0)
    follower.close()


def settled(call: Callable[[], T]) -> T:
    """What it says when each reader that was ahead has been told so: that one is thrown away, the next begins anew."""
    for _ in range(4):
        with suppress(KafkaError, Unreachable):
            return call()
    return call()


def test_a_tail_that_was_lost_is_waited_for_and_never_taken_for_something_else(own_broker: Broker) -> None:
    topic = LedgerTopic(own_broker)
    feed = KafkaFeed(Connection(bootstrap=own_broker.bootstrap, patience_ms=3_000), topic.topics.ledger)
    topic.send(some(1, 20))
    own_broker.kill()
    if not (data := own_broker._place.directory / "data").is_dir():
        pytest.skip("the broker keeps its data inside a container")
    shutil.copytree(data, data.with_name("earlier"))
    own_broker.start()
    topic.send(some(21, 30))
    assert whole(feed) == [*range(1, 31)]
    own_broker.kill()
    shutil.rmtree(data)
    data.with_name("earlier").rename(data)  # as a machine without power may come back
    own_broker.start()
    assert settled(lambda: feed.read(30, 10)) == []
    assert settled(feed.head) == 20
    assert settled(lambda: feed.read(29, 1)) == []
    topic.send(some(21, 30), some(31, 33))
    assert settled(lambda: feed.wait(30, 20))
    assert whole(feed, 30) == [31, 32, 33]
    assert whole(feed, 3) == [*range(4, 34)]
    feed.close()


def test_a_topic_that_is_not_there_is_no_empty_one(kafka: Kafka) -> None:
    feed = KafkaFeed(Connection(bootstrap=kafka.bootstrap), "no.such.topic")
    with pytest.raises(Unreachable, match="there is no topic"):
        feed.head()
    feed.close()


def test_a_reader_of_a_broker_that_was_killed_goes_on_where_it_was(own_broker: Broker) -> None:
    topic = LedgerTopic(own_broker)
    topic.send(*(some(first, first + 499) for first in range(1, 5_001, 500)))
    feed = KafkaFeed(Connection(bootstrap=own_broker.bootstrap, patience_ms=2_000), topic.topics.ledger)
    read = [position for position, _, _ in feed.read(0, 700)]
    own_broker.kill()
    while True:  # what was fetched before is given, then it says that nobody answers
        try:
            got = feed.read(read[-1], 700)
        except (KafkaError, Unreachable):
            break
        assert got, "an end that is none"
        read += [position for position, _, _ in got]
    own_broker.start()
    read += whole(feed, read[-1])
    assert read == [*range(1, 5_001)]
    topic.send(some(5_001, 5_003))
    assert feed.wait(5_000, 20)
    assert whole(feed, 5_000) == [5_001, 5_002, 5_003]
    feed.close()
