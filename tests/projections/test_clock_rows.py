"""Every clock is listed with who is waited for, and says at any time what it does."""

from datetime import UTC, datetime
from typing import Any

from domain.events.case import ClosedBecause
from domain.values import InquiryId, OfficeCode
from projections.case_status import case
from projections.clocks import ending, overdue
from projections.ticking import Clock, Ticks, What
from tests.domain import requests as ask
from tests.domain.cast import CLOCK, DEVELOPER, DHS, GAO, NSA, OMB, ONCD, RIVAL, SECRETARIAT, TREASURY, Somebody
from tests.domain.facts import ANSWERS_DUE, CONSULTATION, REVIEW_DUE
from tests.domain.given import DAY, NOON
from tests.domain.requests import but
from tests.domain.streams import oversight as overseeing
from tests.domain.streams import vulnerability as clearing
from tests.domain.streams.criteria import changed, publish_criteria
from tests.domain.streams.lease import lend_tool, revoke_lease
from tests.domain.streams.tasking import OWN, ROW, claim, harden, verify
from tests.domain.world import OPEN
from tests.projections.stage import MINUTE, SECRET, Stage, sight
from tests.projections.test_case_status import BEGUN, WITH_ACCESS, told

FAR = datetime(2030, 1, 1, tzinfo=UTC)
WAITING_FOR = (None, *map(OfficeCode, ("nsa", "oncd", "treasury", "secretariat")))
harden_soon = but(harden, hardening=but(ROW, row="bod-26-04-11"))
"""Three days, so that word of it is owed within 60."""
ASKED = InquiryId(overseeing.INQUIRY.replace("dhs-", "secretariat-"))
A_LIFE: tuple[tuple[Any, Somebody], ...] = (
    *WITH_ACCESS,
    (ask.consult, NSA),
    (ask.answer, DHS),
    (ask.revise_plan, DEVELOPER),
    (ask.close_consultation, NSA),
    (ask.determine, NSA),
    (ask.ask_to_reconsider, DEVELOPER),
    (ask.answer_reconsideration, NSA),
    (ask.withdraw, DEVELOPER),
    (harden_soon, DHS),
    (but(claim, tasking=OWN), DHS),
    (but(verify, tasking=OWN), OMB),
    (clearing.report, DEVELOPER),
    (clearing.validate, TREASURY),
    (clearing.contact, TREASURY),
    (clearing.propose, TREASURY),
    (clearing.agree, RIVAL),
    (clearing.report_public, TREASURY),
    (publish_criteria, NSA),
    (changed, NSA),
    (but(lend_tool, participant=RIVAL.participant, until=NOON + 30 * DAY), DHS),
    (revoke_lease, DHS),
    (but(overseeing.request, inquiry_id=ASKED), GAO),
    (but(overseeing.withhold, inquiry_id=ASKED), SECRETARIAT),
    (but(overseeing.close, inquiry_id=ASKED), GAO),
)


def listed(stage: Stage, by: Somebody = SECRETARIAT, office: str | None = None, before: datetime = FAR) -> list[Clock]:
    of = None if office is None else OfficeCode(office)
    return ending(stage.seen(), sight(by), stage.now, before=before, office=of)


def every(stage: Stage) -> dict[What, Clock]:
    return {clock.what: clock for clock in told(stage).now.clocks}


def test_a_review_runs_passes_and_is_recorded(stage: Stage):
    stage.do((ask.submit, DEVELOPER))
    submitted_at = stage.now
    (clock,) = listed(stage)
    assert (clock.what, clock.state, clock.waiting_for) == (What.CASE_REVIEW, Ticks.RUNNING, ("secretariat",))
    assert (clock.started_at, clock.ends_at, clock.policy) == (submitted_at, REVIEW_DUE, "POLICY:CASE-REVIEW-1")
    stage.now = REVIEW_DUE
    assert listed(stage)[0].state is Ticks.PASSED
    stage.do((ask.record_lapse, CLOCK))
    assert every(stage)[What.CASE_REVIEW].state is Ticks.RECORDED
    assert listed(stage) == []


def test_a_review_that_somebody_ends_is_stopped_and_says_why(stage: Stage):
    stage.do((ask.submit, DEVELOPER), (ask.give_back, SECRETARIAT), (ask.submit, DEVELOPER), (ask.accept, SECRETARIAT))
    reviews = [clock for clock in told(stage).now.clocks if clock.what is What.CASE_REVIEW]
    assert [(clock.state, clock.stopped_because) for clock in reviews] == [
        (Ticks.STOPPED, "returned"),
        (Ticks.STOPPED, "accepted"),
    ]


def test_a_withdrawal_after_the_time_of_a_review_did_not_stop_it(stage: Stage):
    stage.do((ask.submit, DEVELOPER))
    stage.now = REVIEW_DUE
    stage.do((ask.withdraw, DEVELOPER))
    clock = every(stage)[What.CASE_REVIEW]
    assert (clock.state, clock.stopped_because, clock.waiting_for) == (Ticks.PASSED, None, ())
    assert overdue(stage.seen(), sight(GAO), stage.now) == [], "nothing is left to record"


def test_a_window_of_access_says_when_and_why_it_ends_and_who_is_in_it(stage: Stage):
    stage.do(*WITH_ACCESS)
    opened_at = stage.now
    (clock,) = listed(stage, office="treasury")
    assert (clock.what, clock.ends_at, clock.because) == (
        What.ACCESS_WINDOW,
        opened_at + 30 * DAY,
        ClosedBecause.EXPIRED,
    )
    stage.do((ask.revise_plan, DEVELOPER))
    (clock,) = listed(stage, office="treasury")
    assert (clock.ends_at, clock.because) == (datetime(2026, 7, 20, 4, tzinfo=UTC), ClosedBecause.PARTNERS)
    assert listed(stage, office="treasury", before=clock.ends_at) == []
    stage.now = clock.ends_at
    assert [row.stream for row in overdue(stage.seen(), sight(GAO), stage.now)] == [clock.stream]
    stage.do((ask.record_end, CLOCK))
    assert overdue(stage.seen(), sight(GAO), stage.now) == []
    assert every(stage)[What.ACCESS_WINDOW].state is Ticks.RECORDED


def test_a_consultation_waits_for_those_who_have_said_nothing(stage: Stage):
    stage.do(*BEGUN, (ask.consult, NSA), (ask.answer, DHS))
    (clock,) = listed(stage)
    assert (clock.what, clock.about, clock.ends_at) == (What.CONSULTATION, CONSULTATION, ANSWERS_DUE)
    assert clock.waiting_for == ("oncd",)
    assert (len(listed(stage, office="oncd")), listed(stage, office="dhs")) == (1, [])
    stage.now = ANSWERS_DUE
    assert listed(stage)[0].state is Ticks.PASSED
    stage.do((ask.record_due, CLOCK))
    assert every(stage)[What.CONSULTATION].state is Ticks.RECORDED


def test_closing_stops_a_consultation_before_its_time_and_not_after_it(stage: Stage):
    stage.do(*BEGUN, (ask.consult, NSA), (ask.close_consultation, NSA))
    clock = every(stage)[What.CONSULTATION]
    assert (clock.state, clock.stopped_because) == (Ticks.STOPPED, "closed")


def test_a_consultation_that_is_closed_after_its_time_has_passed_all_the_same(stage: Stage):
    stage.do(*BEGUN, (ask.consult, NSA))
    stage.now = ANSWERS_DUE
    stage.do((ask.close_consultation, NSA))
    clock = every(stage)[What.CONSULTATION]
    assert (clock.state, clock.stopped_because) == (Ticks.PASSED, None)
    assert len(overdue(stage.seen(), sight(GAO), stage.now)) == 1


def test_nsa_is_waited_for_until_it_answers_a_request_for_reconsideration(stage: Stage):
    stage.do(*BEGUN, (ask.determine, NSA), (ask.ask_to_reconsider, DEVELOPER))
    (clock,) = listed(stage, office="nsa")
    assert (clock.what, clock.ends_at, clock.state) == (What.RECONSIDERATION, ANSWERS_DUE, Ticks.RUNNING)
    stage.now = ANSWERS_DUE
    assert listed(stage)[0].state is Ticks.PASSED
    assert overdue(stage.seen(), sight(GAO), stage.now) == [], "nobody records for NSA that it has not answered"
    stage.do((ask.answer_reconsideration, NSA))
    clock = every(stage)[What.RECONSIDERATION]
    assert (clock.state, clock.stopped_because, listed(stage)) == (Ticks.STOPPED, "answered-late", [])


def test_clocks_come_soonest_first_and_a_developer_sees_those_of_its_own_case(stage: Stage):
    stage.do(*WITH_ACCESS, (ask.consult, NSA), (ask.determine, NSA), (ask.ask_to_reconsider, DEVELOPER))
    stage.do((but(ask.consult, consultation_id=ask.report_programme.report_id, due_at=stage.now + DAY), NSA))
    ends = [clock.ends_at for clock in listed(stage)]
    assert ends == sorted(ends)
    assert len(ends) == 4
    assert {clock.what for clock in listed(stage, DEVELOPER)} == {What.ACCESS_WINDOW, What.RECONSIDERATION}


def test_a_secret_plan_moves_no_clock_of_who_may_not_know_it(stage: Stage):
    stage.do(*WITH_ACCESS)
    low = GAO.cleared_for_nothing()
    before = listed(stage, low)
    stage.do((ask.revise_plan, DEVELOPER), marking=SECRET)
    assert listed(stage, low) == before
    assert listed(stage, GAO) != before
    assert listed(stage, low, before=before[0].ends_at + MINUTE) == before, "though the row ends earlier in truth"
    found = case(stage.store, sight(low), ask.accept.case_id, stage.now)
    assert found is not None
    assert found.now.access is not None
    assert found.now.access.ends_because is ClosedBecause.EXPIRED


def test_a_secret_consultation_has_no_clock_for_who_may_not_know_it(stage: Stage):
    stage.do(*BEGUN)
    stage.do((ask.consult, NSA), marking=SECRET)
    assert (listed(stage, GAO.cleared_for_nothing()), len(listed(stage, ONCD))) == ([], 1)
    assert len(listed(stage, TREASURY)) == 1


def test_the_time_of_a_request_of_oversight_is_known_to_the_two_that_it_is_between(stage: Stage):
    stage.do((but(overseeing.request, inquiry_id=ASKED), GAO))
    (clock,) = listed(stage, SECRETARIAT)
    assert (clock.what, clock.state, clock.ends_at) == (What.OVERSIGHT, Ticks.RUNNING, overseeing.DUE)
    assert clock.waiting_for == ("secretariat",)
    assert listed(stage, NSA) == []
    assert overdue(stage.seen(), sight(NSA), overseeing.DUE) == []
    stage.do((but(overseeing.withhold, inquiry_id=ASKED), SECRETARIAT))
    assert listed(stage, SECRETARIAT)[0].waiting_for == ()
    stage.now = overseeing.DUE
    assert listed(stage, SECRETARIAT)[0].state is Ticks.PASSED
    stage.do((but(overseeing.due, inquiry_id=ASKED), CLOCK))
    assert listed(stage, SECRETARIAT) == []


def test_the_clocks_as_of_a_position_are_those_of_a_record_that_ended_there(stage: Stage):
    readers = (SECRETARIAT, DEVELOPER, RIVAL, GAO.cleared_for_nothing())

    def told_to(by: Somebody, at: datetime, as_of: int | None) -> list[list[Clock]]:
        views = stage.seen()
        return [
            ending(views, sight(by), at, before=before, office=office, as_of=as_of)
            for before in (FAR, REVIEW_DUE)
            for office in WAITING_FOR
        ]

    then: list[tuple[int, datetime, Somebody, list[list[Clock]]]] = []
    for number, act in enumerate(A_LIFE):
        colour = "//TLP:AMBER" if act[0].type.startswith("vulnerability.") else ""
        position = stage.do(act, marking=(SECRET if number % 4 == 3 else OPEN) + colour)
        then += [
            (position, at, by, told_to(by, at, None)) for by in readers for at in (stage.now, stage.now + 60 * DAY)
        ]
    assert {clock.what for clock in listed(stage)} == {What.CRITERIA_NOTICE}
    assert {(clock.what, clock.state) for *_, lists in then for clocks in lists for clock in clocks} >= {
        (what, state) for what in What for state in (Ticks.RUNNING, Ticks.PASSED)
    } - {(What.CRITERIA_NOTICE, Ticks.PASSED)}, "nobody is waited for once a notice is given"
    for position, at, by, clocks in then:
        assert told_to(by, at, position) == clocks, (position, at, by)
