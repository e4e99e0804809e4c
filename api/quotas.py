"""What one agency or participant may ask for, so that a loud one leaves the others their time."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import ceil, floor
from threading import Lock
from time import monotonic
from typing import Final

from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import Problem

_ENTERED: Final = "entered"
_KEPT: Final = 10_000
"""Actors that are remembered who ask nothing just now; the longest silent go first, whose quota is full again."""


@dataclass(slots=True)
class _Account:
    """What an actor has left."""

    left: float
    at: float
    now: int = 0
    """Requests and streams that are being answered."""


@dataclass(frozen=True, slots=True)
class Entered:
    """A request that was let in, and what is left of the quota."""

    headers: Mapping[str, str]
    leave: Callable[[], None]


class Quotas:
    """So many requests in a window, that refill as time goes, and so many at once; of each actor by itself.

    In one process: several doors give a quota each. A stream counts as a request while it is open.
    """

    def __init__(self, *, requests: int, window_s: int, at_once: int, clock: Callable[[], float] = monotonic) -> None:
        if min(requests, window_s, at_once) < 1:
            raise ValueError("a quota lets something in")
        self._requests, self._window_s, self._at_once, self._clock = requests, window_s, at_once, clock
        self._accounts: OrderedDict[str, _Account] = OrderedDict()
        self._lock = Lock()
        self._policy = f'"requests";q={requests};w={window_s}, "at-once";q={at_once}'

    def enter(self, actor: str, request: Request) -> None:
        """Count a request until it is answered, once. Raises Problem (429)."""
        if _entered(request.scope) is not None:
            return
        with self._lock:
            account = self._account(actor)
            headers = self._headers(account)
            if account.left < 1:
                wait = ceil((1 - account.left) * self._window_s / self._requests)
                raise Problem("quota-spent", headers={**headers, "Retry-After": str(wait)})
            if account.now >= self._at_once:
                raise Problem("too-many-at-once", headers={**headers, "Retry-After": "1"})
            account.left -= 1
            account.now += 1
            headers = self._headers(account)
        setattr(request.state, _ENTERED, Entered(headers, lambda: self._leave(account)))

    def _account(self, actor: str) -> _Account:
        """The actor's account as it is now; the lock is held."""
        now = self._clock()
        account = self._accounts.get(actor)
        if account is None:
            account = self._accounts[actor] = _Account(float(self._requests), now)
            self._forget()
        self._accounts.move_to_end(actor)
        refilled = account.left + (now - account.at) * self._requests / self._window_s
        account.left, account.at = min(float(self._requests), refilled), now
        return account

    def _forget(self) -> None:
        while len(self._accounts) > _KEPT:
            oldest = next(iter(self._accounts))
            if self._accounts[oldest].now:
                return
            del self._accounts[oldest]

    def _headers(self, account: _Account) -> Mapping[str, str]:
        full = ceil((self._requests - account.left) * self._window_s / self._requests)
        return {
            "RateLimit-Policy": self._policy,
            "RateLimit": f'"requests";r={floor(account.left)};t={full}, "at-once";r={self._at_once - account.now}',
        }

    def _leave(self, account: _Account) -> None:
        with self._lock:
            account.now -= 1


class Metered:
    """Tells with each answer what is left, and counts a request as answered when all of it was sent."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start" and (entered := _entered(scope)) is not None:
                MutableHeaders(scope=message).update(entered.headers)
            await send(message)

        try:
            await self._app(scope, receive, told)
        finally:
            if (entered := _entered(scope)) is not None:
                entered.leave()


def _entered(scope: Scope) -> Entered | None:
    entered: Entered | None = scope.get("state", {}).get(_ENTERED)
    return entered
