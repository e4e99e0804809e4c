"""What only a ledger in a database has: its settings and triggers, and how it is told from another."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from threading import Event, Thread
from time import monotonic, sleep

import psycopg
import pytest
from eventsourcing.persistence import OperationalError
from psycopg import errors, sql

from domain.ledger import follow
from domain.ledger.postgres import PostgresRecorder
from domain.ledger.recorder import Attached, WentBack, WrongStore
from tests.domain.ledger.some_appends import ROOT, accepts, all_of, event, opened_at
from tests.domain.ledger.test_following import acknowledged, whole
from tests.services.postgres import Postgres, database_of


@pytest.fixture
def where(postgres: Postgres) -> str:
    return postgres.new_database()


@pytest.fixture
def other(where: str) -> Iterator[psycopg.Connection]:
    """Another program in the same database."""
    with psycopg.connect(where, autocommit=True) as connection:
        yield connection


def end(other: psycopg.Connection, what: str) -> None:
    """Terminate, in this database, the sessions whose last statement is like that, once there are some."""
    until = monotonic() + 30
    while not other.execute(
        "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE %s",
        (what,),
    ).fetchall():
        assert monotonic() < until
        sleep(0.01)


def test_no_event_is_edited_or_deleted_by_any_program(recorder: PostgresRecorder, other: psycopg.Connection) -> None:
    recorder.insert_events([event("case-1", 1)])
    for said, match in (
        ("UPDATE ledger.events SET document = ''", "ever edited"),
        ("DELETE FROM ledger.events", "ever deleted"),
        ("TRUNCATE ledger.events", "ever deleted"),
    ):
        with pytest.raises(errors.IntegrityConstraintViolation, match=match):
            other.execute(said.encode())
    assert recorder.documents([1]) == {1: b"{}"}


def test_every_commit_is_durable_whatever_the_database_says(where: str, other: psycopg.Connection) -> None:
    name = sql.Identifier(database_of(where))
    other.execute(sql.SQL("ALTER DATABASE {} SET synchronous_commit = off").format(name))
    with closing(PostgresRecorder(where, verify=accepts)) as recorder:
        recorder.insert_events([event("case-1", 1)])
        connection = recorder._writer._connection
        assert connection is not None
        assert connection.execute("SHOW synchronous_commit").fetchone() == ("on",)


def test_a_reader_cannot_write(recorder: PostgresRecorder) -> None:
    with pytest.raises(errors.ReadOnlySqlTransaction):
        recorder._database.rows("INSERT INTO ledger.acts VALUES ('x', 1, 1, 1, NULL) RETURNING id")


def without_triggers(other: psycopg.Connection, said: str) -> None:
    other.execute("ALTER TABLE ledger.events DISABLE TRIGGER USER")
    other.execute(said.encode())


def test_a_position_that_is_missing_is_no_answer(recorder: PostgresRecorder, other: psycopg.Connection) -> None:
    recorder.insert_events([event("case-1", 1), event("case-1", 2), event("case-1", 3)])
    without_triggers(other, "DELETE FROM ledger.events WHERE position = 2")
    with pytest.raises(Exception, match="missing between 0 and 3"):
        all_of(recorder)


def test_a_schema_of_others_is_refused_and_left_as_it_is(where: str, other: psycopg.Connection) -> None:
    other.execute("CREATE SCHEMA ledger; CREATE TABLE ledger.theirs (id int)")
    with pytest.raises(WrongStore):
        opened_at(where)
    assert other.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'ledger'").fetchall() == [("theirs",)]


def test_a_ledger_of_a_newer_docket_is_refused(where: str, other: psycopg.Connection) -> None:
    opened_at(where).close()
    other.execute("INSERT INTO ledger.docket_migrations VALUES (9999, '9999_later.sql')")
    with pytest.raises(WrongStore, match=r"9999_later\.sql"):
        opened_at(where)


def test_two_processes_that_make_the_ledger_and_write_to_it_at_once_leave_no_hole(where: str) -> None:
    program = [sys.executable, "-m", "tests.domain.ledger.some_appends", where]
    writers = [
        subprocess.Popen([*program, name, "4", "60"], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for name in ("p", "q")
    ]
    lines = [writer.communicate(timeout=120)[0] for writer in writers]
    assert [writer.returncode for writer in writers] == [0, 0]
    acts = acknowledged("".join(lines))
    assert len(acts) == 480
    with closing(opened_at(where)) as recorder:
        whole([document for _, _, document in all_of(recorder)], acts)


def test_an_append_of_another_process_wakes_whoever_follows_also_after_the_connection_was_lost(
    recorder: PostgresRecorder, where: str, other: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follow, "POLL_S", 3600.0)
    got: list[int] = []
    with closing(opened_at(where)) as elsewhere, recorder.subscribe() as subscription:
        for version in (1, 2):
            reader = Thread(target=lambda: got.append(next(subscription).id), daemon=True)
            reader.start()
            elsewhere.insert_events([event("case-1", version)])
            reader.join(30)
            assert got == list(range(1, version + 1))
            end(other, "LISTEN%")


def test_connections_that_were_lost_while_they_lay_idle_are_not_noticed(
    recorder: PostgresRecorder, other: psycopg.Connection
) -> None:
    for version in (1, 2, 3):
        assert recorder.insert_events([event("case-1", version)]) == [version]
        assert recorder.head() == version
        end(other, "%")


def test_a_transaction_that_does_not_end_refuses_and_the_next_append_works(
    where: str, other: psycopg.Connection
) -> None:
    with closing(PostgresRecorder(where, verify=accepts, patience_s=0.2)) as recorder:
        with other.transaction():
            other.execute("SELECT pg_advisory_xact_lock(hashtextextended('docket ledger', 0))")
            with pytest.raises(OperationalError, match="lock timeout"):
                recorder.insert_events([event("case-1", 1)])
        assert recorder.insert_events([event("case-1", 1)]) == [1]


def test_more_readers_than_connections_are_refused_within_patience(where: str, other: psycopg.Connection) -> None:
    with closing(PostgresRecorder(where, verify=accepts, patience_s=0.2)) as recorder:
        while recorder._database._free.acquire(blocking=False):
            pass
        with pytest.raises(OperationalError, match="came free"):
            recorder.head()
        recorder._database._free.release()
        assert recorder.head() == 0


def lose_the_end(other: psycopg.Connection) -> None:
    without_triggers(other, "DELETE FROM ledger.events WHERE position > 1")


def go_on_otherwise(other: psycopg.Connection) -> None:
    lose_the_end(other)
    other.execute("INSERT INTO ledger.events SELECT n, 'case-2', n, 't', '' FROM generate_series(2, 9) AS n")


ASKED: dict[str, Callable[[PostgresRecorder], object]] = {
    "head": lambda r: r.head(),
    "read": lambda r: r.read(0, 10),
    "append": lambda r: r.insert_events([event("case-9", 1)]),
    "wait": lambda r: r.wait(5, 0.0),
}


@pytest.mark.parametrize(
    ("loss", "ask"),
    [pytest.param(lose_the_end, ask, id=name) for name, ask in ASKED.items()]
    + [pytest.param(go_on_otherwise, ASKED["append"], id="append to another history")],
)
def test_a_store_that_went_back_is_never_believed_again(
    recorder: PostgresRecorder,
    other: psycopg.Connection,
    loss: Callable[[psycopg.Connection], None],
    ask: Callable[[PostgresRecorder], object],
) -> None:
    recorder.insert_events([event("case-1", 1), event("case-1", 2), event("case-1", 3)])
    loss(other)
    with pytest.raises(WentBack):
        ask(recorder)
    for again in [*ASKED.values(), lambda r: r.read_stream("case-1"), lambda r: r.act("a")]:
        with pytest.raises(WentBack):
            again(recorder)


@pytest.mark.parametrize("ask", ASKED.values(), ids=ASKED.keys())
def test_a_copy_in_its_place_is_noticed_even_where_it_has_grown_past_it(
    postgres: Postgres, where: str, ask: Callable[[PostgresRecorder], object]
) -> None:
    opened_at(where).close()
    copy = postgres.new_database(copy_of=where)
    with closing(opened_at(copy)) as grows:
        grows.insert_events([event(f"case-{n}", 1) for n in range(9)])
    with closing(PostgresRecorder(where, verify=accepts)) as recorder:
        recorder.insert_events([event("case-1", 1), event("case-1", 2), event("case-1", 3)])
        postgres.exchange(where, by=copy)
        with pytest.raises(WentBack):
            ask(recorder)
        with pytest.raises(WentBack):
            recorder.head()


def test_two_ledgers_of_one_database_know_nothing_of_each_other(where: str, other: psycopg.Connection) -> None:
    with (
        closing(PostgresRecorder(where, verify=accepts)) as record,
        closing(PostgresRecorder(where, verify=accepts, schema="reads")) as reads,
    ):
        record.insert_events([event("case-1", 1), event("case-1", 2)], attached=Attached(act="act-1"))
        rung = Event()
        record.wakes.add(rung.set)
        assert reads.insert_events([event("case-1", 1)], attached=Attached(act="act-1")) == [1]
        assert (record.head(), reads.head()) == (2, 1)
        assert record.act("act-1") != reads.act("act-1")
        for schema, count in (("ledger", 2), ("reads", 1)):
            found = other.execute(f"SELECT count(*) FROM {schema}.events".encode()).fetchone()  # noqa: S608 - our names
            assert found == (count,)
        assert not rung.wait(0.3), "an append to one wakes nobody who follows the other"
    with pytest.raises(errors.IntegrityConstraintViolation, match="ever deleted"):
        other.execute(b"DELETE FROM reads.events")
