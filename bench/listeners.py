"""Clients that listen to one stream each, over bare sockets: they count messages, and what time those say they are of.

python -m bench.listeners PORT --clients 50 --after 0 --events 10000     until each has so many
python -m bench.listeners PORT --clients 50 --seconds 3 --delays         for so long, from now on
"""

import argparse
import asyncio
import json
import resource
import sys
import time
from datetime import datetime

import uvloop

from bench.acts import READER, get
from bench.figures import spread

_MESSAGE = b"\ndata: "
_OVERLAP = len(_MESSAGE) - 1
_TIME = b'"time":"'
_TIME_LENGTH = len("2026-01-01T00:00:00.000000Z")


class Listener(asyncio.Protocol):
    """One connection. `data:` lines are counted as they come; JSON has no line ends, so each event has one."""

    def __init__(self, events: int) -> None:
        self.count = 0
        self.bytes = 0
        self.delays: list[float] = []
        self.began = self.ended = 0.0
        self.first: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.whole: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self._events = events
        self._tail = b""

    def data_received(self, data: bytes) -> None:
        if not self.first.done():
            if not data.startswith(b"HTTP/1.1 200"):
                self.first.set_exception(SystemExit(f"not streamed: {data.decode()}"))
                return
            self.first.set_result(None)
        self.bytes += len(data)
        if not self._events:
            self._timed(data)
            return
        self.count += data.count(_MESSAGE) + (self._tail + data[:_OVERLAP]).count(_MESSAGE)
        self._tail = data[-_OVERLAP:] if len(data) >= _OVERLAP else (self._tail + data)[-_OVERLAP:]
        if self.count >= self._events and not self.whole.done():
            self.whole.set_result(time.perf_counter())

    def _timed(self, data: bytes) -> None:
        now = time.time()
        text = self._tail + data
        at = 0
        while (found := text.find(_TIME, at)) >= 0 and found + len(_TIME) + _TIME_LENGTH <= len(text):
            at = found + len(_TIME)
            said = text[at : at + _TIME_LENGTH].decode()
            self.delays.append(now - datetime.fromisoformat(said).timestamp())
            self.count += 1
        if at:
            self.began, self.ended = self.began or now, now
        self._tail = text[max(at, len(text) - len(_TIME) - _TIME_LENGTH) :]

    def connection_lost(self, exc: Exception | None) -> None:
        for waited in (self.first, self.whole):
            if not waited.done():
                waited.set_exception(exc or ConnectionError(f"the stream ended after {self.count} events"))


def kind(number: int) -> str:
    """A reader who needs to know of cases, and of something that nobody of another kind needs to know of."""
    return f'office/nsa; name="L. Example"; clearance=CUI; cui=all; audiences=all; needs="case tasking-{number}"'


async def _measure(args: argparse.Namespace) -> dict[str, float]:
    loop = asyncio.get_running_loop()
    path = f"/v1/stream?{args.query}"
    listeners: list[Listener] = []
    opened = []
    for _ in range(args.clients):
        transport, listener = await loop.create_connection(lambda: Listener(args.events), "127.0.0.1", args.port)
        opened.append(transport)
        listeners.append(listener)
    began, worked = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    for number, transport in enumerate(opened):
        transport.write(get(path, kind(number % args.kinds) if args.kinds else READER))
    await asyncio.gather(*(listener.first for listener in listeners))
    if args.events:
        ended = max(await asyncio.gather(*(listener.whole for listener in listeners)))
    else:
        sys.stderr.write("listening\n")
        sys.stderr.flush()
        await asyncio.sleep(args.seconds)
        began = min(listener.began for listener in listeners)
        ended = max(listener.ended for listener in listeners)
    done = resource.getrusage(resource.RUSAGE_SELF)
    found = {"events/s": sum(listener.count for listener in listeners) / (ended - began)}
    if not args.events:
        found |= spread([delay for listener in listeners for delay in listener.delays])
    found["MB/s"] = sum(listener.bytes for listener in listeners) / (ended - began) / 1e6
    found["client CPU"] = (done.ru_utime + done.ru_stime - worked.ru_utime - worked.ru_stime) / (ended - began)
    for listener, transport in zip(listeners, opened, strict=True):
        for waited in (listener.first, listener.whole):
            if not waited.done():
                waited.cancel()
        transport.abort()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--kinds", type=int, default=0, help="of how many kinds they are; 0: all see everything")
    parser.add_argument("--query", default="")
    parser.add_argument("--events", type=int, default=0, help="how many each waits for; 0: listen to what is live")
    parser.add_argument("--seconds", type=float, default=3.0)
    print(json.dumps(uvloop.run(_measure(parser.parse_args()))))


if __name__ == "__main__":
    main()
