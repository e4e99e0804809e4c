"""What is true of every clock, whatever its terms, its start and its calendar."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from domain import clocks
from domain.clocks import Days, Pause, Terms
from tests.domain.some_clocks import DUTY, FEDERAL, LAPSE, NEW_YORK, WINDOW, over

# Havana's clocks skip midnight, Lord Howe's move by half an hour, Cairo's change on a Friday
ZONES = (NEW_YORK, "America/Havana", "Australia/Lord_Howe", "Africa/Cairo", "Asia/Kathmandu", "UTC")
DAY, HOUR, TICK = timedelta(days=1), timedelta(hours=1), timedelta(microseconds=1)

moments = st.one_of(
    st.datetimes(datetime(2026, 1, 5), datetime(2036, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.builds(  # near a change of New York's clocks, or 30 days before one
        lambda day, minutes, before: day + timedelta(minutes=minutes, days=-before),
        st.sampled_from([datetime(2026, 11, 1, 6, tzinfo=UTC), datetime(2027, 3, 14, 7, tzinfo=UTC)]),
        st.integers(-240, 240),
        st.sampled_from([0, 30]),
    ),
)
lengths = st.integers(1, 90)
ceilings = st.builds(lambda n, zone: replace(WINDOW, length_days=n, zone=zone), lengths, st.sampled_from(ZONES))


def length(terms: Terms) -> int:
    assert terms.length_days is not None
    return terms.length_days


@st.composite
def duties(draw: st.DrawFn) -> Terms:
    """Any duty: its days, zone, cutoff and roll."""
    days, cutoff = (
        draw(st.sampled_from(Days)),
        draw(st.none() | st.builds(time, st.integers(0, 23), st.integers(0, 59))),
    )
    roll = days is Days.CALENDAR and draw(st.booleans())
    asks = days is Days.BUSINESS or cutoff is not None or roll
    return replace(
        DUTY,
        length_days=draw(lengths),
        days=days,
        zone=draw(st.sampled_from(ZONES)),
        cutoff=cutoff,
        roll_forward=roll,
        calendar=FEDERAL.policy if asks else None,
    )


@dataclass(frozen=True)
class Lost:
    """Days around a start on which nothing was done, or nothing counted."""

    start: datetime
    closed: frozenset[date]
    paused: tuple[Pause, ...]
    more_closed: frozenset[date]
    more_paused: tuple[Pause, ...]
    more_holidays: frozenset[date]


@st.composite
def lost_days(draw: st.DrawFn) -> Lost:
    """A start and days around it, to leave out and then to add."""
    start = draw(moments)
    days = st.frozensets(st.integers(-2, 140).map(lambda n: start.date() + n * DAY), max_size=12)
    pause = st.builds(
        lambda cause, n, more: Pause(cause=cause, first=start.date() + n * DAY, last=start.date() + (n + more) * DAY),
        st.sampled_from([LAPSE, LAPSE, "flood"]),
        st.integers(-10, 130),
        st.integers(0, 12),
    )
    pauses = st.lists(pause, max_size=3).map(tuple)
    return Lost(start, draw(days), draw(pauses), draw(days), draw(pauses), draw(days))


@given(duties(), lost_days(), st.timedeltas(timedelta(), timedelta(days=40)))
def test_a_duty_that_starts_later_never_ends_earlier(terms: Terms, lost: Lost, later: timedelta):
    one = over(terms, lost.start, closed=lost.closed, paused=lost.paused)
    two = over(terms, lost.start + later, closed=lost.closed, paused=lost.paused)
    assert one.counts_from <= two.counts_from
    assert one.last_day <= two.last_day
    assert one.ends_at <= two.ends_at


@given(ceilings, moments, st.timedeltas(HOUR, timedelta(days=40)))
def test_a_ceiling_that_starts_an_hour_later_never_ends_earlier(terms: Terms, start: datetime, later: timedelta):
    assert over(terms, start).ends_at <= over(terms, start + later).ends_at


@given(duties(), lost_days())
def test_a_lost_day_never_makes_a_duty_end_earlier(terms: Terms, lost: Lost):
    before = over(terms, lost.start, closed=lost.closed, paused=lost.paused)
    calendar = replace(FEDERAL, holidays=FEDERAL.holidays | lost.more_holidays)
    closed, paused = lost.closed | lost.more_closed, lost.paused + lost.more_paused
    after = over(terms, lost.start, calendar, closed=closed, paused=paused)
    assert before.counts_from <= after.counts_from
    assert before.last_day <= after.last_day
    assert before.ends_at <= after.ends_at


@given(duties(), lost_days())
def test_a_duty_counts_exactly_its_days_and_ends_on_one_of_them(terms: Terms, lost: Lost):
    def works(day: date) -> bool:
        return day.weekday() < 5 and day not in FEDERAL.holidays and day not in lost.closed

    def paused(day: date) -> bool:
        return any(pause.cause == LAPSE and pause.first <= day <= pause.last for pause in lost.paused)

    found = over(terms, lost.start, closed=lost.closed, paused=lost.paused)
    running = [found.counts_from + n * DAY for n in range(1, (found.last_day - found.counts_from).days + 1)]
    counted = [day for day in running if not paused(day) and (works(day) or terms.days is Days.CALENDAR)]
    assert counted[-1] == found.last_day
    if terms.roll_forward:
        rolled = counted[length(terms) - 1 :]
        assert [works(day) for day in rolled] == [False] * (len(rolled) - 1) + [True]
    else:
        assert len(counted) == terms.length_days
    if terms.days is Days.BUSINESS:
        assert works(found.last_day)


@given(duties(), moments)
def test_a_duty_without_a_cutoff_counts_from_its_own_day_and_one_with_a_cutoff_from_a_business_day(
    terms: Terms, start: datetime
):
    local, found = start.astimezone(ZoneInfo(terms.zone)), over(terms, start)
    if terms.cutoff is None:
        assert found.counts_from == local.date()
    else:
        assert found.counts_from >= local.date()
        assert found.counts_from.weekday() < 5
        assert found.counts_from not in FEDERAL.holidays


@given(duties(), moments)
def test_a_duty_gives_all_its_days_and_ends_when_the_day_after_begins(terms: Terms, start: datetime):
    found, zone = over(terms, start), ZoneInfo(terms.zone)
    assert found.ends_at - start >= length(terms) * DAY - HOUR  # one of the days may have 23 hours
    assert found.ends_at.astimezone(zone).date() == found.last_day + DAY
    assert (found.ends_at - TICK).astimezone(zone).date() == found.last_day
    if terms.zone == NEW_YORK:
        assert found.ends_at.astimezone(zone).time() == time()


@given(ceilings, lost_days())
def test_a_ceiling_is_never_past_its_wall_clock_time_and_no_lost_day_moves_it(terms: Terms, lost: Lost):
    zone = ZoneInfo(terms.zone)
    found = over(terms, lost.start, closed=lost.closed, paused=lost.paused)
    wall = lost.start.astimezone(zone).replace(tzinfo=None) + length(terms) * DAY
    shown = found.ends_at.astimezone(zone)
    assert found == over(terms, lost.start)
    assert shown.replace(tzinfo=None) <= wall
    assert shown.fold == 0  # of a time that comes twice, the first
    assert abs(found.ends_at - lost.start - length(terms) * DAY) <= HOUR
    exists = wall.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None) == wall
    assert exists == (shown.replace(tzinfo=None) == wall)


@given(duties() | ceilings, moments, st.sampled_from(ZONES))
def test_a_deadline_is_in_utc_and_the_same_wherever_the_start_was_written(terms: Terms, start: datetime, zone: str):
    found = over(terms, start)
    assert found.ends_at.tzinfo is UTC
    assert over(terms, start.astimezone(ZoneInfo(zone))) == found


@given(moments, st.sampled_from(ZONES))
def test_every_instant_lies_in_the_day_that_began_last(start: datetime, zone: str):
    day = start.astimezone(ZoneInfo(zone)).date()
    begins, next_begins = clocks.day_begins(day, zone), clocks.day_begins(day + DAY, zone)
    assert begins <= start < next_begins
    assert next_begins - begins in {DAY - HOUR, DAY - HOUR / 2, DAY, DAY + HOUR / 2, DAY + HOUR}
