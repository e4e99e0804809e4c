"""Whoever follows the ledger misses nothing, sees every position in its place, and learns of each append at once."""

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Event, Thread

import pytest

from domain.ledger import follow
from domain.ledger import recorder as contract
from domain.ledger.follow import Wakes
from domain.ledger.recorder import Attached, Closed, LedgerRecorder
from tests.domain.ledger.some_appends import ROOT, event, opened_at, write_acts

type_ = "case.submitted.v1"


class Tail(Thread):
    """Reads on until it is told that nothing more comes and has read it all."""

    def __init__(self, recorder: LedgerRecorder) -> None:
        super().__init__()
        self.recorder, self.over = recorder, Event()
        self.documents: list[bytes] = []
        self.start()

    def run(self) -> None:
        at = 0
        while True:
            last_look = self.over.is_set()
            rows = self.recorder.read(at, 100)  # raises where a position is missing
            self.documents += [document for _, _, document in rows]
            at += len(rows)
            if not rows:
                if last_look:
                    return
                self.recorder.wait(at, 1.0)


def acknowledged(lines: str) -> dict[str, range]:
    acts = (line.split() for line in lines.splitlines())
    return {act: range(int(first), int(last) + 1) for act, first, last in acts}


def whole(documents: list[bytes], acts: dict[str, range]) -> None:
    """Every acknowledged act is there, all its events in their places, and no other event stands between."""
    positions = sorted(position for got in acts.values() for position in got)
    assert positions == list(range(1, len(documents) + 1))
    for act, got in acts.items():
        said = [documents[position - 1].rstrip(b".").decode() for position in got]
        assert said == [f"{act} {n}" for n in range(len(got))]


def test_a_reader_behind_eight_writers_misses_nothing(
    recorder: LedgerRecorder, capfd: pytest.CaptureFixture[str]
) -> None:
    tail = Tail(recorder)
    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(write_acts, recorder, f"w{n}", 60) for n in range(8)]:
            done.result()
    tail.over.set()
    tail.join(60)
    acts = acknowledged(capfd.readouterr().out)
    assert len(acts) == 480
    whole(tail.documents, acts)


def test_a_reader_behind_two_processes_on_one_ledger_misses_nothing(recorder: LedgerRecorder, where: str) -> None:
    tail = Tail(recorder)
    program = [sys.executable, "-m", "tests.domain.ledger.some_appends", where]
    writers = [
        subprocess.Popen([*program, name, "4", "60"], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for name in ("p", "q")
    ]
    lines = [writer.communicate(timeout=120)[0] for writer in writers]
    tail.over.set()
    tail.join(60)
    assert [writer.returncode for writer in writers] == [0, 0]
    acts = acknowledged("".join(lines))
    assert len(acts) == 480
    whole(tail.documents, acts)


def test_two_recorders_on_one_ledger_decide_one_race(recorder: LedgerRecorder, where: str) -> None:
    with closing(opened_at(where)) as other, ThreadPoolExecutor(8) as pool:
        raced = [
            pool.submit(one.insert_events, [event("case-1", 1)], attached=Attached(act=f"act-{n}"))
            for n, one in enumerate([recorder, other] * 4)
        ]
        outcomes = [race.exception() for race in raced]
    assert sum(outcome is None for outcome in outcomes) == 1
    assert all(outcome is None or isinstance(outcome, contract.StaleRead) for outcome in outcomes)
    assert recorder.head() == 1


def commits_behind_the_first_look(recorder: LedgerRecorder, monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """`head` answers, and before the answer arrives another thread has committed: the moment a wake-up gets lost."""
    head = recorder.head
    looked: list[int] = []

    def answers_late() -> int:
        seen = head()
        if not looked:
            looked.append(seen)
            other = Thread(target=recorder.insert_events, args=([event("case-1", 1)],))
            other.start()
            other.join()
        return seen

    monkeypatch.setattr(recorder, "head", answers_late)
    return answers_late


def test_a_commit_between_the_first_look_and_the_wait_is_seen_within_300_ms(
    recorder: LedgerRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    commits_behind_the_first_look(recorder, monkeypatch)
    assert recorder.wait(0, 0.3)


def test_that_commit_wakes_a_subscriber_who_hardly_ever_polls(
    recorder: LedgerRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follow, "POLL_S", 3600.0)
    commits_behind_the_first_look(recorder, monkeypatch)
    got: list[int] = []
    with recorder.subscribe() as subscription:
        reader = Thread(target=lambda: got.append(next(subscription).id), daemon=True)
        reader.start()
        reader.join(30)
    assert got == [1]


def test_an_append_of_another_process_is_seen_without_a_wake_up(recorder: LedgerRecorder, where: str) -> None:
    waiting = ThreadPoolExecutor(1).submit(recorder.wait, 0, 60.0)
    with closing(opened_at(where)) as other:
        other.insert_events([event("case-1", 1)])
    assert waiting.result(30)


def test_waiting_for_what_does_not_come_ends(recorder: LedgerRecorder) -> None:
    recorder.insert_events([event("case-1", 1)])
    assert recorder.wait(0, 0.0)
    assert not recorder.wait(1, 0.0)
    assert not recorder.wait(1, 0.12)


def test_a_subscription_yields_what_it_asked_for_and_goes_on(recorder: LedgerRecorder) -> None:
    for n in range(1, 1201):
        type = "case.accepted.v1" if n % 400 == 0 else type_
        recorder.insert_events([event(f"case-{n}", 1, str(n).encode(), type)])
    with recorder.subscribe(gt=1, topics=["case.accepted.v1"]) as subscription:
        assert [next(subscription).id for _ in range(3)] == [400, 800, 1200]
        recorder.insert_events([event("case-x", 1, type=type_), event("case-x", 2, b"new", "case.accepted.v1")])
        assert next(subscription).state == b"new"
    assert list(subscription) == []
    with recorder.subscribe(gt=600) as subscription:
        assert [next(subscription).id for _ in range(602)] == list(range(601, 1203))


@pytest.mark.parametrize("wait", [lambda r: r.wait(0, 60.0), lambda r: next(r.subscribe())], ids=["wait", "subscribe"])
def test_closing_ends_every_wait(recorder: LedgerRecorder, wait: Callable[[LedgerRecorder], object]) -> None:
    waiting = ThreadPoolExecutor(1).submit(wait, recorder)
    recorder.close()
    with pytest.raises(Closed):
        waiting.result(30)


def test_a_listener_that_raises_is_not_called_again_and_stops_nobody(recorder: LedgerRecorder) -> None:
    called: list[str] = []

    def ended_loop() -> None:
        called.append("once")
        raise RuntimeError("event loop is closed")

    recorder.wakes.add(ended_loop)
    recorder.wakes.add(lambda: called.append("other"))
    recorder.insert_events([event("case-1", 1)])
    recorder.insert_events([event("case-1", 2)])
    recorder.close()
    assert called.count("once") == 1
    assert called.count("other") >= 2


def test_listeners_come_and_go_from_any_thread() -> None:
    wakes = Wakes()
    calls = [lambda n=n: n for n in range(400)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(wakes.add, calls))
        list(pool.map(wakes.discard, calls[1:]))
    assert wakes._calls == (calls[0],)
