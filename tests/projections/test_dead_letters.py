"""An event that cannot be folded stops its row and no other; what follows waits behind it, and is folded in order."""

from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
from structlog.testing import capture_logs

from projections.audit_trail import AUDIT_TRAIL
from projections.folding.runner import Halted, Runner
from projections.stores.sqlite import SQLiteViews
from projections.stores.tables import Change
from projections.view import View
from projections.visible import Sight
from tests.projections.small_ledger import CLEARED, Small
from tests.projections.some_views import Lines, Tallies
from tests.projections.stores import Views

ALL = Sight(clearance=CLEARED, office=None, participant=None, oversight=False)
POISON = "case.concern-conveyed.v1"


@pytest.fixture(params=[(1, 500), (2, 500), (3, 2), (1000, 1), (1000, 2), (1000, 500)], ids=str)
def batch(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """Events in one transaction; how many of them are decoded at a time is another number."""
    in_transaction, decoded = request.param
    monkeypatch.setattr("projections.folding.entries.DECODED", decoded)
    return int(in_transaction)


def digest_of(store: Views, view: View[Any]) -> str:
    (found,) = [table for table in store.tables() if table.live and table.view == view.name]
    return store.digest(found)


def clean_digest(ledger: Small, path: Path) -> str:
    store, view = SQLiteViews(path), Tallies()
    Runner(ledger.recorder, store, [view]).catch_up()
    found = digest_of(store, view)
    store.close()
    return found


def two_cases(ledger: Small) -> tuple[Any, Any]:
    """One with concerns in the middle of its life, and one without."""
    ledger.enrol()
    troubled, quiet = ledger.submit("Troubled"), ledger.submit("Quiet")
    ledger.accept(troubled)
    ledger.concern(troubled)
    ledger.accept(quiet)
    ledger.assess(troubled)
    ledger.concern(troubled)
    ledger.assess(quiet)
    return troubled, quiet


@pytest.mark.parametrize("fault", ["poison", "unencodable"])
def test_a_poison_event_parks_its_row_and_every_later_event_of_it_in_order(
    ledger: Small, store: Views, tmp_path: Path, batch: int, fault: str
) -> None:
    view = Tallies()
    getattr(view, fault).add(POISON)
    runner = Runner(ledger.recorder, store, [view, AUDIT_TRAIL], batch=batch)
    runner.catch_up()
    troubled, quiet = two_cases(ledger)
    with capture_logs() as logs:
        assert runner.catch_up() == ledger.recorder.head(), "others go on"

    stuck, fine = store.get(view, ALL, f"case-{troubled}"), store.get(view, ALL, f"case-{quiet}")
    assert stuck is not None
    assert fine is not None
    assert (stuck.stale, stuck.row.types) == (True, ["case.submitted.v1", "case.accepted.v1"]), "as right before it"
    assert (fine.stale, len(fine.row.types)) == (False, 3)
    audit = next(table for table in store.tables() if table.view == "audit_trail")
    assert audit.position == ledger.recorder.head()

    (table,) = [table for table in store.tables() if table.view == "tallies"]
    letters = store.letters(table)
    of_troubled = [at for at, _, d in ledger.recorder.read_stream(f"case-{troubled}")]
    assert [letter.position for letter in letters] == of_troubled[2:]
    assert [letter.error is None for letter in letters] == [False, True, True], "the first says why"

    (alarm,) = runner.alarms()
    assert (alarm.view, alarm.key, alarm.position) == ("tallies", f"case-{troubled}", of_troubled[2])
    said = {"poison": "ValueError in some_views.py:", "unencodable": "TypeError in "}[fault]
    assert alarm.error.startswith(said)
    assert [log["event"] for log in logs] == ["row parked"]
    assert "text of an event" not in repr(logs) + alarm.error, "what an event says stays out of logs"
    assert runner.status().alarms == 1
    assert runner.status().views[0].parked == 1

    getattr(view, fault).clear()
    assert store.get(view, ALL, f"case-{troubled}") == stuck, "a fix alone changes nothing"
    ledger.assess(troubled)
    runner.catch_up()
    assert len(store.letters(table)) == 4, "a row waits until it is replayed, so that nothing overtakes"
    late = max(change.number for change in store.changes_after(view, 0, 10_000))
    assert runner.replay_dead_letters(view) == 1
    assert store.letters(table) == []
    assert digest_of(store, view) == clean_digest(ledger, tmp_path / "clean.db")
    again = store.get(view, ALL, f"case-{troubled}")
    assert again is not None
    assert (again.stale, len(again.row.types)) == (False, 6)
    assert store.changes_after(view, ledger.recorder.head(), 10, late) == [
        Change(ledger.recorder.head(), late + 1, f"case-{troubled}")
    ], "followers are told"
    ledger.assess(troubled)
    runner.catch_up()
    assert digest_of(store, view) == clean_digest(ledger, tmp_path / "later.db"), "it goes on as any other row"


def test_a_row_that_fails_again_waits_again_behind_what_could_be_folded(
    ledger: Small, store: Views, tmp_path: Path
) -> None:
    view = Tallies()
    view.poison.add(POISON)
    runner = Runner(ledger.recorder, store, [view])
    troubled, _ = two_cases(ledger)
    runner.catch_up()
    view.poison = {"case.assessment-proposed.v1"}
    assert runner.replay_dead_letters(view) == 0
    stuck = store.get(view, ALL, f"case-{troubled}")
    assert stuck is not None
    assert (stuck.stale, stuck.row.types[-1]) == (True, POISON)
    view.poison.clear()
    assert runner.replay_dead_letters(view) == 1
    assert runner.alarms() == []
    assert digest_of(store, view) == clean_digest(ledger, tmp_path / "clean.db")


def test_a_row_whose_very_first_event_fails_is_not_there_until_it_is_replayed(
    ledger: Small, store: Views, tmp_path: Path
) -> None:
    view = Tallies()
    view.poison.add("case.submitted.v1")
    runner = Runner(ledger.recorder, store, [view])
    troubled, _ = two_cases(ledger)
    runner.catch_up()
    assert store.get(view, ALL, f"case-{troubled}") is None
    view.poison.clear()
    assert runner.replay_dead_letters(view) == 2
    assert digest_of(store, view) == clean_digest(ledger, tmp_path / "clean.db")


def test_parked_rows_wait_through_a_restart_and_a_rebuild_without_the_fix(ledger: Small, store: Views) -> None:
    view = Tallies()
    view.poison.add(POISON)
    Runner(ledger.recorder, store, [view]).catch_up()
    troubled, _ = two_cases(ledger)
    Runner(ledger.recorder, store, [view]).catch_up()
    runner = Runner(ledger.recorder, store, [view], batch=2)
    ledger.assess(troubled)
    runner.catch_up()
    rebuilt = runner.rebuild(view, compare=True)
    assert rebuilt.before == rebuilt.after, "how events came in batches does not show"
    (table,) = store.tables()
    assert len(store.letters(table)) == 4
    view.poison.clear()
    assert runner.replay_dead_letters(view) == 1
    assert runner.alarms() == []


def test_followers_are_told_that_a_row_is_stale(ledger: Small, store: Views) -> None:
    view = Tallies()
    view.poison.add(POISON)
    runner = Runner(ledger.recorder, store, [view])
    ledger.enrol()
    case = ledger.submit()
    at = runner.catch_up()
    late = max(change.number for change in store.changes_after(view, 0, 100))
    ledger.concern(case)
    runner.catch_up()
    assert [change[0::2] for change in store.changes_after(view, at, 100, late)] == [(at + 1, f"case-{case}")]


def test_a_view_that_halts_in_the_batch_in_which_a_row_fails_keeps_both_apart(
    ledger: Small, store: Views, tmp_path: Path
) -> None:
    view = Tallies()
    runner = Runner(ledger.recorder, store, [view])
    at = runner.catch_up()
    view.poison.add("case.accepted.v1")
    view.unkeyed.add(POISON)
    two_cases(ledger)
    runner.catch_up()
    concern = next(at for at, kind, _ in ledger.recorder.read(at, 1000) if kind == POISON)
    assert sorted((alarm.key is None, alarm.position) for alarm in runner.alarms()) == [
        (False, concern - 1), (True, concern),
    ]  # fmt: skip
    view.poison.clear()
    view.unkeyed.clear()
    again = Runner(ledger.recorder, store, [view])
    assert again.replay_dead_letters(view) == 1
    assert digest_of(store, view) == clean_digest(ledger, tmp_path / "clean.db")


def test_an_entry_of_a_journal_that_fails_is_missing_until_it_is_replayed(ledger: Small, store: Views) -> None:
    view = Lines()
    view.poison.add(5)
    runner = Runner(ledger.recorder, store, [view])
    runner.catch_up()
    assert [found.key for found in store.find(view, ALL, where="key < 8")] == [1, 2, 3, 4, 6, 7]
    assert [(alarm.key, alarm.position) for alarm in runner.alarms()] == [(5, 5)]
    view.poison.clear()
    assert runner.replay_dead_letters(view) == 1
    assert [found.key for found in store.find(view, ALL, where="key < 8")] == [1, 2, 3, 4, 5, 6, 7]


def test_a_view_that_cannot_say_which_rows_an_event_touches_halts_alone(
    ledger: Small, store: Views, tmp_path: Path, batch: int
) -> None:
    view = Tallies()
    view.unkeyed.add(POISON)
    runner = Runner(ledger.recorder, store, [view, AUDIT_TRAIL], batch=batch)
    runner.catch_up()
    two_cases(ledger)
    assert runner.catch_up() == ledger.recorder.head()
    concern = next(at for at, kind, _ in ledger.recorder.read(0, 1000) if kind == POISON)
    assert {table.view: table.position for table in store.tables()} == {
        "tallies": concern - 1,
        "audit_trail": ledger.recorder.head(),
    }
    assert [(alarm.view, alarm.key, alarm.position) for alarm in runner.alarms()] == [("tallies", None, concern)]
    assert all(found.stale for found in store.find(view, ALL)), "no row of it can be trusted to be up to date"
    began = perf_counter()
    assert not runner.wait(view, ledger.recorder.head(), timeout=10)
    assert perf_counter() - began < 5, "nobody waits for a view that halted"
    with pytest.raises(Halted):
        runner.rebuild(view)
    view.unkeyed.clear()
    again = Runner(ledger.recorder, store, [view, AUDIT_TRAIL], batch=batch)
    assert again.catch_up() == ledger.recorder.head()
    assert again.alarms() == []
    assert not any(found.stale for found in store.find(view, ALL))
    assert digest_of(store, view) == clean_digest(ledger, tmp_path / "clean.db")
    assert again.wait(view, ledger.recorder.head(), timeout=0)
