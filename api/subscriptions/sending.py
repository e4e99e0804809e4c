"""One message goes to one receiver: connected to where it was looked at, for so long and no longer, and no further."""

import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from threading import Event
from time import monotonic
from typing import Any, Final, Self

import httpcore2

from api.subscriptions.places import Elsewhere, Places

TIMEOUT_S: Final = 15.0
"""Seconds for all of it: to connect, to send, and to be answered."""
LOOK_S: Final = 0.25
"""Seconds after which it is looked whether Docket stops."""
MOST_READ: Final = 65536
"""Bytes of an answer that are read, and thrown away."""
_GONE: Final = 410
_LATER: Final = frozenset({429, 503})


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one attempt."""

    said: str
    """`accepted`, `status-<code>`, or what stood in the way."""
    taken: bool = False
    gone: bool = False
    """The receiver wants nothing more."""
    elsewhere: bool = False
    """The host is not one that anything is sent to."""
    asked_for: timedelta | None = None
    """`Retry-After`, in seconds."""


class Stopped(Exception):
    """Docket stops: nothing is known of what was being sent."""


class Sender:
    """Sends from one thread. Follows no redirect, asks no proxy, keeps no cookie."""

    def __init__(self, places: Places, tls: ssl.SSLContext, stop: Event, *, timeout_s: float = TIMEOUT_S) -> None:
        self._places, self._timeout_s = places, timeout_s
        self._network = _Network(places, stop)
        # each message has a connection of its own: one that was left open may be closed just when the next is sent
        self._pool = httpcore2.ConnectionPool(
            ssl_context=tls, network_backend=self._network, max_connections=1, max_keepalive_connections=0
        )

    def close(self) -> None:
        """Again is not an error."""
        self._pool.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def send(self, url: str, headers: Mapping[str, str], body: bytes) -> Outcome:
        """What became of it. Raises Stopped."""
        try:
            place = self._places.find(url)
        except Elsewhere:
            return Outcome(said="not-listed", elsewhere=True)
        self._network.until = monotonic() + self._timeout_s
        each_s = dict.fromkeys(("connect", "read", "write", "pool"), self._timeout_s)
        try:
            with self._pool.stream(
                "POST",
                httpcore2.URL(scheme=place.scheme, host=place.host, port=place.port, target=place.target),
                headers=[
                    ("Host", place.authority),
                    ("Content-Length", str(len(body))),
                    ("Connection", "close"),
                    *headers.items(),
                ],
                content=body,
                extensions={"timeout": each_s},
            ) as answer:
                self._throw_away(answer)
                return _outcome(answer.status, dict(answer.headers))
        except Elsewhere:
            return Outcome(said="address-not-allowed")
        except httpcore2.TimeoutException:
            return Outcome(said="timed-out")
        except _NotOverTLS:
            return Outcome(said="tls-failed")
        except httpcore2.ConnectError:
            return Outcome(said="not-reached")
        except (httpcore2.NetworkError, httpcore2.ProtocolError):
            return Outcome(said="broke-off")

    def _throw_away(self, answer: httpcore2.Response) -> None:
        """For those who mind when nobody listens. What the receiver decided stands in its status already."""
        read = 0
        try:
            for chunk in answer.iter_stream():
                read += len(chunk)
                if read > MOST_READ:
                    return
        except (httpcore2.NetworkError, httpcore2.ProtocolError, httpcore2.TimeoutException):
            return


def _outcome(status: int, headers: Mapping[bytes, bytes]) -> Outcome:
    if 200 <= status < 300:
        return Outcome(said="accepted", taken=True)
    later = next((value for name, value in headers.items() if name.lower() == b"retry-after"), b"")
    asked = timedelta(seconds=int(later)) if status in _LATER and later.isdigit() and len(later) < 7 else None
    return Outcome(said=f"status-{status}", gone=status == _GONE, asked_for=asked)


class _NotOverTLS(httpcore2.ConnectError):
    """Whoever answers is not who it should be, or speaks otherwise."""


class _Network(httpcore2.NetworkBackend):
    """Connects to addresses that the places allow, and to none that is looked up again in between."""

    def __init__(self, places: Places, stop: Event) -> None:
        self._places, self._stop = places, stop
        self._plain = httpcore2.SyncBackend()
        self.until = 0.0

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        try:
            addresses = self._places.addresses(host, port)
        except (OSError, UnicodeError) as error:  # the second for a name that can be none
            raise httpcore2.ConnectError("the host is not found") from error
        failed: httpcore2.ConnectError | httpcore2.ConnectTimeout | None = None
        for address in addresses:
            try:
                stream = self._plain.connect_tcp(address, port, self.left(), local_address, socket_options)
                return _Stream(stream, self)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failed = error
        raise failed or httpcore2.ConnectError("the host has no address")

    def left(self) -> float:
        """Seconds that are left. Raises what a time-out raises, and Stopped."""
        if self._stop.is_set():
            raise Stopped
        if (left := self.until - monotonic()) <= 0:
            raise httpcore2.ReadTimeout("the time for all of it is over")
        return left


class _Stream(httpcore2.NetworkStream):
    """A connection whose every wait ends when the time for all of it does, or Docket stops."""

    def __init__(self, inner: httpcore2.NetworkStream, network: _Network) -> None:
        self._inner, self._network = inner, network

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        while True:
            left = self._network.left()
            try:
                return self._inner.read(max_bytes, min(left, LOOK_S))
            except httpcore2.ReadTimeout:
                continue

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._network.left())

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        left = self._network.left()
        try:
            return _Stream(self._inner.start_tls(ssl_context, server_hostname, left), self._network)
        except httpcore2.ConnectError as error:
            raise _NotOverTLS from error

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - whatever the socket knows
        return self._inner.get_extra_info(info)
