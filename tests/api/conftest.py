"""A door over a ledger in a file, with the clock in the hand."""

from collections.abc import Iterator
from pathlib import Path

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
from tests.api.knocking import EVERYTHING, LEDGER, Door, Hand, named_id


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
def door(ledger: Ledger, recorder: SQLiteRecorder, clock: Hand, tmp_path: Path) -> Iterator[Door]:
    log = LogCapture()
    app = build_app(
        Services(
            ledger=ledger,
            clock=clock,
            authenticator=DevelopmentHeader(bound_to="127.0.0.1", named=names_of(ledger)),
            folder=tmp_path,
            log=lambda: structlog.wrap_logger(None, processors=[log]),
        )
    )
    with TestClient(
        app, base_url="http://127.0.0.1:8040", client=("127.0.0.1", 50000), raise_server_exceptions=False
    ) as client:
        yield Door(app, client, ledger, recorder, clock, log, tmp_path)
