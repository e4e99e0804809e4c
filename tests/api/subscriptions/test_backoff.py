"""What is not taken is tried again later each time, a little apart from others, and given up in the end."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from api.subscriptions.backoff import DELAYS, GIVEN_UP_AFTER, JITTER, LONGEST, next_attempt

NOW = datetime(2026, 9, 1, 14, tzinfo=UTC)
DRAWS = st.floats(0, 1, exclude_max=True)


@given(DRAWS)
def test_each_delay_is_the_one_of_the_standard_or_a_little_longer(draw: float) -> None:
    for attempts, delay in enumerate(DELAYS, start=1):
        again = next_attempt(attempts, NOW, lambda: draw)
        assert again is not None
        assert delay <= again - NOW <= delay * (1 + JITTER)


def test_delays_only_grow_and_after_the_last_it_is_given_up() -> None:
    assert list(DELAYS) == sorted(DELAYS)
    assert next_attempt(len(DELAYS), NOW, lambda: 0.5) is not None
    assert next_attempt(len(DELAYS) + 1, NOW, lambda: 0.5) is None
    assert timedelta(days=3) < sum(DELAYS, timedelta(0)) < GIVEN_UP_AFTER


@given(st.integers(1, len(DELAYS)), DRAWS, st.timedeltas(timedelta(0), timedelta(days=400)))
def test_a_receiver_may_ask_for_more_time_up_to_a_day_and_never_for_less(
    attempts: int, draw: float, asked_for: timedelta
) -> None:
    plain = next_attempt(attempts, NOW, lambda: draw)
    asked = next_attempt(attempts, NOW, lambda: draw, asked_for=asked_for)
    assert plain is not None
    assert asked == max(plain, NOW + min(asked_for, LONGEST))
