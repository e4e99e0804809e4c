"""What a duty is follows from its facts and the time: claimed, verified, late, and who owes word of it."""

from datetime import date, datetime
from typing import Any

from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from consumers.timer.timer import due as due_acts
from domain.events.tasking import TaskingKind
from domain.founding import taskings as duties
from domain.recorded import Recorded
from domain.values import OfficeCode
from projections.clocks import Clocks, ClocksView, ending, overdue
from projections.known import Told
from projections.tasking.at import Stands, TaskingAt, tasking_at
from projections.tasking.life import life
from projections.tasking.queries import Wanted, counts, tasking, taskings
from projections.tasking.rollup import By
from projections.tasking.views import TASKINGS, Duty
from projections.ticking import Clock, Ticks, What
from tests.domain.cast import CLOCK, DHS, GAO, NSA, OMB, SECRETARIAT, TREASURY, Somebody
from tests.domain.given import DAY, FOUNDED, HOUR
from tests.domain.requests import but
from tests.domain.rules.test_tasking_laws import lived, lives
from tests.domain.streams.tasking import (
    CLEARINGHOUSE_DUE,
    DUE,
    FIRST_STATUS,
    JOINT,
    LATER_DUE,
    OWN,
    SINGLE,
    D,
    N,
    T,
    amend,
    assign,
    claim,
    explain,
    fail,
    harden,
    proof,
    record_deadline,
    report,
    rescind,
    resume,
    verify,
    wait_for_money,
)
from tests.projections.stage import SECRET, Stage, sight

FAR = datetime(2030, 1, 1, tzinfo=DUE.tzinfo)
BEGUN = ((assign, SECRETARIAT),)
CLAIMED = (*BEGUN, (claim, TREASURY), (claim, NSA), (claim, DHS))


def told(stage: Stage, by: Somebody = GAO, code: Any = JOINT, **more: Any) -> Told[Duty, TaskingAt]:
    found = tasking(stage.seen(), sight(by), code, more.pop("at", stage.now), **more)
    assert found is not None
    return found


def now(stage: Stage, **more: Any) -> TaskingAt:
    return told(stage, **more).now


def listed(stage: Stage, **wanted: Any) -> list[str]:
    found = taskings(stage.seen(), sight(GAO), Wanted(**wanted), stage.now)
    return [each.facts.tasking for each in found.found]


def clocks(stage: Stage, what: What = What.TASKING, **more: Any) -> list[Clock]:
    found = ending(stage.seen(), sight(GAO), stage.now, before=FAR, **more)
    return [clock for clock in found if clock.what is what]


def test_a_duty_has_an_original_a_current_and_an_actual_date(stage: Stage) -> None:
    stage.do(*BEGUN, (amend, SECRETARIAT))
    said = now(stage)
    assert (said.original_due_at, said.due_at, said.completed_at) == (DUE, LATER_DUE, None)
    stage.now = DUE + DAY
    stage.do((claim, TREASURY), (claim, NSA), (claim, DHS))
    done_at = stage.now
    assert (now(stage).state, now(stage).completed_at) == (Stands.CLAIMED, None)
    stage.do((verify, OMB))
    said = now(stage)
    assert (said.state, said.completed_at, said.verified_at, said.verified_by) == (
        Stands.VERIFIED,
        done_at,
        stage.now,
        OMB.office,
    )
    assert (said.overdue, said.late, said.late_against_original) == (False, False, True)


def test_it_says_who_has_claimed_and_who_waits_on_whom(stage: Stage) -> None:
    stage.do(*BEGUN, (claim, TREASURY), (wait_for_money, NSA))
    said = now(stage)
    assert said.state is Stands.WAITING
    leads = {lead.office: (lead.claim is not None, lead.waiting_on) for lead in said.leads}
    assert leads == {T: (True, None), N: (False, "appropriations"), D: (False, None)}
    stage.do((resume, NSA))
    assert now(stage).state is Stands.OPEN


def test_it_is_late_by_the_date_alone(stage: Stage) -> None:
    stage.do(*BEGUN)
    stage.now = DUE - HOUR
    assert (now(stage).overdue, now(stage).late) == (False, False)
    stage.now = DUE
    assert (now(stage).overdue, now(stage).late) == (True, True)
    before = now(stage)
    stage.do((record_deadline, CLOCK))
    assert now(stage, at=DUE) == before


def test_a_claim_that_fails_makes_it_late_after_its_date(stage: Stage) -> None:
    stage.do(*CLAIMED)
    stage.now = DUE + DAY
    assert (now(stage).late, now(stage).status_due_at) == (False, None)
    stage.do((fail, OMB))
    said = now(stage)
    assert (said.state, said.overdue) == (Stands.NOT_SUSTAINED, True)
    assert said.status_due_at is not None
    assert said.status_due_at > stage.now


def test_it_is_not_sustained_until_each_of_those_leads_has_claimed_anew(stage: Stage) -> None:
    stage.do(*CLAIMED, (but(fail, not_sustained=(N, D)), OMB), (but(claim, evidence=(proof("d"),)), NSA))
    assert now(stage).state is Stands.NOT_SUSTAINED
    stage.do((but(claim, evidence=(proof("e"),)), DHS))
    assert now(stage).state is Stands.CLAIMED


def test_word_is_overdue_where_a_month_after_the_date_nobody_has_spoken(stage: Stage) -> None:
    stage.do(*BEGUN)
    stage.now = FIRST_STATUS.due_at
    assert (now(stage).status_due_at, now(stage).status_overdue) == (FIRST_STATUS.due_at, True)
    stage.do((explain_again, TREASURY))
    said = now(stage)
    assert (said.status_overdue, said.expected_on) == (False, explain_again.expected_on)


explain_again = but(explain, expected_on=date(2026, 10, 1))


def test_it_is_told_as_it_was(stage: Stage) -> None:
    begun = stage.do(*BEGUN)
    stage.do((amend, SECRETARIAT), (claim, TREASURY))
    then = told(stage, as_of=begun)
    assert (then.now.due_at, then.facts.claims, then.facts.term_changes) == (DUE, [], [])


def test_who_may_not_see_an_event_gets_the_duty_without_it(stage: Stage) -> None:
    stage.do(*BEGUN)
    stage.do((claim, TREASURY), marking=SECRET)
    assert [lead.claimed_at is None for lead in now(stage).leads] == [False, True, True]
    blind = told(stage, GAO.cleared_for_nothing())
    assert [lead.claimed_at is None for lead in blind.now.leads] == [True, True, True]
    assert blind.facts.withheld == 1
    stage.do((harden, DHS), marking=SECRET)
    assert tasking(stage.seen(), sight(GAO.cleared_for_nothing()), OWN, stage.now) is None


def test_participants_are_shown_no_duty(stage: Stage) -> None:
    from tests.domain.cast import DEVELOPER  # noqa: PLC0415 - nobody else here is a participant

    stage.do(*BEGUN)
    assert taskings(stage.seen(), sight(DEVELOPER), Wanted(), stage.now).found == ()


def test_duties_are_found_by_what_is_so_of_them(stage: Stage) -> None:
    stage.do(*((each, SECRETARIAT) for each in duties()), (harden, DHS), (rescind, DHS))
    assert len(listed(stage)) == len(duties()) + 1
    assert set(listed(stage, section="EO14409:2(c)")) == {OWN, *(f"EO14409-2-C-{n}" for n in ("I", "II", "III"))}
    assert set(listed(stage, lead=OfficeCode("opm"))) == {"EO14409-2-F"}
    assert listed(stage, kind=TaskingKind.HARDENING) == [OWN]
    assert listed(stage, state=Stands.RESCINDED) == [OWN]
    assert listed(stage, lead=D, due_before=CLEARINGHOUSE_DUE) == []
    assert len(listed(stage, due_before=DUE)) == 8
    stage.now = CLEARINGHOUSE_DUE
    assert len(listed(stage, overdue=True)) == 7
    stage.now = DUE
    assert len(listed(stage, overdue=True)) == 13
    assert listed(stage, status_overdue=True) == []
    stage.now = DUE + 4 * DAY
    assert SINGLE in listed(stage, status_overdue=True)


def test_numbers_are_counted_from_events_that_are_named(stage: Stage) -> None:
    stage.do(*CLAIMED, (fail, OMB), (harden, DHS))
    (section,) = [
        each for each in counts(stage.seen(), sight(GAO), Wanted(), stage.now, By.SECTION) if each.key == "EO14409:3(a)"
    ]
    row = told(stage).facts
    assert (section.assigned.count, section.assigned.events) == (1, (row.assignments[0].id,))
    assert (section.claimed.count, section.failed.events) == (0, (row.failures[0].id,))
    stage.do((but(claim, evidence=(proof("d"),)), NSA), (verify, OMB))
    offices = {each.key: each for each in counts(stage.seen(), sight(GAO), Wanted(), stage.now, By.OFFICE)}
    assert offices.keys() == {T, N, D}
    assert (offices[D].assigned.count, offices[T].assigned.count) == (2, 1)
    for each in offices.values():
        assert (each.claimed.count, len(each.claimed.events)) == (1, 3)
        assert each.verified.events == (told(stage).facts.verifications[0].id,)
        assert each.overdue.count == 0


def test_what_is_overdue_names_the_event_that_set_the_date(stage: Stage) -> None:
    stage.do(*BEGUN, (amend, SECRETARIAT), (but(amend, due_on=None, leads=(T, N)), SECRETARIAT))
    stage.now = LATER_DUE
    (section,) = counts(stage.seen(), sight(GAO), Wanted(overdue=True), stage.now, By.SECTION)
    assert section.overdue.events == (told(stage).facts.term_changes[0].id,)


# Clocks


def test_the_clock_of_a_duty_waits_for_those_who_have_not_claimed(stage: Stage) -> None:
    stage.do(*BEGUN, (claim, NSA))
    (clock,) = clocks(stage)
    assert (clock.ends_at, clock.state, clock.waiting_for) == (DUE, Ticks.RUNNING, (T, D))
    assert (clock.policy, clock.about) == ("POLICY:EO-DAYS-1", JOINT)
    assert clocks(stage, office=N) == []
    stage.do((claim, TREASURY), (claim, DHS))
    assert clocks(stage) == []
    assert clocks(stage, What.TASKING_STATUS) == []


def test_the_timer_records_what_passed_once(stage: Stage) -> None:
    stage.do(*BEGUN)
    stage.now = DUE
    (row,) = overdue(stage.seen(), sight(GAO), stage.now)
    ((clock, act),) = due_acts(row, stage.now)
    assert (clock.what, act.command) == (What.TASKING, record_deadline)
    stage.do((act.command, CLOCK))
    assert overdue(stage.seen(), sight(GAO), stage.now) == []
    assert clocks(stage) == []
    assert [each.waiting_for for each in clocks(stage, What.TASKING_STATUS)] == [(T, N, D)]


def test_an_amendment_stops_one_clock_and_starts_another(stage: Stage) -> None:
    stage.do(*BEGUN, (amend, SECRETARIAT), (report, TREASURY))
    (clock,) = clocks(stage)
    assert (clock.ends_at, clock.policy) == (LATER_DUE, None)
    stage.now = DUE + DAY
    assert overdue(stage.seen(), sight(GAO), stage.now) == []


def test_what_was_done_late_is_still_to_be_recorded(stage: Stage) -> None:
    stage.do(*BEGUN)
    stage.now = DUE
    stage.do((claim, TREASURY), (claim, NSA), (claim, DHS), (verify, OMB))
    (row,) = overdue(stage.seen(), sight(GAO), stage.now)
    assert [act.command for _, act in due_acts(row, stage.now)] == [record_deadline]


# Laws


def folded(log: list[Recorded[Any]], view: Any) -> Any:
    row = None
    for position, recorded in enumerate(log, 1):
        if view.keys(recorded) and recorded.stream == f"tasking-{JOINT}":
            row = view.evolve(row, position, recorded)
    return row


@drawn(lives(), st.integers(0, 250))
@settings(max_examples=100, deadline=None)
def test_a_row_says_of_every_life_what_the_rules_say(life_of_it: Any, days: int) -> None:
    known = lived(life_of_it)
    state = known.state(f"tasking-{JOINT}")
    row: Duty = folded(known.log, TASKINGS)
    said, at = life(row, JOINT), FOUNDED + days * DAY
    assert (said.terms, said.claims, said.waits, said.passed) == (state.terms, state.claims, state.waits, state.passed)
    assert (said.verified_by, said.ended_at, said.failed) == (state.verified_by, state.ended_at, state.failed)
    told_at = tasking_at(row, at)
    assert told_at is not None
    assert told_at.late == state.deadline_passed(at)


@drawn(lives())
@settings(max_examples=100, deadline=None)
def test_the_timer_asks_for_nothing_that_the_rules_refuse_and_for_all_that_they_would_record(life_of_it: Any) -> None:
    known = lived(life_of_it)
    at = life_of_it[-1][2] + 100 * DAY
    row: Clocks = folded(known.log, ClocksView())
    asked = [act.command for _, act in due_acts(row, at)]
    state = known.state(f"tasking-{JOINT}")
    owing = state.deadline_passed(at) and state.due_at not in state.passed
    assert asked == ([record_deadline] if owing else [])
    for command in asked:
        assert known.asking(command, by=CLOCK, at=at).events()
