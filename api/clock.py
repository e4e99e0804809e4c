"""The time is that of the machine, or, in a demonstration on loopback, what the acts themselves say it is."""

from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Final, Protocol

from domain.errors import TurnedAway

LONGEST_STEP: Final = timedelta(days=366)
"""How far one act may move a simulated clock: a mistaken year would otherwise end the demonstration."""


class Clock(Protocol):
    """What time it is, in UTC."""

    simulated: bool

    def __call__(self) -> datetime: ...

    def taken_in(self, complete_at: datetime, claimed_at: datetime | None) -> datetime:
        """When an act was taken in whose last byte arrived at `complete_at`. Raises TurnedAway."""


class SystemClock:
    """The machine's clock; what an act claims changes nothing."""

    simulated = False

    def __call__(self) -> datetime:
        return datetime.now(UTC)

    def taken_in(self, complete_at: datetime, claimed_at: datetime | None) -> datetime:
        return complete_at


class SimulatedClock:
    """It is as late as any act has claimed, and never earlier. For a demonstration on loopback alone."""

    simulated = True

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)
        self._moving = Lock()

    def __call__(self) -> datetime:
        return self._now

    def taken_in(self, complete_at: datetime, claimed_at: datetime | None) -> datetime:
        """Move on to what the act claims. Raises TurnedAway for a step that is too long."""
        with self._moving:
            if claimed_at is not None and claimed_at > self._now:
                if claimed_at - self._now > LONGEST_STEP:
                    raise TurnedAway("malformed", "One act moves the simulated clock by a year at most.")
                self._now = claimed_at
            return self._now

    def catch_up(self, last: datetime | None) -> None:
        """Go on where an earlier demonstration ended."""
        with self._moving:
            self._now = self._now if last is None else max(self._now, last)
