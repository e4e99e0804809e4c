"""When something that was not taken is tried again: later each time, never for ever, and not all of it at once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

DELAYS: Final = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""Between one attempt and the next, as Standard Webhooks proposes it: ten attempts in a little more than three days."""
JITTER: Final = 0.25
"""How much longer a delay may be, as a share of it: those that failed together come back apart."""
LONGEST: Final = timedelta(hours=24)
"""What a receiver may ask for, at most, by `Retry-After`."""
GIVEN_UP_AFTER: Final = timedelta(days=5)
"""For how long a receiver may take nothing before it is sent nothing any more."""

Draw = Callable[[], float]
"""A number from 0 up to 1."""


def next_attempt(attempts: int, now: datetime, draw: Draw, *, asked_for: timedelta | None = None) -> datetime | None:
    """When to try again after so many attempts in vain; None after the last one."""
    if attempts > len(DELAYS):
        return None
    delay = DELAYS[attempts - 1] * (1 + JITTER * draw())
    return now + max(delay, min(asked_for or timedelta(0), LONGEST))
