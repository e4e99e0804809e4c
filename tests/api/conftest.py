"""A door over a ledger in a file, with the clock in the hand and views that follow."""

import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread

import pytest
import structlog
from fastapi.testclient import TestClient
from structlog.testing import LogCapture

from api.app import Services, build_app
from api.audit.log import proved
from api.compose import readings
from api.identity.development import DevelopmentHeader
from consumers.acts.named import names_of
from consumers.apart.sqlite import SQLiteApart
from consumers.checkpoints.opening import LogFiles, Signed, reads_signed_here, signed_here
from domain import wire
from domain.act import Act, Actor, ActorKind, Attestation, Principal
from domain.founding import founding
from domain.ledger import StoreError
from domain.ledger.ledger import Ledger
from domain.ledger.sqlite import SQLiteRecorder
from domain.values import CommandId
from projections.catalogue import views
from projections.folding.runner import Runner
from projections.stores.sqlite import SQLiteViews
from tests.api.knocking import EVERYTHING, LEDGER, Docket, Door, Hand, named_id


@pytest.fixture
def clock() -> Hand:
    return Hand()


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a ledger that was just opened and may hold CUI, and its views: each test has a copy."""
    folder = tmp_path_factory.mktemp("founded")
    recorder = SQLiteRecorder(folder / "ledger.db", verify=wire.verify)
    nobody = Principal(
        actor=Actor(ActorKind.INSTALLATION, "installation", "Docket"),
        person=None,
        attestation=Attestation.NONE,
        clearance=EVERYTHING,
    )
    opening = Act(id=CommandId(named_id("open")), command=founding(LEDGER, "CUI"), marking="UNCLASSIFIED")
    assert Ledger(recorder, clock=Hand()).act(opening, by=nobody).refused is None
    store = SQLiteViews(folder / "views.db")
    Runner(recorder, store, views()).catch_up()
    store.close()
    recorder.close()
    return folder


@pytest.fixture
def recorder(founded: Path, tmp_path: Path) -> Iterator[SQLiteRecorder]:
    for file in founded.iterdir():
        shutil.copy(file, tmp_path / file.name)
    recorder = SQLiteRecorder(tmp_path / "ledger.db", verify=wire.verify)
    yield recorder
    recorder.close()


@pytest.fixture
def ledger(recorder: SQLiteRecorder, clock: Hand) -> Ledger:
    return Ledger(recorder, clock=clock)


@pytest.fixture
def docket(ledger: Ledger, recorder: SQLiteRecorder, tmp_path: Path) -> Iterator[Docket]:
    """What a composition root holds open; the runner follows until the test ends."""
    store = SQLiteViews(tmp_path / "views.db")
    runner, stop = Runner(recorder, store, views()), Event()
    runner.catch_up()

    def follow() -> None:
        with suppress(StoreError):  # a test may close the recorder
            runner.run(stop)

    following = Thread(target=follow, name="runner")
    following.start()
    apart = SQLiteApart(tmp_path / "apart.db")
    reads = SQLiteRecorder(tmp_path / "reads.db", verify=wire.verify)
    yield Docket(ledger, recorder, store, runner, apart, readings(reads, ceiling="CUI", clock=ledger.now))
    stop.set()
    following.join()
    apart.close()
    store.close()
    reads.close()


@pytest.fixture
def signed(docket: Docket, clock: Hand, tmp_path: Path) -> Signed:
    """What signs the log; a test has to let it."""
    key = tmp_path / "log-key.pem"
    return signed_here(LogFiles(), docket.apart, docket.store, LEDGER, clock=clock, own_key=key)


@pytest.fixture
def signed_reads(docket: Docket, clock: Hand, signed: Signed, tmp_path: Path) -> Signed:
    """What signs the log of what oversight reads; likewise."""
    readings, key = docket.readings, tmp_path / "log-key.pem"
    return reads_signed_here(LogFiles(), docket.apart, readings.recorder, readings.ledger, clock=clock, own_key=key)


@pytest.fixture
def door(docket: Docket, clock: Hand, signed: Signed, signed_reads: Signed, tmp_path: Path) -> Iterator[Door]:
    log = LogCapture()
    app = build_app(
        Services(
            docket=docket,
            clock=clock,
            authenticator=DevelopmentHeader(bound_to="127.0.0.1", named=names_of(docket.ledger)),
            folder=tmp_path,
            notice="Invented.",
            personas={},
            acks={"proved": proved(signed.log, signed.signing.wait)},
            checkpoints=signed.kept,
            checkpoints_of_reads=signed_reads.kept,
            log=lambda: structlog.wrap_logger(None, processors=[log]),
        )
    )
    knocking = TestClient(
        app, base_url="http://127.0.0.1:8040", client=("127.0.0.1", 50000), raise_server_exceptions=False
    )
    with knocking as client:
        yield Door(app, client, docket, clock, log, tmp_path)
