"""The tree of a real ledger grows with it, in either store, and is the same however it was folded."""

from contextlib import closing
from dataclasses import dataclass

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projections.folding.runner import Runner
from projections.stores.sqlite import SQLiteViews
from projections.stores.tables import Table
from projections.transparency.log import LOG, LogReader, key_of
from projections.transparency.tree import (
    EMPTY,
    Unproved,
    leaf_hash,
    verify_consistency,
    verify_inclusion,
)
from projections.visible import ANYBODY
from tests.projections.small_ledger import Small, small
from tests.projections.stores import Views
from tests.projections.transparency.frontier import Frontier


@pytest.fixture
def enrolled(ledger):
    ledger.enrol()
    return ledger


def frontier(rows: list[tuple[int, str, bytes]]) -> Frontier:
    """The tree as its definition has it, over the bytes that are stored."""
    made = Frontier()
    for _, _, document in rows:
        made.append(leaf_hash(document))
    return made


def everything(ledger: Small, size: int = 10_000) -> list[tuple[int, str, bytes]]:
    return ledger.recorder.read(0, size)


@dataclass
class Beginning:
    """The first events of a record, as if there were no more."""

    rows: list[tuple[int, str, bytes]]
    size: int = 0

    def read(self, after: int, limit: int) -> list[tuple[int, str, bytes]]:
        return self.rows[after : min(after + limit, self.size)]

    def head(self) -> int:
        return self.size

    def wait(self, after: int, timeout: float) -> bool:
        return self.size > after


@pytest.fixture(scope="module")
def rows(tmp_path_factory) -> list[tuple[int, str, bytes]]:
    ledger = small(tmp_path_factory.mktemp("rows") / "ledger.db")
    ledger.enrol()
    for number in range(120):
        ledger.refused(ledger.submit(f"Model {number}"))
    found = ledger.recorder.read(0, 10_000)
    ledger.recorder.close()
    assert len(found) > 256
    return found


def test_an_empty_log_has_the_root_of_nothing(store, tmp_path):
    Runner(Beginning([]), store, [LOG]).catch_up()
    log = LogReader(store)
    assert (log.size(), log.root(0)) == (0, EMPTY)
    assert log.tile(0, 0) is None


def test_leaf_n_is_the_document_at_position_n_plus_1(store, enrolled):
    runner = Runner(enrolled.recorder, store, [LOG])
    log = LogReader(store)
    for model in ("Orion", "Lyra", "Vega"):
        enrolled.submit(model)
        runner.catch_up()
        assert log.size() == enrolled.recorder.head()
        assert log.root(log.size()) == frontier(everything(enrolled)).root()
    position = enrolled.recorder.head() - 1
    document = enrolled.recorder.documents([position])[position]
    path = log.inclusion(position - 1, log.size())
    verify_inclusion(leaf_hash(document), position - 1, log.size(), path, frontier(everything(enrolled)).root())


def test_it_is_the_same_however_it_was_folded(store, rows):
    record, digests = Beginning(rows, len(rows)), set()
    for batch in (1_000, 100, 7):
        runner = Runner(record, store, [LOG], batch=batch, build_batch=batch, rebuild_batch=batch)
        runner.catch_up()
        rebuilt = runner.rebuild(LOG, compare=True)
        assert rebuilt.before == rebuilt.after
        digests.add(rebuilt.after)
    assert len(digests) == 1
    log = LogReader(store)
    size = log.size()
    for old in (0, 1, 255, 256, 257, size):
        verify_consistency(old, size, log.consistency(old, size), log.root(old), log.root(size))
        assert log.root(old) == frontier(rows[:old]).root()


@settings(max_examples=25)
@given(st.data())
def test_a_runner_that_begins_anew_goes_on(tmp_path_factory, rows, data):
    record = Beginning(rows)
    with closing(SQLiteViews(tmp_path_factory.mktemp("log") / "views.db")) as store:
        for size in data.draw(st.lists(st.integers(1, len(rows)), min_size=1, max_size=5).map(sorted)):
            record.size = size
            Runner(record, store, [LOG], batch=data.draw(st.integers(1, 300))).catch_up()
            log = LogReader(store)
            assert (log.size(), log.root(size)) == (size, frontier(rows[:size]).root())


def test_a_transaction_that_fails_leaves_the_tree_as_it_was(store, enrolled, monkeypatch):
    runner = Runner(enrolled.recorder, store, [LOG])
    runner.catch_up()
    before = LogReader(store).size()
    enrolled.submit("Orion")

    def fails(*_: object) -> None:
        raise OSError("the disk is full (injected)")

    with monkeypatch.context() as broken:
        broken.setattr(f"{_writing(store)}.move", fails)
        with pytest.raises(OSError, match="injected"):
            runner.catch_up()
    log = LogReader(store)
    assert log.size() == before
    assert log.root(before) == frontier(everything(enrolled, before)).root()
    runner.catch_up()
    assert log.root(log.size()) == frontier(everything(enrolled)).root()


def _writing(store: Views) -> str:
    kind = type(store).__name__.removesuffix("Views")
    return f"projections.stores.{kind.lower()}_writing.{kind}Writing"


def test_a_tile_that_was_cut_short_is_noticed(tmp_path, ledger):
    with closing(SQLiteViews(tmp_path / "views.db")) as store:
        Runner(ledger.recorder, store, [LOG]).catch_up()
        found = store.get(LOG, ANYBODY, key_of(0, 0))
        assert found is not None
        row = found.row
        row.hashes = row.hashes[:-1]
        store._connections._writer.execute(f"UPDATE {live(store).name} SET body = ?", (msgspec.json.encode(row),))  # noqa: S608
        with pytest.raises(Unproved):
            LogReader(store).root(LogReader(store).size())
        with pytest.raises(Unproved, match="rebuild this view"):
            Runner(ledger.recorder, store, [LOG]).catch_up()


def live(store: Views) -> Table:
    return next(table for table in store.tables() if table.view == LOG.name)
