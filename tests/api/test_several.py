"""Several processes answer from views that another folds: each shows what was done through all."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from threading import Event, Thread
from typing import Any

import httpx2
import pytest

from api.app import Services, build_app
from api.compose import readings
from api.identity.development import DevelopmentHeader
from consumers.acts.named import names_of
from consumers.apart.postgres import PostgresApart
from domain import wire
from domain.ledger.ledger import Ledger
from domain.ledger.postgres import PostgresRecorder
from domain.ledger.readings import SCHEMA
from domain.ledger.sqlite import SQLiteRecorder
from projections.catalogue import views
from projections.folding.following import Follower
from projections.folding.runner import Runner
from projections.stores.postgres import PostgresViews
from projections.stores.postgres_hints import PostgresHints
from tests.api.knocking import CASE, DEVELOPER, NSA, SECRETARIAT, Docket, Hand, developer, digest, named_id, submission
from tests.api.listening import Message, listening
from tests.api.serving import served
from tests.services.postgres import Postgres


@contextmanager
def answering(recorder: SQLiteRecorder, clock: Hand, dsn: str) -> Iterator[str]:
    """The address of a process that folds nothing."""
    ledger, store, hints, stop = Ledger(recorder, clock=clock), PostgresViews(dsn), PostgresHints(dsn), Event()
    follower: Any = Follower(store, views(), head=recorder.head, hints=hints)
    apart: Any = PostgresApart(dsn)
    reads = readings(PostgresRecorder(dsn, verify=wire.verify, schema=SCHEMA), ceiling="CUI", clock=clock)
    docket: Any = Docket(ledger, recorder, store, follower, apart, reads)  # type: ignore[arg-type]
    authenticator = DevelopmentHeader(bound_to="127.0.0.1", named=names_of(ledger))
    thread = Thread(target=follower.run, args=(stop,))
    thread.start()
    try:
        with served(build_app(Services(docket=docket, clock=clock, authenticator=authenticator))) as address:
            yield address
    finally:
        stop.set()
        thread.join()
        apart.close()
        hints.close()
        store.close()
        reads.recorder.close()


@contextmanager
def folding(recorder: SQLiteRecorder, dsn: str) -> Iterator[Runner]:
    """A process that answers nobody."""
    store, stop = PostgresViews(dsn), Event()
    runner = Runner(recorder, store, views())
    thread = Thread(target=runner.run, args=(stop,))
    thread.start()
    try:
        yield runner
    finally:
        stop.set()
        thread.join()
        store.close()


@pytest.fixture
def dsn(postgres: Postgres) -> str:
    return postgres.new_database()


def act(address: str, number: int, type: str, by: dict[str, str], data: dict[str, Any]) -> int:
    body = {"id": named_id("act", number), "marking": "UNCLASSIFIED", "data": data}
    answer = httpx2.post(f"{address}/v1/actions/{type}", json=body, headers=by)
    assert answer.status_code in {200, 201}, answer.text
    return int(answer.json()["position"])


def rows(sent: Iterator[Message], position: int) -> dict[str, Any]:
    """The last that was told of each row, up to a position."""
    found: dict[str, Any] = {}
    for message in sent:
        if message.event is not None:
            found |= {row["key"]: row for row in message.data["rows"]}
        if message.id is not None and message.id >= position:
            return found
    raise AssertionError("the stream ended")


def test_what_is_done_through_one_is_read_and_told_through_all(recorder: SQLiteRecorder, clock: Hand, dsn: str) -> None:
    with ExitStack() as stack:
        runner = stack.enter_context(folding(recorder, dsn))
        first, second = (stack.enter_context(answering(recorder, clock, dsn)) for _ in range(2))
        # a view that was built meanwhile would rightly say `reset`
        assert runner.wait(views()[2], recorder.head(), 10)
        enrol = {"participant": DEVELOPER, "name": "Acme", "kind": "developer"}
        begin = act(first, 1, "participant.enrol.v1", developer(), enrol)
        assert runner.wait(views()[2], begin, 10)
        streams = [
            stack.enter_context(listening(address, NSA, view="case_status", after=begin)) for address in (first, second)
        ]
        act(first, 2, "case.submit.v1", developer(), submission())
        act(second, 3, "case.accept.v1", SECRETARIAT, {"case_id": CASE})
        last = act(second, 4, "case.submit.v1", developer(), submission(digest("another")))
        told = [rows(sent, last) for sent in streams]
        assert told[0] == told[1]
        assert len(told[0]) == 2
        assert len(told[0][CASE]["acceptances"]) == 1
        for address in (first, second):
            read = httpx2.get(f"{address}/v1/cases/{CASE}", headers=NSA, params={"min_position": last})
            assert (read.status_code, read.json()["now"]["phase"]) == (200, "accepted"), read.text
            assert httpx2.get(f"{address}/readyz").json() == {"ready": True, "wrong": {}}


def test_without_views_a_process_is_not_ready_and_says_so(recorder: SQLiteRecorder, clock: Hand, dsn: str) -> None:
    with answering(recorder, clock, dsn) as address:
        ready = httpx2.get(f"{address}/readyz")
        assert ready.status_code == 503
        assert ready.json()["wrong"] == {view.name: "not built yet" for view in views()}
        read = httpx2.get(f"{address}/v1/cases", headers=NSA)
        assert (read.status_code, read.json()["code"]) == (503, "view-unbuilt")
