"""How long an act takes until a listener of a view has it, at a pace: from its first byte to the message for it.

python -m bench.arriving PORT --pace 100 --seconds 5 [--view case_status]
"""

import argparse
import asyncio
import json
import re
from bisect import bisect_left
from time import perf_counter
from typing import Final

import uvloop

from bench.acts import READER, Developer, get
from bench.figures import spread
from bench.knockers import Knocker

_POSITION: Final = re.compile(rb'"position":([0-9]+),"recorded_at"')
_ID: Final = re.compile(rb"(?:^|\n)id: ([0-9]+)\n")
_PATIENCE_S: Final = 30
_WARM_S: Final = 1.0
_A_SENDER: Final = 25
"""Acts a second that one connection sends."""


class Hearing(asyncio.Protocol):
    """One stream: which position it had reached when."""

    def __init__(self) -> None:
        self.positions: list[int] = []
        self.times: list[float] = []
        self.open: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._rest = b""

    def data_received(self, data: bytes) -> None:
        now = perf_counter()
        if not self.open.done():
            if data.startswith(b"HTTP/1.1 200"):
                self.open.set_result(None)
            else:
                self.open.set_exception(SystemExit(f"not streamed: {data.decode()}"))
        self._rest += data
        end = 0
        for found in _ID.finditer(self._rest):
            self.positions.append(int(found[1]))
            self.times.append(now)
            end = found.end() - 1
        self._rest = self._rest[end:] if end else self._rest[-64:]

    def at(self, position: int) -> float | None:
        """When a message came that covers a position."""
        index = bisect_left(self.positions, position)
        return self.times[index] if index < len(self.times) else None


async def _send(port: int, every_s: float, start: float, until: float) -> list[tuple[float, int]]:
    """When each act was sent, and its position."""
    _, knocker = await asyncio.get_running_loop().create_connection(Knocker, "127.0.0.1", port)
    developer = Developer()
    await knocker.ask(developer.enrols().request())
    sent: list[tuple[float, int]] = []
    due = start
    for asked in developer.lives():
        request = asked.request()
        await asyncio.sleep(max(0, due - perf_counter()))
        if (began := perf_counter()) >= until:
            break
        answer = await knocker.ask(request)
        found = _POSITION.search(answer)
        assert found is not None, answer
        sent.append((began, int(found[1])))
        due += every_s
    return sent


async def _measure(args: argparse.Namespace) -> dict[str, float]:
    transport, hearing = await asyncio.get_running_loop().create_connection(Hearing, "127.0.0.1", args.port)
    transport.write(get(f"/v1/stream?view={args.view}", READER))
    await hearing.open
    senders = max(1, round(args.pace / _A_SENDER))
    start = perf_counter() + 0.5 + senders * 0.03
    until = start + _WARM_S + args.seconds
    every_s = senders / args.pace
    sending = (_send(args.port, every_s, start + every_s * n / senders, until) for n in range(senders))
    sent = [one for some in await asyncio.gather(*sending) for one in some if one[0] >= start + _WARM_S]
    patient = perf_counter() + _PATIENCE_S
    while hearing.at(max(position for _, position in sent)) is None:
        assert perf_counter() < patient, "an act never came"
        await asyncio.sleep(0.01)
    transport.abort()
    took = [arrived - began for began, position in sent if (arrived := hearing.at(position)) is not None]
    found = spread(took)
    return {"p50 ms": found["p50 ms"], "p99 ms": found["p99 ms"], "acts/s": len(sent) / args.seconds}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("--pace", type=float, default=10)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--view", default="case_status")
    print(json.dumps(uvloop.run(_measure(parser.parse_args()))))


if __name__ == "__main__":
    main()
