"""`docket demo`: the invented story goes through the public intake, then Docket keeps serving."""

import os
import shutil
import socket
from collections import Counter
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import groupby
from pathlib import Path
from time import perf_counter, sleep
from typing import Any, Final, Protocol
from urllib.parse import parse_qs

import httpx2
import orjson
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn

from api.app import Docket, Services, build_app
from api.cli.publish import outcomes
from api.cli.say import IN_USE, UNREACHABLE, bar, fail
from api.cli.signing import OwnKey, signed
from api.clock import SimulatedClock
from api.compose import InUse, embedded, running
from api.demo import STORY
from api.demo.keys import KEY, PRIVATE, SIGNED
from api.identity.development import DEVELOPMENT_HEADER, DevelopmentHeader
from api.server import address, bound, in_background, until_told
from api.shared import following, shared
from consumers.acts.named import names_of
from consumers.checkpoints.signing import Forked
from consumers.settings import Missing
from consumers.settings import Settings as Servers
from consumers.timer.timer import Timer
from consumers.topics.check import NotAsAgreed
from consumers.topics.connection import Unreachable
from consumers.topics.tail import DIVERGED, Diverged
from domain import wire
from domain.ledger import StoreError
from domain.ledger.recorder import LedgerRecorder, refuse_corrupting_settings
from projections.audit_trail import AUDIT_TRAIL
from projections.clocks import CLOCKS
from projections.stores.tables import WrongStore
from projections.view import View

HOST: Final = "127.0.0.1"
CEILING: Final = "CUI"
BEFORE: Final = datetime(2026, 6, 2, 16, 0, tzinfo=UTC)
"""Noon in New York on the day of the order."""
PATIENCE_S: Final = 60.0
AUDITOR: Final = 'office/gao; clearance="CUI//TLP:RED"; cui=all; audiences=all; roles=oversight'
NOTICE: Final = "Demonstration system. Every person, developer and model here is invented."
PERSONAS: Final = {
    "Oversight (GAO)": AUDITOR,
    "Robin Example, Director of NSA": (
        'office/nsa; name="Robin Example"; person="e2f33466-9a41-5b0b-a092-32f1ae353357"; '
        'clearance="CUI//TLP:RED"; cui=all; audiences=all'
    ),
    "Homeland Security": 'office/dhs; name="Lee Example"; clearance="CUI//TLP:AMBER"; cui=all; audiences=all',
    "Treasury, cleared for nothing controlled": 'office/treasury; name="Pat Example"',
}


class Told(Docket, Protocol):
    """A Docket whose time is told."""

    @property
    def recorder(self) -> LedgerRecorder: ...
    @property
    def timer(self) -> Timer: ...


def run(folder: Path, *, port: int, once: bool, fresh: bool) -> None:
    """Tell the story, and keep serving unless `once`; in a folder, or in PostgreSQL where that is set."""
    out = Console()
    if fresh and folder.exists():
        _forget(folder)
    try:
        servers = Servers()
        refuse_corrupting_settings(os.environ)
        clock = SimulatedClock(BEFORE)
        with bound(HOST, port) as listening:
            if servers.postgres is None:
                log = servers.log_files()
                with embedded(folder, clock=clock, ceiling=CEILING, simulated=True, log=log) as alone:
                    more = {"folder": folder, **alone.more}
                    _serve(alone, clock, running(alone, tick_s=None), listening, out, once=once, **more)
            else:
                with shared(servers, clock=clock, ceiling=CEILING, simulated=True) as among:
                    _serve(among, clock, following(among), listening, out, once=once, **among.more)
    except InUse as error:
        fail(str(error), IN_USE)
    except Unreachable as error:
        fail(str(error), UNREACHABLE)
    except (Diverged, Forked) as error:
        fail(str(error), DIVERGED)
    except (Missing, NotAsAgreed, OSError, StoreError, WrongStore, httpx2.HTTPError, ValueError) as error:
        fail(str(error))


def _serve(
    docket: Told,
    clock: SimulatedClock,
    working: AbstractContextManager[None],
    listening: socket.socket,
    out: Console,
    *,
    once: bool,
    **more: Any,  # noqa: ANN401 - what `Services` takes
) -> None:
    clock.catch_up(_last_recorded_at(docket.recorder))
    authenticator = DevelopmentHeader(bound_to=HOST, named=names_of(docket.ledger))
    app = build_app(
        Services(
            docket=docket,
            clock=clock,
            authenticator=authenticator,
            notice=NOTICE,
            personas=PERSONAS,
            version=version("docket"),
            **more,
        )
    )
    with working, in_background(app, listening) as serving:
        url = address(listening)
        while not serving.started and not serving.should_exit:
            sleep(0.01)
        out.print(f"[bold]Docket[/bold], a demonstration on invented data, on {url}")
        tally, seconds = tell(docket, clock, url, out)
        _summary(out, docket, tally, seconds)
        if once:
            return
        _ask(out, url)
        if "folder" in more:
            out.print("\nKill it with -9 if you like, and start it again: what was acknowledged is there.")
        out.print("Ctrl-C ends it.")
        until_told(docket)
    if docket.failed is not None:
        fail(f"the record cannot go on: {docket.failed}")


def _last_recorded_at(recorder: LedgerRecorder) -> datetime | None:
    rows = recorder.read(max(0, recorder.head() - 1), 1)
    return wire.load(rows[0][2]).recorded_at if rows else None


def tell(docket: Told, clock: SimulatedClock, url: str, out: Console) -> tuple[Counter[str], float]:
    """Send the story, whoever speaks; before each act the clocks say what they have to say."""
    lines = [line for file in STORY for line in file.read_bytes().splitlines()]
    tally: Counter[str] = Counter()
    began = perf_counter()
    columns = (TextColumn("telling"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[speed]} acts/s"))
    with bar(*columns) as progress, httpx2.Client(base_url=url) as client:
        task = progress.add_task("tell", total=len(lines), speed=0)
        for (source, time), together in groupby(lines, key=_spoken):
            _folded(docket, CLOCKS)
            clock.taken_in(clock(), time)
            docket.timer.record()
            header = {DEVELOPMENT_HEADER: speaker(source)}
            for outcome in outcomes(client, _signed(list(together), header, url), header):
                tally[outcome["outcome"]] += 1
                if outcome["outcome"] == "turned-away":
                    raise ValueError(f"the story was not understood: {outcome}")
                progress.update(task, advance=1, speed=round(tally.total() / (perf_counter() - began)))
    _folded(docket, CLOCKS)
    docket.timer.record()
    _folded(docket, AUDIT_TRAIL)
    return tally, perf_counter() - began


def _folded(docket: Told, view: View[Any]) -> None:
    """Wait until a view has all that there is: what clocks say depends on it. Raises ValueError."""
    if not docket.runner.wait(view, docket.recorder.head(), PATIENCE_S):
        raise ValueError(f"after {PATIENCE_S:.0f} s the view {view.name} is not up to date; does a projector run?")


def speaker(source: str) -> str:
    """The development header of whoever a CloudEvent of the story comes from."""
    actor, _, query = source.partition("?")
    said = {name: values[0] for name, values in parse_qs(query).items()}
    cleared = 'clearance="CUI//TLP:RED"; cui=all; audiences=all'
    return f'{actor}; person="{said["person"]}"; name="{said["name"]}"; {cleared}'


def _signed(lines: list[bytes], header: dict[str, str], url: str) -> list[bytes]:
    """What somebody says at once, signed where the story has it signed: by the same means as anybody signs."""
    events = [orjson.loads(line) for line in lines]
    if not {(event["source"], event["type"]) for event in events} <= SIGNED:
        return lines
    return signed(lines, OwnKey(PRIVATE, KEY), header, url=url)


def _spoken(line: bytes) -> tuple[str, datetime]:
    event: dict[str, Any] = orjson.loads(line)
    return event["source"], datetime.fromisoformat(event["time"])


def _summary(out: Console, docket: Told, tally: Counter[str], seconds: float) -> None:
    told = ", ".join(f"{count} {outcome}" for outcome, count in sorted(tally.items()))
    out.print(f"{tally.total()} acts in {seconds:.1f} s: {told}; the ledger is at position {docket.recorder.head()}.")


def _ask(out: Console, url: str) -> None:
    header = f"-H '{DEVELOPMENT_HEADER}: {AUDITOR}'"
    out.print("\nOpen:", style="bold")
    out.print(f"  {url}/        cases and clocks, live\n  {url}/docs    what may be sent, and what comes back")
    out.print("\nAsk:", style="bold")
    for question in (
        f"curl -s '{url}/v1/cases?limit=3' {header}",
        f"curl -s '{url}/v1/final-authority?as_of=2026-11-16T17:00:00Z' {header}   # as of last week",
        f"curl -s '{url}/v1/audit/events?limit=3' {header}",
        f"curl -sN '{url}/v1/stream' -H 'Last-Event-ID: 400' {header}   # live",
    ):
        out.print(f"  {question}", soft_wrap=True, highlight=False)


def _forget(folder: Path) -> None:
    """Only what a demonstration made."""
    if any(path.name not in _OURS for path in folder.iterdir()):
        fail(f"{folder} holds something that no demonstration made; it is left alone")
    shutil.rmtree(folder)


_OURS: Final = frozenset(
    {
        "docket.lock",
        "log-key.pem",
        *(f"{name}.db{end}" for name in ("ledger", "views", "apart") for end in ("", "-wal", "-shm")),
    }
)
