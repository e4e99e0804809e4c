"""Fifty clients, then five hundred, that listen to the events of `docket serve`, each on its own connection.

They see the same, or are of fifty kinds, so that what is sent to one is made for none of another kind.
The peer sends the same events from memory through FastAPI's own EventSourceResponse: as texts that are JSON already, or
as objects that it makes JSON of. A live event's delay begins at the time that stands in it, before it is on the disk.
"""

import http.client
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from itertools import islice
from pathlib import Path

from api.clock import SystemClock
from api.compose import embedded
from api.identity.development import DEVELOPMENT_HEADER, principal
from bench.acts import LIFE, READER, Developer
from bench.figures import Figure, Measured, Reach, taken
from bench.listeners import kind
from bench.peers import EVENTS
from bench.serving import docket, measured, peer
from consumers.acts.intake import act
from consumers.acts.named import names_of
from domain.ledger.ledger import Ledger

CLIENTS = (50, 500)
KINDS = 50
OURS, APART, PEER, OBJECTS = "docket", f"docket, {KINDS} kinds of reader", "FastAPI, texts", "FastAPI, objects"
_DEVELOPERS = 8


def figures(*, quick: bool) -> Iterator[Figure]:
    """A backlog, as fast as it goes; then live events, few and many."""
    rounds, seconds, many = (1, 2.0, 2_000) if quick else (5, 5.0, 10_000)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as open_:
        ours, theirs = Path(folder, "docket"), Path(folder, "peer")
        last = filled(ours, many)
        ports = {OURS: open_.enter_context(docket(ours))}
        sent = received(ports[OURS], last)
        theirs.mkdir()
        Path(theirs, EVENTS).write_text("".join(json.dumps(event) + "\n" for event in sent))
        ports[PEER] = open_.enter_context(peer("streams", theirs))
        size = sum(len(data) for _, _, data in sent) // len(sent)
        apart = len(received(ports[OURS], last, kind(0)))
        for clients in CLIENTS:
            few = min(len(sent), 100_000 // clients)
            yield taken(
                f"fan-out: {clients} clients read a backlog of {len(sent):,} events of {size:,} bytes (peer: {few:,})",
                {
                    OURS: partial(_backlog, ports[OURS], clients, "after=0", len(sent)),
                    APART: partial(_backlog, ports[OURS], clients, "after=0", apart, "--kinds", KINDS),
                    PEER: partial(_backlog, ports[PEER], clients, "after=0", few),
                    OBJECTS: partial(_backlog, ports[PEER], clients, "after=0&objects=true", few),
                },
                rounds=rounds,
                peer=PEER,
                reach=[Reach(column="events/s", value=100_000)],
            )
        paces = ((20, 1, "20 acts a second"), (0, 8, "acts as fast as 8 clients send them"))
        for clients, (pace, senders, how) in ((each, pace) for each in CLIENTS for pace in paces):
            given = (seconds, pace, senders, clients)
            live = {name: partial(_live, port, name, *given) for name, port in ports.items()}
            live[APART] = partial(_live, ports[OURS], OURS, *given, "--kinds", KINDS)
            yield taken(f"fan-out, live: {clients} clients, {how}", live, rounds=rounds, peer=PEER)


def filled(folder: Path, many: int) -> int:
    """A folder with a ledger of so many events, more or less; returns the last position."""
    with embedded(folder, clock=SystemClock(), ceiling="CUI") as made:
        with ThreadPoolExecutor(_DEVELOPERS) as pool:
            for done in [pool.submit(_live_through, made.ledger, many // _DEVELOPERS) for _ in range(_DEVELOPERS)]:
                done.result()
        return made.recorder.head()


def _live_through(ledger: Ledger, acts: int) -> None:
    developer, named = Developer(), names_of(ledger)
    for asked in (developer.enrols(), *islice(developer.lives(), acts - acts % LIFE)):
        receipt = ledger.act(act(asked.type, asked.body()), by=principal(asked.by, named))
        assert receipt.refused is None, receipt.refused


def received(port: int, last: int, by: str = READER) -> list[tuple[int, str, str]]:
    """Position, type and data of each event up to a position, as one reader gets them."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/v1/stream?after=0", headers={DEVELOPMENT_HEADER: by})
    answer = connection.getresponse()
    assert answer.status == 200, answer.read()
    found: list[tuple[int, str, str]] = []
    position, said = 0, {"event": ""}
    while position < last:
        name, _, value = answer.readline().decode().rstrip("\n").partition(": ")
        said[name] = value
        if name == "id":
            position = int(value)
        elif name == "data":
            found.append((position, said["event"], value))
    connection.close()
    return found


def _backlog(port: int, clients: int, query: str, events: int, *more: object) -> Measured:
    return measured("bench.listeners", port, "--clients", clients, "--query", query, "--events", events, *more)


def _live(  # noqa: PLR0917 - what a measurement is made of
    port: int, subject: str, seconds: float, pace: float, senders: int, clients: int, *more: object
) -> Measured:
    given = [port, "--clients", clients, "--seconds", seconds + 2.5, *more]
    command = [sys.executable, "-m", "bench.listeners", *map(str, given)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as listening:
        assert listening.stdout is not None
        assert listening.stderr is not None
        if listening.stderr.readline() != "listening\n":
            raise SystemExit(listening.stderr.read())
        strange = [] if subject == OURS else ["--strangers"]
        sent = measured("bench.knockers", port, "--clients", senders, "--seconds", seconds, "--pace", pace, *strange)
        heard: dict[str, float] = json.loads(listening.stdout.read())
    first = "p99 ms" if pace else "events/s"
    return {first: heard[first], **heard, "acts/s": sent["acts/s"]}
