"""People who look at the page of a case, over and over, beside who asks the door for the same and makes no page of it.

python -m bench.viewers PORT CASE --viewers 32 --seconds 4 [--plain]
"""

import argparse
import asyncio
import json
import tempfile
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from time import perf_counter

import uvloop

from bench.acts import LIFE, READER, Developer, get
from bench.figures import Figure, Measured, spread, taken
from bench.knockers import Knocker
from bench.serving import docket, measured

VIEWERS = 32


def figures(*, quick: bool) -> Iterator[Figure]:
    """How long the page of a case takes, for one who looks and for 32 who never stop."""
    rounds, seconds = (1, 2.0) if quick else (5, 4.0)
    with tempfile.TemporaryDirectory() as folder, docket(Path(folder)) as port:
        case = asyncio.run(_fill(port))
        for viewers in (1, VIEWERS):
            yield taken(
                f"the page of a case of {LIFE} events: {viewers} {'viewers' if viewers > 1 else 'viewer'}",
                {
                    "the page": partial(_looked, port, case, viewers, seconds),
                    "its questions": partial(_looked, port, case, viewers, seconds, "--plain"),
                },
                rounds=rounds,
                peer="its questions",
            )


def _looked(port: int, case: str, viewers: int, seconds: float, *how: str) -> Measured:
    return measured("bench.viewers", port, case, "--viewers", viewers, "--seconds", seconds, *how)


async def _fill(port: int) -> str:
    _, knocker = await asyncio.get_running_loop().create_connection(Knocker, "127.0.0.1", port)
    developer = Developer()
    await knocker.ask(developer.enrols().request())
    life = list(islice(developer.lives(), LIFE))
    for asked in life:
        await knocker.ask(asked.request())
    return life[0].case


async def _look(port: int, paths: Sequence[str], viewers: int, seconds: float) -> Measured:
    """How long it takes until each of these was answered, one after the other."""
    loop, took = asyncio.get_running_loop(), list[float]()
    until = perf_counter() + seconds

    async def looks() -> None:
        _, knocker = await loop.create_connection(Knocker, "127.0.0.1", port)
        while (began := perf_counter()) < until:
            for path in paths:
                await knocker.ask(get(path, READER))
            took.append(perf_counter() - began)

    await asyncio.gather(*(looks() for _ in range(viewers)))
    return {**spread(took), "looks/s": len(took) / seconds}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("case")
    parser.add_argument("--viewers", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--plain", action="store_true", help="what the page asks the door, and no page")
    given = parser.parse_args()
    of_case = f"/v1/cases/{given.case}"
    paths = (
        [of_case, f"{of_case}/history?limit=1000", f"{of_case}/options"] if given.plain else [f"/cases/{given.case}"]
    )
    print(json.dumps(uvloop.run(_look(given.port, paths, given.viewers, given.seconds))))


if __name__ == "__main__":
    main()
