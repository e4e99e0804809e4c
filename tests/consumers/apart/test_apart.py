"""What is kept apart is durable, shared, all or nothing, and never mistaken for something else."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from importlib.resources import files
from pathlib import Path

import psycopg
import pytest

from consumers.apart import MIGRATIONS, Apart
from consumers.apart.postgres import PostgresApart
from consumers.apart.sqlite import SQLiteApart
from domain.ledger.recorder import WrongStore
from tests.consumers.apart.conftest import Opens
from tests.services.postgres import Postgres, Server

PUT = "INSERT INTO sessions (id, issuer, subject, began_at, seen_at) VALUES (?, ?, ?, ?, ?)"
IDS = "SELECT id FROM sessions ORDER BY id"


def put(apart: Apart, id: str, at: int = 0) -> None:
    apart.ask(PUT, (id, "issuer", "50 % of a subject?", at, at))


def test_what_one_has_put_there_another_finds_and_so_does_whoever_opens_it_again(opens: Opens) -> None:
    with closing(opens()) as one, closing(opens()) as other:
        put(one, "a", 2**53)
        assert other.ask("SELECT subject, began_at FROM sessions WHERE id = ?", ("a",)) == [
            ("50 % of a subject?", 2**53)
        ]
    with closing(opens()) as again:
        assert again.ask(IDS) == [("a",)]


def test_what_a_statement_changes_it_can_return(apart: Apart) -> None:
    put(apart, "a")
    assert apart.ask("UPDATE sessions SET seen_at = ? WHERE id = ? RETURNING seen_at", (7, "a")) == [(7,)]
    assert apart.ask("DELETE FROM sessions WHERE id = ? RETURNING id", ("a",)) == [("a",)]
    assert apart.ask("DELETE FROM sessions WHERE id = ?", ("a",)) == []


def both(apart: Apart, *ids: str) -> None:
    with apart.together() as ask:
        for id in ids:
            ask(PUT, (id, "i", "s", 0, 0))


def test_several_statements_are_all_done_or_none(apart: Apart) -> None:
    with apart.together() as ask:
        ask(PUT, ("a", "i", "s", 0, 0))
        assert ask(IDS) == [("a",)]
    with pytest.raises((sqlite3.IntegrityError, psycopg.IntegrityError)):
        both(apart, "b", "a")
    assert apart.ask(IDS) == [("a",)]
    put(apart, "c")
    assert apart.ask(IDS) == [("a",), ("c",)]


def test_many_threads_write_and_each_write_is_there(apart: Apart) -> None:
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda number: put(apart, f"{number:03}"), range(100)))
    assert apart.ask(IDS) == [(f"{number:03}",) for number in range(100)]


def test_doors_that_open_it_at_once_make_it_once(postgres: Postgres) -> None:
    dsn = postgres.new_database()
    with ThreadPoolExecutor(4) as threads:
        opened = list(threads.map(PostgresApart, [dsn] * 4))
    for each in opened:
        assert each.ask(IDS) == []
        each.close()


def test_no_two_files_that_make_tables_have_one_number() -> None:
    names = sorted(file.name for file in files(MIGRATIONS).iterdir() if file.name.endswith(".sql"))
    assert names
    assert len({name[:4] for name in names}) == len(names)


def test_a_file_that_is_something_else_or_newer_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "apart.db"
    path.write_bytes(b"hello " * 1000)
    with pytest.raises(WrongStore):
        SQLiteApart(path)
    assert path.read_bytes() == b"hello " * 1000
    path.unlink()
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE mine (x)")
        other.commit()
    with pytest.raises(WrongStore, match="something else"):
        SQLiteApart(path)
    path.unlink()
    with closing(SQLiteApart(path)) as ours:
        ours.ask("INSERT INTO docket_migrations VALUES ('9999_later.sql')")
    with pytest.raises(WrongStore, match="9999_later"):
        SQLiteApart(path)


def test_a_schema_of_others_is_left_as_it_is(postgres: Postgres) -> None:
    dsn = postgres.new_database()
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA apart")
        connection.execute("CREATE TABLE apart.mine (x int)")
    with pytest.raises(WrongStore):
        PostgresApart(dsn)


def test_a_database_that_was_away_is_met_again(own_server: Server) -> None:
    with closing(PostgresApart(own_server.new_database(), patience_s=2)) as apart:
        put(apart, "a")
        own_server.kill()
        with pytest.raises(psycopg.OperationalError):
            apart.ask(IDS)
        own_server.start()
        assert apart.ask(IDS) == [("a",)]


def test_a_closed_store_leaves_no_file_open(tmp_path: Path) -> None:
    apart = SQLiteApart(tmp_path / "apart.db")
    put(apart, "a")
    apart.close()
    apart.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["apart.db"]
