"""A schema is migrated once, whoever comes first, and what is not ours, or newer than we are, is left as it is."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from psycopg import errors

from domain.ledger.migrating import migrate
from domain.ledger.recorder import WrongStore
from tests.services.postgres import Postgres


@pytest.fixture
def dsn(postgres: Postgres) -> str:
    """An empty database."""
    return postgres.new_database()


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a package with one file of SQL, which a second transaction could not run again."""
    (tmp_path / "some_migrations").mkdir()
    add(tmp_path, "0001_facts.sql", "CREATE TABLE facts (id int); INSERT INTO facts VALUES (1);")
    monkeypatch.syspath_prepend(tmp_path)
    return "some_migrations"


def add(path: Path, name: str, said: str) -> None:
    (path / "some_migrations" / name).write_text(said)


def migrated(dsn: str, package: str) -> None:
    with psycopg.connect(dsn) as connection:
        migrate(connection, "facts", package)


def of(dsn: str, said: str) -> list[tuple[object, ...]]:
    with psycopg.connect(dsn) as connection:
        return connection.execute(said.encode()).fetchall()


def test_what_is_applied_once_is_not_applied_again_and_what_is_new_comes_after_it(
    dsn: str, package: str, tmp_path: Path
) -> None:
    migrated(dsn, package)
    add(tmp_path, "0002_more.sql", "INSERT INTO facts SELECT max(id) + 1 FROM facts;")
    migrated(dsn, package)
    migrated(dsn, package)
    assert of(dsn, "SELECT id FROM facts.facts ORDER BY id") == [(1,), (2,)]
    assert of(dsn, "TABLE facts.docket_migrations") == [(1, "0001_facts.sql"), (2, "0002_more.sql")]


def test_many_may_migrate_at_once(dsn: str, package: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: migrated(dsn, package), range(8)))
    assert of(dsn, "SELECT id FROM facts.facts") == [(1,)]


def test_a_newer_schema_is_refused_and_left_as_it_is(dsn: str, package: str, tmp_path: Path) -> None:
    add(tmp_path, "0002_more.sql", "CREATE TABLE more (id int);")
    migrated(dsn, package)
    (tmp_path / package / "0002_more.sql").unlink()
    with pytest.raises(WrongStore, match=r"0002_more\.sql"):
        migrated(dsn, package)
    assert len(of(dsn, "TABLE facts.docket_migrations")) == 2


def test_a_schema_of_others_is_refused_and_left_as_it_is(dsn: str, package: str) -> None:
    with psycopg.connect(dsn) as theirs:
        theirs.execute("CREATE SCHEMA facts; CREATE TABLE facts.theirs (id int)")
    with pytest.raises(WrongStore, match="not Docket's"):
        migrated(dsn, package)
    assert of(dsn, "SELECT tablename::text FROM pg_tables WHERE schemaname = 'facts'") == [("theirs",)]


def test_a_migration_that_fails_leaves_nothing(dsn: str, package: str, tmp_path: Path) -> None:
    add(tmp_path, "0002_bad.sql", "CREATE TABLE half (id int); SELECT 1 / 0;")
    with pytest.raises(errors.DivisionByZero):
        migrated(dsn, package)
    assert of(dsn, "SELECT 1 FROM pg_namespace WHERE nspname = 'facts'") == []
