"""Relays and brokers die and hang in the middle of work; the record on Kafka is whole when somebody goes on."""

import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Event

import pytest
from kafka import KafkaProducer
from kafka.errors import KafkaError

from consumers.process import Watchdog
from consumers.relay.relay import Relay
from consumers.relay.sending import Unsent
from consumers.topics.tail import Hanging, last
from tests.consumers.relaying import Between, everything
from tests.projections.small_ledger import Small, small
from tests.services.kafka import Broker, Kafka


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Small]:
    """About a hundred events."""
    made = small(tmp_path / "ledger.db")
    made.enrol()
    for number in range(25):
        made.concern(made.submit(f"Model {number}"))
    yield made
    made.recorder.close()


@pytest.fixture
def path(tmp_path: Path, ledger: Small) -> Path:
    return tmp_path / "ledger.db"


@pytest.fixture
def between(kafka: Kafka) -> Between:
    return Between(kafka=kafka).made()


@pytest.mark.parametrize("where", ["before send 2", "before commit 2", "after commit 2"])
def test_a_relay_that_was_killed_is_followed_by_one_that_knows_where_it_was(
    ledger: Small, path: Path, between: Between, where: str
):
    with between.spawn(path, pause=where) as relay:
        relay.await_pause()
        relay.kill()
    between.catch_up(ledger.recorder)
    assert between.copy() == everything(ledger.recorder)


@pytest.mark.parametrize("where", ["before send 2", "before commit 2"])
def test_a_relay_that_was_thought_dead_wakes_up_to_send_nothing(
    ledger: Small, path: Path, between: Between, where: str
):
    with between.spawn(path, pause=where) as zombie:
        zombie.await_pause()
        sent = between.copy()
        with between.started(ledger.recorder) as successor:
            assert successor.position == len(sent) > 0
            zombie.signal(signal.SIGCONT)
            code, error = zombie.ended()
            while successor.step():
                pass
    assert code != 0
    assert "Fenced" in error
    assert between.copy() == everything(ledger.recorder)


def test_a_relay_that_is_told_to_stop_finishes_what_it_has_begun(ledger: Small, path: Path, between: Between):
    with between.spawn(path, pause="before commit 2") as relay:
        relay.await_pause()
        sent = between.copy()
        relay.signal(signal.SIGTERM)
        relay.signal(signal.SIGCONT)
        assert relay.ended() == (0, "")
    copied = between.copy()
    assert 0 < len(sent) < len(copied) < ledger.recorder.head()
    assert copied == everything(ledger.recorder)[: len(copied)]


def test_a_transaction_that_nobody_ends_is_waited_for_and_then_named(ledger: Small, kafka: Kafka):
    between = Between(kafka=kafka, patience_ms=2_000).made()
    stranger: KafkaProducer = between.connection.transactions(f"stranger to {between.topics.prefix}", timeout_ms=60_000)
    stranger.init_transactions()
    stranger.begin_transaction()
    stranger.send(between.topics.ledger, key=b"a", value=b"b").get(timeout=10)
    with pytest.raises(Hanging, match=between.topics.ledger), between.started(ledger.recorder):
        pass
    stranger.abort_transaction()
    stranger.close()
    between.catch_up(ledger.recorder)
    assert between.copy() == everything(ledger.recorder)


def test_a_relay_ends_when_nobody_can_read_what_it_sent(ledger: Small, kafka: Kafka):
    between = Between(kafka=kafka, patience_ms=2_000).made()
    stranger: KafkaProducer = between.connection.transactions(f"stranger to {between.topics.prefix}", timeout_ms=60_000)
    stranger.init_transactions()
    with between.started(ledger.recorder) as relay:
        stranger.begin_transaction()
        stranger.send(between.topics.ledger, key=b"a", value=b"b").get(timeout=10)
        with pytest.raises(Hanging):
            relay.run(Event(), Watchdog(60))
        assert relay.position == ledger.recorder.head()
    stranger.abort_transaction()
    stranger.close()
    between.catch_up(ledger.recorder)
    assert between.copy() == everything(ledger.recorder)


def test_the_end_of_a_topic_is_found_behind_any_number_of_aborted_records(ledger: Small, between: Between):
    between.catch_up(ledger.recorder)
    for _ in range(2):
        producer = between.connection.transactions(f"{between.topics.prefix}.relay")
        producer.init_transactions()
        producer.begin_transaction()
        for number in range(700):
            producer.send(between.topics.ledger, key=b"gone", value=b"%d" % number)
        producer.flush(timeout=15)
        producer.abort_transaction()
        producer.close()
    assert dict(last(between.connection, between.topics.ledger).headers)["position"] == b"%d" % ledger.recorder.head()
    between.catch_up(ledger.recorder)
    assert between.copy() == everything(ledger.recorder)


def test_a_broker_that_is_killed_behind_a_commit_costs_and_doubles_nothing(ledger: Small, own_broker: Broker):
    class Killing(Relay):
        number = 0

        def _commit(self, producer: KafkaProducer) -> None:
            super()._commit(producer)
            self.number += 1
            if self.number % 2:
                own_broker.kill()  # a commit returns before it can be read
                own_broker.start()

    between = Between(kafka=own_broker).made()
    for _ in range(2):
        with suppress(KafkaError, Unsent), between.started(ledger.recorder, Killing, batch=20) as relay:
            relay.step()
            relay.step()
    between.catch_up(ledger.recorder)
    assert between.copy() == everything(ledger.recorder)


def test_a_relay_without_a_broker_ends_and_the_next_one_goes_on(ledger: Small, path: Path, own_broker: Broker):
    between = Between(kafka=own_broker, patience_ms=3_000).made()
    with between.spawn(path, pause="before commit 2", flush_s=2, hangs_s=15) as relay:
        relay.await_pause()
        own_broker.kill()
        relay.signal(signal.SIGCONT)
        code, error = relay.ended()
    assert (code, "nothing moved" in error) in {(70, True), (1, False)}
    with between.spawn(path) as none:  # Kafka is away
        code, error = none.ended()
        assert code == 1
        assert "look that it runs" in error
    own_broker.start()
    between.catch_up(ledger.recorder)
    assert between.copy() == everything(ledger.recorder)
