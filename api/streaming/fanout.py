"""What streams send is encoded once for everybody who sees the same, and nobody's slowness is kept for them."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Coroutine, Hashable
from dataclasses import dataclass
from functools import partial
from threading import Event, Thread
from typing import Any, Final, Generic, Protocol, TypeVar

import structlog
from anyio import CapacityLimiter, to_thread

from projections.given import Given

TOGETHER_S: Final = 0.005
"""Seconds for which what comes together is sent together."""
IDLE_S: Final = 0.5
KEPT: Final = 256
"""What is kept for whoever comes by next, at most: stretches, and what they are made of."""
KEPT_S: Final = 2.0
"""Seconds for which one is kept: longer, and it could outlive what it says."""
_ENCODERS: Final = 2
_EVERYBODY: Final = object()
"""Stands for whoever is sent something of what was loaded."""
L = TypeVar("L")
T = TypeVar("T")
_log: Final = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """How far something is."""

    position: int
    number: int = 0
    """Of what was noted late, at that position or before it."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """What a reader is sent for what lies between its cursor and another."""

    upto: Mark
    body: bytes
    given: Given | None = None
    """What it was made from, where that is recorded."""


class Moves(Protocol):
    """Something that only ever moves on."""

    def mark(self) -> Mark:
        """How far it is."""

    def wait(self, beyond: Mark, timeout: float) -> bool:
        """Whether it is beyond a mark, waiting for that at most `timeout` seconds."""


class Fanout(Generic[L]):
    """Follows something for all streams of one event loop. A stream holds a cursor and one stretch, and no queue.

    What lies between two marks is loaded once for all that are at the same place; those of them that see the same share
    the bytes, and who is behind reads on from where they are kept. `most` is how many positions one stretch covers.
    """

    def __init__(self, moves: Moves, load: Callable[[Mark, Mark], L], *, most: int) -> None:
        self._moves, self._load, self._most = moves, load, most
        self._stop = Event()
        self._begun: asyncio.Task[None] | None = None
        self._thread = Thread(target=self._follow, name="streams", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._moved = asyncio.Event()
        self._kept: OrderedDict[Hashable, asyncio.Task[Any]] = OrderedDict()
        self._encoding = CapacityLimiter(_ENCODERS)
        self._mark = Mark(0)

    async def mark(self) -> Mark:
        """How far it is; the first to ask makes it follow."""
        if self._begun is None:
            self._begun = asyncio.ensure_future(self._begin())
        try:
            await asyncio.shield(self._begun)
        except Exception:
            self._begun = None  # the next to ask tries again
            raise
        return self._mark

    async def _begin(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._mark = await to_thread.run_sync(self._moves.mark)
        self._thread.start()

    def stop(self) -> None:
        """End every stream. From any thread; again is not an error."""
        self._stop.set()
        self._later(self._ring)

    def join(self) -> None:
        """Wait until it looks at nothing any more; `stop` was called before."""
        if self._thread.is_alive():
            self._thread.join()

    async def stretches(self, key: Hashable, after: Mark, encode: Callable[[L], Stretch]) -> AsyncIterator[Stretch]:
        """What comes behind `after`, stretch by stretch, until the server stops.

        `key` says who sees the same. Raises what `load` and `encode` raise.
        """
        at = after
        while not self._stop.is_set():
            moved = self._moved  # before the look: what comes in between rings it
            if at >= self._mark:
                await moved.wait()
                continue
            stretch = await self._once((key, at), partial(self._encoded, at, encode))
            at = stretch.upto
            yield stretch

    async def _encoded(self, at: Mark, encode: Callable[[L], Stretch]) -> Stretch:
        loaded = await self._once((_EVERYBODY, at), partial(self._loaded, at))
        return await to_thread.run_sync(encode, loaded, limiter=self._encoding)

    async def _loaded(self, at: Mark) -> L:
        # whole blocks where there is a backlog, so that those who come through it share them
        block = at.position - at.position % self._most + self._most
        upto = self._mark if self._mark.position <= block else Mark(block, at.number)
        return await to_thread.run_sync(self._load, at, upto, limiter=self._encoding)

    async def _once(self, key: Hashable, make: Callable[[], Coroutine[Any, Any, T]]) -> T:
        task: asyncio.Task[T] | None = self._kept.get(key)
        if task is None:
            task = asyncio.ensure_future(make())
            self._kept[key] = task
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
            task.add_done_callback(lambda done: self._forget(key, done))
        return await asyncio.shield(task)  # one that leaves takes nothing away from the others

    def _forget(self, key: Hashable, done: "asyncio.Task[Any]") -> None:
        """A failure is nobody else's; and what may be destroyed is not kept for long."""
        if done.cancelled() or done.exception() is not None:
            self._kept.pop(key, None)
        elif self._loop is not None:
            self._loop.call_later(KEPT_S, self._kept.pop, key, None)

    def _follow(self) -> None:
        mark = self._mark
        while not self._stop.is_set():
            try:
                if self._moves.wait(mark, IDLE_S):
                    mark = self._moves.mark()
                    self._later(self._reach, mark)
                    self._stop.wait(TOGETHER_S)
            except Exception as error:  # noqa: BLE001 - the outermost loop of its thread; readiness says what is wrong
                _log.warning("streams wait", error=type(error).__name__)
                self._stop.wait(IDLE_S)

    def _later(self, call: Callable[..., None], *given: object) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(call, *given)

    def _reach(self, mark: Mark) -> None:
        self._mark = mark
        self._ring()

    def _ring(self) -> None:
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()
