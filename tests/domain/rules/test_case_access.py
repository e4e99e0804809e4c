"""Access of offices to a model: on terms, inside one window that nothing stretches."""

from datetime import date, timedelta

import pytest

from domain.events.case import AccessClosed, Basis, ClosedBecause, Result
from domain.values import Citation, OfficeCode
from tests.domain.cast import CLOCK, DEVELOPER, DHS, SECRETARIAT, TREASURY
from tests.domain.facts import (
    CASE,
    CEILING,
    accepted,
    breached,
    copies_returned,
    determined,
    expired,
    in_access,
    offered,
    opened,
    plan_revised,
    ready,
    released,
    submitted,
    terms_agreed,
    under_way,
    withdrawn,
)
from tests.domain.given import BEFORE, DAY, HOUR, MINUTE, NOON, given, on, world
from tests.domain.requests import (
    agree_terms,
    but,
    close_access,
    open_access,
    publish,
    record_end,
    report_breach,
    return_copies,
    revise_plan,
)

BY_DEVELOPER = AccessClosed(case_id=CASE, cause=ClosedBecause.BY_DEVELOPER, closed_at=NOON)
SHORTER = but(
    publish,
    policy="ACCESS-WINDOW",
    policy_version=2,
    kind="clock",
    columns=("term", "value"),
    rows=(
        ("starts_with", "case.access-opened"),
        ("length_days", "10"),
        ("days", "calendar"),
        ("ends", "ceiling"),
        ("zone", "America/New_York"),
        ("cutoff", "none"),
        ("roll_forward", "no"),
        ("pauses", "none"),
        ("extended_by", "none"),
        ("calendar", "none"),
    ),
)
DHS_TERMS = but(terms_agreed, office=OfficeCode("dhs"))


def test_a_developer_agrees_to_terms_for_one_office() -> None:
    given(*under_way).when(agree_terms, by=DEVELOPER).then(terms_agreed)
    given(*under_way, terms_agreed).when(agree_terms, by=DEVELOPER).then()


def test_terms_speak_of_each_subject_in_each_kind() -> None:
    eleven = but(agree_terms, terms=(*agree_terms.terms[1:], agree_terms.terms[1]))
    given(*under_way).when(eleven, by=DEVELOPER).then_refused("terms-incomplete")


def test_terms_name_a_registered_office() -> None:
    nobody = but(agree_terms, office=OfficeCode("astrology"))
    given(*under_way).when(nobody, by=DEVELOPER).then_refused("office-unknown")


def test_terms_wait_for_acceptance() -> None:
    given(*offered).when(agree_terms, by=DEVELOPER).then_refused("not-accepted")


def test_an_office_opens_access_on_its_terms() -> None:
    ceiling = NOON + 30 * DAY
    given(*ready).when(open_access, by=TREASURY).then(but(opened, first_opened_at=NOON, ceiling_at=ceiling))
    given(*ready).when(open_access, by=DHS).then_refused("terms-missing")


def test_an_office_that_has_access_does_not_open_it_again() -> None:
    given(*in_access).when(open_access, by=TREASURY).then_refused("access-already-open")


def test_another_office_opens_inside_the_same_window() -> None:
    given(*in_access, DHS_TERMS).when(open_access, by=DHS).then(but(opened, office=OfficeCode("dhs")))


def test_as_a_covered_model_it_has_to_be_covered() -> None:
    covered = but(open_access, basis=Basis.COVERED_MODEL)
    given(*ready).when(covered, by=TREASURY).then_refused("not-covered")
    assert given(*ready, determined).when(covered, by=TREASURY).events()
    not_covered = but(determined, result=Result.DOES_NOT_WARRANT)
    given(*ready, not_covered).when(covered, by=TREASURY).then_refused("window-ended")


def test_a_developer_closes_access_and_an_office_opens_it_again_inside_the_window() -> None:
    given(*in_access).when(close_access, by=DEVELOPER).then(BY_DEVELOPER)
    closed = on(NOON, BY_DEVELOPER, by=DEVELOPER)
    given(*in_access, closed).when(open_access, by=TREASURY, at=NOON + HOUR).then(opened)
    given(*in_access, closed).when(open_access, by=TREASURY, at=CEILING).then_refused("window-ended")


def test_there_is_nothing_to_close_where_nothing_was_opened() -> None:
    given(*ready).when(close_access, by=DEVELOPER).then_refused("access-not-open")


def test_the_window_ends_by_itself() -> None:
    given(*in_access).when(record_end, by=CLOCK, at=CEILING - MINUTE).then_refused("window-not-ended")
    given(*in_access).when(record_end, by=CLOCK, at=CEILING).then(expired)
    given(*in_access).when(record_end, by=CLOCK, at=CEILING + 100 * DAY).then(expired)
    given(*ready).when(record_end, by=CLOCK, at=CEILING).then_refused("access-not-open")


@pytest.mark.parametrize("noted", [(), (on(CEILING, expired, by=CLOCK),)], ids=["silent clock", "clock"])
def test_after_its_end_all_is_the_same_whether_its_clock_has_said_so_or_not(noted: tuple) -> None:
    given(*in_access, *noted).when(open_access, by=TREASURY, at=CEILING).then_refused("window-ended")
    given(*in_access, *noted).when(close_access, by=DEVELOPER, at=CEILING).then()
    assert not world(*in_access, *noted).state(f"case-{CASE}").access_open(CEILING)


ENDS = {
    "the plan": (on(NOON, but(plan_revised, partners_on=date(2026, 7, 7)), by=DEVELOPER), ClosedBecause.PARTNERS),
    "a release": (on(NOON, but(released, released_at=NOON), by=DEVELOPER), ClosedBecause.RELEASED),
    "withdrawal": (on(NOON, withdrawn, by=DEVELOPER), ClosedBecause.WITHDRAWN),
    "no scrutiny": (on(NOON, but(determined, result=Result.DOES_NOT_WARRANT)), ClosedBecause.NOT_COVERED),
}


@pytest.mark.parametrize(("fact", "cause"), ENDS.values(), ids=ENDS)
def test_the_window_ends_at_the_first_of_what_ends_it(fact, cause) -> None:
    case = world(*in_access, fact).state(f"case-{CASE}")
    assert case.window_end().cause is cause
    assert case.window_end().at <= NOON + DAY
    assert world(*in_access).state(f"case-{CASE}").window_end().cause is ClosedBecause.EXPIRED


@pytest.mark.parametrize(("fact", "cause"), ENDS.values(), ids=ENDS)
def test_what_has_ended_does_not_begin_again(fact, cause) -> None:
    """Not with another offer, not with another plan, not with a determination that warrants scrutiny after all."""
    after = NOON + 2 * DAY
    again = (
        on(after, submitted, by=DEVELOPER),
        on(after, accepted),
        on(after, but(plan_revised, partners_on=None), by=DEVELOPER),
        on(after, but(determined, supersedes=None)),
    )
    case = world(*in_access, fact, *again).state(f"case-{CASE}")
    assert case.window_ended(after)
    given(*in_access, fact, *again).when(open_access, by=TREASURY, at=after).then_refused("window-ended")


def test_a_plan_moves_a_window_that_still_runs() -> None:
    soon = on(NOON, but(plan_revised, partners_on=date(2026, 7, 20)), by=DEVELOPER)
    later = on(NOON + DAY, but(plan_revised, partners_on=date(2026, 7, 25)), by=DEVELOPER)
    end = world(*in_access, soon, later).state(f"case-{CASE}").window_end()
    assert end.at.date() == date(2026, 7, 25)
    never = on(NOON + DAY, but(plan_revised, partners_on=None), by=DEVELOPER)
    assert world(*in_access, soon, never).state(f"case-{CASE}").window_end().at == CEILING


def test_before_it_begins_a_window_ends_with_the_plan_too() -> None:
    yesterday = on(BEFORE, but(plan_revised, partners_on=date(2026, 7, 5)), by=DEVELOPER)
    given(*ready, yesterday).when(open_access, by=TREASURY).then_refused("window-ended")
    given(*ready, yesterday).when(but(revise_plan, partners_on=None), by=DEVELOPER).then(
        but(plan_revised, partners_on=None)
    )


def test_another_version_of_the_policy_moves_no_window_that_runs() -> None:
    running = given(*in_access, DHS_TERMS).world
    running.act(SHORTER, by=SECRETARIAT)
    (second,) = running.decide(open_access, running.asking(open_access, by=DHS).asked)[0]
    assert (second.ceiling_at, second.window_policy) == (CEILING, "POLICY:ACCESS-WINDOW-1")  # type: ignore[union-attr]


def test_another_version_of_the_policy_governs_a_window_that_begins_later() -> None:
    begins = given(*ready).world
    begins.act(SHORTER, by=SECRETARIAT)
    (first,) = begins.decide(open_access, begins.asking(open_access, by=TREASURY).asked)[0]
    expected = (NOON + 10 * DAY, Citation("POLICY:ACCESS-WINDOW-2"))
    assert (first.ceiling_at, first.window_policy) == expected  # type: ignore[union-attr]


def test_what_was_taken_in_first_and_recorded_second_began_the_window() -> None:
    early = BEFORE - 3 * HOUR
    (second,) = given(*in_access, DHS_TERMS).when(open_access, by=DHS, at=early, recorded_at=NOON).events()
    assert (second.first_opened_at, second.ceiling_at) == (early, CEILING - 3 * HOUR)  # type: ignore[union-attr]


def test_over_a_change_of_the_clocks_the_window_ends_at_the_same_time_of_day() -> None:
    october = on(BEFORE + 100 * DAY, accepted)
    at = NOON + 106 * DAY  # 20 October, noon in New York
    plans = on(BEFORE, but(plan_revised, partners_on=None), by=DEVELOPER)
    (made,) = given(*ready, plans, october).when(open_access, by=TREASURY, at=at).events()
    assert made.ceiling_at - at == timedelta(days=30, hours=1)  # type: ignore[union-attr]


def test_an_office_that_had_access_returns_its_copies() -> None:
    given(*in_access).when(return_copies, by=TREASURY).then(copies_returned)
    given(*in_access, copies_returned).when(return_copies, by=TREASURY).then()
    given(*in_access).when(return_copies, by=DHS).then_refused("never-had-access")


def test_either_side_reports_a_breach_of_terms_that_there_are() -> None:
    given(*in_access).when(report_breach, by=DEVELOPER).then(breached)
    given(*in_access).when(report_breach, by=TREASURY).then(breached)
    given(*under_way).when(report_breach, by=DEVELOPER).then_refused("terms-missing")


def test_the_same_id_does_not_stand_for_what_somebody_else_reports() -> None:
    reported = on(BEFORE, breached, by=DEVELOPER)
    given(*in_access, reported).when(report_breach, by=TREASURY).then_refused("id-used")
