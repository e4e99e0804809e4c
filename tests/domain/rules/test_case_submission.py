"""From the offer of a model to its release or withdrawal."""

from datetime import UTC, date, datetime

import pytest

from domain.events.case import AccessClosed, Audience, ClosedBecause, Outcome
from domain.events.participant import ParticipantWithdrawn
from domain.values import CaseId, Digest, case_id
from tests.domain.cast import CLOCK, DEVELOPER, NSA, OPERATOR, RIVAL, SECRETARIAT, STRANGER, TREASURY, named
from tests.domain.facts import (
    CASE,
    REVIEW_DUE,
    accepted,
    became_public,
    case_closed,
    case_noted,
    determined,
    expired,
    in_access,
    offered,
    opened,
    plan_revised,
    programme_reported,
    publicity_asserted,
    ready,
    released,
    returned,
    review_lapsed,
    submitted,
    under_way,
    withdrawn,
)
from tests.domain.given import BEFORE, DAY, HOUR, MINUTE, NOON, given, on, world
from tests.domain.requests import (
    accept,
    assert_publicity,
    but,
    close,
    confirm_publicity,
    give_back,
    leave,
    open_access,
    record_lapse,
    report_programme,
    report_release,
    revise_plan,
    submit,
    withdraw,
)

LAST_MINUTE = REVIEW_DUE - MINUTE


def test_a_developer_offers_a_model() -> None:
    given().when(submit, by=DEVELOPER).then(submitted, case_noted)


def test_the_case_follows_from_developer_manifest_and_variant() -> None:
    other = but(submit, manifest=Digest("sha256:" + "c" * 64))
    made = given().when(other, by=DEVELOPER).events()[0]
    assert made.case_id == case_id(DEVELOPER.participant, other.manifest, other.variant) != CASE  # type: ignore[union-attr]


def test_what_is_offered_after_business_is_counted_from_the_next_day() -> None:
    evening = datetime(2026, 7, 6, 21, 1, tzinfo=UTC)  # 17:01 in New York
    made = given().when(submit, by=DEVELOPER, at=evening).events()[0]
    assert made.review_due_at == REVIEW_DUE + DAY  # type: ignore[union-attr]


def test_the_same_offer_again_adds_nothing() -> None:
    given(*offered).when(submit, by=DEVELOPER).then()
    given(*under_way, case_closed).when(submit, by=DEVELOPER).then()


def test_another_offer_of_the_same_version_waits_until_the_first_is_returned() -> None:
    other = but(submit, public_on=None)
    given(*offered).when(other, by=DEVELOPER).then_refused("case-open")
    given(*offered, returned).when(other, by=DEVELOPER).then(but(submitted, public_on=None))


def test_an_offer_continues_its_stream_after_a_withdrawal() -> None:
    given(*under_way, withdrawn).when(submit, by=DEVELOPER).then(submitted)
    given(*under_way, withdrawn, case_closed).when(submit, by=DEVELOPER).then(submitted)


def test_a_closed_case_takes_no_other_offer() -> None:
    given(*under_way, case_closed).when(but(submit, model="Other"), by=DEVELOPER).then_refused("case-closed")
    given(*offered, returned, case_closed).when(submit, by=DEVELOPER).then_refused("case-closed")


def test_a_new_version_names_the_case_of_the_old_one() -> None:
    newer = but(submit, manifest=Digest("sha256:" + "c" * 64), replaces=CASE)
    made = given(*under_way).when(newer, by=DEVELOPER).events()[0]
    assert made.replaces == CASE  # type: ignore[union-attr]


def test_nobody_follows_on_the_case_of_somebody_else_nor_on_their_own() -> None:
    newer = but(submit, manifest=Digest("sha256:" + "c" * 64), replaces=CASE)
    given(*under_way).when(newer, by=RIVAL).then_refused("replaced-unknown")
    given().when(but(submit, replaces=CASE), by=DEVELOPER).then_refused("replaced-unknown")
    unknown = but(submit, replaces=CaseId(named("case", "none")))
    given(*under_way).when(but(unknown, model="Other"), by=RIVAL).then_refused("replaced-unknown")


def test_only_a_developer_that_is_enrolled_offers() -> None:
    given().when(submit, by=STRANGER).then_refused("not-enrolled")
    given().when(submit, by=OPERATOR).then_refused("not-a-developer")
    gone = ParticipantWithdrawn(participant=DEVELOPER.participant, reason=None)
    given(gone).when(submit, by=DEVELOPER).then_refused("participant-withdrawn")


def test_the_secretariat_returns_what_is_incomplete() -> None:
    given(*offered).when(give_back, by=SECRETARIAT).then(returned)


def test_a_return_names_omissions_of_the_published_list() -> None:
    made_up = but(give_back, omissions=("too-clever",))
    given(*offered).when(made_up, by=SECRETARIAT).then_refused("omission-unknown")


def test_a_second_return_that_names_something_else_is_not_lost_in_silence() -> None:
    given(*offered, returned).when(give_back, by=SECRETARIAT).then()
    other = but(give_back, omissions=("model-unnamed",))
    given(*offered, returned).when(other, by=SECRETARIAT).then_refused("not-under-review")


def test_the_secretariat_accepts_what_is_complete() -> None:
    given(*offered).when(accept, by=SECRETARIAT, at=LAST_MINUTE).then(accepted)
    given(*offered, returned).when(accept, by=SECRETARIAT).then_refused("not-under-review")


def test_a_review_that_is_not_finished_in_time_counts_as_acceptance() -> None:
    given(*offered).when(record_lapse, by=CLOCK, at=LAST_MINUTE).then_refused("review-not-lapsed")
    given(*offered).when(record_lapse, by=CLOCK, at=REVIEW_DUE).then(review_lapsed)
    given(*offered).when(record_lapse, by=CLOCK, at=REVIEW_DUE + 40 * DAY).then(review_lapsed)


@pytest.mark.parametrize("noted", [(), (on(REVIEW_DUE, review_lapsed, by=CLOCK),)], ids=["silent clock", "clock"])
def test_after_the_lapse_all_is_the_same_whether_its_clock_has_said_so_or_not(noted: tuple) -> None:
    late = REVIEW_DUE + HOUR
    given(*offered, *noted).when(give_back, by=SECRETARIAT, at=late).then_refused("review-lapsed")
    given(*offered, *noted).when(accept, by=SECRETARIAT, at=late).then()
    assert world(*offered, *noted).state(f"case-{CASE}").accepted(late)
    assert not world(*offered).state(f"case-{CASE}").accepted(LAST_MINUTE)


def test_a_return_is_judged_by_when_it_was_taken_in() -> None:
    late = REVIEW_DUE + HOUR
    given(*offered).when(give_back, by=SECRETARIAT, at=LAST_MINUTE, recorded_at=late).then(returned)


def test_a_developer_revises_its_plan() -> None:
    given(*offered).when(revise_plan, by=DEVELOPER).then(plan_revised)
    given(*offered, plan_revised).when(revise_plan, by=DEVELOPER).then()


def test_a_release_is_reported_when_it_has_happened() -> None:
    given(*offered).when(report_release, by=DEVELOPER).then(released)
    given(*offered, released).when(report_release, by=DEVELOPER).then()
    tomorrow = but(report_release, released_at=NOON + DAY)
    given(*offered).when(tomorrow, by=DEVELOPER).then_refused("released-in-future")


def test_a_release_ends_access_when_it_happened_not_when_it_was_reported() -> None:
    an_hour_ago = NOON - HOUR
    public = but(report_release, audience=Audience.PUBLIC, released_at=an_hour_ago)
    given(*in_access).when(public, by=DEVELOPER).then(
        but(released, audience=Audience.PUBLIC, released_at=an_hour_ago),
        AccessClosed(case_id=CASE, cause=ClosedBecause.RELEASED, closed_at=an_hour_ago),
    )


ANY_STATE = {
    "under review": offered,
    "returned": (*offered, returned),
    "accepted": under_way,
    "in access": in_access,
    "expired": (*in_access, on(expired.closed_at, expired, by=CLOCK)),
    "determined": (*under_way, determined),
    "released": (*under_way, released),
    "withdrawn": (*under_way, withdrawn),
    "closed": (*under_way, case_closed),
}


@pytest.mark.parametrize("facts", ANY_STATE.values(), ids=ANY_STATE)
def test_withdrawal_and_release_report_are_accepted_in_every_state(facts: tuple) -> None:
    at = expired.closed_at + DAY
    given(*facts).when(withdraw, by=DEVELOPER, at=at).events()
    reported = given(*facts).when(but(report_release, released_at=at), by=DEVELOPER, at=at).events()
    assert but(released, released_at=at) in reported


@pytest.mark.parametrize("command", [withdraw, report_release], ids=lambda command: command.type)
def test_what_rests_on_nothing_is_not_refused_for_what_it_cites(command) -> None:
    odd = DEVELOPER.citing("POLICY:NOTHING-1").by(named("delegation", "none")).as_("chair")
    asked = given(*offered).when(command, by=odd)
    assert asked.events() != []
    stands = asked.standing()
    assert (stands.authority, stands.post, stands.delegation) == (None, None, None)


def test_a_withdrawal_ends_access_and_needs_no_reason() -> None:
    given(*in_access).when(withdraw, by=DEVELOPER).then(
        withdrawn, AccessClosed(case_id=CASE, cause=ClosedBecause.WITHDRAWN, closed_at=NOON)
    )


def test_after_a_withdrawal_there_is_no_access() -> None:
    given(*ready, withdrawn).when(open_access, by=TREASURY).then_refused("case-withdrawn")


def test_anybody_who_sees_the_case_may_show_that_something_is_public() -> None:
    given(*offered).when(assert_publicity, by=TREASURY).then(publicity_asserted)
    given(*offered).when(assert_publicity, by=DEVELOPER).then(publicity_asserted)


def test_the_same_id_does_not_stand_for_what_somebody_else_asserts() -> None:
    asserted = on(BEFORE, publicity_asserted, by=DEVELOPER)
    given(*offered, asserted).when(assert_publicity, by=TREASURY).then_refused("id-used")


def test_what_is_asserted_is_confirmed_once() -> None:
    given(*offered, publicity_asserted).when(confirm_publicity, by=DEVELOPER).then(became_public)
    given(*offered, publicity_asserted, became_public).when(confirm_publicity, by=TREASURY).then()
    given(*offered).when(confirm_publicity, by=DEVELOPER).then_refused("reference-unknown")


def test_a_developer_reports_whom_it_invited_itself() -> None:
    given(*offered).when(report_programme, by=DEVELOPER).then(programme_reported)
    more = but(report_programme, organisations=("One", "Two", "Three"))
    given(*offered, programme_reported).when(more, by=DEVELOPER).then_refused("id-used")


def test_the_secretariat_closes_a_case_and_says_what_it_ended_with() -> None:
    given(*under_way).when(close, by=SECRETARIAT).then(case_closed)
    with_result = but(case_closed, outcome=Outcome.DETERMINED, determination=determined.determination_id)
    given(*under_way, determined).when(close, by=SECRETARIAT).then(with_result)
    hidden = on(BEFORE, determined, by=NSA, marking="CUI")
    given(*under_way, hidden).when(close, by=SECRETARIAT).then_refused("marking-too-low")
    given(*under_way, hidden).when(close, by=SECRETARIAT, marking="CUI").then(with_result)


def test_closing_is_no_way_around_a_review() -> None:
    given(*offered).when(close, by=SECRETARIAT).then_refused("not-accepted")
    given(*offered).when(close, by=SECRETARIAT, at=REVIEW_DUE).then(case_closed)
    given(*offered, returned).when(close, by=SECRETARIAT).then(case_closed)


def test_a_case_is_not_closed_while_somebody_has_access() -> None:
    given(*in_access).when(close, by=SECRETARIAT).then_refused("access-still-open")
    given(*in_access).when(close, by=SECRETARIAT, at=expired.closed_at).then(expired, case_closed)


def test_a_developer_that_leaves_withdraws_its_open_cases_in_the_same_act() -> None:
    gone = ParticipantWithdrawn(participant=DEVELOPER.participant, reason=None)
    given(*under_way).when(leave, by=DEVELOPER).then(withdrawn, gone)
    given(*under_way, case_closed).when(leave, by=DEVELOPER).then(gone)
    given(*in_access).when(leave, by=DEVELOPER).then(
        withdrawn, AccessClosed(case_id=CASE, cause=ClosedBecause.WITHDRAWN, closed_at=NOON), gone
    )


def test_a_plan_that_is_revised_ends_nothing_before_it_was_revised() -> None:
    """On 6 July a developer says that it released to partners on 1 July: until then there was access."""
    past = but(plan_revised, partners_on=date(2026, 7, 1))
    case = world(*in_access, on(NOON, past, by=DEVELOPER)).state(f"case-{CASE}")
    assert case.access_open(NOON - MINUTE)
    assert case.window_end().at == NOON
    assert case.window_end().cause is ClosedBecause.PARTNERS
    assert opened.first_opened_at < NOON
