"""One subscription is delivered in order: nothing is sent before what comes before it was taken, or given up.

What was taken is written down after it was: whoever dies in between sends it again, and nothing is lost.
"""

import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import SystemRandom
from threading import Condition, Event
from typing import Final

from api.identity import Unauthenticated, Unavailable
from api.problems import Problem
from api.reading.overseen import outside, record
from api.subscriptions import Owner, State, Subscription, Wanted, Why
from api.subscriptions.backoff import GIVEN_UP_AFTER, Draw, next_attempt
from api.subscriptions.kept import Kept, Moving
from api.subscriptions.message import of_event, signed
from api.subscriptions.places import Places
from api.subscriptions.sending import Sender
from api.subscriptions.signing import Locked, Safe
from api.tally import Tally
from domain import wire
from domain.act import Principal
from domain.ledger import StoreError
from domain.ledger.readings import Readings
from domain.ledger.recorder import LedgerRecorder
from projections.audit_trail import case_of
from projections.disclosed import disclosed
from projections.visible import Sight

LOOK_S: Final = 1.0
"""Seconds after which it is looked again what its owner wants, at most."""
_BATCH: Final = 256
_FAR: Final = 1024
"""Positions without anything to send after which it is written down how far it has come."""


class Head:
    """How far the ledger is, for all that wait for it: one looks for them."""

    def __init__(self) -> None:
        self._position = 0
        self._moved = Condition()

    def reach(self, position: int) -> None:
        """It is so far."""
        with self._moved:
            self._position = max(self._position, position)
            self._moved.notify_all()

    def ring(self) -> None:
        """Whoever waits looks again."""
        with self._moved:
            self._moved.notify_all()

    def wait(self, after: int | None, timeout_s: float) -> None:
        """Return when it is behind a position, when it rings, or when the time is over."""
        with self._moved:
            if after is None or self._position <= after:
                self._moved.wait(timeout_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deliveries:
    """What every delivery needs."""

    kept: Kept
    recorder: LedgerRecorder
    known: Callable[[str], Principal]
    """Who somebody is now (`Authenticator.again`)."""
    sight_of: Callable[[Principal], Sight]
    """What somebody may see now. Raises Problem for an office that is not registered."""
    readings: Readings
    """Where it is recorded what overseers are sent of what is marked."""
    places: Places
    tls: ssl.SSLContext
    safe: Safe
    clock: Callable[[], datetime]
    tally: Tally
    draw: Draw = field(default_factory=lambda: SystemRandom().random)


class Delivery:
    """Delivers one subscription, in a thread of its own. Raises what stores raise."""

    def __init__(self, id: str, with_: Deliveries, moving: Moving, head: Head, stop: Event) -> None:
        self._id, self._with, self._moving, self._head, self._stop = id, with_, moving, head, stop
        self._sender = Sender(with_.places, with_.tls, stop)
        self._seen = (0, 0)
        """How far there was nothing to send, and of which revision."""

    def run(self) -> None:
        """Until it is stopped, or its owner wants nothing any more. Raises Stopped."""
        with self._sender:
            while not self._stop.is_set():
                of = self._with.kept.one(self._id)
                if of is None or of.state is not State.ACTIVE:
                    return
                self._step(of)

    def _step(self, of: Subscription) -> None:
        """Send what is next, or wait for something to do; either way it comes by again."""
        now = self._with.clock()
        if of.next_at is not None and of.next_at > now:
            self._head.wait(None, min(LOOK_S, (of.next_at - now).total_seconds()))
            return
        seen, revision = self._seen
        after = seen if revision == of.revision and seen > of.position and not of.attempts else of.position
        rows = self._with.recorder.read(after, _BATCH)
        found = next((position for position, type, document in rows if _is_wanted(of.wanted, type, document)), None)
        if found is not None:
            self._deliver(of, found)
        elif rows:
            self._passed(of, rows[-1][0])
        else:
            self._head.wait(after, LOOK_S)

    def _passed(self, of: Subscription, position: int) -> None:
        self._seen = (position, of.revision)
        if of.attempts or position - of.position >= _FAR:
            self._moving.passed(of, position)

    def _deliver(self, of: Subscription, position: int) -> None:
        with outside(f"POST {of.url}", self._with.clock()) as reading:
            found = self._sight(of)
        if not isinstance(found, Sight):
            if found is not None:
                self._moving.disabled(of, found, self._with.clock())
            else:
                self._head.wait(None, LOOK_S)  # the roster cannot be read: nothing is sent until it can
            return
        event = disclosed(self._with.recorder, [position], found).get(position)
        if event is None:
            self._passed(of, position)
            return
        try:
            secrets = secrets_of(of, self._with.safe, self._with.clock())
        except Locked:
            self._moving.disabled(of, Why.SECRET_UNREADABLE, self._with.clock())
            return
        if not of.attempts:  # once, however often it is tried
            try:
                record(self._with.readings, reading)
            except StoreError:
                self._head.wait(None, LOOK_S)  # nothing is sent until it can be recorded
                return
        message = of_event(event)
        outcome = self._sender.send(of.url, signed(message, secrets, self._with.clock()), message.body)
        self._with.tally.sent(outcome.said)
        now = self._with.clock()
        if outcome.taken:
            self._moving.taken(of, position, now)
        elif outcome.gone:
            self._moving.disabled(of, Why.RECEIVER_GONE, now, outcome=outcome.said)
        elif outcome.elsewhere:
            self._moving.disabled(of, Why.RECEIVER_NOT_LISTED, now, outcome=outcome.said)
        elif of.failing_since is not None and now - of.failing_since >= GIVEN_UP_AFTER:
            self._moving.disabled(of, Why.RECEIVER_FAILING, now, outcome=outcome.said)
        else:
            self._failed(of, position, outcome.said, now, outcome.asked_for)

    def _failed(self, of: Subscription, position: int, said: str, now: datetime, asked_for: timedelta | None) -> None:
        again = next_attempt(of.attempts + 1, now, self._with.draw, asked_for=asked_for)
        if again is None:
            self._moving.given_up(of, position, said, now)
        else:
            self._moving.failed(of, said, now, again)

    def _sight(self, of: Subscription) -> Sight | Why | None:
        """What its owner may see now; why there is no such owner; None where that cannot be found out now."""
        try:
            principal = self._with.known(of.known_by)
        except Unauthenticated:
            return Why.OWNER_NOT_KNOWN
        except Unavailable:
            return None
        if Owner.of(principal) != of.owner:
            return Why.OWNER_CHANGED
        try:
            return self._with.sight_of(principal)
        except Problem:
            return Why.OWNER_NOT_KNOWN


def secrets_of(of: Subscription, safe: Safe, now: datetime) -> list[str]:
    """What something is signed with at an instant: during a change of secrets with both. Raises Locked."""
    secrets = [safe.open(of.secret, of.id)]
    if of.secret_before is not None and of.before_until is not None and now < of.before_until:
        secrets.append(safe.open(of.secret_before, of.id))
    return secrets


def _is_wanted(wanted: Wanted, type: str, document: bytes) -> bool:
    if wanted.types and type not in wanted.types:
        return False
    if not (wanted.streams or wanted.cases or wanted.offices):
        return True
    recorded = wire.load(document)
    return (
        (not wanted.streams or recorded.stream in wanted.streams)
        and (not wanted.cases or case_of(recorded) in wanted.cases)
        and (not wanted.offices or recorded.actor in {f"office/{code}" for code in wanted.offices})
    )
