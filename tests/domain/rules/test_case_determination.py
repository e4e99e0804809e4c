"""NSA's final authority, and what stands beside it without stopping it."""

import pytest

from domain.events.case import AccessClosed, Answer, ClosedBecause, Ground, Result
from tests.domain.cast import COMMERCE, DEVELOPER, DHS, DOD, NSA, NSA_ANALYST, NSA_LEAD, SECRETARIAT, TREASURY
from tests.domain.facts import (
    ANSWERS_DUE,
    ASSESSMENT,
    CASE,
    CONSULTATION,
    DETERMINATION,
    SECOND,
    asked_around,
    assessed,
    case_closed,
    determined,
    dissented,
    in_access,
    offered,
    proposed,
    reconsideration_answered,
    reconsideration_requested,
    under_way,
    withdrawn,
)
from tests.domain.given import MINUTE, NOON, given, world
from tests.domain.requests import (
    answer_reconsideration,
    ask_to_reconsider,
    but,
    determine,
    determine_again,
)

AGAIN = but(
    determined,
    determination_id=SECOND,
    result=Result.DOES_NOT_WARRANT,
    supersedes=DETERMINATION,
    ground=Ground.NEW_EVIDENCE,
)
PENDING = (*under_way, determined, reconsideration_requested)


def test_the_director_of_nsa_determines() -> None:
    given(*under_way).when(determine, by=NSA).then(determined)


@pytest.mark.parametrize("office", [TREASURY, DHS, COMMERCE, DOD, SECRETARIAT, DEVELOPER], ids=str)
def test_nobody_else_determines(office) -> None:
    given(*under_way).when(determine, by=office).then_refused("not-the-final-authority")


@pytest.mark.parametrize("person", [NSA_ANALYST, NSA_LEAD])
def test_nobody_else_of_nsa_determines(person) -> None:
    given(*under_way).when(determine, by=person).then_refused("post-not-held")
    given(*under_way).when(determine, by=person.as_("director")).then_refused("post-not-held")


def test_a_determination_waits_for_acceptance_and_ends_with_withdrawal() -> None:
    given(*offered).when(determine, by=NSA).then_refused("not-accepted")
    given(*under_way, withdrawn).when(determine, by=NSA).then_refused("case-withdrawn")


def test_neither_dissent_nor_the_closing_of_a_case_stops_it() -> None:
    given(*under_way, dissented).when(determine, by=NSA).then(determined)
    given(*under_way, case_closed).when(determine, by=NSA).then(determined)


def test_it_names_its_consultation_or_says_why_there_was_none() -> None:
    both = but(determine, consultation=CONSULTATION)
    neither = but(determine, no_consultation_because=None)
    after = but(both, no_consultation_because=None)
    given(*asked_around).when(both, by=NSA).then_refused("consultation-unclear")
    given(*asked_around).when(neither, by=NSA).then_refused("consultation-unclear")
    given(*asked_around).when(after, by=NSA).then(
        but(determined, consultation=CONSULTATION, no_consultation_because=None)
    )
    given(*under_way).when(after, by=NSA).then_refused("reference-unknown")


def test_it_rests_on_assessments_that_are_filed() -> None:
    resting = but(determine, assessments=(ASSESSMENT,))
    given(*assessed).when(resting, by=NSA).then(but(determined, assessments=(ASSESSMENT,)))
    given(*in_access, proposed).when(resting, by=NSA).then_refused("assessment-not-filed")
    given(*in_access).when(resting, by=NSA).then_refused("reference-unknown")


def test_that_scrutiny_is_not_warranted_ends_access() -> None:
    does_not = but(determine, result=Result.DOES_NOT_WARRANT)
    given(*in_access).when(does_not, by=NSA).then(
        but(determined, result=Result.DOES_NOT_WARRANT),
        AccessClosed(case_id=CASE, cause=ClosedBecause.NOT_COVERED, closed_at=NOON),
    )
    given(*in_access).when(determine, by=NSA).then(determined)


def test_a_further_one_supersedes_the_one_in_force_with_a_ground() -> None:
    given(*under_way, determined).when(determine_again, by=NSA).then(AGAIN)
    case = world(*under_way, determined, AGAIN).state(f"case-{CASE}")
    assert case.in_force == SECOND
    assert case.determinations[DETERMINATION].superseded_by == SECOND


@pytest.mark.parametrize("wrong", [{"supersedes": None}, {"ground": None}, {"supersedes": None, "ground": None}])
def test_a_further_one_names_the_one_in_force(wrong) -> None:
    given(*under_way, determined).when(but(determine_again, **wrong), by=NSA).then_refused("supersedes-unclear")


def test_a_first_one_supersedes_nothing() -> None:
    given(*under_way).when(determine_again, by=NSA).then_refused("supersedes-unclear")
    given(*under_way).when(but(determine, ground=Ground.ERROR), by=NSA).then_refused("supersedes-unclear")


def test_one_id_is_one_determination_to_the_letter() -> None:
    given(*under_way, determined).when(determine, by=NSA).then()
    given(*under_way, determined).when(but(determine, reasons="Other reasons."), by=NSA).then_refused("id-used")
    contrary = but(determine, result=Result.DOES_NOT_WARRANT)
    given(*under_way, determined).when(contrary, by=NSA).then_refused("id-used")


def test_the_developer_asks_once_for_reconsideration() -> None:
    given(*under_way, determined).when(ask_to_reconsider, by=DEVELOPER).then(reconsideration_requested)
    given(*PENDING).when(ask_to_reconsider, by=DEVELOPER).then_refused("reconsidered-already")
    given(*under_way).when(ask_to_reconsider, by=DEVELOPER).then_refused("reference-unknown")


def test_nsa_answers_that_the_determination_stands() -> None:
    given(*PENDING).when(answer_reconsideration, by=NSA).then(reconsideration_answered)
    given(*under_way, determined).when(answer_reconsideration, by=NSA).then_refused("not-reconsidered")
    given(*PENDING).when(answer_reconsideration, by=DHS).then_refused("not-the-final-authority")


def test_or_that_it_is_superseded_when_it_is() -> None:
    superseded = but(answer_reconsideration, answer=Answer.SUPERSEDED)
    given(*PENDING).when(superseded, by=NSA).then_refused("answer-unclear")
    given(*PENDING, AGAIN).when(answer_reconsideration, by=NSA).then_refused("answer-unclear")
    given(*PENDING, AGAIN).when(superseded, by=NSA).then(
        but(reconsideration_answered, answer=Answer.SUPERSEDED, superseded_by=SECOND)
    )


def test_an_answer_stays_the_answer_when_the_determination_is_superseded_later() -> None:
    later = (*PENDING, reconsideration_answered, AGAIN)
    given(*later).when(answer_reconsideration, by=NSA).then()
    superseded = but(answer_reconsideration, answer=Answer.SUPERSEDED)
    given(*later).when(superseded, by=NSA).then_refused("answer-unclear")


def test_an_answer_after_its_time_is_marked_late() -> None:
    (in_time,) = given(*PENDING).when(answer_reconsideration, by=NSA, at=ANSWERS_DUE - MINUTE).events()
    (too_late,) = given(*PENDING).when(answer_reconsideration, by=NSA, at=ANSWERS_DUE).events()
    assert (in_time.late, too_late.late) == (False, True)  # type: ignore[union-attr]


def test_reconsideration_is_a_ground_where_it_was_asked_for() -> None:
    reconsidered = but(determine_again, ground=Ground.RECONSIDERATION)
    given(*PENDING).when(reconsidered, by=NSA).then(but(AGAIN, ground=Ground.RECONSIDERATION))
    given(*under_way, determined).when(reconsidered, by=NSA).then_refused("not-reconsidered")


def test_a_further_one_that_warrants_nothing_ends_access() -> None:
    given(*assessed, determined).when(but(determine_again, assessments=(ASSESSMENT,)), by=NSA).then(
        but(AGAIN, assessments=(ASSESSMENT,)),
        AccessClosed(case_id=CASE, cause=ClosedBecause.NOT_COVERED, closed_at=NOON),
    )
