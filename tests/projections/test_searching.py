"""A question to the record is answered with what the slow way finds, to everybody, and says no more than that."""

import sqlite3
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from domain import wire
from domain.act import Act, Attestation
from domain.ledger.sqlite import SQLiteRecorder
from domain.markings import Clearance, parse
from domain.needs import needs
from domain.values import CommandId, derived
from projections.searching.index import Index
from projections.searching.kept import Kept
from projections.searching.postgres import PostgresSets
from projections.searching.sqlite import SQLiteSets
from projections.searching.terms import Behind
from projections.searching.wanted import MOST, Time, Wanted, search
from projections.searching.words import words
from projections.stores.sqlite import SQLiteViews
from projections.stores.tables import NotBuilt, WrongStore
from projections.visible import Sight
from tests.domain import requests
from tests.domain.cast import (
    DEVELOPER,
    DHS,
    EVERYTHING,
    GAO,
    NOTHING,
    NSA,
    RIVAL,
    SECRETARIAT,
    TREASURY,
    TREASURY_ANALYST,
    Somebody,
)
from tests.domain.requests import but
from tests.domain.rules.test_hidden import ASKED
from tests.domain.streams import oversight
from tests.domain.world import NOON, OPEN
from tests.projections.destroying import destroyed, elapsed, scheduled
from tests.projections.searched import slowly
from tests.projections.small_ledger import small
from tests.projections.stage import SECRET, Stage, principal, stage

KINDS = ("sqlite", "postgres")
MARKINGS = (OPEN, "CUI", SECRET)
WORDS = ("borealis", "Zürich", "naïve", "2026-07-06", "café")
ACTS: tuple[tuple[Any, Somebody], ...] = (
    (requests.submit, DEVELOPER),
    (requests.accept, SECRETARIAT),
    (requests.agree_terms, DEVELOPER),
    (requests.open_access, TREASURY),
    (requests.convey, DHS),
    (requests.dissent, DHS),
    (requests.request_information, TREASURY),
    (requests.provide, DEVELOPER),
    (requests.propose, TREASURY),
    (requests.file, TREASURY),
    (requests.share, TREASURY),
    (requests.consult, NSA),
    (requests.answer, DHS),
    (requests.grant, TREASURY),
    (requests.register_key, TREASURY),
    (requests.withdraw, DEVELOPER),
    (oversight.request, GAO),
    (oversight.note, GAO),
    (oversight.withhold, DHS),
    (oversight.close, TREASURY),
    (oversight.close, RIVAL),
    *((each, by) for each in ASKED.values() for by in (RIVAL, TREASURY_ANALYST)),
)
SPEAKING = {"summary", "concern", "reasons", "question", "note", "findings", "statement", "question_text", "what"}
READERS = (SECRETARIAT, TREASURY, NSA, DHS, GAO, DEVELOPER, RIVAL)


@cache
def founded() -> bytes:
    with TemporaryDirectory() as folder:
        made = stage(Path(folder))
        made.recorder.close()
        made.store.close()
        return Path(folder, "ledger.db").read_bytes()


@st.composite
def lives(draw: st.DrawFn) -> list[tuple[int, str, str, str, int]]:
    """Acts: which, how it and what it protects are marked, a word, and how long ago."""
    act = st.tuples(
        st.integers(0, len(ACTS) - 1),
        st.sampled_from(MARKINGS),
        st.sampled_from(MARKINGS),
        st.sampled_from(WORDS),
        st.sampled_from((0, 3_599, 3_600, 90_000, 700_000, 3_000_000)),
    )
    beginning = [(number, draw(st.sampled_from(MARKINGS[:2])), OPEN, WORDS[number % 5], 0) for number in (0, 1, 2, 16)]
    return [*beginning, *draw(st.lists(act, max_size=14))]


def lived(folder: Path, acts: list[tuple[int, str, str, str, int]]) -> Stage:
    (folder / "ledger.db").write_bytes(founded())
    recorder = SQLiteRecorder(folder / "ledger.db", verify=wire.verify)
    on = Stage(recorder, SQLiteViews(folder / "views.db"), now=NOON)
    for number, (which, marking, protected, word, ago) in enumerate(acts):
        command, by = ACTS[which]
        said = {name: f"The word is {word}, and {name}." for name in SPEAKING if hasattr(command, name)}
        on.now += timedelta(hours=number % 7)
        act = Act(
            id=CommandId(derived("act of a search", str(number))),
            command=but(command, **said),
            marking=marking,
            protected_marking=protected if parse(marking) <= parse(protected) else None,
            post=by.post,
            claimed_at=on.now - timedelta(seconds=ago) if ago else None,
        )
        on.ledger.act(act, by=principal(by))
    return on


@contextmanager
def sets(kind: str, folder: Path, request: pytest.FixtureRequest) -> Iterator[Kept]:
    made: Kept
    if kind == "sqlite":
        made = SQLiteSets(folder / "index.db")
    else:
        made = PostgresSets(request.getfixturevalue("postgres").new_database())
    try:
        yield made
    finally:
        made.close()


def questions(on: Stage) -> st.SearchStrategy[Wanted]:
    """Up to four filters together, each with a value that occurs or with one that does not."""
    all_ = [wire.load(document) for _, _, document in on.recorder.read(0, 10_000)]
    times = sorted({at for each in all_ for at in (each.recorded_at, each.taken_in_at, each.claimed_at) if at})
    moments = st.builds(Time, since=st.none() | st.sampled_from(times), before=st.none() | st.sampled_from(times))
    nobody = derived("nobody")

    def occurring(*values: Any) -> st.SearchStrategy[Any]:
        return st.sampled_from(sorted({each for each in values if each is not None}) or [nobody])

    types = sorted({each.event.type for each in all_})
    filters: dict[str, st.SearchStrategy[Any]] = {
        "case_id": st.just(requests.accept.case_id),
        "stream": occurring(*(each.stream for each in all_)),
        "actor": occurring(*(each.actor for each in all_)),
        "office": st.sampled_from(["treasury", "nsa", "atlantis"]),
        "participant": st.sampled_from([DEVELOPER.participant, RIVAL.participant]),
        "person": st.sampled_from([each.id for each in (TREASURY, TREASURY_ANALYST, DEVELOPER, RIVAL, DHS)]),
        "authority": occurring(*(each.authority for each in all_)),
        "delegation": st.just(nobody),
        "types": st.lists(
            st.sampled_from([*types, "case.*", "action.*", "oversight.*", "scan.*"]), min_size=1, max_size=3
        ).map(tuple),
        "marking": st.sampled_from(MARKINGS),
        "attestation": st.sampled_from([Attestation.OFFICE, Attestation.NONE]),
        "signed": st.booleans(),
        "late": st.booleans(),
        "behind": st.sampled_from(Behind),
        "command_id": occurring(*(each.command_id for each in all_)),
        "causation": occurring(*(each.causation for each in all_)),
        "simulated": st.booleans(),
        "text": st.sampled_from([*WORDS, "ZURICH", "the word", "cafe invented", "somebody", "treasury", "not-found"]),
        "recorded": moments,
        "taken_in": moments,
        "claimed": moments,
    }
    names = st.lists(st.sampled_from(sorted(filters)), max_size=4, unique=True)
    return names.flatmap(lambda some: st.builds(Wanted, **{name: filters[name] for name in some}))


def sights() -> st.SearchStrategy[Sight]:
    def made(by: Somebody, clearance: Clearance, over: int, matters: tuple[str, ...] | None) -> Sight:
        sight = Sight.of(principal(replace(by, clearance=clearance)), oversight=over == 1)
        return sight if matters is None else replace(sight, needs=needs(matters))

    cleared = (EVERYTHING, NOTHING, replace(NOTHING, cui=frozenset()))
    matters = (None, None, ("case",), ("oversight", "consultation"), (f"case-{requests.accept.case_id}",), ())
    return st.builds(
        made, st.sampled_from(READERS), st.sampled_from(cleared), st.integers(0, 1), st.sampled_from(matters)
    )


class Without:
    """A record of which some payloads were destroyed."""

    def __init__(self, recorder: SQLiteRecorder, gone: Collection[int]) -> None:
        self._recorder, self._gone = recorder, gone

    def __getattr__(self, name: str) -> Any:
        return getattr(self._recorder, name)

    def disclosures(self, positions: Collection[int]) -> dict[int, tuple[bytes, ...]]:
        found = self._recorder.disclosures(positions)
        return {position: said for position, said in found.items() if position not in self._gone}


@pytest.mark.parametrize("kind", KINDS)
@settings(
    max_examples=12,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(acts=lives(), gone=st.sets(st.integers(1, 60), max_size=4), data=st.data())
def test_a_question_is_answered_as_the_slow_way_answers_it(
    acts: list[Any], gone: set[int], data: st.DataObject, kind: str, request: pytest.FixtureRequest
) -> None:
    with TemporaryDirectory() as folder:
        on = lived(Path(folder), acts)
        head = on.recorder.head()
        with sets(kind, Path(folder), request) as kept:
            index = Index(on.recorder, kept, at_once=7)
            assert index.catch_up() == head
            index.forget([position for position in gone if position <= head])
            for _ in range(30):
                wanted, sight = data.draw(questions(on)), data.draw(sights())
                slow = slowly(Without(on.recorder, gone), head, sight, wanted)
                found = search(index, sight, wanted, limit=1000, count=True)
                assert list(found.positions) == slow
                assert (found.count, found.position) == (len(slow), head)
                backwards = search(index, sight, wanted, limit=1000, newest=True)
                assert list(backwards.positions) == slow[::-1]
                if slow:
                    middle = slow[len(slow) // 2]
                    behind = search(index, sight, wanted, after=middle, limit=3).positions
                    before = search(index, sight, wanted, after=middle, limit=3, newest=True).positions
                    assert list(behind) == [each for each in slow if each > middle][:3]
                    assert list(before) == [each for each in slow[::-1] if each < middle][:3]
        on.recorder.close()
        on.store.close()


@pytest.fixture(params=KINDS)
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Kept]:
    with sets(request.param, tmp_path, request) as made:
        yield made


@pytest.fixture
def on(tmp_path: Path) -> Iterator[Stage]:
    made = lived(tmp_path, [(number, OPEN, OPEN, WORDS[0], 0) for number in range(10)])
    yield made
    made.recorder.close()
    made.store.close()


ALL = Sight.of(principal(GAO), oversight=True)


def test_what_is_filled_at_once_and_event_by_event_is_the_same(on: Stage, kept: Kept, tmp_path: Path) -> None:
    other = SQLiteSets(tmp_path / "other.db")
    Index(on.recorder, kept, at_once=1).catch_up()
    Index(on.recorder, other).catch_up()
    for table in ("times", "developers", "occurring", "reached"):
        rows = [made.look(lambda ask: ask(f"SELECT * FROM {table}", ())) for made in (kept, other)]  # noqa: B023, S608
        assert sorted(rows[0]) == sorted(rows[1]) != []
    assert positions(kept) == positions(other) != {}
    other.close()


def positions(kept: Kept) -> dict[tuple[int, str], list[int]]:
    """Every set, by piece and term."""
    found = kept.look(lambda ask: ask("SELECT piece, term, bits FROM sets", ()))
    return {(piece, term): [*BitMap.deserialize(bits)] for piece, term, bits in found}


def test_nobody_is_answered_before_it_was_as_far_as_the_record(on: Stage, kept: Kept) -> None:
    index = Index(on.recorder, kept, at_once=3)
    index.catch_up(iter([False, True]).__next__)
    with pytest.raises(NotBuilt):
        search(index, ALL, Wanted())
    assert index.wrong() == "not built yet"
    assert not index.wait(on.recorder.head(), 0.01)
    index.catch_up()
    assert index.wrong() is None
    assert index.position() == on.recorder.head()


def test_whoever_waits_for_a_position_gets_it(on: Stage, kept: Kept) -> None:
    index = Index(on.recorder, kept)
    index.catch_up()
    on.ask(requests.convey, NSA)
    head = on.recorder.head()
    assert search(index, ALL, Wanted(), limit=1000).positions[-1] < head
    assert index.wait(head, 30)
    assert search(index, ALL, Wanted(), limit=1000).positions[-1] == head
    assert not index.wait(head + 1, 0.01)


def test_an_index_of_another_ledger_is_left_as_it_is(on: Stage, kept: Kept, tmp_path: Path) -> None:
    Index(on.recorder, kept).catch_up()
    (tmp_path / "elsewhere").mkdir()
    other = stage(tmp_path / "elsewhere")
    with pytest.raises(WrongStore, match="another ledger"):
        Index(other.recorder, kept).catch_up()
    assert kept.reached().position == on.recorder.head()
    other.recorder.close()
    other.store.close()


def test_an_index_that_was_emptied_is_filled_again(on: Stage, kept: Kept) -> None:
    index = Index(on.recorder, kept)
    index.catch_up()
    before = search(index, ALL, Wanted(text=WORDS[0]))
    assert before.positions
    index.empty()
    with pytest.raises(NotBuilt):
        search(index, ALL, Wanted())
    index.catch_up()
    assert search(index, ALL, Wanted(text=WORDS[0])) == before


def test_what_was_destroyed_leaves_nothing_in_the_file(on: Stage, tmp_path: Path) -> None:
    kept = SQLiteSets(tmp_path / "index.db")
    index = Index(on.recorder, kept)
    index.catch_up()
    found = search(index, ALL, Wanted(text="borealis")).positions
    assert found
    index.forget(found)
    assert search(index, ALL, Wanted(text="borealis")).positions == ()
    assert b"borealis" not in b"".join(each.read_bytes() for each in tmp_path.glob("index.db*"))
    kept.close()


def test_a_file_that_is_something_else_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "index.db"
    path.write_bytes(b"A text of somebody else's.\n" * 400)
    with pytest.raises(WrongStore):
        SQLiteSets(path)
    assert path.read_bytes() == b"A text of somebody else's.\n" * 400
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE theirs (a)")
    with pytest.raises(WrongStore, match="no index"):
        SQLiteSets(other)


def test_more_than_are_counted_are_said_to_be_more(on: Stage, kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    index = Index(on.recorder, kept)
    index.catch_up()
    assert search(index, ALL, Wanted(), count=True).count == on.recorder.head()
    monkeypatch.setattr("projections.searching.wanted.MOST", 3)
    assert search(index, ALL, Wanted(), count=True).count == 4
    assert MOST == 10_000


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Straße, naïve", {"strasse", "naive"}),
        ("\uff3a\uff35rich", {"zurich"}),
        ("CVE-2026-1234", {"cve", "2026", "1234"}),
        ("warrants-additional-scrutiny", {"warrants", "additional", "scrutiny"}),
        ("0199aaaa-0000-7000-8000-000000000001", {"0199aaaa-0000-7000-8000-000000000001"}),
        ("sha256:" + "a" * 64, {"sha256:" + "a" * 64}),
        ("2026-06-02T10:15:30.000000Z", {"2026-06-02"}),
        ("on 2026-06-02", {"on", "2026-06-02"}),
        ("x" * 200, {"x" * 80}),
        (" \t—", set()),
    ],
)
def test_words(text: str, said: set[str]) -> None:
    assert words(text) == said


def test_what_an_event_says_is_destroyed_is_found_by_nothing_that_it_said(kept: Kept, tmp_path: Path) -> None:
    ledger = small(tmp_path / "ledger.db")
    ledger.enrol()
    scheduled(ledger)
    case = ledger.submit()
    gone = ledger.concern(case, "The word is borealis.").position
    stays = ledger.concern(case, "The word is borealis, too.").position
    index = Index(ledger.recorder, kept)
    index.catch_up()
    assert search(index, ALL, Wanted(text="borealis")).positions == (gone, stays)
    elapsed(ledger)
    destroyed(ledger, gone)
    index.catch_up()
    about = Wanted(case_id=case, types=("case.concern-conveyed.v1",))
    for _ in range(2):
        assert search(index, ALL, Wanted(text="borealis")).positions == (stays,)
        assert search(index, ALL, about).positions == (gone, stays), "that it happened is found as before"
        index.empty()
        index.catch_up()
    ledger.recorder.close()
