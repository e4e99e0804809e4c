"""The writer outlives whatever a batch brings, every caller has an answer, and nobody waits for ever."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Thread

import pytest

from domain.ledger.group_commit import MOST, GroupCommit
from domain.ledger.recorder import Closed, OutcomeUnknown


def started(
    commit: Callable[[Sequence[int], Callable[[], None]], Sequence[int | BaseException]],
) -> GroupCommit[int, int]:
    return GroupCommit(commit, name="writer", done=lambda: None, ended=lambda: None)


def test_callers_that_come_while_the_writer_is_busy_are_committed_together() -> None:
    first, go_on, batches = Event(), Event(), []

    def commit(batch: Sequence[int], meanwhile: Callable[[], None]) -> list[int]:
        batches.append(list(batch))
        first.set()
        assert go_on.wait(20)
        return [one * 10 for one in batch]

    group = started(commit)
    with ThreadPoolExecutor(40) as pool:
        answers = [pool.submit(group.submit, 0)]
        assert first.wait(20)
        answers += [pool.submit(group.submit, n) for n in range(1, 40)]
        while len(group._queue) < 39:
            pass
        go_on.set()
        assert [answer.result(20) for answer in answers] == [n * 10 for n in range(40)]
    group.close()
    assert [len(batch) for batch in batches] == [1, 39]


def test_no_batch_is_larger_than_it_may_be() -> None:
    sizes = []

    def commit(batch: Sequence[int], meanwhile: Callable[[], None]) -> list[int]:
        sizes.append(len(batch))
        return list(batch)

    group = started(commit)
    with ThreadPoolExecutor(MOST + 50) as pool:
        assert sorted(pool.map(group.submit, range(2000))) == list(range(2000))
    group.close()
    assert max(sizes) <= MOST


@pytest.mark.parametrize("met", [OverflowError("2**70"), SystemExit(3), KeyboardInterrupt(), MemoryError()])
def test_an_exception_reaches_the_callers_of_its_batch_and_nobody_else(met: BaseException) -> None:
    def commit(batch: Sequence[int], meanwhile: Callable[[], None]) -> list[int]:
        if 13 in batch:
            raise met
        return list(batch)

    group = started(commit)
    assert group.submit(1) == 1
    with pytest.raises(OutcomeUnknown, match=type(met).__name__) as unknown:
        group.submit(13)
    assert unknown.value.__cause__ is met
    assert group.submit(2) == 2
    group.close()


def test_a_commit_with_too_few_answers_leaves_nobody_waiting() -> None:
    group = started(lambda batch, meanwhile: [])
    with pytest.raises(OutcomeUnknown):
        group.submit(1)
    group.close()


def test_callers_are_let_go_while_the_next_batch_waits_for_the_disk() -> None:
    at_the_disk, go_on = Event(), Event()

    def commit(batch: Sequence[int], meanwhile: Callable[[], None]) -> list[int]:
        meanwhile()
        if 2 in batch:
            at_the_disk.set()
            assert go_on.wait(20)
        return list(batch)

    group = started(commit)
    with ThreadPoolExecutor(2) as pool:
        second = pool.submit(group.submit, 2)
        assert at_the_disk.wait(20)
        assert not second.done()
        third = pool.submit(group.submit, 3)
        go_on.set()
        assert (second.result(20), third.result(20)) == (2, 3)
    group.close()


def test_closing_answers_what_was_asked_and_refuses_what_comes_later() -> None:
    busy, go_on, ended = Event(), Event(), Event()

    def commit(batch: Sequence[int], meanwhile: Callable[[], None]) -> list[int]:
        busy.set()
        assert go_on.wait(20)
        return list(batch)

    group = GroupCommit(commit, name="writer", done=lambda: None, ended=ended.set)
    with ThreadPoolExecutor(3) as pool:
        asked = [pool.submit(group.submit, 1)]
        assert busy.wait(20)
        asked.append(pool.submit(group.submit, 2))
        while not group._queue:
            pass
        closing = Thread(target=group.close)
        closing.start()
        while not group._closed:
            pass
        with pytest.raises(Closed):
            group.submit(3)
        go_on.set()
        assert [one.result(20) for one in asked] == [1, 2]
        closing.join(20)
    assert not closing.is_alive()
    assert ended.is_set()
    group.close()


def test_a_group_that_was_never_used_closes() -> None:
    started(lambda batch, meanwhile: []).close()
