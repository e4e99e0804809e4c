"""Views keep nothing that can be destroyed, and say of an event that it was."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from projections import known
from projections.catalogue import views
from projections.folding.runner import Runner
from projections.records import RECORDS, RecordAt, record_at
from projections.searching.index import Index
from projections.searching.postgres import PostgresSets
from projections.stores.sqlite import SQLiteViews
from projections.visible import Sight
from tests.projections.destroying import destroyed, elapsed, event_at, propose, scheduled
from tests.projections.small_ledger import ACME, DHS, SECRETARIAT, ZENITH, Small, uuid
from tests.services.postgres import Server

CANARY = "canary 7d1c7f0a-4c1b-4a55-9d57-a41f3c0a9b52"
CLERK = replace(SECRETARIAT, person=replace(SECRETARIAT.person, id=uuid(78)))  # type: ignore[type-var]


@pytest.fixture
def told(ledger: Small) -> Small:
    """A case and what was said in it."""
    ledger.enrol()
    scheduled(ledger)
    case = ledger.submit("Orion")
    ledger.accept(case)
    ledger.concern(case, CANARY)
    ledger.refused(case)
    return ledger


def of_type(ledger: Small, type: str) -> int:
    """Where the last event of a type stands."""
    positions = range(ledger.recorder.head(), 0, -1)
    return next(at for at in positions if event_at(ledger, at).event.type == type)


def test_every_view_built_anew_is_the_view_that_lived_through_it(told: Small, tmp_path: Path) -> None:
    store = SQLiteViews(tmp_path / "views.db")
    runner = Runner(told.recorder, store, views())
    runner.catch_up()
    whole = {view.name: runner.rebuild(view, compare=True).after for view in views()}
    head = told.recorder.head()
    elapsed(told)
    for type, by in (("case.concern-conveyed.v1", DHS), ("action.refused.v1", CLERK), ("case.submitted.v1", CLERK)):
        destroyed(told, of_type(told, type), by=by)
    gone = [at for at in range(1, head + 1) if at not in told.recorder.disclosures(range(1, head + 1))]
    assert len(gone) == 4
    until = SQLiteViews(tmp_path / "until.db")
    upto = Runner(Upto(told.recorder, head), until, views())
    upto.catch_up()
    assert {view.name: upto.rebuild(view, compare=True).after for view in views()} == whole
    runner.catch_up()
    for view in views():
        found = runner.rebuild(view, compare=True)
        assert found.before == found.after
    for each in (store, until):
        each.close()
    assert not [file for file in tmp_path.iterdir() if CANARY.encode() in file.read_bytes() and "views" in file.name]


class Upto:
    """A ledger as it ended at a position, with what is left of it now."""

    def __init__(self, recorder: Any, last: int) -> None:
        self.recorder, self.last = recorder, last

    def __getattr__(self, name: str) -> Any:
        return getattr(self.recorder, name)

    def head(self) -> int:
        return self.last

    def read(self, after: int, limit: int) -> Any:
        return [row for row in self.recorder.read(after, limit) if row[0] <= self.last]


def test_no_word_of_it_is_left_in_the_files_of_what_is_searched(told: Small, own_server: Server) -> None:
    word = CANARY.partition(" ")[2]
    kept = PostgresSets(own_server.new_database())
    index = Index(told.recorder, kept)
    index.catch_up()

    def holding() -> set[str]:
        with psycopg.connect(own_server.dsn, autocommit=True) as connection:
            connection.execute("CHECKPOINT")
        files = [path for path in own_server.data.rglob("*") if path.is_file() and word.encode() in path.read_bytes()]
        return {path.relative_to(own_server.data).parts[0] for path in files}

    assert holding() == {"base", "pg_wal"}, "it is there to be found"
    elapsed(told)
    destroyed(told, of_type(told, "case.concern-conveyed.v1"))
    index.catch_up()
    assert holding() <= {"pg_wal"}
    kept.close()


def test_a_record_says_that_a_payload_is_gone_for_each_event_of_the_act(told: Small, tmp_path: Path) -> None:
    store = SQLiteViews(tmp_path / "views.db")
    runner = Runner(told.recorder, store, views())
    submitted = of_type(told, "case.submitted.v1")

    def now(position: int, who: Any = DHS) -> RecordAt | None:
        runner.catch_up()
        found = known.one(store, Sight.of(who), RECORDS, event_at(told, position).id, as_of=None, tell=record_at)
        return None if found is None else found.now

    elapsed(told)
    command = propose(told, submitted, by=CLERK)
    said = now(submitted)
    assert said is not None
    assert (said.destruction_proposed, said.destroyed) == (True, False)
    unseen = now(submitted, ACME)
    assert unseen is None or not unseen.destruction_proposed, "a proposal stays among offices"
    told.done(command, SECRETARIAT)
    for position in (submitted, submitted + 1):
        said = now(position)
        assert said is not None
        assert (said.destruction_proposed, said.destroyed) == (False, True)
        assert now(position, ZENITH) is None
        own = now(position, ACME)
        assert own is not None
        assert own.destroyed
    store.close()
