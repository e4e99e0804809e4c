"""A duty is assigned, claimed with evidence by every lead, and verified by somebody else; its date stays."""

from csv import reader
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from domain.errors import Refused
from domain.events.tasking import (
    StatusOwed,
    TaskingAmended,
    TaskingAssigned,
    TaskingCompletionClaimed,
    TaskingCompletionVerified,
    TaskingDeadlinePassed,
    TaskingVerificationFailed,
    WaitingOn,
)
from domain.founding import taskings
from domain.values import Citation, OfficeCode, TaskingCode
from tests.domain.cast import (
    CLOCK,
    DEVELOPER,
    DHS,
    DHS_ANALYST,
    DOD,
    GAO,
    NSA,
    OMB,
    ONCD,
    SECRETARIAT,
    TREASURY,
)
from tests.domain.given import DAY, FOUNDED, HOUR, MINUTE, NOON, given, on, world
from tests.domain.requests import but
from tests.domain.streams.tasking import (
    CLEARINGHOUSE_DUE,
    DUE,
    FIRST_STATUS,
    FROM_NOON,
    JOINT,
    LATER_DUE,
    ORDER_REVOKED,
    OWN,
    OWN_DUE,
    ROW,
    SINGLE,
    STATUS,
    D,
    N,
    T,
    all_claims,
    amend,
    amended,
    assign,
    assigned,
    claim,
    claimed,
    clearinghouse,
    explain,
    explained,
    fail,
    given_it,
    harden,
    hardened,
    hardening_assigned,
    passed,
    proof,
    record_deadline,
    report,
    reported,
    rescind,
    rescinded,
    resume,
    resumed,
    two_claims,
    verify,
    wait,
    wait_for_money,
    waiting,
)

SECRET = "SECRET//NOFORN"
DATA = Path(__file__).parents[2] / "data"


# The duties of the order


def test_each_duty_is_assigned_in_the_order_s_own_words() -> None:
    order = " ".join((DATA / "order" / "eo14409.txt").read_text(encoding="utf-8").split())
    for each in taskings():
        said = each.words.replace(": ", ":\n").splitlines()  # what stands above a list, and the item
        assert all(part in order for part in said), each.tasking
        assert "shall" in each.words


def test_every_sentence_of_the_order_that_says_shall_is_a_duty_or_says_what_the_order_is_not() -> None:
    order = " ".join((DATA / "order" / "eo14409.txt").read_text(encoding="utf-8").split())
    said = " ".join(each.words for each in taskings())
    begins = [place for place in range(len(order)) if order.startswith(" shall", place)]
    left = [order[place : place + 50] for place in begins if order[place - 20 : place + 6] not in said]
    assert left == [
        " shall be construed to authorize the creation of a",
        " shall be construed to impair or otherwise affect:",
        " shall be implemented consistent with applicable l",
    ]


@pytest.mark.parametrize("duty", taskings(), ids=lambda duty: duty.tasking)
def test_the_secretariat_can_assign_each_of_them_and_it_is_due_as_the_order_says(duty: Any) -> None:
    (made,) = world().asking(duty, by=SECRETARIAT, at=FOUNDED).events()
    assert isinstance(made, TaskingAssigned)
    assert made.due_at == {None: None, 30: CLEARINGHOUSE_DUE, 60: DUE}[duty.days]
    assert (made.days, made.leads, made.words) == (duty.days, duty.leads, duty.words)
    assert (made.due_policy is None) == (duty.days is None)


def test_what_the_order_gives_three_offices_is_a_joint_duty() -> None:
    leads = {each.tasking: each.leads for each in taskings()}
    assert leads[JOINT] == (T, N, D)
    assert leads[SINGLE] == (T,)
    assert leads[TaskingCode("EO14409-3-A-THRESHOLD")] == (N,)


def test_a_duty_that_is_assigned_late_is_due_all_the_same() -> None:
    late = world().asking(assign, by=SECRETARIAT, at=DUE + DAY).events()
    assert [each.due_at for each in late if isinstance(each, TaskingAssigned)] == [DUE]


# Assigning


def test_only_the_secretariat_assigns_what_the_order_says() -> None:
    given().when(assign, by=SECRETARIAT, at=FOUNDED).then(assigned)
    for other in (DHS, NSA, GAO):
        given().when(assign, by=other).then_refused("not-your-act")
    given().when(assign, by=DEVELOPER).then_refused("not-your-act")


def test_what_a_revoked_order_said_is_assigned_no_more_and_what_was_assigned_stands() -> None:
    given(ORDER_REVOKED).when(assign, by=SECRETARIAT).then_refused("authority-revoked")
    given(*given_it, ORDER_REVOKED).when(assign, by=SECRETARIAT).then()
    given().when(but(assign, provision=Citation("EO14409:9")), by=SECRETARIAT).then_refused("authority-revoked")
    policy = but(assign, provision=Citation("POLICY:AUTHORITY-1"))
    given().when(policy, by=SECRETARIAT).then_refused("authority-not-fitting")


def test_an_office_assigns_hardening_to_itself_alone() -> None:
    given().when(harden, by=DHS).then(hardening_assigned)
    given().when(but(harden, leads=(D, N)), by=DHS).then_refused("not-your-act")
    given().when(harden, by=NSA).then_refused("not-your-act")
    given().when(but(harden, leads=(N,)), by=NSA).then_refused("tasking-code")
    given(*hardened).when(but(amend, tasking=OWN, leads=(N,)), by=DHS).then_refused("not-your-act")


def test_a_row_of_the_table_gives_its_days_and_one_without_days_takes_a_date() -> None:
    at_upgrade = but(harden, hardening=but(ROW, row="bod-26-04-0"))
    none = but(hardening_assigned, hardening=at_upgrade.hardening, days=None, due_at=None, due_policy=None)
    given().when(at_upgrade, by=DHS).then(but(none, next_status=None))
    dated = but(at_upgrade, due_on=date(2026, 7, 20))
    owed = hardening_assigned.next_status
    given().when(dated, by=DHS).then(but(none, due_at=OWN_DUE, next_status=owed))
    given().when(but(harden, due_on=date(2026, 7, 20)), by=DHS).then_refused("due-unclear")
    given().when(but(assign, due_on=date(2026, 9, 1)), by=SECRETARIAT).then_refused("due-unclear")
    given().when(but(at_upgrade, due_on=date(2026, 7, 5)), by=DHS).then_refused("date-in-past")
    other = but(harden, hardening=but(ROW, policy=Citation("POLICY:OMISSIONS-1")))
    given().when(other, by=DHS).then_refused("row-unknown")
    given().when(but(harden, hardening=but(ROW, policy=Citation("EO14409:2"))), by=DHS).then_refused("row-unknown")


def test_the_table_of_hardening_says_what_cisa_s_table_says() -> None:
    rows = {row[0]: row for row in world().state("policy-HARDENING").latest.table.items()}
    with (DATA / "ssvc" / "cisa_bod_26_04_1_0_0.csv").open(encoding="utf-8", newline="") as file:
        _, *table = reader(file)
    assert len(rows) == len(table) == 16
    for number, exploited, exposed, automatable, impact, outcome in table:
        _, action = rows[f"bod-26-04-{number}"]
        assert ("not " in action.asset_class) == (exposed == "no")
        assert action.category.startswith("not ") == (exploited == "no")
        assert ("not automatable" in action.category) == (automatable == "no")
        assert impact in action.category
        assert action.days == (int(outcome.split()[0]) if outcome[0].isdigit() else None)
        assert ("intrusion" in action.action) == ("forensic" in outcome)


def test_one_code_is_one_duty() -> None:
    given(*given_it).when(assign, by=SECRETARIAT, at=NOON + DAY).then()
    given(*hardened).when(harden, by=DHS, at=NOON + 5 * DAY).then()
    for other in ({"title": "Another"}, {"leads": (T, N)}, {"days": 30}, {"days": None}, {"consulted": ()}):
        given(*given_it).when(but(assign, **other), by=SECRETARIAT).then_refused("id-used")
    given(*hardened).when(but(harden, due_on=date(2026, 8, 1)), by=DHS).then_refused("id-used")
    given(*given_it, amended).when(assign, by=SECRETARIAT).then()


def test_only_registered_offices_are_given_duties() -> None:
    for field in ("leads", "consulted", "coordinated"):
        unknown = but(assign, **{field: (OfficeCode("astrology"),)})
        given().when(unknown, by=SECRETARIAT).then_refused("office-unknown")


def test_a_tasking_that_one_may_not_see_is_answered_like_none() -> None:
    hidden = on(FOUNDED, assigned, marking=SECRET)
    asked = ((claim, TREASURY), (report, TREASURY), (amend, SECRETARIAT), (verify, OMB), (record_deadline, CLOCK))
    for command, by in asked:
        given(hidden).when(command, by=by.cleared_for_nothing()).then_refused("not-cleared", told="not-found")
        given().when(command, by=by.cleared_for_nothing()).then_refused("not-found")
    given(hidden).when(assign, by=SECRETARIAT.cleared_for_nothing()).then_refused("not-cleared", told="not-found")


# The due date


def test_a_due_date_moves_by_amending_alone_and_both_stay_in_the_record() -> None:
    given(*given_it).when(amend, by=SECRETARIAT).then(amended)
    given(*given_it, amended).when(amend, by=SECRETARIAT).then()
    given(*given_it).when(but(amend, due_on=None), by=SECRETARIAT).then()
    given(*given_it).when(amend, by=TREASURY).then_refused("not-your-act")


def test_what_has_passed_is_recorded_before_another_date_is_set() -> None:
    late = given(*given_it).when(amend, by=SECRETARIAT, at=DUE + DAY).events()
    assert [type(each) for each in late] == [TaskingDeadlinePassed, TaskingAmended]
    again = given(*given_it, on(DUE, passed, by=CLOCK)).when(amend, by=SECRETARIAT, at=DUE + DAY).events()
    assert [type(each) for each in again] == [TaskingAmended]
    own = given(*hardened).when(rescind, by=DHS, at=OWN_DUE).events()
    assert [each.type for each in own] == ["tasking.deadline-passed.v1", "tasking.rescinded.v1"]


def test_the_clock_says_that_it_passed_once_for_each_date() -> None:
    given(*given_it).when(record_deadline, by=CLOCK, at=DUE).then(passed)
    given(*given_it).when(record_deadline, by=CLOCK, at=DUE - MINUTE).then_refused("deadline-not-passed")
    recorded = (*given_it, on(DUE, passed, by=CLOCK))
    given(*recorded).when(record_deadline, by=CLOCK, at=DUE + DAY).then()
    anew = (*recorded, on(DUE + DAY, amended))
    given(*anew).when(record_deadline, by=CLOCK, at=DUE + 2 * DAY).then_refused("deadline-not-passed")
    given(*anew).when(record_deadline, by=CLOCK, at=LATER_DUE).then(but(passed, due_at=LATER_DUE))
    given(*given_it).when(record_deadline, by=SECRETARIAT, at=DUE).then_refused("not-your-act")


def test_what_every_lead_claimed_in_time_does_not_pass_unless_a_claim_fails() -> None:
    given(*all_claims).when(record_deadline, by=CLOCK, at=DUE).then_refused("deadline-not-passed")
    given(*two_claims).when(record_deadline, by=CLOCK, at=DUE).then(but(passed, unclaimed=(D,)))
    known = world(*all_claims)
    known.act(fail, by=OMB, at=DUE + DAY)
    assert known.asking(record_deadline, by=CLOCK, at=DUE + 2 * DAY).events() == [but(passed, unclaimed=(N,))]


def test_what_was_done_late_has_passed_and_what_was_rescinded_before_has_not() -> None:
    known = world(*two_claims)
    known.act(claim, by=DHS, at=DUE + HOUR)
    (made,) = known.act(verify, by=OMB, at=DUE + DAY)
    assert isinstance(made.event, TaskingCompletionVerified)
    assert (made.event.completed_at, made.event.late) == (DUE + HOUR, True)
    assert known.asking(record_deadline, by=CLOCK, at=DUE + 2 * DAY).events() == [but(passed, unclaimed=(D,))]
    gone = given(*hardened, on(OWN_DUE - HOUR, rescinded, by=DHS))
    gone.when(but(record_deadline, tasking=OWN), by=CLOCK, at=OWN_DUE).then_refused("deadline-not-passed")


# Progress


def test_a_lead_says_how_it_stands_and_why_it_is_late() -> None:
    given(*given_it).when(report, by=TREASURY).then(reported)
    given(*given_it).when(explain, by=TREASURY).then(explained)
    given(*given_it).when(report, by=ONCD).then_refused("not-a-lead")
    given(*given_it, reported).when(but(report, evidence=()), by=TREASURY).then_refused("id-used")
    given(*given_it, reported).when(report, by=NSA).then_refused("id-used")
    given(*given_it).when(but(explain, expected_on=date(2026, 7, 6)), by=TREASURY).then_refused("date-in-past")


def test_word_is_owed_thirty_days_after_the_due_date_and_after_each_word_since() -> None:
    behind = on(FOUNDED, clearinghouse)
    (made,) = world(behind).asking(but(report, tasking=SINGLE), by=TREASURY).events()
    assert made == but(reported, tasking=SINGLE, next_status=FROM_NOON)
    given(*given_it).when(report, by=TREASURY, at=DUE - MINUTE).then(reported)
    later = StatusOwed(due_at=datetime(2026, 9, 3, 4, tzinfo=UTC), policy=STATUS)
    given(*given_it).when(report, by=TREASURY, at=DUE + DAY).then(but(reported, next_status=later))
    assert assigned.next_status == FIRST_STATUS


def test_a_lead_waits_for_an_office_or_for_appropriations_and_goes_on() -> None:
    given(*given_it).when(wait, by=TREASURY).then(waiting)
    given(*given_it, waiting).when(resume, by=TREASURY).then(resumed)
    given(*given_it, waiting).when(resume, by=NSA).then_refused("not-waiting")
    given(*given_it).when(but(wait, waiting_for=T), by=TREASURY).then_refused("waiting-unclear")
    given(*given_it).when(but(wait_for_money, waiting_for=N), by=TREASURY).then_refused("waiting-unclear")
    given(*given_it).when(but(wait, waiting_for=OfficeCode("astrology")), by=TREASURY).then_refused("office-unknown")
    other = but(waiting, waiting_on=WaitingOn.APPROPRIATIONS, waiting_for=None, reason=None)
    given(*given_it, waiting).when(wait_for_money, by=TREASURY).then(other)


def test_waiting_moves_no_date() -> None:
    given(*given_it, waiting).when(record_deadline, by=CLOCK, at=DUE).then(passed)


# Completion


def test_a_claim_needs_a_lead_and_says_who_has_not_claimed_yet() -> None:
    given(*given_it).when(claim, by=TREASURY).then(claimed(TREASURY, (N, D)))
    given(*two_claims).when(claim, by=DHS).then(claimed(DHS))
    given(*two_claims).when(claim, by=DHS, at=DUE).then(claimed(DHS, late=True))
    given(*two_claims).when(claim, by=NSA).then()
    given(*two_claims).when(but(claim, evidence=(proof("c"),)), by=NSA).then_refused("exists")
    given(*given_it).when(claim, by=DOD).then_refused("not-a-lead")


def test_a_claim_ends_the_waiting() -> None:
    given(*given_it, waiting, claimed(TREASURY, (N, D))).when(resume, by=TREASURY).then_refused("not-waiting")


def test_a_joint_duty_is_verified_when_every_lead_has_claimed() -> None:
    known = world(*all_claims)
    (made,) = known.asking(verify, by=OMB).events()
    assert isinstance(made, TaskingCompletionVerified)
    ids = [each.id for each in known.log if isinstance(each.event, TaskingCompletionClaimed)]
    assert made.claims == tuple(ids)
    assert (made.office, made.verifier, made.late) == (OMB.office, OMB.id, False)
    assert made.completed_at == FOUNDED + 3 * DAY
    for others in (verify, fail):
        given(*two_claims).when(others, by=OMB).then_refused("not-claimed")


def test_another_office_than_a_lead_verifies_and_never_the_secretariat() -> None:
    for lead in (TREASURY, NSA, DHS, DHS_ANALYST):
        given(*all_claims).when(verify, by=lead).then_refused("verified-by-lead")
        given(*all_claims).when(fail, by=lead).then_refused("verified-by-lead")
    given(*all_claims).when(verify, by=SECRETARIAT).then_refused("not-your-act")
    given(*all_claims).when(verify, by=DEVELOPER).then_refused("not-your-act")


def test_whoever_claimed_it_does_not_look_at_the_evidence_from_another_desk() -> None:
    moved = on(NOON - DAY, claimed(TREASURY, claimant=OMB.id))
    given(*given_it, moved, claimed(NSA), claimed(DHS)).when(verify, by=OMB).then_refused("separate-persons")
    given(*given_it, moved, claimed(NSA), claimed(DHS)).when(fail, by=OMB).then_refused("separate-persons")


def test_a_claim_that_does_not_hold_is_made_anew_and_the_others_stand() -> None:
    known = world(*all_claims)
    (made,) = known.act(fail, by=OMB)
    assert isinstance(made.event, TaskingVerificationFailed)
    assert made.event.not_sustained == (N,)
    with pytest.raises(Refused, match="not-claimed"):
        known.act(verify, by=OMB)
    known.act(but(claim, evidence=(proof("d"),)), by=NSA, at=NOON + DAY)
    known.act(verify, by=ONCD, at=NOON + 2 * DAY)
    assert known.state(f"tasking-{JOINT}").verified_by == ONCD.office


def test_all_claims_fail_where_none_is_named_and_only_leads_claims_can() -> None:
    (made,) = world(*all_claims).asking(but(fail, not_sustained=()), by=OMB).events()
    assert isinstance(made, TaskingVerificationFailed)
    assert made.not_sustained == (T, N, D)
    given(*all_claims).when(but(fail, not_sustained=(DOD.office,)), by=OMB).then_refused("not-a-lead")


def test_a_lead_that_is_relieved_takes_its_claim_along() -> None:
    relieved = but(amended, leads=(T, N), due_at=DUE)
    given(*all_claims, relieved).when(claim, by=DHS).then_refused("not-a-lead")
    given(*all_claims, but(amended, leads=(T, N, D, DOD.office))).when(verify, by=OMB).then_refused("not-claimed")


def test_what_has_ended_has_ended() -> None:
    known = world(*all_claims)
    known.act(verify, by=OMB)
    for command, by in ((claim, TREASURY), (report, TREASURY), (amend, SECRETARIAT), (verify, ONCD), (fail, OMB)):
        with pytest.raises(Refused, match="tasking-ended"):
            known.act(command, by=by)
    with pytest.raises(Refused, match="tasking-ended"):
        known.act(but(rescind, tasking=JOINT), by=SECRETARIAT)


def test_who_assigned_it_takes_it_back_and_may_name_what_stands_in_its_place() -> None:
    given(*hardened).when(rescind, by=DHS).then(rescinded)
    given(*hardened).when(rescind, by=SECRETARIAT).then_refused("not-your-act")
    given(*hardened).when(but(rescind, replaced_by=JOINT), by=DHS).then_refused("not-found")
    given(*hardened, *given_it).when(but(rescind, replaced_by=JOINT), by=DHS).then(but(rescinded, replaced_by=JOINT))
    given(*hardened, rescinded, *given_it).when(but(rescind, replaced_by=JOINT), by=DHS).then_refused("exists")
