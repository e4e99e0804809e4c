"""Many callers, one writer: whatever waits is committed together, and each caller gets its own answer."""

from collections.abc import Callable, Sequence
from threading import Lock, Thread, current_thread
from typing import Final, Generic, TypeVar

from domain.ledger.recorder import Closed, OutcomeUnknown

A = TypeVar("A")
R = TypeVar("R")

MOST: Final = 256
"""Appends in one commit, at most."""
_ALIVE_S: Final = 1.0


class _Waiting(Generic[A, R]):
    """One caller, blocked on `answered` until the writer releases it."""

    __slots__ = ("answer", "answered", "append")

    def __init__(self, append: A) -> None:
        self.append = append
        self.answer: R | BaseException | None = None
        self.answered = Lock()
        self.answered.acquire()


class GroupCommit(Generic[A, R]):
    """`commit` takes what waits, in order, in the one writer thread, and returns for each its result or its error.

    It calls what it gets as `meanwhile` when it begins to wait for the disk: then the callers of the batch before are
    let go, and what they do next costs nobody anything (let go at once, they would compete with the writer; measured:
    half as many appends again). Whatever `commit` raises goes to the callers of its batch as OutcomeUnknown, and the
    writer lives on. `done` is called after each batch, and `ended` in the writer's thread when it ends.
    """

    def __init__(
        self,
        commit: Callable[[Sequence[A], Callable[[], None]], Sequence[R | BaseException]],
        *,
        name: str,
        done: Callable[[], None],
        ended: Callable[[], None],
    ) -> None:
        self._commit, self._name, self._done, self._ended = commit, name, done, ended
        self._lock = Lock()
        self._queue: list[_Waiting[A, R]] = []
        self._answered: list[_Waiting[A, R]] = []
        """Callers whose answer is there; only the writer's thread touches them."""
        self._met: BaseException | None = None
        """What last broke a batch; its callers, who have no answer, are told."""
        self._writer: Thread | None = None
        self._idle = False
        self._closed = False
        self._bell = Lock()
        self._bell.acquire()

    def submit(self, append: A) -> R:
        """The result, once it is durable; raises what the commit answered, or Closed."""
        waiting: _Waiting[A, R] = _Waiting(append)
        with self._lock:
            if self._closed:
                raise Closed("the recorder is closed")
            if self._writer is None:
                writer = Thread(target=self._run, name=self._name, daemon=True)
                writer.start()  # may fail: then there is no writer, and the next caller tries again
                self._writer = writer
            writer = self._writer
            self._queue.append(waiting)
            self._ring()
        while not waiting.answered.acquire(timeout=_ALIVE_S):
            # only the end of the interpreter, or a fork, takes the writer away: nobody waits for it for ever
            if not writer.is_alive():
                if waiting.answered.acquire(blocking=False):
                    break
                raise OutcomeUnknown("the writer is gone")
        if waiting.answer is None:
            raise OutcomeUnknown(f"the writer met {self._met!r}") from self._met
        if isinstance(waiting.answer, BaseException):
            raise waiting.answer
        return waiting.answer

    def close(self) -> None:
        """Returns when everything that was submitted before has its answer. Again is not an error."""
        with self._lock:
            self._closed = True
            writer = self._writer
            self._ring()
        if writer is not None and writer is not current_thread():
            writer.join()

    def _ring(self) -> None:
        if self._idle:
            self._idle = False
            self._bell.release()

    def _run(self) -> None:
        try:
            while batch := self._next():
                self._answer(batch)
        finally:
            self._let_go()
            self._ended()

    def _next(self) -> list[_Waiting[A, R]]:
        """What waits, or, when it is closed and nothing waits, nothing."""
        while True:
            with self._lock:
                if self._queue:
                    batch = self._queue[:MOST]
                    del self._queue[:MOST]
                    return batch
                if self._closed:
                    return []
                self._idle = True
            self._let_go()
            self._bell.acquire()

    def _answer(self, batch: list[_Waiting[A, R]]) -> None:
        try:
            answers = self._commit([waiting.append for waiting in batch], self._let_go)
            for waiting, answer in zip(batch, answers, strict=True):
                waiting.answer = answer
        except BaseException as e:  # noqa: BLE001 - the writer outlives whatever one batch brings
            self._met = e
        self._let_go()
        self._answered = batch
        self._done()

    def _let_go(self) -> None:
        answered, self._answered = self._answered, []
        for waiting in answered:
            waiting.answered.release()
