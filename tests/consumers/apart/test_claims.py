"""A name is one claimer's, whichever process it is in, and whoever lost its names writes nothing more."""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from time import monotonic

import psycopg
import pytest

from consumers.apart import Apart
from consumers.apart.postgres import PostgresApart
from tests.services.postgres import Postgres

PUT = "INSERT INTO sessions (id, issuer, subject, began_at, seen_at) VALUES (?, 'i', 's', 0, 0)"
IDS = "SELECT id FROM sessions ORDER BY id"


@pytest.fixture
def doors(postgres: Postgres) -> Iterator[tuple[PostgresApart, PostgresApart]]:
    dsn = postgres.new_database()
    with ExitStack() as opened:
        one, other = (opened.enter_context(closing(PostgresApart(dsn))) for _ in range(2))
        yield one, other


def test_who_claims_can_write_and_claims_again_without_harm(apart: Apart) -> None:
    with closing(apart.claiming()) as mine:
        assert mine.take("one")
        assert mine.take("one")
        with mine.together() as ask:
            ask(PUT, ("a",))
            assert ask(IDS) == [("a",)]
        mine.give("one")
        mine.give("one")
    assert apart.ask(IDS) == [("a",)]


def test_a_name_is_ones_own_until_it_is_given_up(doors: tuple[PostgresApart, PostgresApart]) -> None:
    with closing(doors[0].claiming()) as mine, closing(doors[1].claiming()) as theirs:
        assert mine.take("one")
        assert mine.take("one")
        assert not theirs.take("one")
        assert theirs.take("two")
        mine.give("one")
        assert theirs.take("one")
        assert not mine.take("one")


def test_what_fails_is_not_written_and_costs_no_name(doors: tuple[PostgresApart, PostgresApart]) -> None:
    with closing(doors[0].claiming()) as mine, closing(doors[1].claiming()) as theirs:
        assert mine.take("one")
        with pytest.raises(psycopg.IntegrityError), mine.together() as ask:  # noqa: PT012 - the second statement raises
            ask(PUT, ("a",))
            ask(PUT, ("a",))
        assert not theirs.take("one")
    assert doors[0].ask(IDS) == []


def test_whoever_lost_its_names_writes_nothing_more(doors: tuple[PostgresApart, PostgresApart]) -> None:
    with closing(doors[0].claiming()) as mine, closing(doors[1].claiming()) as theirs:
        assert mine.take("one")
        doors[0].ask(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name = 'docket claims' ORDER BY backend_start LIMIT 1"
        )
        until = monotonic() + 30
        while not theirs.take("one"):  # the session ends a moment after it was told to
            assert monotonic() < until
        with pytest.raises(psycopg.OperationalError), mine.together() as ask:
            ask(PUT, ("a",))
    assert doors[0].ask(IDS) == []
