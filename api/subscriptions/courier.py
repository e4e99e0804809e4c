"""Every subscription that is active is delivered by a thread of its own, in one process at a time."""

import sqlite3
from contextlib import closing
from threading import Event, Thread
from time import monotonic
from typing import Final

import psycopg
import structlog

from api.subscriptions import State, Why
from api.subscriptions.delivery import Deliveries, Delivery, Head
from api.subscriptions.kept import Moving
from api.subscriptions.sending import Stopped
from consumers.apart import Apart, Claiming
from domain.faults import frames
from domain.ledger import StoreError

LOOK_S: Final = 1.0
"""Seconds between two looks at which subscriptions there are."""
_WAIT_S: Final = 0.25
_STORES: Final = (sqlite3.OperationalError, psycopg.Error, StoreError)
"""What stores raise that do not answer, after which the same may succeed."""
_log: Final = structlog.get_logger(__name__)


class Courier:
    """Sees to it that what can be delivered is being delivered."""

    def __init__(self, apart: Apart, deliveries: Deliveries) -> None:
        self._apart, self._with = apart, deliveries
        self._head, self._rung = Head(), Event()
        self._wrong: str | None = None
        self._threads: dict[str, Thread] = {}
        self._trouble: Exception | None = None

    def ring(self) -> None:
        """Somebody changed something: look now. From any thread."""
        self._rung.set()
        self._head.ring()

    def wrong(self) -> str | None:
        """What keeps it from delivering anything at all, for whoever watches over readiness."""
        return self._wrong

    def run(self, stop: Event) -> None:
        """Until it is stopped. Stores that do not answer are waited for; what is being sent meanwhile is sent again."""
        while not stop.is_set():
            try:
                with closing(self._apart.claiming()) as claims:
                    self._deliver(claims, stop)
            except _STORES as error:
                self._wrong = "the store of subscriptions does not answer"
                _log.warning("subscriptions wait", error=type(error).__name__)
                stop.wait(LOOK_S)

    def _deliver(self, claims: Claiming, stop: Event) -> None:
        over, self._trouble = Event(), None
        looked, head = 0.0, 0
        try:
            while not stop.is_set():
                if self._trouble is not None:
                    raise self._trouble
                if self._rung.is_set() or monotonic() - looked >= LOOK_S:
                    self._rung.clear()
                    self._look(claims, over)
                    looked, self._wrong = monotonic(), None
                if not self._threads:
                    self._rung.wait(_WAIT_S)
                elif self._with.recorder.wait(head, _WAIT_S):
                    head = self._with.recorder.head()
                    self._head.reach(head)
        finally:
            over.set()
            self._head.ring()
            for thread in self._threads.values():
                thread.join()
            self._threads.clear()

    def _look(self, claims: Claiming, over: Event) -> None:
        with claims.together() as ask:
            ask("SELECT 1")  # a session that ended has no claims any more
        for id, thread in list(self._threads.items()):
            if not thread.is_alive():
                del self._threads[id]
                claims.give(id)
        moving = Moving(claims)
        for id in self._with.kept.active():
            if id not in self._threads and claims.take(id):
                delivery = Delivery(id, self._with, moving, self._head, over)
                thread = Thread(target=self._guarded, args=(id, delivery, moving), name=f"webhook {id}")
                self._threads[id] = thread
                thread.start()
        self._count()

    def _count(self) -> None:
        counts = self._with.kept.counts()
        behind = 0 if counts.behind is None else self._with.recorder.head() - counts.behind
        states = {state.value: counts.states.get(state, 0) for state in State}
        self._with.tally.subscribed(states, behind, counts.letters)

    def _guarded(self, id: str, delivery: Delivery, moving: Moving) -> None:
        try:
            delivery.run()
        except Stopped:
            return
        except _STORES as error:
            self._trouble = error
        except Exception as error:  # noqa: BLE001 - the outermost loop of its thread: one subscription is not all of Docket
            _log.error("a subscription ended", subscription=id, traceback=frames(error))
            self._disable(id, moving)

    def _disable(self, id: str, moving: Moving) -> None:
        try:
            if (of := self._with.kept.one(id)) is not None:
                moving.disabled(of, Why.INTERNAL, self._with.clock())
        except _STORES as error:
            self._trouble = error
