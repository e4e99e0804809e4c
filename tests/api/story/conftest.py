"""The story of the demonstration is told once for a run of tests, by the program that tells it to people."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import structlog
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, BrowserContext, expect
from structlog.testing import LogCapture

from api.app import Services, build_app
from api.cli.demo import BEFORE
from api.clock import SimulatedClock
from api.compose import embedded, running
from api.identity.development import DEVELOPMENT_COOKIE, DEVELOPMENT_HEADER, DevelopmentHeader
from consumers.acts.named import names_of
from projections.audit_trail import AUDIT_TRAIL
from tests.api.conftest import opened, shared
from tests.api.knocking import Door, Hand
from tests.api.serving import served
from tests.api.story.addresses import Addresses, everything
from tests.api.story.looking import PATIENCE_MS, SIZES, Looking, Looks
from tests.api.story.planting import Planted, Told, told
from tests.conftest import RUN
from tests.services.lease import alone

LATER = datetime(2026, 11, 20, tzinfo=UTC)
"""When all of it has happened."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Who searches the planted story shares one telling of it, and one log: they run in one worker of xdist."""
    for item in items:
        if isinstance(item, pytest.Function) and "story" in item.fixturenames:
            item.add_marker(pytest.mark.xdist_group("planted"))


@pytest.fixture(scope="session")
def founded(request: pytest.FixtureRequest) -> Path:
    """A folder with a ledger in which the whole story is told, and its views: each test has a copy."""
    run = request.config.stash[RUN]
    folder, told = run / "story", run / "story.told"
    with alone(run / "story.lock"):
        if not told.exists():
            command = (sys.executable, "-m", "api", "demo", "--once", "--port", "0", "--folder", str(folder))
            subprocess.run(command, check=True, capture_output=True, timeout=120)
            told.touch()
    return folder


@pytest.fixture(scope="session")
def told_once(founded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with opened(founded, tmp_path_factory.mktemp("told") / "docket", Hand(now=LATER)) as door:
        yield door


@pytest.fixture
def told_door(told_once: Door) -> Iterator[Door]:
    """A door to the whole story, for all who only ask."""
    with shared(told_once) as door:
        yield door


@pytest.fixture(scope="session")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """The story told to a door of its own, with planted words: what reads it changes nothing."""
    clock, log = SimulatedClock(BEFORE), LogCapture()
    folder: Path = tmp_path_factory.mktemp("planted")
    with embedded(folder, clock=clock, ceiling="SECRET", simulated=True) as docket, running(docket, tick_s=None):
        services = Services(
            docket=docket,
            clock=clock,
            authenticator=DevelopmentHeader(bound_to="127.0.0.1", named=names_of(docket.ledger)),
            folder=folder,
            acks=docket.more["acks"],
            checkpoints=docket.signed.kept,
            checkpoints_of_reads=docket.signed_reads.kept,
            log=lambda: structlog.wrap_logger(None, processors=[log]),
        )
        app = build_app(services)
        client = TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 1), raise_server_exceptions=False)
        with client:
            planted = Planted()
            tally = told(planted, docket, clock, client)
            assert docket.runner.wait(AUDIT_TRAIL, docket.recorder.head(), 30)
            assert docket.signed.signing.wait(docket.recorder.head(), 30)
            yield Told(planted, docket, client, services, log, tally)


@pytest.fixture(scope="session")
def addresses(story: Told) -> Addresses:
    return everything(story)


@pytest.fixture
def clock() -> Hand:
    return Hand(now=LATER)


@pytest.fixture
def looks(door: Door, browser: Browser) -> Iterator[Looks]:
    """Opens a browser of its own for somebody: what the development header says of them, and how they look."""
    opened: list[BrowserContext] = []
    expect.set_options(timeout=PATIENCE_MS)
    with served(door.app) as address:

        def look(by: dict[str, str] | None, size: str = "wide", **more: Any) -> Looking:
            width, height = SIZES[size]
            context = browser.new_context(viewport={"width": width, "height": height}, **more)
            opened.append(context)
            context.set_default_timeout(PATIENCE_MS)
            if by is not None:
                cookie = {"name": DEVELOPMENT_COOKIE, "value": quote(by[DEVELOPMENT_HEADER]), "url": address}
                context.add_cookies([cookie])  # type: ignore[list-item]
            made = Looking(context, context.new_page(), address)
            made.page.on("request", lambda request: made.asked.append(request.url))
            made.page.on("console", made.told)
            made.page.on("pageerror", lambda error: made.complaints.append(str(error)))
            return made

        try:
            yield look
        finally:
            for context in opened:
                context.close()
