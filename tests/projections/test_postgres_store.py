"""What PostgreSQL keeps of a record is what SQLite keeps of it, also after a crash and beside a rebuild."""

from contextlib import closing
from pathlib import Path
from threading import Event, Thread

import psycopg
import pytest

from bench import lives
from projections.audit_trail import AUDIT_TRAIL, Wanted, trail
from projections.catalogue import views
from projections.folding.runner import Runner
from projections.stores.postgres import PostgresViews
from projections.stores.sqlite import SQLiteViews
from projections.stores.tables import Overtaken, Table, WrongStore
from projections.visible import Sight
from tests.projections.small_ledger import CLEARED, Small
from tests.projections.some_views import Lines, Tallies
from tests.projections.stores import Views
from tests.services.postgres import Postgres, Server

ALL = Sight(clearance=CLEARED, office=None, participant=None, oversight=False)


def digests(store: Views) -> dict[str, str]:
    return {table.view: store.digest(table) for table in store.tables() if table.live}


@pytest.mark.parametrize("record", ["lives of cases", "a founding and its refusals"])
def test_every_view_has_the_same_digest_and_the_same_pages_in_both(
    ledger: Small, tmp_path: Path, postgres: Postgres, record: str
) -> None:
    recorder = ledger.recorder
    if record == "lives of cases":
        recorder = lives.ledger(tmp_path / "lives.db", 3_000, 60)
    else:
        ledger.enrol()
        ledger.accept(ledger.submit())
        ledger.refused(ledger.submit("Vega"), marking="CUI")
    one, other = SQLiteViews(tmp_path / "views.db"), PostgresViews(postgres.new_database())
    stores: tuple[Views, ...] = (one, other)
    for store in stores:
        Runner(recorder, store, views(), build_batch=700).catch_up()
    assert digests(one) == digests(other)
    different = len(set(digests(one).values()))  # all that are empty count as one
    assert different >= (8 if record == "lives of cases" else 12), "there is something to compare"
    orders = [
        (view, order) for view in views() for order in ("key", "key DESC", *({"began", "first"} & view.columns.keys()))
    ]
    pages = [
        [
            [(found.key, found.position) for found in store.find(view, ALL, order=f"{order}, key", limit=50)]
            for view, order in orders
        ]
        for store in stores
    ]
    assert pages[0] == pages[1]
    wanted = Wanted()
    assert trail(one, ALL, wanted, limit=20) == trail(other, ALL, wanted, limit=20) != []
    for store in stores:
        store.close()
    if recorder is not ledger.recorder:
        recorder.close()


def test_keys_are_ordered_by_their_bytes_wherever_the_database_was_made(ledger: Small, postgres: Postgres) -> None:
    store, view = PostgresViews(postgres.new_database()), Tallies()
    Runner(ledger.recorder, store, [view]).catch_up()
    (table,) = store.tables()
    found = store.find(view, ALL, limit=1)[0]
    keys = ["Zulu", "alpha", "Éire", "zulu", "a b", "a-b", "ab", "\U0001d518"]
    with store.write() as writing:
        for key in keys:
            row = (key, found.row.marking, None, 1, b"{}", 0)
            store._connections._writer.execute("INSERT INTO tallies_1 VALUES (%s, %s, %s, %s, %s, %s)", row)
        writing.move(table, table.position, table.digest)
    assert store.load(table, keys) == dict.fromkeys(keys, b"{}")
    with psycopg.connect(store._connections._dsn) as connection:
        ordered = [key for (key,) in connection.execute("SELECT key FROM views.tallies_1 ORDER BY key")]
    assert ordered == sorted(ordered, key=str.encode)
    store.close()


def test_a_schema_of_others_is_refused_and_left_as_it_was(postgres: Postgres) -> None:
    dsn = postgres.new_database()
    with psycopg.connect(dsn) as connection:
        connection.execute("CREATE SCHEMA views; CREATE TABLE views.notes AS SELECT 'Dear all' AS text")
    with pytest.raises(WrongStore, match="not Docket's"):
        PostgresViews(dsn)
    with psycopg.connect(dsn) as connection:
        assert connection.execute("SELECT text FROM views.notes").fetchall() == [("Dear all",)]


def test_several_processes_open_one_store_at_once(postgres: Postgres) -> None:
    dsn, opened = postgres.new_database(), []
    threads = [Thread(target=lambda: opened.append(PostgresViews(dsn))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [store.tables() for store in opened] == [[]] * 4
    for store in opened:
        store.close()


def test_who_makes_a_table_second_is_told_and_makes_nothing(postgres: Postgres) -> None:
    dsn = postgres.new_database()
    table = Table(name="lines_1", view="lines", version=1)
    with closing(PostgresViews(dsn)) as one, closing(PostgresViews(dsn)) as other:
        with one.write() as writing:
            writing.create(table, Lines())
        with pytest.raises(Overtaken), other.write() as writing:
            writing.create(table, Lines())
        assert other.tables() == one.tables() == [table]


def test_a_database_that_dies_raises_and_what_was_begun_goes_on_from_what_it_kept(
    ledger: Small, own_server: Server, tmp_path: Path
) -> None:
    store = PostgresViews(own_server.dsn, patience_s=1)
    runner = Runner(ledger.recorder, store, [Tallies(), Lines()], batch=2)
    runner.catch_up()
    ledger.enrol()
    case = ledger.submit()

    def cut_off() -> None:
        with store.write() as writing:
            writing.delete(store.tables()[0], [f"case-{case}"])
            own_server.kill()

    with pytest.raises(psycopg.OperationalError):
        cut_off()
    with pytest.raises(psycopg.OperationalError):
        runner.catch_up()
    own_server.start()
    assert runner.catch_up() == ledger.recorder.head()
    twin = SQLiteViews(tmp_path / "twin.db")
    Runner(ledger.recorder, twin, [Tallies(), Lines()]).catch_up()
    assert digests(store) == digests(twin)
    store.close()
    twin.close()


def test_readers_never_miss_a_row_while_tables_are_switched(ledger: Small, postgres: Postgres) -> None:
    store, view, stop = PostgresViews(postgres.new_database()), Tallies(), Event()
    runner = Runner(ledger.recorder, store, [view, AUDIT_TRAIL])
    runner.catch_up()
    many: set[int] = set()
    failed: list[BaseException] = []

    def read() -> None:
        try:
            while not stop.is_set():
                many.add(len(store.find(view, ALL, limit=1000)))
        except BaseException as error:
            failed.append(error)
            raise

    readers = [Thread(target=read) for _ in range(3)]
    for thread in readers:
        thread.start()
    for _ in range(10):
        runner.rebuild(view)
    stop.set()
    for thread in readers:
        thread.join()
    assert failed == []
    assert len(many) == 1
    store.close()
