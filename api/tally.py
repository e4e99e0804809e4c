"""What happens at the door is counted and logged: who, what kind of thing, and how it ended, never its content."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from time import perf_counter
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from structlog.typing import FilteringBoundLogger

from domain.faults import frames

_SECONDS: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class Tally:
    """The counters of one application, in a registry of their own, and its security log."""

    def __init__(self, log: FilteringBoundLogger) -> None:
        self.registry = CollectorRegistry()
        self._log = log
        self._acts = Counter(
            "docket_acts", "Acts answered, by command and outcome", ["command", "outcome"], registry=self.registry
        )
        self._turned_away = Counter(
            "docket_turned_away", "What never became an act, by code", ["code"], registry=self.registry
        )
        self._unavailable = Counter(
            "docket_unavailable", "Requests that the store did not answer, by code", ["code"], registry=self.registry
        )
        self._sign_ins = Counter(
            "docket_sign_ins", "People who sign in or out on the pages, by outcome", ["outcome"], registry=self.registry
        )
        self._latency = Histogram(
            "docket_act_seconds",
            "From the act complete to its receipt",
            ["outcome"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._position = Gauge("docket_position", "Last position of the ledger", registry=self.registry)
        self._lag = Gauge("docket_view_lag", "Positions that a view is behind", ["view"], registry=self.registry)
        self._webhooks = Counter(
            "docket_webhooks", "Attempts to send to a subscription, by outcome", ["outcome"], registry=self.registry
        )
        self._subscriptions = Gauge(
            "docket_subscriptions", "Subscriptions, by state", ["state"], registry=self.registry
        )
        self._behind = Gauge(
            "docket_subscriptions_behind",
            "Positions that the last of the active subscriptions is behind",
            registry=self.registry,
        )
        self._letters = Gauge("docket_dead_letters", "Events that no receiver took", registry=self.registry)
        self._streams = Gauge("docket_streams", "Streams that are open", registry=self.registry)

    @contextmanager
    def timing(self, command: str) -> Iterator[list[str]]:
        """Counts an act under the outcome that is put into the list last, and how long it took."""
        outcome = ["failed"]
        began = perf_counter()
        try:
            yield outcome
        finally:
            self._acts.labels(command, outcome[-1]).inc()
            self._latency.labels(outcome[-1]).observe(perf_counter() - began)

    def turned_away(self, code: str, actor: str | None) -> None:
        self._turned_away.labels(code).inc()
        self._log.warning("turned away", code=code, actor=actor)

    def unauthenticated(self, why: str, client: str | None) -> None:
        self._turned_away.labels("unauthenticated").inc()
        self._log.warning("unauthenticated", why=why, client=client)

    def sign_in(self, outcome: str, client: str | None, *, actor: str | None = None, why: str | None = None) -> None:
        """Somebody signed in or out on the pages, or did not: `signed-in`, `signed-out`, or the code of a problem."""
        self._sign_ins.labels(outcome).inc()
        self._log.warning("sign-in", outcome=outcome, client=client, actor=actor, why=why)

    def unavailable(self, code: str, error: Exception, why: str | None = None) -> None:
        """`why` is told by errors of Docket's own, whose sentences repeat nothing that came in."""
        self._unavailable.labels(code).inc()
        self._log.error("unavailable", code=code, error=type(error).__name__, why=why)

    def failed(self, error: Exception) -> None:
        """A request ended with an error of Docket's own."""
        self._log.error("failed", traceback=frames(error))

    def reached(self, position: int, lags: dict[str, int]) -> None:
        """Where the ledger and its views are, as just asked."""
        self._position.set(position)
        for view, lag in lags.items():
            self._lag.labels(view).set(lag)

    def sent(self, outcome: str) -> None:
        """One attempt to send to a subscription."""
        self._webhooks.labels(outcome).inc()

    def subscribed(self, states: Mapping[str, int], behind: int, letters: int) -> None:
        """How many subscriptions there are, by state, and how far behind they are."""
        for state, number in states.items():
            self._subscriptions.labels(state).set(number)
        self._behind.set(behind)
        self._letters.set(letters)

    @contextmanager
    def streaming(self) -> Iterator[None]:
        """One open stream."""
        self._streams.inc()
        try:
            yield
        finally:
            self._streams.dec()
