"""Every event is on Kafka once, in order, in the same bytes, and its disclosures open; or the relay says why not."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from kafka import KafkaAdminClient, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import KafkaError
from prometheus_client import CollectorRegistry

from consumers.relay.sending import Unsent
from consumers.relay.tally import RelayTally
from consumers.topics.tail import Ahead, Forked, LogMoved
from domain import wire
from domain.ledger.recorder import Attached, WentBack
from domain.ledger.sqlite import SQLiteRecorder
from tests.consumers.relaying import FOR_EVER, Between, everything
from tests.domain.ledger.some_appends import accepts, event
from tests.projections.small_ledger import Small, small
from tests.services.kafka import Kafka


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Small]:
    made = small(tmp_path / "ledger.db")
    made.enrol()
    yield made
    made.recorder.close()


@pytest.fixture
def between(kafka: Kafka) -> Between:
    return Between(kafka=kafka).made()


def test_the_topics_are_a_complete_copy_of_the_store(ledger: Small, between: Between):
    with between.started(ledger.recorder, batch=7) as relay:
        while relay.step():
            pass
        ledger.concern(ledger.submit())
        assert relay.step() > 0
        assert relay.step() == 0
        assert relay.position == ledger.recorder.head()
    assert between.copy() == everything(ledger.recorder)


def test_a_relay_goes_on_where_the_topic_ends(ledger: Small, between: Between):
    between.catch_up(ledger.recorder)
    case = ledger.submit()
    between.catch_up(ledger.recorder, batch=1)
    ledger.accept(case)
    between.catch_up(ledger.recorder)
    assert between.copy() == everything(ledger.recorder)


def test_a_transaction_ends_where_an_act_ends(tmp_path: Path, between: Between):
    store = stored(tmp_path, acts=[1, 2, 4, 1, 3, 9, 1])
    with between.started(store, batch=4) as relay:
        assert [relay.step() for _ in range(6)] == [3, 4, 4, 9, 1, 0]
    store.close()


def test_a_transaction_takes_no_more_bytes_than_it_may_and_an_act_all_the_same(tmp_path: Path, between: Between):
    store = stored(tmp_path, acts=[50] * 4, disclosed=100_000)
    with between.started(store) as relay:
        assert [relay.step(), relay.step(), relay.step()] == [100, 100, 0]
    store.close()


def test_what_no_record_can_hold_ends_the_relay_before_anything_of_it_is_sent(tmp_path: Path, between: Between):
    store = stored(tmp_path, acts=[2], disclosed=2**20)
    with between.started(store) as relay, pytest.raises(Unsent, match="position 1 "):
        relay.step()
    assert between.copy() == []
    store.close()


def test_a_second_relay_takes_over_and_the_first_sends_nothing_more(ledger: Small, between: Between):
    with between.started(ledger.recorder) as first:
        first.step()
        for model in ("Orion", "Lyra", "Vega"):
            ledger.submit(model)
        with between.started(ledger.recorder, batch=1) as second:
            second.step()
            with pytest.raises((KafkaError, Unsent), match="Fenced"):
                first.step()
            with pytest.raises(Unsent):
                first.step()
            while second.step():
                pass
    assert between.copy() == everything(ledger.recorder)


def test_a_record_that_is_not_taken_takes_its_whole_transaction_with_it(tmp_path: Path, kafka: Kafka):
    between, store = Between(kafka=kafka), stored(tmp_path, acts=[1])
    kafka.make_topic(between.topics.ledger, settings=FOR_EVER)
    kafka.make_topic(between.topics.keys, settings={"cleanup.policy": "compact", "max.message.bytes": "100"})
    with between.started(store) as relay, pytest.raises(Unsent, match="not taken"):
        relay.step()
    assert between.committed(between.topics.ledger) == []
    with KafkaAdminClient(bootstrap_servers=kafka.bootstrap) as admin:
        wider = ConfigResource(ConfigResourceType.TOPIC, between.topics.keys, configs={"max.message.bytes": "1048588"})
        admin.alter_configs([wider])
    between.catch_up(store)
    assert between.copy() == everything(store)
    store.close()


def test_a_topic_that_lost_its_beginning_is_no_complete_copy(ledger: Small, between: Between):
    between.catch_up(ledger.recorder)
    with KafkaAdminClient(bootstrap_servers=between.kafka.bootstrap) as admin:
        admin.delete_records({TopicPartition(between.topics.ledger, 0): 3})
    with pytest.raises(LogMoved, match="begins at offset 3"), between.started(ledger.recorder):
        pass


def test_a_store_that_recorded_something_else_there_is_refused(ledger: Small, between: Between, tmp_path: Path):
    ledger.submit("Orion")
    between.catch_up(ledger.recorder)
    other = small(tmp_path / "other.db")
    other.enrol()
    other.submit("Lyra")
    with pytest.raises(Forked, match="two records"), between.started(other.recorder):
        pass
    other.recorder.close()
    assert between.copy() == everything(ledger.recorder)


def test_a_store_that_went_back_is_refused_and_told_how_it_comes_forward(
    ledger: Small, between: Between, tmp_path: Path
):
    ledger.recorder.backup(tmp_path / "earlier.db")
    ledger.submit()
    between.catch_up(ledger.recorder)
    earlier = SQLiteRecorder(tmp_path / "earlier.db", verify=accepts)
    with pytest.raises(Ahead, match="docket restore --from-kafka"), between.started(earlier):
        pass
    earlier.close()


def test_a_relay_ends_when_its_store_goes_back(ledger: Small, between: Between, tmp_path: Path):
    ledger.recorder.backup(tmp_path / "earlier.db")
    ledger.submit()
    with between.started(ledger.recorder) as relay:
        relay.step()
        (tmp_path / "earlier.db").replace(tmp_path / "ledger.db")
        with pytest.raises(WentBack):
            relay.step()


def test_a_relay_ends_when_its_store_went_back_and_grew_another_way(ledger: Small, between: Between, tmp_path: Path):
    ledger.recorder.backup(tmp_path / "earlier.db")
    ledger.submit("Orion")
    store = Behind(ledger.recorder)
    with between.started(store) as relay:
        relay.step()
        other = Small(SQLiteRecorder(tmp_path / "earlier.db", verify=accepts), now=ledger.now, number=ledger.number)
        for model in ("Lyra", "Vega", "Mira"):
            other.submit(model)
        store.recorder = other.recorder
        with pytest.raises(Forked):
            relay.step()
    other.recorder.close()
    assert between.copy() == everything(ledger.recorder)


def test_disclosures_that_were_destroyed_before_are_sent_no_more(ledger: Small, between: Between):
    class Destroyed(Behind):
        def disclosures(self, positions: Any) -> dict[int, tuple[bytes, ...]]:
            return {at: shown for at, shown in self.recorder.disclosures(positions).items() if at != 2}

    between.catch_up(Destroyed(ledger.recorder))
    copied, stored = between.copy(), everything(ledger.recorder)
    assert copied[1] == (2, stored[1].document, ())
    assert [copied[0], *copied[2:]] == [stored[0], *stored[2:]]


def test_how_far_behind_the_relay_is_can_be_asked(ledger: Small, between: Between):
    registry = CollectorRegistry()
    for number in range(10):
        ledger.submit(f"Model {number}")
    many = ledger.recorder.head()
    with between.started(ledger.recorder, batch=40, tally=RelayTally(registry)) as relay:

        def figures() -> list[float | None]:
            names = ("position", "lag", "transactions_total", "sealed_total")
            return [registry.get_sample_value(f"docket_relay_{name}") for name in names]

        first = relay.step()
        assert figures() == [first, many - first, 1, first]
        age = registry.get_sample_value("docket_relay_lag_seconds")
        assert age is not None
        assert age > timedelta(days=1).total_seconds(), "the ledger's clock is of another year"
        while relay.step():
            pass
        assert figures() == [many, 0, 2, many]
        assert registry.get_sample_value("docket_relay_lag_seconds") == 0


class Behind:
    """A store that another may be put behind, as a restored database is behind the same address."""

    def __init__(self, recorder: SQLiteRecorder) -> None:
        self.recorder = recorder

    def __getattr__(self, name: str) -> Any:
        return getattr(self.recorder, name)


def stored(folder: Path, *, acts: list[int], disclosed: int = 10) -> SQLiteRecorder:
    """A store of acts with so many events each, and of bytes that nobody verifies."""
    store = SQLiteRecorder(folder / "made.db", verify=accepts)
    some = small(folder / "some.db").recorder
    document = some.read(0, 1)[0][2]
    some.close()
    asked = wire.load(document).command_id.encode()
    version = 0
    for number, many in enumerate(acts):
        made = document.replace(asked, str(UUID(int=number)).encode())
        events = [event("case-a", version + each, made) for each in range(1, many + 1)]
        version += many
        store.insert_events(events, attached=Attached(disclosures=((b"W" * disclosed,),) * many))
    return store
