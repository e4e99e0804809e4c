"""One caller's poison is its own, nobody is told a guess, and a restore is stored as a whole or not at all."""

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from threading import Barrier
from typing import Any, Protocol, TypeAlias

import psycopg
import pytest
from eventsourcing.persistence import DataError, IntegrityError, OperationalError

from domain.ledger.append import Append
from domain.ledger.postgres import PostgresRecorder
from domain.ledger.recorder import ActKnown, ActRow, Attached, LedgerRecorder, OutcomeUnknown, StaleRead, WrongPlace
from domain.ledger.sqlite import SQLiteRecorder
from tests.domain.ledger.some_appends import all_of, an_append, event

Recorder: TypeAlias = SQLiteRecorder | PostgresRecorder

GOOD, ALSO_GOOD = an_append(("case-1", 1), act="act-1"), an_append(("case-2", 1), act="act-2")


class Arm(Protocol):
    def __call__(self, *, carried_out: bool) -> None: ...


def poison(**wrong: object) -> Append:
    fields = {"events": (), "disclosures": (), "act": None, "reads": (), "nothing_new": None}
    return Append(**(fields | wrong))  # type: ignore[arg-type]


POISON = {
    "a document that is no bytes": poison(events=(("case-3", 1, "t", object()),)),
    "a type that is no text": poison(events=(("case-3", 1, "\ud800", b""),)),
    "no document": poison(events=(("case-3", 1, "t", None),)),
    "a stream that is no key": poison(events=((["unhashable"], 1, "t", b""),)),
    "half an event": poison(events=(("case-3",),)),
    "a version beyond all": poison(reads=(("case-3", 2**70), ("\ud800", 0))),
    "an id that is no text": poison(act="\ud800"),
    "a digest that is no bytes": poison(act="act-3", nothing_new=object()),
}


@pytest.mark.parametrize("bad", POISON.values(), ids=POISON.keys())
def test_poison_harms_only_whoever_brings_it(recorder: Recorder, bad: Append) -> None:
    first, error, second = recorder._writer([GOOD, bad, ALSO_GOOD], lambda: None)
    assert (first, second) == (range(1, 2), range(2, 3))
    assert isinstance(error, Exception)
    assert recorder.head() == 2
    recorder._writer.close()


def test_callers_beside_one_with_a_poisonous_version_get_their_commits(recorder: Recorder) -> None:
    together = Barrier(8)

    def call(n: int) -> list[int]:
        together.wait()
        return [recorder.insert_events([event(f"case-{n}", v if n else 2**70)])[0] for v in range(1, 31)]

    with ThreadPoolExecutor(8) as pool:
        calls = [pool.submit(call, n) for n in range(8)]
        assert isinstance(calls[0].exception(60), DataError)
        got = sorted(position for call_ in calls[1:] for position in call_.result(60))
    assert got == list(range(1, 7 * 30 + 1))


@pytest.fixture
def failing_commit(recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> Arm:
    """The next commit fails, after it was carried out or before."""

    def arm(*, carried_out: bool) -> None:
        commit: Any = recorder._writer._commit

        def fails(connection: Any) -> None:
            monkeypatch.setattr(recorder._writer, "_commit", commit)
            if carried_out:
                commit(connection)
            raise (sqlite3 if isinstance(recorder, SQLiteRecorder) else psycopg).OperationalError("disk I/O error")

        monkeypatch.setattr(recorder._writer, "_commit", fails)

    return arm


@pytest.mark.parametrize("act", [None, "act-1"])
def test_a_commit_that_failed_but_happened_is_reported_as_it_is(
    recorder: Recorder, failing_commit: Arm, act: str | None
) -> None:
    failing_commit(carried_out=True)
    assert recorder.insert_events([event("case-1", 1)], attached=Attached(act=act)) == [1]
    assert recorder.insert_events([event("case-1", 2)]) == [2]
    failing_commit(carried_out=True)
    assert recorder.insert_events([], attached=Attached(act="act-2", nothing_new=b"salted")) == []
    assert recorder.act("act-2") is not None


@pytest.mark.parametrize("act", [None, "act-1"])
def test_a_commit_that_did_not_happen_stored_nothing_and_may_be_repeated(
    recorder: Recorder, failing_commit: Arm, act: str | None
) -> None:
    failing_commit(carried_out=False)
    with pytest.raises(OperationalError, match="disk I/O error") as failed:
        recorder.insert_events([event("case-1", 1)], attached=Attached(act=act))
    assert not isinstance(failed.value, OutcomeUnknown)
    assert recorder.head() == 0
    assert recorder.insert_events([event("case-1", 1)], attached=Attached(act=act)) == [1]


def test_nobody_is_told_that_an_act_is_known_when_its_commit_did_not_happen(
    recorder: Recorder, failing_commit: Arm
) -> None:
    failing_commit(carried_out=False)
    answers = recorder._writer([GOOD, GOOD], lambda: None)
    assert [type(answer) for answer in answers] == [OperationalError, OperationalError]
    assert recorder.act("act-1") is None
    recorder._writer.close()


@pytest.mark.parametrize(
    "met", [sqlite3.OperationalError("unable to open"), MemoryError("no room")], ids=["sqlite3", "other"]
)
def test_a_commit_that_nobody_can_settle_is_called_unknown(
    recorder: Recorder, failing_commit: Arm, monkeypatch: pytest.MonkeyPatch, met: Exception
) -> None:
    recorder.insert_events([event("case-1", 1)])

    def away() -> object:
        raise met

    with monkeypatch.context() as patch:
        if isinstance(recorder, SQLiteRecorder):
            patch.setattr(recorder._file, "writer", away)
        else:
            of_the_writer = copy(recorder._database)  # its listener still connects
            patch.setattr(of_the_writer, "connect", away)
            patch.setattr(recorder._writer, "_database", of_the_writer)
        failing_commit(carried_out=True)
        with pytest.raises(OutcomeUnknown, match=str(met)):
            recorder.insert_events([event("case-1", 2)])
    assert recorder.insert_events([event("case-1", 3)]) == [3]


def restored(*acts: str, stream: str = "case-1") -> list[tuple[list[Any], Attached]]:
    """Acts of two events each, but for the last, which changed nothing."""
    of_two = [
        ([event(stream, 2 * n + 1, act.encode()), event(stream, 2 * n + 2)], Attached(act=act))
        for n, act in enumerate(acts[:-1])
    ]
    return [*of_two, ([], Attached(act=acts[-1], nothing_new=b"salted"))]


def test_a_restore_stores_every_act_in_the_place_that_it_names(recorder: LedgerRecorder) -> None:
    recorder.insert_events([event("case-0", 1)])
    assert recorder.insert_batch(restored("a", "b", "c"), at=1) == [range(2, 4), range(4, 6), range(6, 6)]
    assert [document for _, _, document in all_of(recorder)] == [b"{}", b"a", b"{}", b"b", b"{}"]
    assert recorder.act("b") == ActRow(4, 5, 5, None)
    assert recorder.act("c") == ActRow(None, None, 5, b"salted")
    assert recorder.insert_batch([], at=5) == []
    assert recorder.insert_events([event("case-0", 2)]) == [6]


def nothing_of_it(recorder: LedgerRecorder) -> None:
    assert recorder.head() == 1
    assert [recorder.act(act) for act in ("b", "c", "d")] == [None, None, None]


@pytest.mark.parametrize("at", [0, 2])
def test_a_restore_in_the_wrong_place_stores_nothing(recorder: LedgerRecorder, at: int) -> None:
    recorder.insert_events([event("case-0", 1)])
    with pytest.raises(WrongPlace, match=f"ends at 1, not at {at}") as wrong:
        recorder.insert_batch(restored("b", "c", "d"), at=at)
    assert isinstance(wrong.value, IntegrityError)
    nothing_of_it(recorder)


@pytest.mark.parametrize(
    ("acts", "refused"),
    [
        (lambda: restored("b", "a", "c"), ActKnown),
        (lambda: restored("b", "b", "c"), ActKnown),
        (lambda: [*restored("b", "c"), ([event("case-0", 1)], Attached(act="d"))], StaleRead),
    ],
    ids=["known before", "twice in it", "a version that is taken"],
)
def test_a_restore_with_one_act_that_may_not_be_stored_stores_nothing(
    recorder: LedgerRecorder, acts: Callable[[], list[Any]], refused: type[Exception]
) -> None:
    recorder.insert_events([event("case-0", 1)], attached=Attached(act="a"))
    with pytest.raises(refused):
        recorder.insert_batch(acts(), at=1)
    nothing_of_it(recorder)


def test_of_many_who_restore_at_once_one_does_and_appends_beside_them_have_their_own_answers(
    recorder: LedgerRecorder,
) -> None:
    def restore(n: int) -> object:
        try:
            return recorder.insert_batch(restored(f"a{n}", f"b{n}", stream=f"case-{n}"), at=0)
        except WrongPlace as e:
            return e.head

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(restore, range(8)))
        assert sum(isinstance(outcome, list) for outcome in outcomes) == 1
        appended = sorted(pool.map(lambda n: recorder.insert_events([event(f"late-{n}", 1)])[0], range(8)))
    assert appended == list(range(3, 11))


@pytest.mark.parametrize("carried_out", [True, False])
def test_a_restore_whose_commit_failed_is_reported_as_it_is(
    recorder: Recorder, failing_commit: Arm, *, carried_out: bool
) -> None:
    recorder.insert_events([event("case-0", 1)])
    failing_commit(carried_out=carried_out)
    if carried_out:
        assert recorder.insert_batch(restored("b", "c", "d"), at=1) == [range(2, 4), range(4, 6), range(6, 6)]
    else:
        with pytest.raises(OperationalError):
            recorder.insert_batch(restored("b", "c", "d"), at=1)
        nothing_of_it(recorder)
