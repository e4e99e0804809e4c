"""Every office that acts over Kafka has an inbox of its own; one that ends unasked ends the process, loudly."""

from collections.abc import Callable, Sequence
from datetime import datetime
from threading import Event, Thread
from typing import Final

import structlog
from structlog.typing import FilteringBoundLogger

from consumers import process
from consumers.inbox.inbox import Inbox
from consumers.inbox.tally import InboxTally
from consumers.opening import now, shared_ledger
from consumers.process import Watchdog
from consumers.settings import Settings
from consumers.topics.connection import Connection
from consumers.topics.names import Topics
from consumers.topics.rights import Service
from domain import faults
from domain.ledger.ledger import Ledger

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
    ) -> None:
        self._ledger, self._connection, self._topics, self._clock = ledger, connection, topics, clock
        self._tally, self._log = tally, log
        self._failed: BaseException | None = None

    def run(self, offices: Sequence[str], told: Event) -> None:
        """Answer these offices until told to stop. Raises what an inbox raised."""
        threads = [
            Thread(target=self._answer, args=(office, told), name=f"inbox {office}", daemon=True) for office in offices
        ]
        for thread in threads:
            thread.start()
        told.wait()
        for thread in threads:
            thread.join(_LEAVE_S)
        if self._failed is not None:
            raise self._failed

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
            self._log.error("an inbox ended", office=office, error=faults.told(error))
            self._failed = error
            told.set()


def run(settings: Settings) -> None:
    """Answer until the process is told to stop."""
    connection, topics = settings.connection(), settings.names()
    with shared_ledger(settings, Service.INBOX) as ledger:
        Inboxes(
            ledger=ledger,
            connection=connection,
            topics=topics,
            clock=now,
            tally=InboxTally(),
            log=structlog.get_logger(),
        ).run(settings.offices, process.stopping())
