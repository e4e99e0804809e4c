"""Clients that ask and wait for the answer, over and over: bytes made beforehand, over connections that are kept.

python -m bench.knockers PORT --clients 32 --seconds 2 [--lines 100] [--pace 50] [--strangers]
"""

import argparse
import asyncio
import json
from collections.abc import Callable, Iterator
from itertools import islice
from time import perf_counter
from typing import Any

import uvloop

from bench.acts import LIFE, Developer, post
from bench.figures import spread

_WARM_S = 0.3
"""Seconds at the beginning that are not measured; lines are, because a request of many of them lasts longer."""
_LEAST = 2
"""Requests that each client sends, however long they last."""
_HEAD_END = b"\r\n\r\n"
_LAST_CHUNK = b"0\r\n\r\n"
_RECORDED = b'"outcome":"recorded"'


class Knocker(asyncio.Protocol):
    """One connection: sends a request, waits until the answer is whole, and sends the next. Raises what went wrong."""

    def __init__(self) -> None:
        self._transport: Any = None
        self._received = b""
        self._answered: asyncio.Future[bytes] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answered is not None and not self._answered.done():
            self._answered.set_exception(exc or ConnectionError("the server ended the connection"))

    def data_received(self, data: bytes) -> None:
        self._received += data
        if self._answered is None or (at := self._received.find(_HEAD_END)) < 0:
            return
        head = self._received[:at].lower()
        if (length := head.find(b"content-length: ")) >= 0:
            end = head.find(b"\r\n", length)
            whole = len(self._received) - at - 4 >= int(head[length + 16 : end if end > 0 else None])
        else:
            whole = self._received.endswith(_LAST_CHUNK)
        if whole:
            answered, self._answered = self._answered, None
            if self._received[9:11] == b"20":
                answered.set_result(self._received)
            else:
                answered.set_exception(SystemExit(f"not taken in: {self._received.decode()}"))
            self._received = b""

    async def ask(self, request: bytes) -> bytes:
        """The answer, with its head."""
        self._answered = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answered


def _batches(developer: Developer, lines: int) -> Iterator[bytes]:
    offered = developer.offered()
    while True:
        together = list(islice(offered, lines))
        yield post("/v1/actions", together[0].by, "application/x-ndjson", b"".join(each.line() for each in together))


async def _knock(port: int, developer: Developer, args: argparse.Namespace, start: float) -> list[tuple[float, float]]:
    """When each request was sent, and how long its answer took."""
    _, knocker = await asyncio.get_running_loop().create_connection(Knocker, "127.0.0.1", port)
    if not args.strangers:
        await knocker.ask(developer.enrols().request())
    asked = _batches(developer, args.lines) if args.lines else (each.request() for each in developer.lives())
    ready = list(islice(asked, 4 * LIFE if not args.lines else 2))
    await asyncio.sleep(start - perf_counter())
    took: list[tuple[float, float]] = []
    until = start + args.seconds + (0 if args.lines else _WARM_S)
    while (began := perf_counter()) < until or len(took) < _LEAST:
        answer = await knocker.ask(ready.pop(0) if ready else next(asked))
        if args.lines and (recorded := answer.count(_RECORDED)) != args.lines:
            raise SystemExit(f"{recorded} of {args.lines} lines were recorded: {answer[:2000].decode()}")
        took.append((began, perf_counter() - began))
        if args.pace:
            await asyncio.sleep(max(0, began + args.clients / args.pace - perf_counter()))
    return took


async def _measure(args: argparse.Namespace) -> dict[str, float]:
    start = perf_counter() + 0.5 + args.clients * 0.02
    developers = [Developer() for _ in range(args.clients)]
    both = await asyncio.gather(*(_knock(args.port, developer, args, start) for developer in developers))
    measured_from = start + (0 if args.lines else _WARM_S)
    counted = [(began, took) for each in both for began, took in each if began >= measured_from]
    ended = max(began + took for began, took in counted)
    found = spread([took for _, took in counted])
    del found["p95 ms"]
    return {"acts/s": len(counted) * (args.lines or 1) / (ended - measured_from), **found}


def main(run: Callable[..., dict[str, float]] = uvloop.run) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("--clients", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--lines", type=int, default=0, help="acts in one request; 0: one, and no lines")
    parser.add_argument(
        "--pace", type=float, default=0, help="requests a second, of all together; 0: as fast as it goes"
    )
    parser.add_argument("--strangers", action="store_true", help="nobody enrols first")
    print(json.dumps(run(_measure(parser.parse_args()))))


if __name__ == "__main__":
    main()
