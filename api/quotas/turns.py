"""Of what one actor reads one answer is made at a time, and while others read, too, it leaves them as much time."""

from asyncio import CancelledError, Future, get_running_loop
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Final

from fastapi import Request
from starlette.types import Scope

AROUND_S: Final = 1.0
"""Seconds for which somebody who asked counts as somebody who reads."""
LONGEST_REST_S: Final = 1.0
_TURN: Final = "turn"


@dataclass(slots=True)
class _Line:
    """Those of one actor who wait for their turn, behind the one whose it is."""

    began: float = 0.0
    waiting: "deque[Future[None]]" = field(default_factory=deque)


class Turns:
    """Everybody's turns, in one event loop.

    Threads that compute share one processor: whoever had many would have most of it. So each actor has one, and where
    more of theirs wait for it, the next begins after as long a rest as the last answer took to make, if anybody else is
    around. Whoever asks one thing after the other never rests.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._lines: dict[str, _Line] = {}
        self._last: tuple[str, float] = ("", -AROUND_S)
        self._other = self._last
        """Who asked last, and before them somebody else."""

    async def begin(self, actor: str) -> None:
        """Return once it is their turn."""
        now = self._clock()
        if actor != self._last[0]:
            self._other = self._last
        self._last = (actor, now)
        line = self._lines.get(actor)
        if line is None:
            line = self._lines[actor] = _Line()
        else:
            mine: Future[None] = get_running_loop().create_future()
            line.waiting.append(mine)
            try:
                await mine
            except CancelledError:
                if mine.done() and not mine.cancelled():
                    self._next(actor)
                raise
        line.began = self._clock()

    def end(self, actor: str) -> None:
        """It is over: the next of theirs has it, perhaps after a rest."""
        line, now = self._lines[actor], self._clock()
        if line.waiting and self._is_anybody_else_around(actor, now):
            get_running_loop().call_later(min(LONGEST_REST_S, now - line.began), self._next, actor)
        else:
            self._next(actor)

    def waiting(self, actor: str) -> int:
        """How many of theirs wait for their turn."""
        line = self._lines.get(actor)
        return 0 if line is None else len(line.waiting)

    def _next(self, actor: str) -> None:
        waiting = self._lines[actor].waiting
        while waiting:
            if not (first := waiting.popleft()).done():
                first.set_result(None)
                return
        del self._lines[actor]

    def _is_anybody_else_around(self, actor: str, now: float) -> bool:
        _, at = self._last if self._last[0] != actor else self._other
        return now - at < AROUND_S


class Turn:
    """One request, which has its turn until its answer begins to be sent."""

    def __init__(self, turns: Turns, actor: str) -> None:
        self._turns, self._actor, self._has_it = turns, actor, False

    async def begin(self) -> None:
        await self._turns.begin(self._actor)
        self._has_it = True

    def end(self) -> None:
        """Again is not an error."""
        if self._has_it:
            self._has_it = False
            self._turns.end(self._actor)


def with_turn(scope: Scope, turn: Turn) -> None:
    """Note whose turn a request is."""
    scope.setdefault("state", {})[_TURN] = turn


@asynccontextmanager
async def waiting(request: Request) -> AsyncIterator[None]:
    """Nobody waits for their turn behind somebody who waits for something else."""
    turn: Turn | None = getattr(request.state, _TURN, None)
    if turn is not None:
        turn.end()
    yield
    if turn is not None:
        await turn.begin()
