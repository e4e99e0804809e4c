"""A door over a ledger in a file, with the clock in the hand and views that follow."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import _lru_cache_wrapper
from pathlib import Path
from threading import Event, Thread

import pytest
import structlog
from fastapi.dependencies import models
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


@pytest.fixture(autouse=True)
def no_door_is_kept() -> Iterator[None]:
    """By what FastAPI remembers of the functions of a door each would stay for long, and make every test slower."""
    yield
    for remembered in vars(models).values():
        if isinstance(remembered, _lru_cache_wrapper):
            remembered.cache_clear()


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


@contextmanager
def following(ledger: Ledger, recorder: SQLiteRecorder, folder: Path) -> Iterator[Docket]:
    """What a composition root holds open; the runner follows until it is let go."""
    store = SQLiteViews(folder / "views.db")
    runner, stop = Runner(recorder, store, views()), Event()
    runner.catch_up()

    def follow() -> None:
        with suppress(StoreError):  # a test may close the recorder
            runner.run(stop)

    follower = Thread(target=follow, name="runner")
    follower.start()
    apart = SQLiteApart(folder / "apart.db")
    reads = SQLiteRecorder(folder / "reads.db", verify=wire.verify)
    yield Docket(ledger, recorder, store, runner, apart, readings(reads, ceiling="CUI", clock=ledger.now))
    stop.set()
    follower.join()
    apart.close()
    store.close()
    reads.close()


@pytest.fixture
def docket(ledger: Ledger, recorder: SQLiteRecorder, tmp_path: Path) -> Iterator[Docket]:
    with following(ledger, recorder, tmp_path) as docket:
        yield docket


def signed_in(folder: Path, docket: Docket, clock: Hand) -> Signed:
    """What signs the log."""
    key = folder / "log-key.pem"
    return signed_here(LogFiles(), docket.apart, docket.store, LEDGER, clock=clock, own_key=key)


def signed_reads_in(folder: Path, docket: Docket, clock: Hand) -> Signed:
    """What signs the log of what oversight reads, with the same key."""
    readings, key = docket.readings, folder / "log-key.pem"
    return reads_signed_here(LogFiles(), docket.apart, readings.recorder, readings.ledger, clock=clock, own_key=key)


@contextmanager
def knocking(docket: Docket, clock: Hand, signed: Signed, signed_reads: Signed, folder: Path) -> Iterator[Door]:
    """A door to it."""
    log = LogCapture()
    app = build_app(
        Services(
            docket=docket,
            clock=clock,
            authenticator=DevelopmentHeader(bound_to="127.0.0.1", named=names_of(docket.ledger)),
            folder=folder,
            notice="Invented.",
            personas={},
            acks={"proved": proved(signed.log, signed.signing.wait)},
            checkpoints=signed.kept,
            checkpoints_of_reads=signed_reads.kept,
            log=lambda: structlog.wrap_logger(None, processors=[log]),
        )
    )
    client = TestClient(
        app, base_url="http://127.0.0.1:8040", client=("127.0.0.1", 50000), raise_server_exceptions=False
    )
    with client:
        yield Door(app, client, docket, clock, log, folder)


@pytest.fixture
def signed(docket: Docket, clock: Hand, tmp_path: Path) -> Signed:
    """What signs the log; a test has to let it."""
    return signed_in(tmp_path, docket, clock)


@pytest.fixture
def signed_reads(docket: Docket, clock: Hand, signed: Signed, tmp_path: Path) -> Signed:
    """What signs the log of what oversight reads; likewise."""
    return signed_reads_in(tmp_path, docket, clock)


@contextmanager
def opened(founded: Path, folder: Path, clock: Hand) -> Iterator[Door]:
    """A door to a copy of what was founded, in a new folder."""
    shutil.copytree(founded, folder)
    recorder = SQLiteRecorder(folder / "ledger.db", verify=wire.verify)
    with following(Ledger(recorder, clock=clock), recorder, folder) as docket:
        signed, of_reads = signed_in(folder, docket, clock), signed_reads_in(folder, docket, clock)
        with knocking(docket, clock, signed, of_reads, folder) as door:
            yield door
    recorder.close()


@contextmanager
def shared(door: Door) -> Iterator[Door]:
    """A door that others share, for a test that only asks: whoever changes what they see fails."""
    door.log.entries.clear()
    before = door.stands()
    yield door
    assert door.stands() == before, "it only asks"


@pytest.fixture(scope="session")
def opened_once(founded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with opened(founded, tmp_path_factory.mktemp("opened") / "docket", Hand()) as door:
        yield door


@pytest.fixture
def open_door(opened_once: Door) -> Iterator[Door]:
    """The door of all who only ask."""
    with shared(opened_once) as door:
        yield door


@pytest.fixture
def door(docket: Docket, clock: Hand, signed: Signed, signed_reads: Signed, tmp_path: Path) -> Iterator[Door]:
    with knocking(docket, clock, signed, signed_reads, tmp_path) as door:
        yield door
