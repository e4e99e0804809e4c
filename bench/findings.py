"""A batch of 5,000 findings of every format over HTTP, through the whole of `docket serve` on the embedded default.

Real documents under invented names, some of them twice and some broken: every line has its outcome, and sent again, all
of them are repeated. Most of the time goes to reading the documents, so the peer is reading them and doing nothing.
"""

import json
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from time import perf_counter
from typing import Any, Final
from uuid import uuid4

import httpx2

from api.identity.development import DEVELOPMENT_HEADER
from bench.figures import Figure, Measured, Reach, taken
from bench.serving import docket
from consumers.findings import asking
from domain.errors import TurnedAway

DATA: Final = Path(__file__).parents[1] / "tests" / "data" / "findings"
SENDER: Final = 'office/treasury; name="T. Example"; clearance="CUI//TLP:RED"; cui=all'
MARKING: Final = "UNCLASSIFIED//TLP:AMBER"
OURS, PEER = "docket", "reading alone"


def figures(*, quick: bool) -> Iterator[Figure]:
    """A batch that is new, and the same batch again."""
    rounds, many = (1, 500) if quick else (3, 5_000)
    lines = list(islice(mixed(), many))
    with tempfile.TemporaryDirectory() as folder, ExitStack() as open_:
        port = open_.enter_context(docket(Path(folder, "docket")))
        yield taken(
            f"{many:,} findings of every format in one batch",
            {OURS: partial(_sent, port, lines), PEER: partial(_read, lines)},
            rounds=rounds,
            peer=PEER,
            reach=[] if quick else [Reach(column="batch ms", value=10_000)],
        )


def mixed() -> Iterator[bytes]:
    """Lines without end: of 20, ten are entries of KEV, four CVE, four OSV, one CSAF and one the record's own form.

    Every fiftieth is the one before it again, and every hundredth is broken off.
    """
    kev = cycle(json.loads(next(DATA.glob("kev/*.json")).read_bytes())["vulnerabilities"])
    cve = cycle([json.loads(path.read_bytes()) for path in sorted(DATA.glob("cve/*.json"))])
    osv = cycle([json.loads(path.read_bytes()) for path in sorted(DATA.glob("osv/[CGMPR]*.json"))])
    csaf = json.loads((DATA / "csaf" / "advisory.json").read_bytes())
    line = b""
    for number in range(1, 10**6):
        name = f"CVE-2026-{100_000 + number}"
        match number % 20:
            case 0:
                csaf["document"]["tracking"]["id"] = f"EXAMPLE-{number}"
                made: dict[str, Any] = csaf
            case 1:
                made = {"id": f"own-{number}", "title": "An invented finding", "aliases": [name]}
            case 2 | 3 | 4 | 5:
                made = next(cve)
                made["cveMetadata"]["cveId"] = name
            case 6 | 7 | 8 | 9:
                made = next(osv) | {"id": f"EXAMPLE-{number}", "aliases": [name]}
            case _:
                made = next(kev) | {"cveID": name}
        if number % 50:
            line = json.dumps(made).encode()
        yield line[:-9] if number % 100 == 99 else line


def send(port: int, lines: list[bytes], batch: str) -> Iterator[dict[str, Any]]:
    """What became of each, as the answers come. Raises httpx2.HTTPError where the server goes away."""
    headers = {DEVELOPMENT_HEADER: SENDER, "content-type": "application/x-ndjson"}
    asked = {"batch_id": batch, "marking": MARKING}
    body = b"".join(line + b"\n" for line in lines)
    url = f"http://127.0.0.1:{port}/v1/clearinghouse/findings"
    with httpx2.stream("POST", url, content=body, headers=headers, params=asked, timeout=60) as answer:
        if answer.status_code != 200:
            answer.read()
            raise SystemExit(f"not taken in: {answer.text}")
        for told in answer.iter_lines():
            if told:
                yield json.loads(told)


def _sent(port: int, lines: list[bytes]) -> Measured:
    batch, took, found = str(uuid4()), list[float](), list[Counter[str]]()
    for _ in range(2):
        began = perf_counter()
        found.append(Counter(told["outcome"] for told in send(port, lines, batch)))
        took.append(perf_counter() - began)
    first, again = found
    if again["recorded"] or again["repeated"] != first["recorded"] + first["repeated"] or first["unavailable"]:
        raise SystemExit(f"something was lost: {first} and then {again}")
    return {"batch ms": took[0] * 1000, "again ms": took[1] * 1000, "findings/s": first.total() / took[0]}


def _read(lines: list[bytes]) -> Measured:
    batch = asking.Batch(id=str(uuid4()), actor="office/treasury", marking=MARKING)
    began = perf_counter()
    for line in lines:
        with suppress(TurnedAway):
            asking.items(batch, line)
    took = perf_counter() - began
    return {"batch ms": took * 1000, "again ms": took * 1000, "findings/s": len(lines) / took}
