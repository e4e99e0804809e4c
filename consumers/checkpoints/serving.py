"""The log that several processes serve is signed by a process of its own; one is enough, and two do no harm."""

import sys
from collections.abc import Callable
from contextlib import closing
from threading import Event, Thread
from typing import Any, Final

import psycopg
from kafka.errors import KafkaError
from prometheus_client import REGISTRY, CollectorRegistry, Gauge

from consumers import process
from consumers.apart.postgres import PostgresApart
from consumers.checkpoints.opening import Signed, reads_signed_here, signed_here
from consumers.checkpoints.sending import Sending, Unsent
from consumers.checkpoints.signing import Forked
from consumers.opening import now, shared_ledger
from consumers.process import Watchdog
from consumers.settings import Settings
from consumers.topics.rights import Service
from consumers.topics.tail import DIVERGED
from domain import wire
from domain.ledger.ledger import Ledger, NotOpen
from domain.ledger.postgres import PostgresRecorder
from domain.ledger.readings import SCHEMA
from domain.values import LedgerId
from projections.stores.postgres import PostgresViews
from projections.stores.tables import WrongStore
from projections.transparency.policy import Grade

WATCHED_S: Final = 60.0
"""Seconds in which a look ends, or the process does."""
_LOOK_S: Final = 0.25


class LogTally:
    """How far one log is signed."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        self._size = Gauge("docket_log_size", "Size of the longest checkpoint", registry=registry)
        self._final = Gauge("docket_log_final_size", "Size of the longest that a quorum has signed", registry=registry)
        self._silent = Gauge("docket_log_silent_witnesses", "Witnesses that did not sign", registry=registry)

    def look(self, signed: Signed, reads: Signed) -> None:
        """What is so now; of the log of what oversight reads its length is not told."""
        for gauge, grade in ((self._size, None), (self._final, Grade.FINAL)):
            found = signed.kept.latest(grade)
            gauge.set(0 if found is None else found.checkpoint.size)
        asked = [each.witnessing for each in (signed, reads) if each.witnessing is not None]
        self._silent.set(sum(len(each.silent) for each in asked))


def sign(
    signed: Signed, reads: Signed, sending: Sending, told: Event, *, beat: Callable[[], None], tally: LogTally
) -> None:
    """Sign both logs, have them witnessed, and one sent, until told to stop. Raises what any of it raises."""
    over, failed = Event(), list[BaseException]()

    def guarded(work: Callable[[Event], Any]) -> None:
        try:
            work(over)
        except BaseException as error:  # noqa: BLE001 - the process ends over it, in its main thread
            failed.append(error)
            over.set()

    works = [work for each in (signed, reads) for work in each.works]
    threads = [Thread(target=guarded, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    try:
        while not told.is_set() and not over.wait(_LOOK_S):
            beat()
            sending.step()
            tally.look(signed, reads)
    finally:
        over.set()
        for thread in threads:
            thread.join()
    if failed:
        raise failed[0]


def awaited(ledger: Ledger, told: Event, beat: Callable[[], None]) -> LedgerId | None:
    """The id of a ledger, once a door has opened it; None where it is told to stop before."""
    while not told.is_set():
        beat()
        try:
            return ledger.opened.ledger
        except NotOpen:
            told.wait(_LOOK_S)
    return None


def run(settings: Settings) -> None:
    """Sign until the process is told to stop. Raises what cannot be mended by waiting; it is to be started again."""
    told, watchdog = process.stopping(), Watchdog(WATCHED_S)
    dsn, key = settings.needed("postgres"), settings.needed("log_key")
    try:
        with (
            watchdog.watching(),
            shared_ledger(settings, Service.CHECKPOINTS) as ledger,
            closing(PostgresViews(dsn)) as store,
            closing(PostgresApart(dsn)) as apart,
            closing(PostgresRecorder(dsn, verify=wire.verify, schema=SCHEMA)) as reads,
        ):
            files = settings.log_files()
            here, of_reads = (awaited(each, told, watchdog.beat) for each in (ledger, Ledger(reads, clock=now)))
            if here is None or of_reads is None:
                return
            signed = signed_here(files, apart, store, here, clock=now, own_key=key)
            also = reads_signed_here(files, apart, reads, of_reads, clock=now, own_key=key)
            with closing(Sending(settings.connection(), settings.names().checkpoints, signed.kept)) as sending:
                sign(signed, also, sending, told, beat=watchdog.beat, tally=LogTally())
    except Forked as error:
        sys.stderr.write(f"docket: checkpoints: {error}\n")
        sys.exit(DIVERGED)
    except (KafkaError, Unsent, ValueError, WrongStore, psycopg.OperationalError) as error:
        sys.exit(f"docket: checkpoints: {error}")
