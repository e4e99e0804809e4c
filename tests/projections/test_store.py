"""A store of views is one file that may be deleted, and that is left alone where it is something else."""

import sqlite3
from pathlib import Path

import pytest

from projections.audit_trail import AUDIT_TRAIL
from projections.folding.runner import Runner
from projections.stores.sqlite import SQLiteViews
from projections.stores.tables import NotBuilt, WrongStore, table_name
from projections.visible import Sight
from tests.projections.small_ledger import CLEARED, Small
from tests.projections.some_views import Mayfly, Tallies
from tests.projections.stores import Views

ALL = Sight(clearance=CLEARED, office=None, participant=None, oversight=False)


def digests(path: Path, ledger: Small) -> dict[str, str]:
    store = SQLiteViews(path)
    Runner(ledger.recorder, store, [Tallies(), AUDIT_TRAIL]).catch_up()
    found = {table.view: store.digest(table) for table in store.tables()}
    store.close()
    return found


def test_deleted_views_are_built_again_with_the_same_digests(ledger: Small, tmp_path: Path) -> None:
    ledger.enrol()
    ledger.submit()
    path = tmp_path / "views.db"
    before = digests(path, ledger)
    for file in tmp_path.glob("views.db*"):
        file.unlink()
    assert digests(path, ledger) == before


@pytest.mark.parametrize(
    ("made_by", "says"),
    [
        ("PRAGMA application_id = 1145785415; CREATE TABLE events (position INTEGER)", "is no store of views"),
        ("CREATE TABLE notes (text TEXT)", "is no store of views"),
        ("PRAGMA application_id = 7", "is no store of views"),
    ],
)
def test_a_file_of_another_application_is_refused_and_left_as_it_was(tmp_path: Path, made_by: str, says: str) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as connection:
        connection.executescript(made_by)
    connection.close()
    before = path.read_bytes()
    with pytest.raises(WrongStore, match=says):
        SQLiteViews(path)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["other.db"]


def test_what_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("Dear all, " * 100)
    with pytest.raises(WrongStore):
        SQLiteViews(path)
    assert path.read_text() == "Dear all, " * 100


def test_the_ledger_itself_is_not_taken_for_a_store_of_views(ledger: Small, tmp_path: Path) -> None:
    head = ledger.recorder.head()
    with pytest.raises(WrongStore):
        SQLiteViews(tmp_path / "ledger.db")
    assert ledger.recorder.head() == head


def test_a_form_that_this_docket_does_not_write_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "views.db"
    store = SQLiteViews(path)
    store._connections._writer.execute("PRAGMA user_version = 9")
    store.close()
    with pytest.raises(WrongStore, match="has form 9, not 2: delete it"):
        SQLiteViews(path)


def test_a_store_can_be_opened_by_several_at_once(tmp_path: Path) -> None:
    stores = [SQLiteViews(tmp_path / "views.db") for _ in range(3)]
    assert [store.tables() for store in stores] == [[], [], []]


def test_a_transaction_that_fails_leaves_nothing(ledger: Small, store: Views) -> None:
    view = Tallies()
    Runner(ledger.recorder, store, [view]).catch_up()
    (table,) = store.tables()
    before = store.digest(table)

    def fails() -> None:
        with store.write() as writing:
            writing.delete(table, ["office-nsa"])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert store.digest(table) == before
    with store.write() as writing:
        writing.delete(table, ["office-nsa"])
    assert store.digest(table) != before, "and the next one goes through"


def test_a_view_without_a_live_table_says_so(store: Views) -> None:
    with pytest.raises(NotBuilt, match="tallies has no live table of version 1"):
        store.find(Tallies(), ALL)


def test_rows_that_end_are_gone(ledger: Small, store: Views) -> None:
    runner, view = Runner(ledger.recorder, store, [Mayfly()]), Mayfly()
    runner.catch_up()
    ledger.enrol()
    case, other = ledger.submit("Orion"), ledger.submit("Vega")
    runner.catch_up()
    assert len(store.find(view, ALL)) == 2
    ledger.accept(case)
    runner.catch_up()
    assert [found.key for found in store.find(view, ALL)] == [f"case-{other}"]
    assert store.changes_after(view, 0, 1000)[-1].key == f"case-{case}", "whoever follows is told that it is gone"


def test_columns_are_found_ordered_and_cut(ledger: Small, store: Views) -> None:
    view = Tallies()
    Runner(ledger.recorder, store, [view]).catch_up()
    assert store.find(view, ALL, where="many >= ? AND key LIKE 'policy-%'", values=(2,), limit=1) == []
    some = store.find(view, ALL, where="key LIKE 'office-%'", order="key DESC", limit=3)
    assert [found.key for found in some] == sorted((found.key for found in some), reverse=True)
    assert len(some) == 3


def test_no_table_has_the_name_of_another_or_of_the_one_before_it() -> None:
    view, live, names = Tallies(), "tallies_1", []
    for _ in range(30):
        names.append(table_name(view, {live, "lines_1"}))
        live = names[-1]
    assert names[:2] == ["tallies_1_b", "tallies_1_c"]
    assert names[24:27] == ["tallies_1_z", "tallies_1", "tallies_1_b"]
    assert table_name(view, {"tallies_1", "tallies_1_b"}) == "tallies_1_c"
    assert table_name(view, ()) == "tallies_1"


def test_names_that_could_not_stand_in_sql_are_refused() -> None:
    class Odd(Tallies):
        name = "tallies; DROP TABLE positions"

    class Taken(Tallies):
        columns = {"marking": "TEXT"}  # noqa: RUF012

    for view in (Odd(), Taken()):
        with pytest.raises(ValueError, match=r"is no name of a view|cannot have columns"):
            table_name(view, ())
