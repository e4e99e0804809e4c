"""Any test may ask for a real service; a machine without it says so in one loud line, or fails where it must not be."""

import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from playwright.sync_api import Browser

from tests.services.browser import chromium
from tests.services.kafka import Broker, Kafka, own_kafka, shared_kafka
from tests.services.kafka_engines import Missing
from tests.services.kafka_secured import SecuredKafka, shared_secured_kafka
from tests.services.lease import guards_left
from tests.services.postgres import Postgres, Server, own_postgres, shared_postgres

# the language of the tests says what differs, as a test itself would
pytest.register_assert_rewrite(*(f"tests.domain.{name}" for name in ("given", "world", "living", "readings")))

HERE = Path(__file__).parent
RUN = pytest.StashKey[Path]()
NOT_TESTED = "a real service is missing: "

# two busy cores make no promise about time; only a failing example is news, and a gate must not fail by chance
settings.register_profile("docket", deadline=None, print_blob=True, derandomize="CI" in os.environ)
settings.load_profile("docket")


def pytest_configure(config: pytest.Config) -> None:
    """One folder for a run of tests, the same in every worker of xdist."""
    given = getattr(config, "workerinput", {}).get("run")
    config.stash[RUN] = Path(given or tempfile.mkdtemp(prefix="docket-tests-"))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:  # xdist: a worker is about to start
    node.workerinput["run"] = str(node.config.stash[RUN])


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What begins whole systems takes longest, and is begun first: nobody waits for it alone at the end."""
    items.sort(key=lambda item: item.path.parent != HERE)


def pytest_collection_finish() -> None:
    """What was imported and collected stays: whoever collects garbage need not look at it again and again."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Whoever made the folder leaves last, and leaves nothing running."""
    if hasattr(config, "workerinput"):
        return
    run = config.stash[RUN]
    if left := guards_left(run, patience_seconds=90):
        raise pytest.UsageError(f"still running after the tests: {', '.join(left)} in {run}")
    shutil.rmtree(run, ignore_errors=True)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """A test that was skipped for want of a service is not a test that passed."""
    skips = [report.longrepr for report in terminalreporter.getreports("skipped")]
    reasons = [skip[2] for skip in skips if isinstance(skip, tuple)]
    missing = [reason.partition(NOT_TESTED)[2].splitlines()[0] for reason in reasons if NOT_TESTED in reason]
    if missing:
        why = "; ".join(sorted(set(missing)))
        terminalreporter.write_line(f"NOT TESTED, {len(missing)} tests: {NOT_TESTED}{why}", red=True, bold=True)


@pytest.fixture(scope="session")
def kafka(request: pytest.FixtureRequest) -> Iterator[Kafka]:
    """The run's real Apache Kafka, shared by every test and worker: `.bootstrap`, `.new_topic()`."""
    try:
        with shared_kafka(request.config.stash[RUN]) as broker:
            yield broker
    except Missing as missing:
        _do_without(missing)


@pytest.fixture(scope="session")
def secured_kafka(request: pytest.FixtureRequest) -> Iterator[SecuredKafka]:
    """The run's real Apache Kafka that asks for names and rights: `.admin()`, `.add_user()`, `.certificate()`."""
    try:
        with shared_secured_kafka(request.config.stash[RUN]) as broker:
            yield broker
    except Missing as missing:
        _do_without(missing)


@pytest.fixture
def own_broker(request: pytest.FixtureRequest) -> Iterator[Broker]:
    """A real Apache Kafka that this test alone uses: `.kill()`, `.start()` again, `.pid`."""
    try:
        with own_kafka(request.config.stash[RUN]) as broker:
            yield broker
    except Missing as missing:
        _do_without(missing)


@pytest.fixture(scope="session")
def postgres(request: pytest.FixtureRequest) -> Iterator[Postgres]:
    """The run's real PostgreSQL, shared by every test and worker: `.dsn`, `.new_database()`."""
    try:
        with shared_postgres(request.config.stash[RUN]) as server:
            yield server
    except Missing as missing:
        _do_without(missing)


@pytest.fixture
def own_server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """A real PostgreSQL that this test alone uses: `.kill()`, `.start()` again, `.pid`."""
    try:
        with own_postgres(request.config.stash[RUN]) as server:
            yield server
    except Missing as missing:
        _do_without(missing)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The machine's own Chromium, for one module: while it runs, nobody else runs an event loop in its thread."""
    try:
        with chromium() as started:
            yield started
    except Missing as missing:
        _do_without(missing)


def _do_without(missing: Missing) -> None:
    if os.environ.get("DOCKET_REQUIRE_SERVICES") == "1":
        pytest.fail(f"{NOT_TESTED}{missing}", pytrace=False)
    pytest.skip(f"{NOT_TESTED}{missing}")
