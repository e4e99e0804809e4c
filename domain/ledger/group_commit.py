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

    Whatever `commit` raises goes to the callers of that batch as OutcomeUnknown, and the writer lives on. `done` is
    called after each batch was answered, and `ended` in the writer's thread when it ends.
    """

    def __init__(
        self,
        commit: Callable[[Sequence[A]], Sequence[R | BaseException]],
        *,
        name: str,
        done: Callable[[], None],
        ended: Callable[[], None],
    ) -> None:
        self._commit, self._name, self._done, self._ended = commit, name, done, ended
        self._lock = Lock()
        self._queue: list[_Waiting[A, R]] = []
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
                self._writer = Thread(target=self._run, name=self._name, daemon=True)
                self._writer.start()
            writer = self._writer
            self._queue.append(waiting)
            self._ring()
        while not waiting.answered.acquire(timeout=_ALIVE_S):
            # only the end of the interpreter, or a fork, takes the writer away: nobody waits for it for ever
            if not writer.is_alive():
                if waiting.answered.acquire(blocking=False):
                    break
                raise OutcomeUnknown("the writer is gone")
        if isinstance(waiting.answer, BaseException):
            raise waiting.answer
        return waiting.answer  # type: ignore[return-value]

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
            self._bell.acquire()

    def _answer(self, batch: list[_Waiting[A, R]]) -> None:
        try:
            answers = self._commit([waiting.append for waiting in batch])
            for waiting, answer in zip(batch, answers, strict=True):
                waiting.answer = answer
        except BaseException as e:  # noqa: BLE001 - the writer outlives whatever one batch brings
            for waiting in batch:
                waiting.answer = OutcomeUnknown(f"the writer met {e!r}")
                waiting.answer.__cause__ = e
        finally:
            for waiting in batch:
                waiting.answered.release()
        self._done()
