"""Live and rebuild are one path: however the events come, the rows are the same, and a crash loses nothing."""

import gc
import signal
import subprocess
import sys
from pathlib import Path
from threading import Event, Thread
from time import perf_counter
from typing import Any

import pytest

from domain import wire
from domain.recorded import Recorded
from projections.audit_trail import AUDIT_TRAIL
from projections.folding.runner import Runner
from projections.refusals import REFUSALS
from projections.stores.sqlite import SQLiteViews
from projections.stores.tables import Change, Forgotten, NotBuilt, Overtaken, Table, WrongStore
from projections.view import Key, View
from projections.visible import Sight
from tests.projections.small_ledger import CLEARED, Small, small
from tests.projections.some_views import Changed, Lines, Mayfly, Nothing, Tallies, Upto
from tests.projections.stores import Views

ROOT = Path(__file__).parents[2]
ALL = Sight(clearance=CLEARED, office=None, participant=None, oversight=False)


def live(store: Views, view: View[Any]) -> Table:
    (found,) = [table for table in store.tables() if table.live and table.view == view.name]
    return found


def digests(store: Views) -> dict[str, str]:
    return {table.view: store.digest(table) for table in store.tables() if table.live}


def some_cases(ledger: Small, many: int = 4) -> list[Any]:
    ledger.enrol()
    cases: list[Any] = [ledger.submit(f"Model {number}") for number in range(many)]
    for case in cases:
        ledger.accept(case)
        ledger.concern(case)
        ledger.refused(case)
    return cases


def built(ledger: Small, path: Path, *views: View[Any], **settings: Any) -> dict[str, str]:
    """What a first start makes of the whole ledger."""
    store = SQLiteViews(path)
    Runner(ledger.recorder, store, views, **settings).catch_up()
    made = digests(store)
    store.close()
    return made


@pytest.mark.parametrize("settings", [{"build_batch": 1}, {"build_batch": 7}, {"kept_bytes": 0, "build_batch": 3}, {}])
def test_a_build_makes_the_rows_that_following_event_by_event_makes(
    ledger: Small, store: Views, tmp_path: Path, settings: dict[str, int]
) -> None:
    views = (Tallies(), Lines(), Mayfly(), AUDIT_TRAIL, REFUSALS)
    runner = Runner(ledger.recorder, store, views, batch=2)
    ledger.enrol()
    for number in range(5):
        case = ledger.submit(f"Model {number}")
        runner.catch_up()
        ledger.accept(case)
        ledger.concern(case)
        ledger.refused(case)
        runner.catch_up()
    followed = digests(store)
    assert followed == built(ledger, tmp_path / "again.db", *views, **settings)
    assert len(set(followed.values())) == len(views), "digests tell tables apart"


def test_a_rebuild_of_the_same_version_has_the_same_digest_and_another_table(ledger: Small, store: Views) -> None:
    some_cases(ledger)
    view = Tallies()
    runner = Runner(ledger.recorder, store, [view, AUDIT_TRAIL])
    runner.catch_up()
    before = live(store, view)
    rebuilt = runner.rebuild(view, compare=True)
    after = live(store, view)
    assert rebuilt.before == rebuilt.after == store.digest(after)
    assert (before.name, after.name) == ("tallies_1", "tallies_1_b")
    assert [table.name for table in store.tables() if table.view == "tallies"] == ["tallies_1_b"]
    ledger.submit("Another")
    assert runner.catch_up() == ledger.recorder.head() == live(store, view).position
    assert runner.rebuild(view).position == ledger.recorder.head()
    assert live(store, view).name == "tallies_1_c"


def test_a_rebuild_mends_a_table_that_was_edited_by_hand_and_says_so(ledger: Small, store: Views) -> None:
    some_cases(ledger)
    view = Tallies()
    runner = Runner(ledger.recorder, store, [view])
    runner.catch_up()
    right = store.digest(live(store, view))
    with store.write():
        store._connections._writer.execute("UPDATE tallies_1 SET position = position - 1 WHERE key = 'office-nsa'")
    rebuilt = runner.rebuild(view, compare=True)
    assert rebuilt.before != right
    assert rebuilt.after == right


def test_a_runner_that_is_killed_goes_on_where_its_last_commit_was(ledger: Small, tmp_path: Path) -> None:
    some_cases(ledger, 30)
    path = tmp_path / "killed.db"
    reached = [0]
    for lines in (3, 40, 25):
        command = [sys.executable, "-m", "tests.projections.fold_slowly", str(tmp_path / "ledger.db"), str(path)]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            said = [int(process.stdout.readline()) for _ in range(lines)]
            process.send_signal(signal.SIGKILL)
        store = SQLiteViews(path)
        positions = {table.position for table in store.tables()}
        assert len(positions) == 1, "rows, and the positions of all views, are of one transaction"
        reached.append(positions.pop())
        assert said[0] == reached[-2] + 1, "it went on right behind the last commit"
        assert said[-1] <= reached[-1] < ledger.recorder.head(), "what it said was committed, and there is more"
        store.close()
    store = SQLiteViews(path)
    assert Runner(ledger.recorder, store, [Tallies(), Lines()]).catch_up() == ledger.recorder.head()
    assert digests(store) == built(ledger, tmp_path / "whole.db", Tallies(), Lines())
    store.close()


def test_a_new_view_is_built_beside_the_old_ones_which_are_not_folded_again(ledger: Small, store: Views) -> None:
    some_cases(ledger)
    old = Tallies()
    Runner(ledger.recorder, store, [old]).catch_up()
    old.folded.clear()
    Runner(ledger.recorder, store, [old, AUDIT_TRAIL]).catch_up()
    assert old.folded == []
    assert live(store, AUDIT_TRAIL).position == live(store, old).position == ledger.recorder.head()


def test_another_version_has_its_own_position_and_is_live_when_it_has_everything(ledger: Small, store: Views) -> None:
    cases = some_cases(ledger)
    head, old, new = ledger.recorder.head(), Tallies(), Changed()
    Runner(ledger.recorder, store, [old]).catch_up()
    feed = Upto(ledger.recorder, head)
    feed.unknown = head - 3
    with pytest.raises(wire.Corrupt):
        Runner(feed, store, [new]).catch_up()
    positions = {(table.version, table.live): table.position for table in store.tables()}
    assert positions == {(1, True): head, (2, False): head - 4}
    with pytest.raises(NotBuilt):
        store.get(new, ALL, f"case-{cases[0]}")
    found = store.get(old, ALL, f"case-{cases[0]}")
    assert found is not None
    assert found.row.types[:2] == ["case.submitted.v1", "case.accepted.v1"]

    Runner(ledger.recorder, store, [new]).catch_up()
    assert new.folded[head - 4 :] == [head - 3, head - 2, head - 1, head], "it did not begin again"
    assert [(table.name, table.position) for table in store.tables()] == [("tallies_2", head)]
    changed = store.get(new, ALL, f"case-{cases[0]}")
    assert changed is not None
    assert changed.row.types[:2] == ["CASE.SUBMITTED.V1", "CASE.ACCEPTED.V1"]


def test_a_view_that_was_left_behind_catches_up_before_all_go_on_together(ledger: Small, store: Views) -> None:
    some_cases(ledger)
    behind, ahead = Tallies(), Lines()
    Runner(ledger.recorder, store, [behind, ahead]).catch_up()
    ledger.submit("Another")
    Runner(ledger.recorder, store, [ahead]).catch_up()
    front = ledger.recorder.head()
    assert (live(store, behind).position, live(store, ahead).position) == (front - 2, front)
    (reset,) = store.changes_after(behind, 0, 1_000)
    case = ledger.submit("And another")
    Runner(ledger.recorder, store, [behind, ahead]).catch_up()
    assert live(store, behind).position == live(store, ahead).position == front + 2
    since = store.changes_after(behind, reset.position, 1_000, reset.number)
    assert [change.number for change in since if change.number > 0] == [], "its followers were where it was"
    assert {change.position for change in since[-2:]} <= {front + 1, front + 2}
    assert f"case-{case}" in {change.key for change in since[-2:]}
    lines = store.changes_after(ahead, reset.position, 1_000, reset.number)
    assert [change.key for change in lines] == [*range(reset.position + 1, front + 3)]


def test_your_own_write_is_read_at_once_also_where_a_view_ignores_it(ledger: Small, store: Views) -> None:
    ledger.enrol()
    views = (Nothing(), AUDIT_TRAIL)
    runner, stop = Runner(ledger.recorder, store, views), Event()
    thread = Thread(target=runner.run, args=(stop,))
    thread.start()
    took: list[float] = []
    position = 0
    try:
        for number in range(20):
            position = ledger.done_at(f"Model {number}")
            began = perf_counter()
            assert all(runner.wait(view, position, timeout=10) for view in views)
            assert store.position(AUDIT_TRAIL) >= position
            took.append(perf_counter() - began)
        assert not runner.wait(AUDIT_TRAIL, position + 1, timeout=0.01)
    finally:
        stop.set()
        thread.join()
    assert sorted(took)[10] < 0.05, "woken, not polled: a poll alone is 50 ms"


def test_an_unknown_type_stops_the_reader_and_everything_before_it_is_there(ledger: Small, store: Views) -> None:
    some_cases(ledger)
    head = ledger.recorder.head()
    feed = Upto(ledger.recorder, head)
    runner = Runner(feed, store, [AUDIT_TRAIL])
    feed.last = head - 5
    runner.catch_up()
    feed.last, feed.unknown = head, head - 2
    for _ in range(2):
        with pytest.raises(wire.Corrupt, match=rf"position {head - 2}: unknown type 'case\.dreamt\.v1'"):
            runner.catch_up()
        assert live(store, AUDIT_TRAIL).position == head - 3
    assert "unknown type" in (runner.status().stopped or "")
    assert runner.status().views[0].lag == 3
    assert [(alarm.view, alarm.position) for alarm in runner.alarms()] == [(None, head - 2)]
    began = perf_counter()
    assert not runner.wait(AUDIT_TRAIL, head, timeout=10)
    assert perf_counter() - began < 5, "nobody waits for a reader that stopped"
    feed.unknown = None
    assert runner.catch_up() == head
    assert runner.status().stopped is None


def test_a_runner_that_is_told_to_stop_ends_and_one_that_cannot_go_on_raises(ledger: Small, store: Views) -> None:
    feed = Upto(ledger.recorder, ledger.recorder.head())
    runner, stop = Runner(feed, store, [AUDIT_TRAIL]), Event()
    thread = Thread(target=runner.run, args=(stop,))
    thread.start()
    assert runner.wait(AUDIT_TRAIL, feed.head(), timeout=10)
    stop.set()
    thread.join(timeout=10)
    assert not thread.is_alive()
    ledger.enrol()
    feed.last = feed.unknown = ledger.recorder.head()
    with pytest.raises(wire.Corrupt):
        runner.run(Event())


def test_views_of_another_ledger_or_of_a_ledger_that_went_back_are_refused(ledger: Small, tmp_path: Path) -> None:
    ledger.enrol()
    Runner(ledger.recorder, SQLiteViews(tmp_path / "views.db"), [AUDIT_TRAIL]).catch_up()
    other = small(tmp_path / "other.db")
    for feed in (other.recorder, Upto(ledger.recorder, ledger.recorder.head() - 1)):
        runner = Runner(feed, SQLiteViews(tmp_path / "views.db"), [AUDIT_TRAIL])
        with pytest.raises(WrongStore, match="of another ledger, or of one that went back"):
            runner.catch_up()
    other.recorder.close()


def test_a_second_runner_on_one_store_is_told_and_nothing_is_folded_twice(ledger: Small, store: Views) -> None:
    view = Tallies()
    first, second = (Runner(ledger.recorder, store, [view]) for _ in range(2))
    first.catch_up()
    second.catch_up()
    ledger.enrol()
    first.catch_up()
    with pytest.raises(Overtaken):
        second.catch_up()
    assert second.catch_up() == ledger.recorder.head(), "it looked again"
    rebuilt = first.rebuild(view, compare=True)
    assert rebuilt.before == rebuilt.after


def test_runners_share_the_views_of_one_store_and_each_follows_for_itself(ledger: Small, store: Views) -> None:
    view, other = Tallies(), Lines()
    first, second = Runner(ledger.recorder, store, [view]), Runner(ledger.recorder, store, [other])
    first.catch_up()
    second.catch_up()
    begun = first.status().head
    ledger.enrol()
    case = ledger.submit()
    for runner in (second, first):
        assert runner.catch_up() == ledger.recorder.head()
    assert f"case-{case}" in {change.key for change in store.changes_after(view, begun, 100, 1)}
    new = range(begun + 1, ledger.recorder.head() + 1)
    assert [change.key for change in store.changes_after(other, begun, 100, 1)] == [*new]


def test_what_changed_is_told_by_position_and_never_in_part(ledger: Small, store: Views) -> None:
    class Both(Tallies):
        """Two rows for each event."""

        name = "both"

        def keys(self, recorded: Recorded[Any]) -> tuple[Key, ...]:
            return ("all", "odd")

    lines, both = Lines(), Both()
    runner = Runner(ledger.recorder, store, [lines, both, AUDIT_TRAIL])
    first = runner.catch_up()
    assert store.changes_after(lines, 0, 10) == [Change(first, 1, None)], "built: read it all"
    some_cases(ledger)
    head = runner.catch_up()
    whole = store.changes_after(lines, first, 10_000, 1)
    assert [(c.position, c.key) for c in whole] == [(position, position) for position in range(first + 1, head + 1)]
    assert store.changes_after(lines, first, 3, 1) == whole[:3]
    assert store.changes_after(both, head - 1, 1) == store.changes_after(both, head - 1, 10), "positions are not split"
    assert {change.key for change in store.changes_after(both, head - 1, 1)} == {"all", "odd"}
    runner.rebuild(AUDIT_TRAIL)
    assert store.changes_after(lines, head, 10) == [], "what happens to one view is no matter of another"
    assert store.changes_after(AUDIT_TRAIL, head, 10, 1) == [Change(head, 2, None)], "numbers of what is late go up"
    assert store.changes_after(AUDIT_TRAIL, head, 10, 2) == [], "a reset is told once to whoever follows"


def test_what_changed_long_ago_is_forgotten_and_whoever_asks_is_told(ledger: Small, store: Views) -> None:
    view, other = Lines(), Tallies()
    runner = Runner(ledger.recorder, store, [view], remembered=10)
    Runner(ledger.recorder, store, [other]).catch_up()
    runner.catch_up()
    some_cases(ledger, 10)
    head = runner.catch_up()
    assert [change.position for change in store.changes_after(view, head - 10, 100)] == list(range(head - 9, head + 1))
    with pytest.raises(Forgotten):
        store.changes_after(view, head - 11, 100)
    assert len(store.changes_after(other, 0, 100)) == 1, "another view forgets nothing by it"


def test_a_rebuild_is_what_a_runner_may_do_first_of_all(ledger: Small, store: Views) -> None:
    some_cases(ledger)
    runner = Runner(ledger.recorder, store, [Tallies(), Lines()])
    rebuilt = runner.rebuild(Tallies(), compare=True)
    assert rebuilt.before == rebuilt.after
    assert runner.catch_up() == ledger.recorder.head()
    assert {table.view: table.position for table in store.tables() if table.live} == {
        "tallies": ledger.recorder.head(), "lines": ledger.recorder.head(),
    }  # fmt: skip


def test_views_go_on_while_they_are_rebuilt_and_nothing_is_lost_at_the_switch(
    ledger: Small, store: Views, tmp_path: Path
) -> None:
    views = (Tallies(), AUDIT_TRAIL)
    runner, stop = Runner(ledger.recorder, store, views, rebuild_batch=3), Event()
    ledger.enrol()
    runner.catch_up()

    read: list[bool] = []

    def act() -> None:
        for number in range(40):
            position = ledger.done_at(f"Model {number}")
            read.append(all(runner.wait(view, position, timeout=10) for view in views))

    threads = [Thread(target=runner.run, args=(stop,)), Thread(target=act)]
    for thread in threads:
        thread.start()
    rebuilt = [runner.rebuild(view, compare=True) for view in views * 3]
    threads[1].join()
    stop.set()
    threads[0].join()
    assert read == [True] * 40, "whoever acts reads its own acts meanwhile"
    assert [each.before for each in rebuilt] == [each.after for each in rebuilt]
    assert runner.catch_up() == ledger.recorder.head()
    assert digests(store) == built(ledger, tmp_path / "again.db", *views)


def test_a_rebuild_that_was_broken_off_leaves_the_live_table_and_its_remains_are_swept(
    ledger: Small, store: Views
) -> None:
    some_cases(ledger)
    feed = Upto(ledger.recorder, ledger.recorder.head())
    view = Tallies()
    runner = Runner(feed, store, [view], rebuild_batch=5)
    head = runner.catch_up()
    right = digests(store)
    feed.unknown = 20
    with pytest.raises(wire.Corrupt):
        runner.rebuild(view)
    assert [(table.name, table.live, table.position) for table in store.tables()] == [
        ("tallies_1", True, head), ("tallies_1_b", False, 19),
    ]  # fmt: skip
    feed.unknown = None
    assert runner.catch_up() == head
    assert [table.name for table in store.tables()] == ["tallies_1"]
    assert digests(store) == right


def test_the_collector_of_cycles_is_as_it_was(ledger: Small, store: Views) -> None:
    assert gc.isenabled()
    seen: list[bool] = []

    class Looking(Tallies):
        def keys(self, recorded: Recorded[Any]) -> tuple[Key, ...]:
            seen.append(gc.isenabled())
            return super().keys(recorded)

    Runner(ledger.recorder, store, [Looking()]).catch_up()
    assert set(seen) == {False}
    assert gc.isenabled()


def test_a_runner_that_has_enough_ends_between_two_transactions_and_shows_nothing_unfinished(
    ledger: Small, store: SQLiteViews
) -> None:
    some_cases(ledger)
    view, head = Tallies(), ledger.recorder.head()
    asked: list[int] = []

    def third_time() -> bool:
        asked.append(1)
        return len(asked) == 3

    assert Runner(ledger.recorder, store, [view], build_batch=5).catch_up(third_time) == 10
    assert [(table.position, table.live) for table in store.tables()] == [(10, False)]
    runner = Runner(ledger.recorder, store, [view], batch=1)
    assert runner.catch_up() == head
    assert sorted(view.folded) == [*range(1, head + 1)], "none twice, and none left out"
    for model in ("Another", "And another"):
        ledger.submit(model)
    asked.clear()
    assert runner.catch_up(third_time) == head + 2
    assert runner.catch_up() == ledger.recorder.head() > head + 2


def test_what_a_newer_docket_builds_beside_is_left_to_it(ledger: Small, store: SQLiteViews) -> None:
    some_cases(ledger)
    enough = iter([False, True])
    Runner(ledger.recorder, store, [Tallies()]).catch_up()
    Runner(ledger.recorder, store, [Changed()], build_batch=5).catch_up(lambda: next(enough))
    Runner(ledger.recorder, store, [Tallies()]).catch_up()
    unfinished = {table.version: table.position for table in store.tables() if not table.live}
    assert unfinished == {2: 5}
