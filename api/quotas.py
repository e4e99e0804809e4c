"""What one agency or participant may ask for, so that a loud one leaves the others their time."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from math import ceil, floor
from os import urandom
from threading import Lock
from time import monotonic
from typing import Final

from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import CODES, MEDIA_TYPE, Problem, members
from domain import wire

_ENTERED: Final = "entered"
_COUNTED: Final = "/v1/"
_BODIES: Final = {
    code: (int(CODES[code].status), wire.canonical(members(code))) for code in ("quota-spent", "too-many-at-once")
}
_KEPT: Final = 10_000
"""Actors that are remembered who ask nothing just now; the longest silent go first, whose quota is full again."""
_SAYING: Final = frozenset({b"authorization", b"cookie", b"client-cert", b"docket-development-principal"})
"""Headers by which somebody may be known. Who comes with the same from the same address has the same quota."""


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
    charge: Callable[[int], None]


class Quotas:
    """So many requests in a window, that refill as time goes, and so many at once; of each actor by itself.

    In one process: several doors give a quota each. A stream counts as a request while it is open, and each act of a
    batch behind its first as one more: a batch is let in whole, and what it costs beyond what was left is owed.
    """

    def __init__(self, *, requests: int, window_s: int, at_once: int, clock: Callable[[], float] = monotonic) -> None:
        if min(requests, window_s, at_once) < 1:
            raise ValueError("a quota lets something in")
        self._requests, self._window_s, self._at_once, self._clock = requests, window_s, at_once, clock
        self._accounts: OrderedDict[str, _Account] = OrderedDict()
        self._behind: OrderedDict[bytes, str] = OrderedDict()
        self._secret = urandom(32)
        self._lock = Lock()
        self._policy = f'"requests";q={requests};w={window_s}, "at-once";q={at_once}'

    def enter(self, actor: str, request: Request) -> None:
        """Count a request until it is answered, once. Raises Problem (429)."""
        if _entered(request.scope) is not None:
            return
        said = self._said(request.scope)
        with self._lock:
            self._behind[said] = actor
            self._behind.move_to_end(said)
            while len(self._behind) > _KEPT:
                self._behind.popitem(last=False)
            account = self._account(actor)
            if (refusal := self._refusal(account)) is not None:
                code, headers = refusal
                raise Problem(code, headers=headers)
            account.left -= 1
            account.now += 1
            headers = self._headers(account)

        def charge(acts: int) -> None:
            with self._lock:
                account.left -= acts

        setattr(request.state, _ENTERED, Entered(headers, lambda: self._leave(account), charge))

    def refused(self, scope: Scope) -> tuple[str, Mapping[str, str]] | None:
        """Code and headers for who is told to wait whatever they ask: who it was that came with the same words, and
        has nothing left. That they are still known is not asked: whoever is not is told no more than this.
        """
        with self._lock:
            actor = self._behind.get(self._said(scope))
            return None if actor is None else self._refusal(self._account(actor))

    def _refusal(self, account: _Account) -> tuple[str, Mapping[str, str]] | None:
        """Why a request is not let in now; the lock is held."""
        if account.left < 1:
            wait = ceil((1 - account.left) * self._window_s / self._requests)
            return "quota-spent", {**self._headers(account), "Retry-After": str(wait)}
        if account.now >= self._at_once:
            return "too-many-at-once", {**self._headers(account), "Retry-After": "1"}
        return None

    def _said(self, scope: Scope) -> bytes:
        """What a request says of who sends it, as a digest that only this process can make."""
        said = blake2b(str(scope.get("client") and scope["client"][0]).encode(), key=self._secret, digest_size=16)
        for name, value in scope.get("headers", ()):
            if name in _SAYING:
                said.update(b"\n%d %b=%b" % (len(value), name, value))
        return said.digest()

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
        left = max(0, floor(account.left))
        return {
            "RateLimit-Policy": self._policy,
            "RateLimit": f'"requests";r={left};t={full}, "at-once";r={self._at_once - account.now}',
        }

    def _leave(self, account: _Account) -> None:
        with self._lock:
            account.now -= 1


class Metered:
    """Tells with each answer what is left, and counts a request as answered when all of it was sent.

    Who has nothing left is told so here, before the request is read, routed or given a thread: to turn somebody down
    has to cost less than what they ask for.
    """

    def __init__(self, app: ASGIApp, quotas: Quotas | None = None) -> None:
        self._app, self._quotas = app, quotas

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        refused = self._refused(scope)
        if refused is not None:
            await _turn_down(*refused, send=send)
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

    def _refused(self, scope: Scope) -> tuple[str, Mapping[str, str]] | None:
        if self._quotas is None or not scope["path"].startswith(_COUNTED):
            return None
        return self._quotas.refused(scope)


def _entered(scope: Scope) -> Entered | None:
    entered: Entered | None = scope.get("state", {}).get(_ENTERED)
    return entered


async def _turn_down(code: str, headers: Mapping[str, str], *, send: Send) -> None:
    status, body = _BODIES[code]
    said = {"content-type": MEDIA_TYPE, "content-length": str(len(body)), **headers}
    sent = [(name.lower().encode(), value.encode()) for name, value in said.items()]
    await send({"type": "http.response.start", "status": status, "headers": sent})
    await send({"type": "http.response.body", "body": body})


def charging(request: Request) -> Callable[[int], None]:
    """What each act of a batch is counted with; the first was counted as the request."""
    free, entered = 1, _entered(request.scope)

    def charge(acts: int) -> None:
        nonlocal free
        counted, free = max(0, acts - free), max(0, free - acts)
        if entered is not None and counted:
            entered.charge(counted)

    return charge
