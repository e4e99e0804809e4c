"""Whatever is killed, an act that was acknowledged is once in the store, in the ledger topic and in every view."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import Self
from uuid import uuid4

import httpx2
import orjson
import pytest
from kafka import TopicPartition

from api.identity.development import DEVELOPMENT_HEADER
from bench.acts import Developer
from consumers.apart.postgres import PostgresApart
from consumers.checkpoints.key import KeyFile
from consumers.checkpoints.opening import LogFiles, checkpoints_of
from consumers.opening import now
from consumers.topics.connection import Connection
from consumers.topics.feed import KafkaFeed
from consumers.topics.names import Topics
from domain import wire
from domain.ledger.ledger import Ledger
from domain.ledger.postgres import PostgresRecorder
from domain.values import LedgerId, act_id
from projections.catalogue import views
from projections.folding.runner import Runner
from projections.stores.postgres import PostgresViews
from projections.stores.sqlite import SQLiteViews
from projections.transparency.checkpoint import Checkpoint
from projections.transparency.notes import Key, Kind, Note
from tests.services.kafka import Broker
from tests.services.postgres import Server
from tests.services.stack import Stack, stack

PATIENCE_S = 90
PERSON = "00000000-0000-5000-8000-00000000d45a"


class Writers:
    """Somebody who acts over HTTP, and an office that acts over Kafka, until they are told to stop."""

    def __init__(self, url: Callable[[], str], running: Stack) -> None:
        self._url, self._stack = url, running
        self._over = Event()
        self.acknowledged: set[str] = set()
        """Ids of acts that were answered with a receipt."""
        self.sent: list[str] = []
        """Ids of acts that an office sent to its topic, which took them."""
        self.cases: list[str] = []
        self.failed: list[BaseException] = []
        self._threads = [Thread(target=self._guarded, args=(work,)) for work in (self._over_http, self._over_kafka)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - the test looks at it
            self.failed.append(error)

    def _over_http(self) -> None:
        developer = Developer()
        asked = iter([developer.enrols()])
        lives = developer.lives()
        with httpx2.Client(timeout=20) as client:
            while not self._over.is_set():
                act = next(asked, None) or next(lives)
                body = act.body()
                while not self._over.is_set():  # no answer, or a server that cannot: the same again
                    try:
                        answer = client.post(
                            f"{self._url()}/v1/actions/{act.type}", json=body, headers={DEVELOPMENT_HEADER: act.by}
                        )
                    except httpx2.HTTPError:
                        time.sleep(0.1)
                        continue
                    if answer.status_code in {200, 201}:
                        self.acknowledged.add(body["id"])
                        if act.type == "case.submit.v1":
                            self.cases.append(act.case)
                        break
                    assert answer.status_code == 503, answer.text
                    time.sleep(0.1)

    def _over_kafka(self) -> None:
        topic = self._stack.topics.actions("dhs")
        producer = Connection(bootstrap=self._stack.bootstrap).producer()
        while not self._over.wait(0.02):
            if not self.cases:
                continue
            id = str(uuid4())
            data = {"case_id": self.cases[-1], "concern_id": str(uuid4()), "concern": "An invented concern."}
            event = {
                "specversion": "1.0",
                "id": id,
                "source": "dhs",
                "type": "case.convey-concern.v1",
                "marking": "UNCLASSIFIED",
                "person": PERSON,
                "personname": "H. Example",
                "personclearance": "CUI",
                "data": data,
            }
            headers = [("content-type", b"application/cloudevents+json")]
            future = producer.send(topic, key=id.encode(), value=orjson.dumps(event), headers=headers)
            future.get(timeout=PATIENCE_S)
            self.sent.append(id)
        producer.close(timeout=10)


@pytest.fixture
def running(own_broker: Broker, own_server: Server, tmp_path: Path) -> Iterator[Stack]:
    dsn = own_server.new_database()
    with stack(bootstrap=own_broker.bootstrap, postgres=dsn, prefix="test", folder=tmp_path / "stack") as made:
        yield made


@pytest.mark.timeout(280)
def test_whatever_is_killed_every_acknowledged_act_is_once_everywhere(
    running: Stack, own_broker: Broker, own_server: Server, tmp_path: Path
) -> None:
    address = running.api()
    for kind, name in (
        ("relay", "relay"),
        ("projector", "projector-1"),
        ("projector", "projector-2"),
        ("inbox", "inbox"),
        ("timer", "timer"),
        ("checkpoints", "checkpoints"),
    ):
        running.consumer(kind, name)
    urls = {"api": address}
    with Writers(lambda: urls["api"], running) as writers:
        reach(writers, 30, running)
        for name in ("relay", "projector-1", "inbox", "timer", "checkpoints"):
            running.processes[name].kill()
            reach(writers, 20, running, but=name)
            running.processes[name].start()
        running.processes["api"].kill()
        urls["api"] = running.api()
        reach(writers, 20, running)
        own_server.kill()
        own_server.start()
        revive(running, urls)
        reach(writers, 20, running)
        own_broker.kill()
        own_broker.start()
        revive(running, urls)
        reach(writers, 20, running)
    assert writers.failed == []
    revive(running, urls)
    settled(running, writers)
    same_everywhere(running, writers, tmp_path)


def reach(writers: Writers, more: int, running: Stack, but: str = "") -> None:
    """Wait until so many more acts were acknowledged; processes that ended over what was done to them start again."""
    goal, until = len(writers.acknowledged) + more, time.monotonic() + PATIENCE_S
    while len(writers.acknowledged) < goal:
        assert writers.failed == [], writers.failed
        assert time.monotonic() < until, "nothing is acknowledged any more:\n" + last_words(running)
        time.sleep(0.02)


def revive(running: Stack, urls: dict[str, str]) -> None:
    """Start again what ended over a server's death, as a supervisor does, until all of it stays."""
    for _ in range(20):
        for name, process in running.processes.items():
            if process.ended is not None:
                if name == "api":
                    urls["api"] = running.api()
                else:
                    process.start()
                break
        else:
            return
        time.sleep(0.5)


def settled(running: Stack, writers: Writers) -> None:
    """Wait until the inbox has answered all that was sent to it, and relay and projectors have nothing left."""
    recorder = PostgresRecorder(running.postgres, verify=wire.verify)
    store = PostgresViews(running.postgres)
    feed = KafkaFeed(Connection(bootstrap=running.bootstrap), running.topics.ledger)
    try:
        until = time.monotonic() + PATIENCE_S
        while missing := still_missing(running, writers, recorder, store, feed):
            assert time.monotonic() < until, f"it does not settle: {missing}\n{last_words(running)}"
            revive(running, {})
            time.sleep(0.2)
    finally:
        feed.close()
        store.close()
        recorder.close()


def signed(running: Stack, recorder: PostgresRecorder) -> int:
    """How far the log is signed, by the one key of all that ever signed, as Kafka has it."""
    with closing(PostgresApart(running.postgres)) as apart:
        opened = Ledger(recorder, clock=now).opened.ledger
        last = checkpoints_of(LogFiles(), apart, opened).latest()
    if last is None:
        return 0
    notes = [Note.read(value) for value in running.records(running.topics.checkpoints)]
    key = Key(last.checkpoint.origin, Kind.LOG, KeyFile(running.log_key).public)
    assert all(note.signed_by([key]) for note in notes)
    sizes = [Checkpoint.read(note.text) for note in notes]
    assert len({each.size: each.root for each in sizes}) == len({(each.size, each.root) for each in sizes}), "a fork"
    return max((each.size for each in sizes), default=0)


def still_missing(
    running: Stack, writers: Writers, recorder: PostgresRecorder, store: PostgresViews, feed: KafkaFeed
) -> dict[str, object]:
    """What has not arrived yet: acts without an outcome, a topic or views that are not where the record is."""
    unanswered = set(writers.sent) - answered(running)
    head, topic = recorder.head(), feed.head()
    behind = {view.name: at for view in views() if (at := store.position(view)) != head}
    found: dict[str, object] = {}
    if unanswered:
        found["acts without an outcome"] = sorted(unanswered)
    if topic != head:
        found["topic"] = f"at {topic}, the record at {head}"
    if (size := signed(running, recorder)) != head:
        found["checkpoints"] = f"up to {size}, the record at {head}"
    if behind:
        found["views"] = f"{behind}, the record at {head}"
    return found


def same_everywhere(running: Stack, writers: Writers, folder: Path) -> None:
    recorder = PostgresRecorder(running.postgres, verify=wire.verify)
    store = PostgresViews(running.postgres)
    feed = KafkaFeed(Connection(bootstrap=running.bootstrap), running.topics.ledger)
    mine = SQLiteViews(folder / "views.db")
    try:
        head = recorder.head()
        kept = recorder.read(0, head + 1)
        assert [position for position, _, _ in kept] == list(range(1, head + 1))
        assert whole(feed, head) == kept, "the ledger topic is not what the store is"
        at = acted(kept)
        assert {*writers.acknowledged, *writers.sent} <= at.keys()
        for id in (*writers.acknowledged, *writers.sent):
            row = recorder.act(at[id].act)
            assert row is not None
            assert (row.first, row.last) == (at[id].positions[0], at[id].positions[-1])
            assert len(at[id].positions) == at[id].positions[-1] - at[id].positions[0] + 1, "acted upon twice"
        Runner(recorder, mine, views()).catch_up()
        digests = {table.view: mine.digest(table) for table in mine.tables()}
        assert {table.view: store.digest(table) for table in store.tables() if table.live} == digests
    finally:
        mine.close()
        feed.close()
        store.close()
        recorder.close()


@dataclass
class Acted:
    """What the record has of an act."""

    act: str
    positions: list[int]


def acted(kept: list[tuple[int, str, bytes]]) -> dict[str, Acted]:
    """By the id that it was sent under."""
    found: dict[str, Acted] = {}
    for position, _, document in kept:
        recorded = wire.load(document)
        ledger = LedgerId(recorded.ledger.removeprefix("urn:uuid:"))
        act = act_id(ledger, recorded.actor, recorded.command_id)
        found.setdefault(recorded.command_id, Acted(act, [])).positions.append(position)
    return found


def whole(feed: KafkaFeed, head: int) -> list[tuple[int, str, bytes]]:
    found: list[tuple[int, str, bytes]] = []
    while len(found) < head:
        found += feed.read(len(found), 1000)
    return found


def answered(running: Stack) -> set[str]:
    """Ids of acts of the office that have an outcome; that each has one is the inbox's own test."""
    partition = TopicPartition(Topics(running.prefix).outcomes("dhs"), 0)
    consumer = Connection(bootstrap=running.bootstrap).reader()
    try:
        consumer.assign([partition])
        consumer.seek(partition, 0)
        end = consumer.end_offsets([partition])[partition]
        found: set[str] = set()
        while consumer.position(partition) < end:
            for record in consumer.poll(timeout_ms=500).get(partition, ()):
                found.add((record.key or b"").decode())
        return found
    finally:
        consumer.close()


def last_words(running: Stack) -> str:
    return "\n".join(f"-- {name}: {process.said()[-1500:]}" for name, process in running.processes.items())
