"""Every deadline is the one that the vectors state, and what they leave open has an example here."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, time, tzinfo
from pathlib import Path
from typing import Any

import pytest

from domain import clocks
from domain.clocks import CalendarExhausted, Days, Deadline, NaiveTime, Pause
from tests.domain.some_clocks import DUTY, FEDERAL, LAPSE, NEW_YORK, WINDOW, over

FILE = Path(__file__).parents[1] / "data" / "deadlines" / "deadline_vectors.json"
VECTORS = json.loads(FILE.read_text(encoding="utf-8"))
RECEIPT = {"as stated, no cutoff": None, "17:00 ET cutoff, next business day": time(17)}


def named(rows: list[Any]) -> list[Any]:
    return [pytest.param(row, id=row["case"]) for row in rows]


@pytest.mark.parametrize("row", named(VECTORS["rows"]))
def test_a_duty_ends_as_its_vector_says(row: Any):
    cutoff, roll = RECEIPT[row["receipt_rule"]], row["roll_forward"]
    terms = replace(
        DUTY,
        zone=VECTORS["zone"],
        length_days=row["n_calendar_days"],
        days=Days.CALENDAR,
        cutoff=cutoff,
        roll_forward=roll,
        calendar=FEDERAL.policy if cutoff or roll else None,
    )
    found = over(
        terms,
        datetime.fromisoformat(row["received_at"]),
        closed=frozenset(map(date.fromisoformat, row["closed_days"])),
        paused=[
            Pause(cause=LAPSE, first=date.fromisoformat(first), last=date.fromisoformat(last))
            for first, last in row["tolled_inclusive"]
        ],
    )
    assert found == Deadline(
        policy=DUTY.policy,
        counts_from=date.fromisoformat(row["counts_from"]),
        last_day=date.fromisoformat(row["last_day"]),
        ends_at=datetime.fromisoformat(row["expires_at_utc_exclusive"]),
    )
    assert f"{found.counts_from:%a} {found.last_day:%a}" == f"{row['counts_from_weekday']} {row['last_day_weekday']}"


@pytest.mark.parametrize("row", named(VECTORS["access_windows"]["rows"]))
def test_the_access_window_ends_as_its_vector_says(row: Any):
    opened, expected = datetime.fromisoformat(row["opened_at"]), datetime.fromisoformat(row["ceiling_utc"])
    assert over(WINDOW, opened).ends_at == clocks.ceiling(opened, 30, NEW_YORK) == expected


def test_no_vector_was_lost():
    assert (len(VECTORS["rows"]), len(VECTORS["access_windows"]["rows"])) == (21, 8)


@pytest.mark.parametrize(
    ("pauses", "last_day"),
    [
        ([], date(2026, 10, 15)),
        ([(LAPSE, 1, 3)], date(2026, 10, 18)),
        ([(LAPSE, 1, 3), (LAPSE, 2, 4), (LAPSE, 2, 3)], date(2026, 10, 19)),
        ([(LAPSE, 1, 3), (LAPSE, 15, 18)], date(2026, 10, 22)),
        ([("flood", 1, 3)], date(2026, 10, 15)),
        ([(LAPSE, 16, 20)], date(2026, 10, 15)),
    ],
    ids=["none", "once", "overlapping", "twice", "another cause", "after the last day"],
)
def test_a_paused_day_does_not_count_and_counts_once(pauses: Any, last_day: date):
    terms = replace(DUTY, length_days=30, days=Days.CALENDAR, cutoff=None, calendar=None)
    paused = [Pause(cause=c, first=date(2026, 10, first), last=date(2026, 10, last)) for c, first, last in pauses]
    assert over(terms, datetime(2026, 9, 15, 14, tzinfo=UTC), paused=paused).last_day == last_day


def test_a_roll_does_not_land_on_a_paused_day():
    terms = replace(DUTY, length_days=3, days=Days.CALENDAR, roll_forward=True)
    paused = [Pause(cause=LAPSE, first=date(2026, 8, 9), last=date(2026, 8, 11))]
    found = over(terms, datetime(2026, 8, 5, 14, tzinfo=UTC), paused=paused)
    assert found.last_day == date(2026, 8, 12)  # the third day is Saturday the 8th, and Monday is paused


def test_a_pause_does_not_end_before_it_starts():
    with pytest.raises(ValueError, match="cannot end"):
        Pause(cause=LAPSE, first=date(2026, 10, 2), last=date(2026, 10, 1))


def test_a_business_day_is_neither_weekend_nor_holiday_nor_closed():
    wednesday = datetime(2026, 7, 1, 14, tzinfo=UTC)
    assert over(replace(DUTY, length_days=2), wednesday).last_day == date(2026, 7, 6)  # Friday the 3rd is observed
    assert over(replace(DUTY, length_days=2), wednesday, closed={date(2026, 7, 2)}).last_day == date(2026, 7, 7)


@pytest.mark.parametrize("start", ["2040-12-28T12:00:00+00:00", "2025-12-31T12:00:00+00:00"])
def test_a_calendar_does_not_guess_about_years_that_it_does_not_cover(start: str):
    with pytest.raises(CalendarExhausted, match="POLICY:FEDERAL-HOLIDAYS-1 does not cover"):
        over(DUTY, datetime.fromisoformat(start))


def test_a_clock_counts_by_the_calendar_that_it_cites_and_by_no_other():
    second = replace(FEDERAL, policy="POLICY:FEDERAL-HOLIDAYS-2")
    for terms, other in ((DUTY, second), (DUTY, None), (WINDOW, FEDERAL)):
        with pytest.raises(ValueError, match="cites the calendar"):
            clocks.deadline(terms, datetime(2026, 6, 2, tzinfo=UTC), other)


def test_a_length_is_stated_once():
    with pytest.raises(ValueError, match="states no length"):
        over(replace(DUTY, length_days=None), datetime(2026, 6, 2, tzinfo=UTC))
    with pytest.raises(ValueError, match="lasts 30 days"):
        WINDOW.lasting(31)


class _Nowhere(tzinfo):
    """A zone that does not say where it is: a time in it is as naive as one without."""

    def utcoffset(self, _: datetime | None) -> None:
        return None

    dst = tzname = utcoffset


@pytest.mark.parametrize("zone", [None, _Nowhere()], ids=["no zone", "a zone without offset"])
def test_a_time_without_a_zone_is_refused(zone: tzinfo | None):
    naive = datetime(2026, 6, 2, tzinfo=zone)
    with pytest.raises(NaiveTime, match="says no zone"):
        clocks.instant(naive)
    with pytest.raises(NaiveTime, match="says no zone"):
        clocks.ceiling(naive, 30, NEW_YORK)
    with pytest.raises(NaiveTime, match="says no zone"):
        over(DUTY, naive)


@pytest.mark.parametrize(
    ("day", "zone", "begins"),
    [
        (date(2026, 7, 1), NEW_YORK, "2026-07-01T04:00:00+00:00"),
        (date(2026, 12, 1), NEW_YORK, "2026-12-01T05:00:00+00:00"),
        (date(2027, 3, 14), "America/Havana", "2027-03-14T05:00:00+00:00"),  # 00:00 does not exist
        (date(2026, 11, 1), "America/Havana", "2026-11-01T04:00:00+00:00"),  # 00:00 comes twice
    ],
)
def test_a_day_begins_with_its_first_instant(day: date, zone: str, begins: str):
    assert clocks.day_begins(day, zone) == datetime.fromisoformat(begins)


def test_ceilings_change_their_order_only_inside_an_hour_that_is_lost_or_comes_twice():
    first, second = datetime(2027, 2, 12, 6, 45, tzinfo=UTC), datetime(2027, 2, 12, 7, 30, tzinfo=UTC)
    ends = [f"{clocks.ceiling(start, 30, NEW_YORK):%H:%M}" for start in (first, second)]
    assert ends == ["06:45", "06:30"]  # 02:30 does not exist on 14 March 2027 and became the earlier instant, 01:30
