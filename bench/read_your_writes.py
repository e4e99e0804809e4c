"""Reading what one just wrote: from the beginning of an act until the view has its position.

In process: `Ledger.act`, then `Runner.wait`, with every view of Docket behind it. The peer waits for the same acts on
the same recorder, with the least that a projection of eventsourcing may be behind it. Over HTTP: an act, then the case
with `min_position`, over a connection that is kept.
"""

import asyncio
import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any

from eventsourcing.application import Application
from eventsourcing.persistence import Mapper, Tracking
from eventsourcing.projection import Projection, ProjectionRunner
from eventsourcing.sqlite import SQLiteTrackingRecorder

from api.clock import SystemClock
from api.compose import embedded, running
from api.identity.development import principal
from bench.acts import READER, Asked, Developer, get
from bench.figures import Figure, Measured, Reach, spread, taken
from bench.knockers import Knocker
from bench.serving import docket
from consumers.acts.intake import act
from consumers.acts.named import names_of
from domain import wire
from domain.act import Act, Principal
from domain.ledger.ledger import Ledger
from domain.ledger.sqlite import SQLiteRecorder
from projections.case_status import CASE_STATUS

Wait = Callable[[int], object]
"""Returns once the view has a position."""
PEER = "eventsourcing"


def figures(*, quick: bool) -> Iterator[Figure]:
    """In process, then over HTTP."""
    rounds, acts = (1, 30) if quick else (5, 300)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as open_:
        ours = open_.enter_context(_ours(Path(folder, "docket")))
        theirs = open_.enter_context(_theirs(Path(folder, "peer")))
        subjects = {"docket": lambda: _in_process(*ours, acts), PEER: lambda: _in_process(*theirs, min(acts, 30))}
        name = "read your own write, in process: from the act's beginning until the view has it"
        reach = [Reach(column="p95 ms", value=5)]
        yield taken(name, subjects, rounds=rounds, peer=PEER, reach=reach)
    with tempfile.TemporaryDirectory() as folder, docket(Path(folder)) as port:
        name = "read your own write, over HTTP: an act, then its case with min_position"
        yield taken(name, {"docket": lambda: asyncio.run(_over_http(port, acts))}, rounds=rounds)


@contextmanager
def _ours(folder: Path) -> Iterator[tuple[Ledger, Wait]]:
    with embedded(folder, clock=SystemClock(), ceiling="CUI") as made, running(made):
        yield made.ledger, lambda position: made.runner.wait(CASE_STATUS, position, 10)


@contextmanager
def _theirs(folder: Path) -> Iterator[tuple[Ledger, Wait]]:
    """A ledger like ours, followed by a projection that remembers positions and nothing else."""
    with embedded(folder, clock=SystemClock(), ceiling="CUI"):
        pass  # founded
    recorder = SQLiteRecorder(folder / "ledger.db", verify=wire.verify)

    class OurMapper(Mapper[Any]):
        def __init__(self) -> None:
            pass

        def to_domain_event(self, stored_event: Any) -> Any:
            return wire.load(stored_event.state)

    class Events(Application[Any]):
        def construct_mapper(self) -> Any:
            return OurMapper()

        def construct_recorder(self) -> Any:
            return recorder

    class Positions(Projection[SQLiteTrackingRecorder]):
        def process_event(self, domain_event: Any, tracking: Tracking) -> None:
            self.view.insert_tracking(tracking)

    env = {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(folder / "peer.db")}
    ledger = Ledger(recorder, clock=SystemClock())
    with ProjectionRunner(
        application_class=Events, projection_class=Positions, view_class=SQLiteTrackingRecorder, env=env
    ) as runner:
        yield ledger, lambda position: runner.wait(position, timeout=10)
    recorder.close()


def _in_process(ledger: Ledger, wait: Wait, acts: int) -> Measured:
    developer, named = Developer(), names_of(ledger)
    by: dict[str, Principal] = {}
    wait(ledger.act(_act(developer.enrols()), by=principal(developer.by, named)).position)
    took, acted, waited = [], [], []
    for _, asked in zip(range(acts), developer.lives(), strict=False):
        made = _act(asked)
        if asked.by not in by:
            by[asked.by] = principal(asked.by, named)
        began = perf_counter()
        receipt = ledger.act(made, by=by[asked.by])
        stored = perf_counter()
        wait(receipt.position)
        ended = perf_counter()
        assert receipt.refused is None, receipt.refused
        took.append(ended - began)
        acted.append(stored - began)
        waited.append(ended - stored)
    return _beginning_with("p95 ms", spread(took)) | {
        "act p95 ms": spread(acted)["p95 ms"],
        "wait p95 ms": spread(waited)["p95 ms"],
    }


def _act(asked: Asked) -> Act:
    return act(asked.type, asked.body())


async def _over_http(port: int, acts: int) -> Measured:
    _, knocker = await asyncio.get_running_loop().create_connection(Knocker, "127.0.0.1", port)
    developer = Developer()
    await knocker.ask(developer.enrols().request())
    took, read = [], []
    for _, asked in zip(range(acts), developer.lives(), strict=False):
        case, request = asked.case, asked.request()
        began = perf_counter()
        receipt = json.loads((await knocker.ask(request)).partition(b"\r\n\r\n")[2])
        stored = perf_counter()
        await knocker.ask(get(f"/v1/cases/{case}?min_position={receipt['position']}", READER))
        ended = perf_counter()
        took.append(ended - began)
        read.append(ended - stored)
    return _beginning_with("p95 ms", spread(took)) | {
        "read p50 ms": spread(read)["p50 ms"],
        "read p95 ms": spread(read)["p95 ms"],
    }


def _beginning_with(column: str, found: dict[str, float]) -> dict[str, float]:
    return {column: found[column], **found}
