"""The database of the tests is a real one: what it said was committed is there after kill -9."""

import psycopg
import pytest

from tests.services.postgres import Postgres, Server


def test_each_test_has_a_database_of_its_own(postgres: Postgres) -> None:
    mine, other = postgres.new_database(), postgres.new_database()
    with psycopg.connect(mine) as connection:
        connection.execute("CREATE TABLE facts (id int)")
    with psycopg.connect(other) as connection, pytest.raises(psycopg.errors.UndefinedTable):
        connection.execute("SELECT * FROM facts")


def test_a_copy_of_a_database_has_what_it_had(postgres: Postgres) -> None:
    mine = postgres.new_database()
    with psycopg.connect(mine) as connection:
        connection.execute("CREATE TABLE facts AS SELECT 1 AS id")
    with psycopg.connect(postgres.new_database(copy_of=mine)) as connection:
        assert connection.execute("SELECT id FROM facts").fetchall() == [(1,)]


def test_what_was_committed_is_there_after_kill_9(own_server: Server) -> None:
    with psycopg.connect(own_server.dsn) as connection:
        connection.execute("CREATE TABLE facts AS SELECT 1 AS id")
    own_server.kill()
    own_server.start()
    with psycopg.connect(own_server.dsn) as connection:
        assert connection.execute("SELECT id FROM facts").fetchall() == [(1,)]
