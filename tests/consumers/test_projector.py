"""Projectors come, go and are killed: every view goes on, and is what one fold of the whole record makes of it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import KafkaError
from prometheus_client import CollectorRegistry

from bench import lives
from consumers.projector.projector import Figures, Projector, name_of
from consumers.projector.sharing import Sharing
from consumers.topics.connection import Unreachable
from consumers.topics.feed import KafkaFeed
from domain.ledger.sqlite import SQLiteRecorder
from projections.catalogue import views
from projections.folding.runner import Runner
from projections.stores.postgres import PostgresViews
from projections.stores.sqlite import SQLiteViews
from projections.view import View
from tests.consumers.ledger_topic import LedgerTopic
from tests.projections.small_ledger import small
from tests.projections.some_views import Changed, Lines, Mayfly, Tallies
from tests.services.kafka import Broker, Kafka
from tests.services.postgres import Postgres, Server

ROOT = Path(__file__).parents[2]
PATIENCE_S = 60


def awaited(condition: Callable[[], Any]) -> None:
    until = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SQLiteRecorder]:
    """A few thousand events of invented cases."""
    made = lives.ledger(tmp_path_factory.mktemp("record") / "ledger.db", 4_000, 40)
    yield made
    made.close()


@dataclass
class Scene:
    """A ledger topic, a store of views, and projectors in threads of this process."""

    topic: LedgerTopic
    dsn: str
    record: SQLiteRecorder
    stops: list[tuple[Event, Thread]] = field(default_factory=list)
    registries: list[CollectorRegistry] = field(default_factory=list)
    failed: list[BaseException] = field(default_factory=list)
    published: int = 0

    def __post_init__(self) -> None:
        self.store = PostgresViews(self.dsn)

    def publish(self, upto: int) -> None:
        self.topic.publish(self.record.read(self.published, upto - self.published), at_once=200)
        self.published = upto

    def starts(self, *those: View[Any]) -> Event:
        """One more projector; the event stops it."""
        stop, joined, registry = Event(), Event(), CollectorRegistry()

        def work() -> None:
            feed, store = KafkaFeed(self.topic.connection, self.topic.topics.ledger), PostgresViews(self.dsn)
            try:
                with Sharing(self.dsn, [name_of(view) for view in those]) as sharing:
                    joined.set()
                    Projector(feed=feed, store=store, views=those, sharing=sharing, figures=Figures(registry)).run(stop)
            except Exception as error:  # noqa: BLE001 - the test looks at it
                self.failed.append(error)
            finally:
                feed.close()
                store.close()

        thread = Thread(target=work)
        thread.start()
        self.stops.append((stop, thread))
        self.registries.append(registry)
        assert joined.wait(PATIENCE_S)
        return stop

    def reached(self, *those: View[Any]) -> bool:
        """Whether these versions are live, and have folded all that was published."""
        assert not self.failed
        there = {(table.view, table.version): table.position for table in self.store.tables() if table.live}
        return all(there.get((view.name, view.version)) == self.published for view in those)


@contextmanager
def scene(kafka: Kafka, postgres: Postgres, record: SQLiteRecorder) -> Iterator[Scene]:
    made = Scene(LedgerTopic(kafka), postgres.new_database(), record)
    try:
        yield made
    finally:
        for stop, _ in made.stops:
            stop.set()
        for _, thread in made.stops:
            thread.join()
        made.store.close()


def digests(store: Any) -> dict[str, str]:
    return {table.view: store.digest(table) for table in store.tables() if table.live}


def folded_once(record: SQLiteRecorder, path: Path, *those: View[Any]) -> dict[str, str]:
    """What one fold of the whole record makes of these views."""
    store = SQLiteViews(path)
    Runner(record, store, those).catch_up()
    made = digests(store)
    store.close()
    return made


def test_who_comes_takes_some_views_over_and_who_goes_leaves_them_to_the_others(
    kafka: Kafka, postgres: Postgres, record: SQLiteRecorder, tmp_path: Path
) -> None:
    those: Sequence[View[Any]] = (Tallies(), Lines(), Mayfly())
    with scene(kafka, postgres, record) as here:
        here.publish(400)
        here.starts(*those)
        awaited(lambda: here.reached(*those))
        second = here.starts(*those)
        for upto in (600, 800, 1_000):
            here.publish(upto)
            awaited(lambda: here.reached(*those))
        second.set()
        here.stops[1][1].join()
        here.publish(1_200)
        awaited(lambda: here.reached(*those))
        here.publish(4_000)
        awaited(lambda: here.reached(*those))
        made = digests(here.store)
        assert made == folded_once(record, tmp_path / "views.db", *those)
        lags = [registry.get_sample_value("docket_view_lag", {"view": "lines"}) for registry in here.registries]
        assert None in lags, "one of them folds it"


def test_a_newer_projector_builds_beside_and_the_older_one_then_leaves_the_view_to_it(
    kafka: Kafka, postgres: Postgres, record: SQLiteRecorder
) -> None:
    old, new, other = Tallies(), Changed(), Lines()
    with scene(kafka, postgres, record) as here:
        here.publish(400)
        here.starts(old, other)
        awaited(lambda: here.reached(old, other))
        here.starts(new, other)
        awaited(lambda: here.reached(new, other))
        assert not here.reached(old)
        here.publish(800)
        awaited(lambda: here.reached(new, other))
        assert not old.folded or max(old.folded) <= 800
        assert [table.version for table in here.store.tables() if table.view == "tallies"] == [2]
        here.starts(Tallies(), Lines())
        here.publish(1_000)
        awaited(lambda: here.reached(new, other))
        assert [table.version for table in here.store.tables() if table.view == "tallies"] == [2]


@dataclass
class Alone:
    """Somebody who shares with nobody, and stops once everything is live."""

    views: Sequence[View[Any]]
    store: SQLiteViews
    stop: Event = field(default_factory=Event)

    def settled(self) -> frozenset[str]:
        return frozenset(map(name_of, self.views))

    def changed(self) -> bool:
        if {table.view for table in self.store.tables() if table.live} == {view.name for view in self.views}:
            self.stop.set()
        return False

    def withdraw(self, name: str) -> None:
        raise AssertionError(name)


def test_views_that_can_be_read_go_on_while_another_is_built(tmp_path: Path) -> None:
    ledger, store, begin = small(tmp_path / "ledger.db"), SQLiteViews(tmp_path / "views.db"), Lines()
    ledger.enrol()
    for number in range(30):
        ledger.submit(f"Model {number}")
    Runner(ledger.recorder, store, [begin]).catch_up()
    seen: list[tuple[int, int]] = []

    class Meanwhile(Tallies):
        """Somebody acts while it is built."""

        def evolve(self, row: Any, position: int, recorded: Any) -> Any:
            if position in {40, 60, 80}:
                ledger.submit(f"While {position} was folded")
                seen.append((ledger.recorder.head(), store.position(begin)))
            return super().evolve(row, position, recorded)

    those = (begin, Meanwhile())
    alone = Alone(those, store)
    builder = Projector(
        feed=ledger.recorder, store=store, views=those, sharing=alone, figures=Figures(CollectorRegistry()), at_once=5
    )
    builder.run(alone.stop)
    heads, reached = zip(*seen, strict=True)
    assert reached[1:] == heads[:-1], "each time it had what had happened before"
    assert {table.position for table in store.tables()} == {ledger.recorder.head()}
    ledger.recorder.close()
    store.close()


def test_a_row_that_cannot_be_folded_waits_is_counted_and_stops_nothing_else(
    kafka: Kafka, postgres: Postgres, record: SQLiteRecorder
) -> None:
    poisoned, other = Tallies(), Lines()
    poisoned.poison.add("case.submitted.v1")
    with scene(kafka, postgres, record) as here:
        here.publish(400)
        here.starts(poisoned, other)
        awaited(lambda: here.reached(poisoned, other))
        (table,) = [table for table in here.store.tables() if table.view == "tallies"]
        parked = sum(letter.error is not None for letter in here.store.letters(table))
        assert parked > 0
        figure = here.registries[0].get_sample_value
        awaited(lambda: figure("docket_view_parked", {"view": "tallies"}) == parked)
        assert figure("docket_view_position", {"view": "lines"}) == 400


def test_views_are_built_anew_while_projectors_go_on_and_one_that_was_edited_by_hand_is_mended(
    kafka: Kafka, postgres: Postgres, record: SQLiteRecorder, tmp_path: Path
) -> None:
    with scene(kafka, postgres, record) as here:
        here.publish(1_000)
        here.starts(*views())
        awaited(lambda: here.reached(*views()))
        command = [sys.executable, "-m", "api", "rebuild", "--postgres", "--json"]
        with subprocess.Popen(command, env=environment(here), stdout=subprocess.PIPE, text=True) as process:
            for upto in range(1_200, 4_001, 200):
                here.publish(upto)
            assert process.stdout is not None
            facts = json.loads(process.stdout.read())
        assert process.returncode == 0
        awaited(lambda: here.reached(*views()))
        assert facts.keys() == {view.name for view in views()}
        assert digests(here.store) == folded_once(record, tmp_path / "views.db", *views())

        with here.store.write():
            here.store._connections._writer.execute("UPDATE case_status_1_b SET position = 7")
        again = [*command, "--view", "case_status"]
        one = subprocess.run(again, env=environment(here), capture_output=True, text=True, check=False)
        assert one.returncode == 1
        assert "case_status is not what its live table was" in one.stderr
        awaited(lambda: here.reached(*views()))
        assert digests(here.store) == folded_once(record, tmp_path / "again.db", *views())


def environment(here: Scene) -> dict[str, str]:
    """What a process is told of these services."""
    services = {"DOCKET_KAFKA": here.topic.kafka.bootstrap, "DOCKET_POSTGRES": here.dsn}
    return {**os.environ, **services, "DOCKET_TOPICS": here.topic.topics.prefix}


class Process:
    """`python -m consumers projector`, and what it said."""

    def __init__(self, here: Scene) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "consumers", "projector"],
            cwd=ROOT,
            env=environment(here),
            stderr=subprocess.PIPE,
            text=True,
        )
        self.folding: list[set[str]] = []
        self.said: list[str] = []
        self._reading = Thread(target=self._read)
        self._reading.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.said.append(line)
            if line.startswith("{") and (said := json.loads(line)).get("event") == "folding":
                self.folding.append(set(said["views"]))

    def ended(self, with_: int | None = None) -> int:
        if with_ is not None:
            self.process.send_signal(with_)
        code = self.process.wait(PATIENCE_S)
        self._reading.join()
        return code


@contextmanager
def processes() -> Iterator[list[Process]]:
    made: list[Process] = []
    try:
        yield made
    finally:
        for each in made:
            if each.process.poll() is None:
                each.ended(signal.SIGKILL)


def test_kill_9_of_projectors_in_the_middle_of_work_loses_nothing_and_folds_nothing_twice(
    kafka: Kafka, postgres: Postgres, record: SQLiteRecorder, tmp_path: Path
) -> None:
    every = views()
    with scene(kafka, postgres, record) as here, processes() as started:
        here.publish(500)
        for _ in range(2):
            started.append(Process(here))
        awaited(lambda: all(each.folding for each in started))
        for upto in range(1_000, 4_001, 500):
            here.publish(upto)
            if upto in {1_500, 3_000}:
                started[-1].ended(signal.SIGKILL)
                started.append(Process(here))
        awaited(lambda: here.reached(*every))
        assert digests(here.store) == folded_once(record, tmp_path / "views.db", *every)
        alive = [each for each in started if each.process.poll() is None]
        assert len(alive) == 2
        awaited(lambda: all(each.folding for each in alive))
        awaited(lambda: set.union(*(each.folding[-1] for each in alive)) == set(map(name_of, every)))
        assert [each.ended(signal.SIGTERM) for each in alive] == [0, 0], [each.said for each in alive]


def test_a_projector_refuses_to_start_on_a_topic_that_is_not_as_it_has_to_be(
    kafka: Kafka, postgres: Postgres, record: SQLiteRecorder
) -> None:
    with scene(kafka, postgres, record) as here, processes() as started:
        with closing(here.topic.connection.admin()) as admin:
            settings = {"retention.ms": "86400000"}
            admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, here.topic.topics.ledger, settings)])
        started.append(Process(here))
        assert started[0].ended() == 1
        assert "retention.ms is 86400000, has to be -1" in "".join(started[0].said)


def test_a_projector_that_lost_its_database_ends_and_the_next_one_goes_on(
    kafka: Kafka, own_server: Server, record: SQLiteRecorder, tmp_path: Path
) -> None:
    every = views()
    with scene(kafka, own_server, record) as here, processes() as started:
        here.publish(1_000)
        started.append(Process(here))
        awaited(lambda: here.reached(*every))
        own_server.kill()
        own_server.start()
        assert started[-1].ended() == 1
        assert "docket: projector: " in "".join(started[-1].said)
        started.append(Process(here))
        here.publish(2_000)
        awaited(lambda: here.reached(*every))
        here.publish(4_000)
        awaited(lambda: here.reached(*every))
        assert digests(here.store) == folded_once(record, tmp_path / "views.db", *every)


def test_a_projector_that_lost_its_broker_ends_and_the_next_one_goes_on(
    own_broker: Broker, postgres: Postgres, record: SQLiteRecorder, tmp_path: Path
) -> None:
    those: Sequence[View[Any]] = (Tallies(), Lines())
    with scene(own_broker, postgres, record) as here:
        here.topic.connection = replace(here.topic.connection, patience_ms=3_000)
        here.publish(1_000)
        here.starts(*those)
        awaited(lambda: here.reached(*those))
        own_broker.kill()
        awaited(lambda: here.failed)
        assert isinstance(here.failed.pop(), KafkaError | Unreachable)
        own_broker.start()
        here.starts(*those)
        here.publish(4_000)
        awaited(lambda: here.reached(*those))
        assert digests(here.store) == folded_once(record, tmp_path / "views.db", *those)
