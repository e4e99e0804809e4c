"""A quiet office that reads now and then, beside a loud one that never stops: with a quota for each, and without.

Alone is the peer: beside a loud one it should wait no longer. Turns are taken with and without a quota.

python -m bench.neighbours PORT --loud 32 --seconds 4
"""

import argparse
import asyncio
import json
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from time import perf_counter

import uvloop

from bench.acts import READER, Developer, get
from bench.figures import Figure, Measured, spread, taken
from bench.knockers import Knocker
from bench.serving import docket, measured

CASES = 100
PAUSE_S = 0.02
"""Seconds between two reads of the quiet one."""
LOUD = 'office/dhs; name="H. Example"; clearance=CUI; cui=all'
_READ = "/v1/cases?limit=100"


def figures(*, quick: bool) -> Iterator[Figure]:
    """How long the quiet one waits for a list of 100 cases."""
    rounds, seconds = (1, 2.0) if quick else (5, 4.0)
    with tempfile.TemporaryDirectory() as folder:
        whole, few = Path(folder, "whole"), Path(folder, "few")
        with (
            docket(whole) as unlimited,
            docket(few, DOCKET_QUOTA="100", DOCKET_QUOTA_WINDOW="1", DOCKET_QUOTA_AT_ONCE="4") as limited,
        ):
            for port in (unlimited, limited):
                asyncio.run(_fill(port, pace=port == limited))
            yield taken(
                f"a list of {CASES} cases, read every {PAUSE_S * 1e3:.0f} ms, beside 32 clients of another office",
                {
                    "nobody else asks": partial(_quiet, unlimited, 0, seconds),
                    "no quota": partial(_quiet, unlimited, 32, seconds),
                    "100 a second, 4 at once": partial(_quiet, limited, 32, seconds),
                },
                rounds=rounds,
                peer="nobody else asks",
            )


def _quiet(port: int, loud: int, seconds: float) -> Measured:
    return measured("bench.neighbours", port, "--loud", loud, "--seconds", seconds)


async def _fill(port: int, *, pace: bool) -> None:
    _, knocker = await asyncio.get_running_loop().create_connection(Knocker, "127.0.0.1", port)
    developer, cases = Developer(), set[str]()
    await knocker.ask(developer.enrols().request())
    for asked in developer.lives():
        if len(cases) == CASES:
            return
        cases.add(asked.case)
        await knocker.ask(asked.request())
        if pace:
            await asyncio.sleep(0.02)


async def _beside(port: int, loud: int, seconds: float) -> Measured:
    loop, counted = asyncio.get_running_loop(), {"answered": 0, "turned down": 0}
    until = perf_counter() + seconds

    async def never_stops() -> None:
        knocker: Knocker | None = None
        while perf_counter() < until:
            try:
                if knocker is None:
                    _, knocker = await loop.create_connection(Knocker, "127.0.0.1", port)
                await knocker.ask(get(_READ, LOUD))
                counted["answered"] += 1
            except SystemExit:
                counted["turned down"] += 1
            except ConnectionError:
                knocker = None

    others = [asyncio.create_task(never_stops()) for _ in range(loud)]
    _, knocker = await loop.create_connection(Knocker, "127.0.0.1", port)
    took: list[float] = []
    while perf_counter() < until:
        began = perf_counter()
        await knocker.ask(get(_READ, READER))
        took.append(perf_counter() - began)
        await asyncio.sleep(PAUSE_S)
    await asyncio.gather(*others)
    return {**spread(took), **{f"others {what}/s": number / seconds for what, number in counted.items()}}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("--loud", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    given = parser.parse_args()
    print(json.dumps(uvloop.run(_beside(given.port, given.loud, given.seconds))))


if __name__ == "__main__":
    main()
