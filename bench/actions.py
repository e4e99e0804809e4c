"""Acts over HTTP, through the whole of `docket serve`: identity, rules, a durable append, a receipt, and every view.

The peer takes the same requests and makes one durable insert of each; the ceiling takes them and does nothing.
"""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from bench.figures import Figure, Measured, taken
from bench.serving import docket, measured, peer

OURS, PEER, CEILING = "docket", "FastAPI, one insert", "FastAPI, nothing"


def figures(*, quick: bool) -> Iterator[Figure]:
    """One act a request, and many as lines of one, from one client and from 32."""
    rounds, seconds = (1, 1.0) if quick else (5, 3.0)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as open_:
        ports = {
            OURS: open_.enter_context(docket(Path(folder, "docket"))),
            PEER: open_.enter_context(peer("inserts", Path(folder, "inserts"))),
            CEILING: open_.enter_context(peer("nothing", Path(folder, "nothing"))),
        }
        for clients, lines in ((1, 0), (32, 0), (1, 100), (32, 20)):
            given = ("--clients", clients, "--lines", lines, "--seconds", seconds)
            asked = f"{lines} acts a request, as lines" if lines else "one act a request"
            yield taken(
                f"actions over HTTP: {clients} {'clients' if clients > 1 else 'client'}, {asked}",
                {subject: partial(_knock, port, given, subject) for subject, port in ports.items()},
                rounds=rounds,
                peer=PEER,
            )


def _knock(port: int, given: tuple[object, ...], subject: str) -> Measured:
    return measured("bench.knockers", port, *given, *([] if subject == OURS else ["--strangers"]))
