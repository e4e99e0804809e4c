"""Whoever follows the ledger polls it; a wake-up only makes the next poll come sooner."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Event, Lock
from typing import TYPE_CHECKING, Final

from eventsourcing.persistence import Notification, Subscription

if TYPE_CHECKING:
    from domain.ledger.recorder import LedgerRecorder

POLL_S: Final = 0.05
"""Seconds between two looks: the most that an append of another process stays unseen."""
_BATCH: Final = 500


class Wakes:
    """Calls to make after each append of this process, from the writer's thread: they must return at once.

    A call that raises is not made again (an event loop that has ended, for instance).
    """

    def __init__(self) -> None:
        self._calls: tuple[Callable[[], object], ...] = ()
        self._changing = Lock()

    def add(self, call: Callable[[], object]) -> None:
        with self._changing:
            self._calls = (*self._calls, call)

    def discard(self, call: Callable[[], object]) -> None:
        with self._changing:
            self._calls = tuple(c for c in self._calls if c != call)

    def ring(self) -> None:
        for call in self._calls:
            try:
                call()
            except BaseException:  # noqa: BLE001 - a listener may not stop the writer, and polling is the truth
                self.discard(call)

    @contextmanager
    def listening(self) -> Iterator[Event]:
        """An event that is set after each append."""
        rung = Event()
        self.add(rung.set)
        try:
            yield rung
        finally:
            self.discard(rung.set)


class Following(Subscription["LedgerRecorder"]):
    """Every event behind `gt`, of these types where any are named, then each new one: for ever, or until stopped.

    Reads in the thread of whoever iterates. Raises what the recorder raises.
    """

    def __init__(self, recorder: "LedgerRecorder", gt: int | None, topics: Sequence[str]) -> None:
        super().__init__(recorder=recorder, gt=gt, topics=topics)
        self._at = gt or 0
        self._read: deque[Notification] = deque()
        self._rung = Event()
        recorder.wakes.add(self._rung.set)  # before the first look: a commit in between is not missed

    def stop(self) -> None:
        super().stop()
        self._recorder.wakes.discard(self._rung.set)
        self._rung.set()

    def __next__(self) -> Notification:
        while not self._has_been_stopped:
            if self._read:
                return self._read.popleft()
            self._rung.clear()
            if not self._look():
                self._rung.wait(POLL_S)
        raise StopIteration

    def _look(self) -> bool:
        head = self._recorder.head()
        if head <= self._at:
            return False
        found = self._recorder.select_notifications(
            self._at, _BATCH, stop=head, topics=self._topics, inclusive_of_start=False
        )
        self._read.extend(found)
        # what no topic asked for is behind us too: it is not looked through again
        self._at = found[-1].id if len(found) == _BATCH else head
        return True
