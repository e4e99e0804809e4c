"""Docket in one process: a folder with the ledger and its views, the runner that follows, and the timer."""

import fcntl
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Event, Thread
from typing import Any, Protocol

from api.audit.log import proved
from api.ids import uuid7
from consumers.apart import Apart
from consumers.apart.sqlite import SQLiteApart
from consumers.checkpoints.opening import Behind, LogFiles, Signed, reads_signed_here, signed_here
from consumers.timer.timer import Timer
from domain import wire
from domain.act import Act, Actor, ActorKind, Attestation, Principal
from domain.founding import founding
from domain.ledger.ledger import Busy, Ledger
from domain.ledger.readings import Readings, opening
from domain.ledger.recorder import LedgerRecorder
from domain.ledger.sqlite import SQLiteRecorder
from domain.markings import EVERYTHING
from domain.values import CommandId, LedgerId
from projections.catalogue import views
from projections.folding.runner import Runner
from projections.searching.index import Index
from projections.searching.sqlite import SQLiteSets
from projections.stores.sqlite import SQLiteViews

SWITCH_S = 0.0005
"""Seconds that a thread which computes may keep others waiting; at Python's 5 ms a fold makes an append very slow."""
INSTALLATION = Principal(
    actor=Actor(ActorKind.INSTALLATION, "installation", "Docket"),
    person=None,
    attestation=Attestation.NONE,
    clearance=EVERYTHING,
)


Work = Callable[[Event], object]
"""What a thread does until it is told to stop."""


class InUse(Exception):
    """Another process serves this folder."""


class Held(Protocol):
    """What a process holds open, whichever stores it has."""

    stopping: Event
    failed: BaseException | None
    """Why a thread ended that may not end: nothing is answered any more that could be old or forked."""


@dataclass(slots=True, kw_only=True)
class Embedded:
    """What one process holds open."""

    recorder: SQLiteRecorder
    ledger: Ledger
    store: SQLiteViews
    index: Index
    runner: Runner
    timer: Timer
    readings: Readings
    """What oversight reads."""
    apart: Apart
    """What is neither record nor view."""
    signed: Signed
    """The log of the ledger, which this process signs."""
    signed_reads: Signed
    """The log of what oversight reads, likewise."""
    clock: Callable[[], datetime]
    stopping: Event
    failed: BaseException | None = None
    """Why a thread ended that may not end: nothing is answered any more that could be old or forked."""

    @property
    def more(self) -> Mapping[str, Any]:
        """What the door gets beside."""
        kept, signing = self.signed.kept, self.signed.signing
        return {
            "acks": {"proved": proved(self.signed.log, signing.wait)},
            "checks": {"log": Behind(kept, self.recorder.head)},
            "checkpoints": kept,
            "checkpoints_of_reads": self.signed_reads.kept,
        }


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Nobody else serves the folder meanwhile. Raises InUse."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "docket.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise InUse(f"{folder} is served by another process") from error
        yield


@contextmanager
def embedded(
    folder: Path, *, clock: Callable[[], datetime], ceiling: str, simulated: bool = False, log: LogFiles | None = None
) -> Iterator[Embedded]:
    """Open a folder, found its ledger if it is empty, and bring views and index up to date before anybody is answered.

    Raises InUse, and what the stores raise when they cannot be opened.
    """
    with only_one(folder):
        recorder = SQLiteRecorder(folder / "ledger.db", verify=wire.verify)
        try:
            ledger = Ledger(recorder, clock=clock, simulated=simulated)
            if recorder.head() == 0:
                found(ledger, ceiling)
            with closing(SQLiteViews(folder / "views.db")) as store, closing(SQLiteSets(folder / "index.db")) as sets:
                runner, index = Runner(recorder, store, views()), Index(recorder, sets)
                runner.catch_up()
                index.catch_up()
                timer = Timer(ledger, store, clock)
                with (
                    closing(SQLiteApart(folder / "apart.db")) as apart,
                    closing(SQLiteRecorder(folder / "reads.db", verify=wire.verify)) as reads,
                ):
                    signed = signed_here(
                        log or LogFiles(),
                        apart,
                        store,
                        ledger.opened.ledger,
                        clock=clock,
                        own_key=folder / "log-key.pem",
                    )
                    of_reads = readings(reads, ceiling=ledger.opened.ceiling, clock=clock, simulated=simulated)
                    signed_reads = reads_signed_here(
                        log or LogFiles(),
                        apart,
                        reads,
                        of_reads.ledger,
                        clock=clock,
                        own_key=folder / "log-key.pem",
                    )
                    for each in (signed, signed_reads):
                        each.signing.sign()  # nobody is answered from a record that is not the one that was signed
                    yield Embedded(
                        recorder=recorder,
                        ledger=ledger,
                        store=store,
                        index=index,
                        runner=runner,
                        timer=timer,
                        readings=of_reads,
                        apart=apart,
                        signed=signed,
                        signed_reads=signed_reads,
                        clock=clock,
                        stopping=Event(),
                    )
        finally:
            recorder.close()


@contextmanager
def running(docket: Embedded, *, tick_s: float | None = 1.0, **more: Work) -> Iterator[None]:
    """Follow the ledger, and record what clocks say every `tick_s` seconds (None: somebody else drives the timer).

    `more` are threads beside.
    """
    sys.setswitchinterval(SWITCH_S)
    work: dict[str, Work] = {
        "runner": docket.runner.run,
        "index": docket.index.run,
        **more,
    }
    for log, signed in (("record", docket.signed), ("reads", docket.signed_reads)):
        work |= {f"log of {log}, {number}": each for number, each in enumerate(signed.works, 1)}
    if tick_s is not None:
        work["timer"] = _ticking(docket.timer, tick_s)
    with guarded(docket, **work):
        yield


@contextmanager
def guarded(docket: Held, **work: Work) -> Iterator[None]:
    """Each in a thread of its own until the block ends; one that raises ends all, and `failed` says why."""
    threads = [Thread(target=_guarded, args=(docket, each), name=name) for name, each in work.items()]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        docket.stopping.set()
        for thread in threads:
            thread.join()


def found(ledger: Ledger, ceiling: str) -> None:
    """Open an empty ledger with the offices, the order and the policies that it begins with."""
    opening = founding(LedgerId(uuid7()), ceiling)
    ledger.act(Act(id=CommandId(uuid7()), command=opening, marking="UNCLASSIFIED"), by=INSTALLATION)


def readings(
    recorder: LedgerRecorder, *, ceiling: str, clock: Callable[[], datetime], simulated: bool = False
) -> Readings:
    """The ledger of what oversight reads, opened if it is empty."""
    ledger = Ledger(recorder, clock=clock, simulated=simulated)
    if recorder.head() == 0:
        try:
            ledger.act(opening(LedgerId(uuid7()), ceiling, CommandId(uuid7())), by=INSTALLATION)
        except Busy:
            if recorder.head() == 0:  # otherwise another process was first
                raise
    return Readings(ledger, simulated=simulated)


def _guarded(docket: Held, work: Work) -> None:
    try:
        work(docket.stopping)
    except BaseException as error:  # noqa: BLE001 - the process ends over it, in its main thread
        docket.failed = error
        docket.stopping.set()


def _ticking(timer: Timer, tick_s: float) -> Work:
    def tick(stop: Event) -> None:
        while not stop.wait(tick_s):
            timer.record()

    return tick
