"""How far each office's inbox is, and how its records ended; never what was in them."""

from collections.abc import Sequence

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge

from consumers.inbox.answers import Answer


class InboxTally:
    """The figures of one process, by office."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        of = ["office"]
        self._offset = Gauge("docket_inbox_offset", "Offset of the record answered last", of, registry=registry)
        self._lag = Gauge("docket_inbox_lag", "Offsets that are not answered yet", of, registry=registry)
        self._ready = Gauge(
            "docket_inbox_ready", "1 while records can be answered; 0 while the store is away", of, registry=registry
        )
        self._outcomes = Counter(
            "docket_inbox_outcomes", "Records answered, by outcome", [*of, "outcome"], registry=registry
        )
        self._spills = Counter(
            "docket_inbox_spills", "Records marked above what this deployment may hold", of, registry=registry
        )
        self._unread = Counter(
            "docket_inbox_unread", "Offsets that retention took before they were answered", of, registry=registry
        )

    def began(self, office: str, *, unread: int) -> None:
        """An inbox begins; so many offsets before it are gone without an answer."""
        self._ready.labels(office).set(1)
        self._spills.labels(office).inc(0)
        self._unread.labels(office).inc(unread)

    def answered(self, office: str, answers: Sequence[Answer]) -> None:
        """The answers to these are committed."""
        for answer in answers:
            self._outcomes.labels(office, answer.outcome).inc()
            self._spills.labels(office).inc(answer.spilled)
        self._offset.labels(office).set(answers[-1].offset)

    def behind(self, office: str, offsets: int) -> None:
        """So many are left."""
        self._lag.labels(office).set(offsets)

    def ready(self, office: str, *, is_ready: bool) -> None:
        """Whether the store answers."""
        self._ready.labels(office).set(is_ready)
