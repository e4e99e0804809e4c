"""Every office that has a topic of actions has an inbox of its own; one that ends unasked ends the process, loudly."""

from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from datetime import datetime
from threading import Event, Thread
from typing import Final

import structlog
from structlog.typing import FilteringBoundLogger

from consumers import process
from consumers.connection import Connection
from consumers.inbox import Inbox
from consumers.inbox_tally import InboxTally
from consumers.opening import now, shared_ledger
from consumers.process import Watchdog
from consumers.settings import Settings
from consumers.topics import Topics
from domain.ledger.ledger import Ledger

LOOK_S: Final = 10.0
"""Seconds between looks for the topic of another office."""
HANGING_S: Final = 120.0
"""Seconds without a move after which the process ends: longer than any answer of a broker or store takes."""
_LEAVE_S: Final = 30.0


class Inboxes:
    """A thread for each office: one that waits for its broker or its turn keeps no other waiting."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        connection: Connection,
        topics: Topics,
        clock: Callable[[], datetime],
        tally: InboxTally,
        log: FilteringBoundLogger,
        look_s: float = LOOK_S,
    ) -> None:
        self._look_s = look_s
        self._ledger, self._connection, self._topics, self._clock = ledger, connection, topics, clock
        self._tally, self._log = tally, log
        self._threads: dict[str, Thread] = {}
        self._failed: BaseException | None = None

    def run(self, told: Event) -> None:
        """Answer every office until told to stop. Raises what an inbox raised."""
        with self._connection.reader() as looking:
            while not told.is_set():
                for office in self._newcomers(looking.topics()):
                    thread = Thread(target=self._answer, args=(office, told), name=f"inbox {office}", daemon=True)
                    self._threads[office] = thread
                    thread.start()
                told.wait(self._look_s)
        for thread in self._threads.values():
            thread.join(_LEAVE_S)
        if self._failed is not None:
            raise self._failed

    def _newcomers(self, names: AbstractSet[str]) -> Iterator[str]:
        """Offices that may ask and are not answered yet."""
        for office in sorted(self._topics.offices(names) - self._threads.keys()):
            if (outcomes := self._topics.outcomes(office)) in names:
                yield office
            else:
                self._log.error("an office asks that cannot be answered", office=office, missing=outcomes)

    def _answer(self, office: str, told: Event) -> None:
        watchdog = Watchdog(HANGING_S)
        try:
            with watchdog.watching():
                inbox = Inbox(
                    ledger=self._ledger,
                    connection=self._connection,
                    topics=self._topics,
                    office=office,
                    clock=self._clock,
                    tally=self._tally,
                    log=self._log,
                )
                self._log.info("answering", office=office)
                inbox.run(told, watchdog)
        except BaseException as error:  # noqa: BLE001 - the process ends over it, in its main thread
            self._log.error("an inbox ended", office=office, error=f"{type(error).__name__}: {error}")
            self._failed = error
            told.set()


def run(settings: Settings) -> None:
    """Answer until the process is told to stop."""
    with shared_ledger(settings) as ledger:
        Inboxes(
            ledger=ledger,
            connection=settings.connection(),
            topics=settings.names(),
            clock=now,
            tally=InboxTally(),
            log=structlog.get_logger(),
        ).run(process.stopping())
