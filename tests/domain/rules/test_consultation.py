"""Offices are asked and answer; silence is silence."""

from datetime import timedelta

import pytest

from domain.errors import Refused
from domain.events.consultation import ConsultedOn, SubjectKind, View
from domain.values import OfficeCode
from tests.domain.cast import CLOCK, DHS, JUSTICE, NSA, ONCD, OSTP, TREASURY
from tests.domain.facts import (
    ANSWERS_DUE,
    DHS_OFFICE,
    ONCD_OFFICE,
    TEXT,
    acknowledged,
    answered,
    asked_around,
    cited,
    closing_noted,
    consultation_closed,
    consultation_noted,
    consulted,
    declined,
    due_passed,
    reference,
    submitted,
    under_way,
)
from tests.domain.given import DAY, HOUR, MINUTE, NOON, given, on
from tests.domain.requests import (
    acknowledge,
    answer,
    but,
    close_consultation,
    consult,
    decline_to_answer,
    record_due,
)

SECRET = "SECRET//NOFORN"
LATE = ANSWERS_DUE + HOUR


def test_an_office_asks_others_about_a_case_and_the_case_notes_it() -> None:
    given(*under_way).when(consult, by=NSA).then(consulted, consultation_noted)


def test_an_office_may_ask_about_a_standard_and_state_its_own_time() -> None:
    about = but(consult, kind=SubjectKind.STANDARD, case_id=None, reference=reference("STANDARD"), due_at=NOON + DAY)
    subject = ConsultedOn(kind=SubjectKind.STANDARD, case_id=None, reference=cited("STANDARD"))
    given().when(about, by=NSA).then(but(consulted, subject=subject, due_at=NOON + DAY, policy=None))


@pytest.mark.parametrize(
    "wrong",
    [
        {"case_id": None},
        {"reference": reference("STANDARD")},
        {"kind": SubjectKind.STANDARD},
        {"kind": SubjectKind.STANDARD, "case_id": None},
    ],
)
def test_a_consultation_is_about_one_thing(wrong) -> None:
    given(*under_way).when(but(consult, **wrong), by=NSA).then_refused("subject-unclear")


def test_it_asks_registered_offices_each_once_and_leaves_them_time() -> None:
    unknown = but(consult, asked=(OfficeCode("astrology"),))
    given(*under_way).when(unknown, by=NSA).then_refused("office-unknown")
    given(*under_way).when(but(consult, due_at=NOON), by=NSA).then_refused("due-in-past")
    twice = but(consult, asked=(ONCD_OFFICE, DHS_OFFICE, ONCD_OFFICE))
    given(*under_way).when(twice, by=NSA).then(consulted, consultation_noted)


@pytest.mark.parametrize(
    "other", [{"question": TEXT[:-1] + "c"}, {"asked": (ONCD_OFFICE,)}, {"due_at": NOON + DAY}], ids=str
)
def test_one_id_is_one_question(other) -> None:
    given(*asked_around).when(consult, by=NSA).then()
    given(*asked_around).when(but(consult, **other), by=NSA).then_refused("id-used")
    given(*asked_around).when(consult, by=TREASURY).then_refused("id-used")


def test_nobody_is_consulted_on_a_case_that_they_may_not_see() -> None:
    hidden = on(NOON - DAY, submitted, marking=SECRET)
    given(hidden).when(consult, by=NSA.cleared_for_nothing()).then_refused("not-cleared", told="not-found")
    given().when(consult, by=NSA).then_refused("not-found")


def test_a_consultation_that_one_may_not_see_is_answered_like_none() -> None:
    hidden = on(NOON - DAY, consulted, marking=SECRET)
    for command in (acknowledge, answer, decline_to_answer):
        given(hidden).when(command, by=DHS.cleared_for_nothing()).then_refused("not-cleared", told="not-found")
        given().when(command, by=DHS).then_refused("not-found")


def test_the_id_of_a_hidden_consultation_is_answered_as_an_unused_one_as_long_as_it_can_be() -> None:
    """Only what would open another consultation under this id is refused, and says nothing of what is there."""
    hidden, unseeing = (*under_way, on(NOON - DAY, consulted, marking=SECRET)), NSA.cleared_for_nothing()
    given(*hidden).when(consult, by=unseeing).then_refused("not-cleared", told="not-found")
    for wrong in ({"reference": reference("STANDARD")}, {"asked": (OfficeCode("astrology"),)}, {"due_at": NOON}):
        told = []
        for facts in (hidden, under_way):
            with pytest.raises(Refused) as refused:
                given(*facts).when(but(consult, **wrong), by=unseeing).events()
            told.append((refused.value.code, refused.value.told()))
        assert told[0] == told[1]
    given(hidden[-1]).when(consult, by=unseeing).then_refused("not-found")


def test_an_office_that_was_asked_acknowledges_answers_or_declines() -> None:
    given(*asked_around).when(acknowledge, by=DHS).then(acknowledged)
    given(*asked_around).when(answer, by=DHS).then(answered)
    given(*asked_around).when(decline_to_answer, by=DHS).then(declined)
    given(*asked_around, answered).when(acknowledge, by=DHS).then()


def test_an_office_that_was_not_asked_may_answer_and_nothing_else() -> None:
    given(*asked_around).when(answer, by=OSTP).then(but(answered, office=OSTP.office, unasked=True))
    given(*asked_around).when(acknowledge, by=OSTP).then_refused("not-asked")
    given(*asked_around).when(decline_to_answer, by=JUSTICE).then_refused("not-asked")


def test_a_late_answer_is_kept_and_marked_late() -> None:
    given(*asked_around).when(answer, by=DHS, at=ANSWERS_DUE).then(but(answered, late=True))
    given(*asked_around).when(answer, by=DHS, at=ANSWERS_DUE - MINUTE, recorded_at=LATE).then(answered)


def test_an_answer_after_closing_is_late_unless_it_was_taken_in_before() -> None:
    closed = (*asked_around, on(NOON, consultation_closed, by=NSA), on(NOON, closing_noted, by=NSA))
    given(*closed).when(answer, by=DHS, at=NOON + MINUTE).then(but(answered, late=True))
    given(*closed).when(answer, by=DHS, at=NOON - MINUTE, recorded_at=NOON + MINUTE).then(answered)


def test_an_office_may_change_its_view_but_not_unsay_it() -> None:
    given(*asked_around, answered).when(but(answer, view=View.CONCUR), by=DHS).then(but(answered, view=View.CONCUR))
    given(*asked_around, answered).when(decline_to_answer, by=DHS).then_refused("exists")
    given(*asked_around, declined).when(answer, by=DHS).then(answered)


def test_who_is_silent_when_the_time_passes_is_listed() -> None:
    given(*asked_around).when(record_due, by=CLOCK, at=ANSWERS_DUE - MINUTE).then_refused("due-not-passed")
    given(*asked_around).when(record_due, by=CLOCK, at=ANSWERS_DUE).then(due_passed)
    given(*asked_around, answered).when(record_due, by=CLOCK, at=LATE).then(but(due_passed, silent=(ONCD_OFFICE,)))


def test_a_clock_that_is_late_lists_who_was_silent_then_not_who_is_silent_now() -> None:
    late = on(LATE, but(answered, late=True), by=DHS)
    given(*asked_around, late).when(record_due, by=CLOCK, at=LATE + DAY).then(due_passed)
    declining = on(LATE, declined, by=DHS)
    given(*asked_around, declining).when(record_due, by=CLOCK, at=LATE + DAY).then(due_passed)


def test_a_consultation_that_closed_before_its_time_has_none_that_passes() -> None:
    closed = (*asked_around, on(NOON, consultation_closed, by=NSA))
    given(*closed).when(record_due, by=CLOCK, at=LATE).then_refused("consultation-closed")
    later = (*asked_around, on(LATE, but(consultation_closed, early=False), by=NSA))
    given(*later).when(record_due, by=CLOCK, at=LATE + DAY).then(due_passed)
    given(*later, on(LATE, due_passed, by=CLOCK)).when(record_due, by=CLOCK, at=LATE + DAY).then()


def test_who_asked_closes_and_lists_who_did_not_answer() -> None:
    given(*asked_around).when(close_consultation, by=NSA).then(consultation_closed, closing_noted)
    given(*asked_around).when(close_consultation, by=TREASURY).then_refused("not-your-act")


def test_closing_is_early_only_before_the_time_and_with_answers_outstanding() -> None:
    late = but(consultation_closed, early=False)
    given(*asked_around).when(close_consultation, by=NSA, at=LATE).then(late, closing_noted)
    both = (*asked_around, answered, on(NOON - HOUR, but(declined, office=ONCD_OFFICE), by=ONCD))
    given(*both).when(close_consultation, by=NSA).then(
        but(consultation_closed, unanswered=(), early=False), but(closing_noted, unanswered=())
    )


def test_a_consultation_about_a_standard_is_noted_in_no_case() -> None:
    subject = ConsultedOn(kind=SubjectKind.STANDARD, case_id=None, reference=cited("STANDARD"))
    about = but(consulted, subject=subject)
    given(about).when(close_consultation, by=NSA).then(but(consultation_closed, subject=subject))


def test_the_time_is_counted_in_business_days() -> None:
    friday_evening = NOON + 4 * DAY + timedelta(hours=6)  # 18:00 in New York
    opened, _ = given(*under_way).when(consult, by=NSA, at=friday_evening).events()
    assert opened.due_at == ANSWERS_DUE + 7 * DAY  # type: ignore[union-attr]
