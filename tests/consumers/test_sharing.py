"""However projectors come and go, each view has one of them, and hardly any changes hands."""

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Event, Thread

import psycopg
import pytest

from consumers.projector.sharing import LOOK_S, InUse, Sharing, chosen, claimed
from tests.services.postgres import Postgres

ROOT = Path(__file__).parents[2]
VIEWS = [f"view-{number}@1" for number in range(12)]
STAYS = """
import sys, time
from consumers.projector.sharing import Sharing
sharing = Sharing(sys.argv[1], sys.argv[2:])
print(sorted(sharing.settled()), flush=True)
time.sleep(600)
"""


@pytest.fixture
def dsn(postgres: Postgres) -> str:
    return postgres.new_database()


@pytest.fixture
def projectors(dsn: str) -> Iterator[list[Sharing]]:
    made: list[Sharing] = []
    yield made
    for each in made:
        each.close()


def settle(projectors: Sequence[Sharing]) -> list[frozenset[str]]:
    """Everybody gives up first what is another's; then everybody has what is his."""
    for each in projectors:
        each.settled()
    return [each.settled() for each in projectors]


def has(projector: Sharing, names: Sequence[str]) -> None:
    """Return once it has them: a server needs a moment to see that a session has ended."""
    until = time.monotonic() + 20
    while projector.settled() != frozenset(names):
        assert time.monotonic() < until
        time.sleep(0.01)


def test_one_has_everything_and_two_share_it_without_a_rest_and_without_an_overlap(
    dsn: str, projectors: list[Sharing]
) -> None:
    projectors.append(Sharing(dsn, VIEWS))
    assert settle(projectors) == [frozenset(VIEWS)]
    projectors.append(Sharing(dsn, VIEWS))
    assert projectors[1].settled() == frozenset(), "the first folds on until it has given up"
    first, second = settle(projectors)
    assert first | second == set(VIEWS)
    assert not first & second
    projectors.append(Sharing(dsn, VIEWS))
    three = settle(projectors)
    assert sorted(name for held in three for name in held) == sorted(VIEWS)
    assert three[0] <= first, "what stays does not change hands"
    assert three[1] <= second


def test_what_one_leaves_is_taken_by_the_others_who_are_told_that_something_changed(
    dsn: str, projectors: list[Sharing]
) -> None:
    projectors += [Sharing(dsn, VIEWS), Sharing(dsn, VIEWS)]
    settle(projectors)
    until = time.monotonic() + LOOK_S
    assert not projectors[0].changed()
    projectors[1].close()
    while not (changed := projectors[0].changed()) and time.monotonic() < until + 20:
        time.sleep(0.01)
    assert changed
    assert projectors[0].settled() == frozenset(VIEWS)
    while time.monotonic() < until + 2 * LOOK_S:
        assert not projectors[0].changed()
        time.sleep(0.05)


def test_one_that_is_killed_is_not_there_any_more(dsn: str, projectors: list[Sharing]) -> None:
    command = [sys.executable, "-c", STAYS, dsn, *VIEWS]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == f"{sorted(VIEWS)}\n"
        projectors.append(Sharing(dsn, VIEWS))
        assert projectors[0].settled() == frozenset()
        process.kill()
    has(projectors[0], VIEWS)


def test_another_version_of_a_view_is_another_view_and_who_withdraws_is_not_asked(
    dsn: str, projectors: list[Sharing]
) -> None:
    old, new = Sharing(dsn, ["case_status@1", "refusals@1"]), Sharing(dsn, ["case_status@2", "refusals@1"])
    projectors += [old, new]
    settled = settle(projectors)
    assert "case_status@1" in settled[0]
    assert "case_status@2" in settled[1]
    assert Counter(name for held in settled for name in held)["refusals@1"] == 1
    old.withdraw("case_status@1")
    old.withdraw("refusals@1")
    assert old.settled() == frozenset()
    assert new.settled() == {"case_status@2", "refusals@1"}


def test_what_is_claimed_is_given_up_and_taken_again(dsn: str, projectors: list[Sharing]) -> None:
    projectors.append(Sharing(dsn, VIEWS))
    projectors[0].settled()
    with pytest.raises(InUse), claimed(dsn, VIEWS[0], patience_s=0):
        pass
    has(projectors[0], VIEWS)
    stop = Event()

    def goes_on() -> None:
        while not stop.wait(0.02):
            projectors[0].settled()

    thread = Thread(target=goes_on)
    thread.start()
    with claimed(dsn, VIEWS[0], patience_s=20):
        stop.set()
        thread.join()
        assert projectors[0].settled() == frozenset(VIEWS[1:])
    has(projectors[0], VIEWS)


def test_a_projector_whose_session_was_ended_may_not_go_on(dsn: str, projectors: list[Sharing]) -> None:
    projectors.append(Sharing(dsn, VIEWS))
    projectors[0].settled()
    with psycopg.connect(dsn, autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    with pytest.raises(psycopg.OperationalError):
        projectors[0].settled()


def test_the_views_are_spread_and_the_choice_is_the_same_for_everybody() -> None:
    members = [7, 2_000_000_000, 31]
    many = Counter(chosen(f"view {number}", members) for number in range(600))
    assert set(many) == set(members)
    assert min(many.values()) > 100
    assert chosen("case_status@1", members) == chosen("case_status@1", members[::-1])
    assert chosen("case_status@1", []) is None
