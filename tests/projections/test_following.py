"""Who does not fold learns at once how far the views are, and says what is not there or does not go on."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import psycopg
import pytest

from projections.audit_trail import AUDIT_TRAIL
from projections.folding.following import Follower
from projections.folding.runner import Runner
from projections.stores.postgres import PostgresViews
from projections.stores.postgres_hints import PostgresHints
from projections.visible import Sight
from tests.projections.small_ledger import CLEARED, Small
from tests.projections.some_views import Changed, Lines, Nothing, Tallies
from tests.services.postgres import Postgres, Server

ALL = Sight(clearance=CLEARED, office=None, participant=None, oversight=False)
VIEWS = (Tallies(), Lines(), Nothing(), AUDIT_TRAIL)


@pytest.fixture
def dsn(postgres: Postgres) -> str:
    return postgres.new_database()


@contextmanager
def following(dsn: str, ledger: Small, *views: object) -> Iterator[tuple[Follower, PostgresViews]]:
    """As another process would."""
    store, hints, stop = PostgresViews(dsn, patience_s=1), PostgresHints(dsn), Event()
    follower = Follower(store, views or VIEWS, head=ledger.recorder.head, hints=hints)  # type: ignore[arg-type]
    thread = Thread(target=follower.run, args=(stop,))
    thread.start()
    try:
        yield follower, store
    finally:
        stop.set()
        thread.join()
        hints.close()
        store.close()


@contextmanager
def folding(dsn: str, ledger: Small, *views: object) -> Iterator[Runner]:
    """As another process would."""
    store, stop = PostgresViews(dsn), Event()
    runner = Runner(ledger.recorder, store, views or VIEWS)  # type: ignore[arg-type]
    thread = Thread(target=runner.run, args=(stop,))
    thread.start()
    try:
        yield runner
    finally:
        stop.set()
        thread.join()
        store.close()


def test_your_own_write_is_read_through_any_of_several_processes(ledger: Small, dsn: str) -> None:
    ledger.enrol()
    position = 0
    with (
        following(dsn, ledger) as (one, first),
        following(dsn, ledger) as (other, second),
        folding(dsn, ledger, *VIEWS[:2]),
        folding(dsn, ledger, *VIEWS[2:]),
    ):
        for number in range(20):
            position = ledger.done_at(f"Model {number}")
            assert all(one.wait(view, position, timeout=10) for view in VIEWS)
            assert all(other.wait(view, position, timeout=10) for view in VIEWS)
            for store in (first, second):
                assert store.position(AUDIT_TRAIL) >= position
                assert store.get(Lines(), ALL, position) is not None
        assert not one.wait(AUDIT_TRAIL, position + 1, timeout=0.01)


def test_a_hint_that_never_comes_makes_it_later_and_nothing_else(ledger: Small, dsn: str) -> None:
    class Deaf(PostgresHints):
        def wait(self, timeout: float) -> None:
            stop.wait(timeout)

    store, stop = PostgresViews(dsn), Event()
    follower = Follower(store, VIEWS, head=ledger.recorder.head, hints=Deaf(dsn))
    thread = Thread(target=follower.run, args=(stop,))
    thread.start()
    with folding(dsn, ledger):
        assert follower.wait(AUDIT_TRAIL, ledger.recorder.head(), timeout=10)
    stop.set()
    thread.join()
    store.close()


def test_views_that_are_not_built_or_of_another_version_are_said_to_be_missing(ledger: Small, dsn: str) -> None:
    head = ledger.recorder.head()
    with following(dsn, ledger, Changed(), Lines()) as (follower, _):
        assert [(view.view, view.built, view.lag) for view in follower.status().views] == [
            ("tallies", False, head),
            ("lines", False, head),
        ]
        with folding(dsn, ledger, Tallies(), Lines()):
            assert follower.wait(Lines(), head, timeout=10)
        assert not follower.wait(Changed(), 1, timeout=0.5), "another version is another view"
        status = follower.status()
        assert [(view.version, view.built, view.lag) for view in status.views] == [(2, False, head), (1, True, 0)]
        assert (status.head, status.stopped) == (head, None)


def test_nobody_waits_for_a_view_that_halted_and_rows_that_wait_are_counted(ledger: Small, dsn: str) -> None:
    halting, parking = Tallies(), Lines()
    ledger.enrol()
    with following(dsn, ledger, halting, parking) as (follower, _):
        with folding(dsn, ledger, halting, parking):
            assert follower.wait(halting, ledger.recorder.head(), timeout=10)
            halting.unkeyed.add("case.submitted.v1")
            parking.poison.add(ledger.recorder.head() + 1)
            ledger.submit()
            assert follower.wait(parking, ledger.recorder.head(), timeout=10)
        assert not follower.wait(halting, ledger.recorder.head(), timeout=600), "longer than any test may take"
        first, second = follower.status().views
        assert (first.halted is not None, second.parked, follower.status().alarms) == (True, 1, 2)


def test_a_database_that_was_killed_is_said_not_to_answer_and_followed_again(ledger: Small, own_server: Server) -> None:
    with following(own_server.dsn, ledger) as (follower, store):
        with folding(own_server.dsn, ledger):
            assert follower.wait(AUDIT_TRAIL, ledger.recorder.head(), timeout=10)
        own_server.kill()
        assert follower.status().stopped == "the views do not answer"
        with pytest.raises(psycopg.OperationalError):
            store.position(AUDIT_TRAIL)
        own_server.start()
        ledger.enrol()
        with folding(own_server.dsn, ledger):
            assert follower.wait(AUDIT_TRAIL, ledger.recorder.head(), timeout=20)
        assert follower.status().stopped is None
