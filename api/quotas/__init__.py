"""What one agency or participant may ask for, so that a loud one leaves the others their time and their memory."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from math import ceil, floor
from os import urandom
from threading import Lock
from time import monotonic
from typing import Final

from anyio import sleep
from fastapi import Request
from starlette.types import Scope

from api.problems import Problem, too_large

BODY_BYTES: Final = 64 * 1024 * 1024
PAUSE_S: Final = 1.0
"""Seconds after which somebody is turned down: who heeds no 429 comes again no sooner."""
WAITING: Final = 100
"""Requests of one actor that wait for being turned down, at most: each is a connection that is open anyway."""
_ENTERED: Final = "entered"
_KEPT: Final = 10_000
"""Actors that are remembered who ask nothing just now; the longest silent go first, whose quota is full again."""
_SAYING: Final = frozenset({b"authorization", b"cookie", b"client-cert", b"docket-development-principal"})
"""Headers by which somebody may be known. Who comes with the same from the same address has the same quota."""


@dataclass(slots=True)
class _Account:
    """What an actor has left, and what is being done for it."""

    left: float
    at: float
    now: int = 0
    """Requests and streams that are being answered."""
    streams: int = 0
    body_bytes: int = 0
    """Of the bodies of requests that are being answered, as far as they have arrived."""
    waiting: int = 0
    """Requests that are turned down, and wait for being told so."""


class Entered:
    """A request that was let in, and what it takes of its sender's quota until it is answered."""

    def __init__(self, quotas: "Quotas", account: _Account) -> None:
        self._quotas, self._account = quotas, account
        self._streams = self._body_bytes = 0

    @property
    def headers(self) -> Mapping[str, str]:
        """What is left, as an answer says it."""
        return self._quotas.told(self._account)

    def charge(self, acts: int) -> None:
        """Count acts that it consists of beside the first."""
        self._quotas.charge(self._account, acts)

    def stream(self) -> None:
        """Count it as a stream, too. Raises Problem (429)."""
        self._quotas.take(self._account, streams=1)
        self._streams += 1

    def take(self, size: int) -> None:
        """Count more of its body. Raises Problem (413, 429)."""
        self._quotas.take(self._account, body_bytes=size, of_one=self._body_bytes)
        self._body_bytes += size

    def leave(self) -> None:
        """It is answered."""
        self._quotas.leave(self._account, streams=self._streams, body_bytes=self._body_bytes)


class Quotas:
    """So many requests in a window, that refill as time goes, and so many at once; of each actor by itself.

    In one process: several doors give a quota each. A stream counts as a request while it is open, and each act of a
    batch behind its first as one more: a batch is let in whole, and what it costs beyond what was left is owed. Of the
    requests at once only so many may be streams, and their bodies only so long together.
    """

    def __init__(
        self,
        *,
        requests: int,
        window_s: int,
        at_once: int,
        streams: int | None = None,
        body_bytes: int = BODY_BYTES,
        pause_s: float = PAUSE_S,
        waiting: int = WAITING,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """`streams` are by default as many as `at_once`."""
        self._streams = at_once if streams is None else streams
        if min(requests, window_s, at_once, self._streams, body_bytes) < 1:
            raise ValueError("a quota lets something in")
        self._requests, self._window_s, self._at_once, self._body_bytes = requests, window_s, at_once, body_bytes
        self._pause_s, self._waiting, self._clock = pause_s, waiting, clock
        self._accounts: OrderedDict[str, _Account] = OrderedDict()
        self._behind: OrderedDict[bytes, str] = OrderedDict()
        self._secret = urandom(32)
        self._lock = Lock()
        self._policy = (
            f'"requests";q={requests};w={window_s}, "at-once";q={at_once}, "streams";q={self._streams}, '
            f'"bodies";q={body_bytes};qu="content-bytes"'
        )

    def enter(self, actor: str, request: Request) -> None:
        """Count a request until it is answered, once. Raises Problem (429)."""
        if entered_by(request.scope) is not None:
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
        setattr(request.state, _ENTERED, Entered(self, account))

    def actor(self, scope: Scope) -> str | None:
        """Who it was that came with the same words, if anybody did. That they are still known is not asked: whoever is
        not is told no more than to wait.
        """
        with self._lock:
            return self._behind.get(self._said(scope))

    def refused(self, actor: str, *, waiting: int = 0) -> tuple[str, Mapping[str, str]] | None:
        """Code and headers for an actor who is told to wait, whatever they ask; `waiting` were not let in yet."""
        with self._lock:
            return self._refusal(self._account(actor), waiting)

    async def pause(self, actor: str | None) -> bool:
        """Let somebody who is turned down wait for being told so. False at once where too many of theirs do already."""
        if actor is None:
            return False
        with self._lock:
            account = self._account(actor)
            if account.waiting >= self._waiting:
                return False
            account.waiting += 1
        try:
            await sleep(self._pause_s)
        finally:
            with self._lock:
                account.waiting -= 1
        return True

    def told(self, account: _Account) -> Mapping[str, str]:
        """The RateLimit fields (draft-ietf-httpapi-ratelimit-headers) of an actor."""
        with self._lock:
            return self._headers(account)

    def charge(self, account: _Account, acts: int) -> None:
        with self._lock:
            account.left -= acts

    def take(self, account: _Account, *, streams: int = 0, body_bytes: int = 0, of_one: int = 0) -> None:
        """More of what is limited at once; `of_one` bytes the same body had before. Raises Problem (413, 429)."""
        with self._lock:
            if of_one + body_bytes > self._body_bytes:
                raise too_large(self._body_bytes)
            if account.streams + streams > self._streams:
                why = f"At most {self._streams} streams of one actor are open at once."
            elif account.body_bytes + body_bytes > self._body_bytes:
                why = f"The bodies of one actor that are taken in at once have at most {self._body_bytes} bytes."
            else:
                account.streams += streams
                account.body_bytes += body_bytes
                return
            headers = {"Retry-After": "1", **({"Connection": "close"} if body_bytes else {})}
        raise Problem("too-many-at-once", why, headers=headers)

    def leave(self, account: _Account, *, streams: int, body_bytes: int) -> None:
        with self._lock:
            account.now -= 1
            account.streams -= streams
            account.body_bytes -= body_bytes

    def _refusal(self, account: _Account, waiting: int = 0) -> tuple[str, Mapping[str, str]] | None:
        """Why a request is not let in now; the lock is held."""
        if account.left < 1:
            wait = ceil((1 - account.left) * self._window_s / self._requests)
            return "quota-spent", {**self._headers(account), "Retry-After": str(wait)}
        if account.now + waiting >= self._at_once:
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
        left = (
            f'"requests";r={max(0, floor(account.left))};t={full}, "at-once";r={self._at_once - account.now}, '
            f'"streams";r={self._streams - account.streams}, "bodies";r={self._body_bytes - account.body_bytes}'
        )
        return {"RateLimit-Policy": self._policy, "RateLimit": left}


def entered_by(scope: Scope) -> Entered | None:
    """A request as it was let in; None where it was not."""
    entered: Entered | None = scope.get("state", {}).get(_ENTERED)
    return entered


def streaming(request: Request) -> None:
    """Count a request as a stream. Raises Problem (429)."""
    if (entered := entered_by(request.scope)) is not None:
        entered.stream()


def taking(request: Request, size: int) -> None:
    """Count bytes of the body of a request. Raises Problem (413, 429)."""
    if (entered := entered_by(request.scope)) is not None:
        entered.take(size)


def charging(request: Request) -> Callable[[int], None]:
    """What each act of a batch is counted with; the first was counted as the request."""
    free, entered = 1, entered_by(request.scope)

    def charge(acts: int) -> None:
        nonlocal free
        counted, free = max(0, acts - free), max(0, free - acts)
        if entered is not None and counted:
            entered.charge(counted)

    return charge
