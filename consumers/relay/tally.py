"""How far the relay is, and how far behind; asked for at any time, right at any time."""

import time
from datetime import datetime

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge


class RelayTally:
    """The figures of one relay."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        self._oldest: float | None = None
        self._position = Gauge("docket_relay_position", "Last position on the ledger topic", registry=registry)
        self._behind = Gauge("docket_relay_lag", "Events of the ledger that are not on Kafka yet", registry=registry)
        seconds = Gauge("docket_relay_lag_seconds", "Age of the oldest event that is not on Kafka", registry=registry)
        seconds.set_function(self._age)
        self._transactions = Counter("docket_relay_transactions", "Transactions committed", registry=registry)
        self._destroyed = Counter("docket_relay_destroyed", "Events whose key was destroyed", registry=registry)
        self._clearing = Gauge(
            "docket_relay_clearing", "1 while a key that was destroyed may lie on a disk of a broker", registry=registry
        )
        self._sealed = Counter("docket_relay_sealed", "Events whose disclosures were sealed", registry=registry)

    def at(self, position: int) -> None:
        """The topic ends here."""
        self._position.set(position)

    def found(self, recorded_at: datetime, behind: int) -> None:
        """Events wait, the oldest of them recorded then."""
        self._oldest = recorded_at.timestamp()
        self._behind.set(behind)

    def sent(self, many: int, *, sealed: int, destroyed: int, position: int) -> None:
        """A transaction was committed."""
        self._transactions.inc()
        self._sealed.inc(sealed)
        self._destroyed.inc(destroyed)
        self._behind.dec(many)
        self._position.set(position)

    def nothing_left(self) -> None:
        """All is sent."""
        self._oldest = None
        self._behind.set(0)

    def clearing(self, lasts: bool) -> None:  # noqa: FBT001 - what the gauge shows
        """Whether keys that were destroyed may still lie on a disk."""
        self._clearing.set(lasts)

    def _age(self) -> float:
        return 0.0 if self._oldest is None else max(0.0, time.time() - self._oldest)
