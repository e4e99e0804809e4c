"""A door over a ledger in a file, with the clock in the hand and views that follow."""

from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import pytest
import structlog
from fastapi.testclient import TestClient
from structlog.testing import LogCapture

from api.app import Services, build_app
from api.identity import DevelopmentHeader, names_of
from domain import wire
from domain.act import Act, Actor, ActorKind, Attestation, Principal
from domain.founding import founding
from domain.ledger.ledger import Ledger
from domain.ledger.sqlite import SQLiteRecorder
from domain.values import CommandId
from projections.catalogue import views
from projections.runner import Runner
from projections.store import SQLiteViews
from tests.api.knocking import EVERYTHING, LEDGER, Docket, Door, Hand, named_id


@pytest.fixture
def clock() -> Hand:
    return Hand()


@pytest.fixture
def recorder(tmp_path: Path) -> Iterator[SQLiteRecorder]:
    recorder = SQLiteRecorder(tmp_path / "ledger.db", verify=wire.verify)
    yield recorder
    recorder.close()


@pytest.fixture
def ledger(recorder: SQLiteRecorder, clock: Hand) -> Ledger:
    """An open ledger that may hold CUI."""
    ledger = Ledger(recorder, clock=clock)
    nobody = Principal(
        actor=Actor(ActorKind.INSTALLATION, "installation", "Docket"),
        person=None,
        attestation=Attestation.NONE,
        clearance=EVERYTHING,
    )
    opening = Act(id=CommandId(named_id("open")), command=founding(LEDGER, "CUI"), marking="UNCLASSIFIED")
    assert ledger.act(opening, by=nobody).refused is None
    return ledger


@pytest.fixture
def docket(ledger: Ledger, recorder: SQLiteRecorder, tmp_path: Path) -> Iterator[Docket]:
    """What a composition root holds open; the runner follows until the test ends."""
    store = SQLiteViews(tmp_path / "views.db")
    runner, stop = Runner(recorder, store, views()), Event()
    runner.catch_up()
    following = Thread(target=runner.run, args=(stop,), name="runner")
    following.start()
    yield Docket(ledger, recorder, store, runner)
    stop.set()
    following.join()
    store.close()


@pytest.fixture
def door(docket: Docket, clock: Hand, tmp_path: Path) -> Iterator[Door]:
    log = LogCapture()
    app = build_app(
        Services(
            docket=docket,
            clock=clock,
            authenticator=DevelopmentHeader(bound_to="127.0.0.1", named=names_of(docket.ledger)),
            folder=tmp_path,
            log=lambda: structlog.wrap_logger(None, processors=[log]),
        )
    )
    knocking = TestClient(
        app, base_url="http://127.0.0.1:8040", client=("127.0.0.1", 50000), raise_server_exceptions=False
    )
    with knocking as client:
        yield Door(app, client, docket, clock, log, tmp_path)
