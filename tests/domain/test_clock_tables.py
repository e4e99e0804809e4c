"""A table says one clock or calendar, or why it says none; the tables that every ledger begins with say the law."""

from dataclasses import fields
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, get_args

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import clocks
from domain.clocks import BadTable, Calendar, Days, Ends, Terms
from domain.events import Event
from tests.domain.some_clocks import DUTY, FEDERAL, NEW_YORK, WINDOW, cited, founding, over

COLUMNS = ("term", "value")
CLOCKS = {cited(policy): policy for policy in founding("clocks")}
SIGNED = datetime(2026, 6, 2, 16, tzinfo=UTC)
CHANGED = (
    "The library counts other federal holidays than POLICY:FEDERAL-HOLIDAYS-1. If the law changed, publish version 2 "
    "of the calendar and compare that one here. Never edit version 1: running clocks have counted by it."
)


def table(terms: Terms) -> dict[str, str]:
    """Terms as a table of names and values: what `clocks.terms` reads."""
    said = {}
    for field in fields(Terms):
        match getattr(terms, field.name):
            case None:
                said[field.name] = "as-stated" if field.name == "length_days" else "none"
            case bool(roll):
                said[field.name] = "yes" if roll else "no"
            case time() as cutoff:
                said[field.name] = f"{cutoff:%H:%M}"
            case tuple(codes):
                said[field.name] = ", ".join(codes) or "none"
            case value:
                said[field.name] = str(value)
    del said["policy"]
    return said


def founded(citation: str) -> Terms:
    return clocks.terms(citation, CLOCKS[citation]["columns"], CLOCKS[citation]["rows"])


codes = st.from_regex(r"[a-z][a-z0-9-]{0,10}", fullmatch=True).filter(lambda code: code != "none")
several = st.lists(codes, unique=True, max_size=3).map(tuple)


@st.composite
def any_terms(draw: st.DrawFn) -> Terms:
    ends = draw(st.sampled_from(Ends))
    duty = ends is Ends.DUTY
    days = draw(st.sampled_from(Days)) if duty else Days.CALENDAR
    cutoff = draw(st.none() | st.builds(time, st.integers(0, 23), st.integers(0, 59))) if duty else None
    roll = duty and days is Days.CALENDAR and draw(st.booleans())
    return Terms(
        policy="POLICY:ANY-CLOCK-2",
        starts_with=f"{draw(codes)}.{draw(codes)}",
        length_days=draw(st.none() | st.integers(1, 3660)),
        days=days,
        ends=ends,
        zone=draw(st.sampled_from([NEW_YORK, "UTC", "America/Argentina/Ushuaia"])),
        cutoff=cutoff,
        roll_forward=roll,
        pauses=draw(several) if duty else (),
        extended_by=draw(several) if duty else (),
        calendar="POLICY:FEDERAL-HOLIDAYS-12" if days is Days.BUSINESS or cutoff is not None or roll else None,
    )


@given(any_terms(), st.randoms())
def test_terms_survive_their_table_in_any_order_of_rows(terms: Terms, chance: Any):
    rows = list(table(terms).items())
    chance.shuffle(rows)
    assert clocks.terms(terms.policy, COLUMNS, rows) == terms


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("starts_with", "submitted", "is no event"),
        ("starts_with", "case.submitted.v1", "is no event"),
        ("length_days", "0", "neither a number of days nor as-stated"),
        ("length_days", "-5", "neither a number of days nor as-stated"),
        ("length_days", "030", "neither a number of days nor as-stated"),
        ("length_days", "3_0", "neither a number of days nor as-stated"),
        ("length_days", "٣٠", "neither a number of days nor as-stated"),
        ("length_days", "²", "neither a number of days nor as-stated"),
        ("length_days", "", "neither a number of days nor as-stated"),
        ("length_days", "9999", "not between 1 and 3660"),
        ("days", "working", "none of calendar, business"),
        ("ends", "never", "none of ceiling, duty"),
        ("zone", "America/Gotham", "is not known"),
        ("zone", "America", "is not known"),
        ("zone", "localtime", "is not known"),
        ("zone", "../America/New_York", "is not known"),
        ("zone", "", "is not known"),
        ("cutoff", "5 pm", "neither an hour"),
        ("cutoff", "17", "neither an hour"),
        ("cutoff", "17:00:30", "neither an hour"),
        ("cutoff", "17:00+01:00", "neither an hour"),
        ("cutoff", "24:00", "neither an hour"),
        ("roll_forward", "maybe", "neither yes nor no"),
        ("roll_forward", "yes", "do not roll"),
        ("pauses", "", "no list of codes"),
        ("pauses", "Lapse", "no list of codes"),
        ("pauses", "lapse, none", "no list of codes"),
        ("pauses", "lapse,flood", "no list of codes"),
        ("extended_by", "nsa, nsa", "no list of codes"),
        ("calendar", "none", "need a calendar"),
        ("calendar", "FEDERAL-HOLIDAYS-1", "not cited like"),
        ("calendar", "POLICY:FEDERAL-HOLIDAYS", "not cited like"),
        ("calendar", "POLICY:FEDERAL-HOLIDAYS-0", "not cited like"),
    ],
)
def test_a_wrong_value_is_no_clock(name: str, value: str, sentence: str):
    with pytest.raises(BadTable, match=f"^POLICY:SOME-DUTY-1: .*{sentence}"):
        clocks.terms(DUTY.policy, COLUMNS, [*(table(DUTY) | {name: value}).items()])


@pytest.mark.parametrize(
    "change",
    [
        {"pauses": "lapse-in-appropriations"},
        {"extended_by": "nsa"},
        {"days": "business", "calendar": FEDERAL.policy},
        {"cutoff": "17:00", "calendar": FEDERAL.policy},
        {"cutoff": "00:00", "calendar": FEDERAL.policy},
        {"roll_forward": "yes", "calendar": FEDERAL.policy},
    ],
    ids=lambda change: " ".join(f"{name} {value}" for name, value in change.items()),
)
def test_nothing_that_could_stretch_a_ceiling_can_be_published(change: dict[str, str]):
    with pytest.raises(BadTable, match="a ceiling counts calendar days and knows no"):
        clocks.terms(WINDOW.policy, COLUMNS, [*(table(WINDOW) | change).items()])


@pytest.mark.parametrize(
    ("columns", "rows", "sentence"),
    [
        (("value", "term"), [*table(DUTY).items()], "its columns are"),
        (COLUMNS, [*table(DUTY).items(), ("days",)], "row 11 has 1 cells"),
        (COLUMNS, [*table(DUTY).items(), ("days", "business")], "'days' stands twice"),
        (COLUMNS, [*table(DUTY).items(), ("colour", "red")], "'colour' is unknown"),
        (COLUMNS, [*table(DUTY).items(), ("policy", "POLICY:OTHER-1")], "'policy' is unknown"),
        (COLUMNS, [*table(DUTY).items()][1:], "'starts_with' is missing"),
        (COLUMNS, [*(table(WINDOW) | {"calendar": FEDERAL.policy}).items()], "never asks"),
    ],
    ids=["columns", "short row", "twice", "unknown", "its own policy", "missing", "calendar for nothing"],
)
def test_a_malformed_table_is_no_clock(columns: Any, rows: Any, sentence: str):
    with pytest.raises(BadTable, match=sentence):
        clocks.terms(DUTY.policy, columns, rows)


def test_a_clock_is_cited_with_its_version():
    with pytest.raises(BadTable, match="a policy is cited like"):
        clocks.terms("SOME-DUTY", COLUMNS, [*table(DUTY).items()])


def test_a_calendar_covers_the_whole_of_the_years_that_occur():
    found = clocks.calendar("POLICY:C-1", ("date", "name"), [("2026-07-03", "observed"), ("2027-12-31", "observed")])
    days = frozenset({date(2026, 7, 3), date(2027, 12, 31)})
    assert found == Calendar(policy="POLICY:C-1", first=date(2026, 1, 1), last=date(2027, 12, 31), holidays=days)


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([], "covers no year"),
        ([("2026-07-03", " ")], "has no name"),
        ([("20260703", "a")], "is no date like"),
        ([("2026-W27-5", "a")], "is no date like"),
        ([("2026-02-29", "a")], "is no date like"),
        ([("2026-07-04", "a"), ("2026-07-03", "b")], "does not come after"),
        ([("2026-07-04", "a"), ("2026-07-04", "b")], "does not come after"),
        ([("2026-07-04", "a"), ("2028-07-04", "b")], "the year 2027 is missing"),
        ([("2026-07-04", "a", "b")], "row 1 has 3 cells"),
    ],
    ids=["empty", "no name", "basic form", "week form", "no such day", "order", "twice", "year left out", "long row"],
)
def test_a_malformed_table_is_no_calendar(rows: Any, sentence: str):
    with pytest.raises(BadTable, match=sentence):
        clocks.calendar("POLICY:C-1", ("date", "name"), rows)


@pytest.mark.parametrize(
    ("citation", "days", "last_day"),
    [
        ("POLICY:EO-DAYS-1", 30, "Thu 2 July 2026"),
        ("POLICY:EO-DAYS-1", 60, "Sat 1 August 2026"),
        ("POLICY:EO-DAYS-ROLLED-1", 60, "Mon 3 August 2026"),
    ],
)
def test_the_days_of_the_order_are_counted_as_its_policy_reads_them(citation: str, days: int, last_day: str):
    found = over(founded(citation).lasting(days), clocks.day_begins(date(2026, 6, 2), NEW_YORK))
    assert found == over(founded(citation).lasting(days), SIGNED)
    assert (
        f"{found.counts_from:%a} {found.last_day:%a} {found.last_day.day} {found.last_day:%B %Y}" == f"Tue {last_day}"
    )


@pytest.mark.parametrize(
    ("citation", "ends_at"),
    [
        ("POLICY:ACCESS-WINDOW-1", "2026-07-02T16:00:00+00:00"),
        ("POLICY:CASE-REVIEW-1", "2026-06-10T04:00:00+00:00"),
        ("POLICY:CONSULTATION-1", "2026-06-17T04:00:00+00:00"),
        ("POLICY:RECONSIDERATION-1", "2026-06-17T04:00:00+00:00"),
    ],
)
def test_a_founding_clock_that_starts_at_noon_on_2_june_2026_ends_when_its_title_says(citation: str, ends_at: str):
    assert over(founded(citation), SIGNED).ends_at == datetime.fromisoformat(ends_at)


def test_founding_clocks_are_started_by_facts_and_cite_the_founding_calendar():
    facts = {union.__dataclass_fields__["type"].default for union in get_args(Event)}
    for terms in map(founded, CLOCKS):
        assert f"{terms.starts_with}.v1" in facts
        assert terms.calendar in {None, FEDERAL.policy}
        assert not terms.pauses + terms.extended_by


def test_the_frozen_calendar_is_what_the_library_says():
    law = holidays.country_holidays(
        "US", years=range(2026, 2042), categories=("public", "government"), language="en_US"
    )
    expected = [[f"{day}", law.get_list(day)[0]] for day in sorted(law) if day.year <= 2040]
    assert founding("federal-holidays")["rows"] == expected, CHANGED


def test_the_frozen_calendar_is_what_the_statute_says():
    def nth(year: int, month: int, weekday: int, number: int) -> date:
        first = date(year, month, 1)
        return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (number - 1))

    expected = set()
    for year in range(2026, 2042):  # 5 U.S.C. 6103(a); the last Monday of May is seven days before June's first
        expected |= {nth(year, 1, 0, 3), nth(year, 2, 0, 3), nth(year, 6, 0, 0), nth(year, 9, 0, 1)}
        expected |= {nth(year, 10, 0, 2), nth(year, 11, 3, 4)}
        for month, day in ((1, 1), (6, 19), (7, 4), (11, 11), (12, 25)):
            fixed = date(year, month, day)  # 6103(b) and Executive Order 11582: Saturday to Friday, Sunday to Monday
            expected |= {fixed, fixed + timedelta(days={5: -1, 6: 1}.get(fixed.weekday(), 0))}
    assert {day for day in expected if day.year <= 2040} == FEDERAL.holidays
    assert (FEDERAL.first, FEDERAL.last) == (date(2026, 1, 1), date(2040, 12, 31))
