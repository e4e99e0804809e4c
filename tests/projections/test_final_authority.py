"""The final-authority record: whose word counts at every position, and what stands beside it."""

from typing import Any

from domain.events.case import NOTICE, Answer, Finding, Ground, Result
from domain.events.consultation import View
from projections.case.consultation_parts import Word
from projections.determined import Determined
from projections.final_authority import Wanted, determinations
from tests.domain import requests as ask
from tests.domain.cast import (
    DEVELOPER,
    DHS,
    GAO,
    NSA,
    OMB,
    ONCD,
    RIVAL,
    SECRETARIAT,
    TREASURY,
    TREASURY_ANALYST,
    Somebody,
)
from tests.domain.facts import ASSESSMENT, CASE, CONSULTATION, DETERMINATION, SECOND
from tests.domain.given import DAY
from tests.domain.requests import but
from tests.projections.stage import SECRET, Stage, sight
from tests.projections.test_case_status import BEGUN, offer

CONSULTED = but(ask.determine, consultation=CONSULTATION, no_consultation_because=None)


def found(stage: Stage, by: Somebody = SECRETARIAT, **wanted: Any) -> list[Determined]:
    as_of = wanted.pop("as_of", None)
    return [*determinations(stage.seen(), sight(by), Wanted(**wanted), stage.now, as_of=as_of).determinations]


def test_a_determination_stands_with_every_office_that_was_asked_and_every_dissent(stage: Stage):
    stage.do(*BEGUN, (ask.propose, TREASURY_ANALYST), (ask.file, TREASURY))
    stage.do((ask.dissent, TREASURY), (but(ask.consult, asked=("oncd", "dhs", "omb")), NSA))
    stage.do((ask.answer, DHS), (ask.decline_to_answer, OMB), (but(ask.answer, view=View.CONCUR), TREASURY))
    stage.now += 20 * DAY
    position = stage.do((but(CONSULTED, assessments=(ASSESSMENT,)), NSA))
    stage.do((but(ask.answer, view=View.NO_VIEW), DHS))
    (one,) = found(stage)
    assert (one.determination_id, one.result, one.in_force) == (DETERMINATION, Result.WARRANTS, True)
    assert (one.position, one.in_force_until, one.superseded_by) == (position, None, None)
    assert one.consultation is not None
    says = {each.office: (each.asked, each.word, each.view, each.late) for each in one.consultation.offices}
    assert says == {
        "oncd": (True, Word.SILENT, None, False),
        "dhs": (True, Word.ANSWERED, View.NO_VIEW, True),
        "omb": (True, Word.DECLINED, None, False),
        "treasury": (False, Word.ANSWERED, View.CONCUR, False),
    }
    assert (one.no_consultation_because, one.others_consulted) == (None, ())
    assert [(each.office, each.finding, each.severity) for each in one.assessments] == [
        ("treasury", Finding.CONCERN, "6.5")
    ]
    assert [each.office for each in one.dissents] == ["treasury"]
    assert (one.reasons, one.withheld_reasons_count, one.notice) == (ask.determine.reasons, 1, NOTICE)
    assert (one.standard.id, one.threshold.id) == ("STANDARD", "THRESHOLD")
    assert one.reconsideration is None


def test_a_determination_without_consultation_is_flagged_with_its_reason(stage: Stage):
    stage.do(*BEGUN, (ask.determine, NSA))
    (one,) = found(stage)
    assert (one.consultation, one.no_consultation_because) == (None, "The offices could not be reached.")
    assert (len(found(stage, consulted=False)), len(found(stage, consulted=True))) == (1, 0)


def test_a_determination_that_rests_on_no_consultation_says_what_else_its_case_was_consulted_on(stage: Stage):
    stage.do(*BEGUN, (ask.consult, TREASURY), (ask.determine, NSA), (ask.answer, DHS))
    (one,) = found(stage)
    assert (one.consultation, one.no_consultation_because) == (None, "The offices could not be reached.")
    (other,) = one.others_consulted
    assert (other.consultation_id, other.opened_by) == (CONSULTATION, "treasury")
    assert ("dhs", Word.ANSWERED) in {(each.office, each.word) for each in other.offices}
    stage.do((but(ask.determine_again, consultation=CONSULTATION, no_consultation_because=None), NSA))
    first, second = found(stage)
    assert second.consultation == first.others_consulted[0]
    assert second.others_consulted == ()


def test_each_was_in_force_from_its_own_position_up_to_that_of_its_successor(stage: Stage):
    accepted = stage.do(*BEGUN)
    first = stage.do((ask.determine, NSA))
    issued_at = stage.now
    second = stage.do((ask.dissent, TREASURY), (ask.determine_again, NSA))
    one, other = found(stage)
    assert (one.in_force_from, one.in_force_until, one.until_position) == (issued_at, stage.now, second)
    assert (one.superseded_by, one.ground, one.in_force) == (SECOND, Ground.NEW_EVIDENCE, False)
    assert (other.supersedes, other.in_force, other.until_position) == (DETERMINATION, True, None)
    expected = {
        accepted: [],
        first: [DETERMINATION],
        second - 1: [DETERMINATION],
        second: [SECOND],
        stage.recorder.head(): [SECOND],
    }
    for position, ids in expected.items():
        assert [each.determination_id for each in found(stage, in_force=True, as_of=position)] == ids
    assert [each.dissents == () for each in found(stage, as_of=first)] == [True], "it was filed later"
    assert [each.determination_id for each in found(stage, result=Result.DOES_NOT_WARRANT)] == [SECOND]


def test_a_successor_that_a_reader_may_not_see_leaves_the_earlier_one_in_force_for_it(stage: Stage):
    stage.do(*BEGUN, (ask.determine, NSA))
    position = stage.do((ask.determine_again, NSA), marking=SECRET)
    low = GAO.cleared_for_nothing()
    (one,) = found(stage, low)
    assert (one.determination_id, one.in_force, one.superseded_by, one.withheld) == (DETERMINATION, True, None, 1)
    assert [each.determination_id for each in found(stage, low, in_force=True, as_of=position)] == [DETERMINATION]
    assert [each.determination_id for each in found(stage, GAO, in_force=True)] == [SECOND]
    assert found(stage, low, result=Result.DOES_NOT_WARRANT) == []


def test_a_secret_first_determination_does_not_show_through_the_second(stage: Stage):
    stage.do(*BEGUN)
    stage.do((ask.determine, NSA), marking=SECRET)
    low = GAO.cleared_for_nothing()
    assert found(stage, low) == []
    stage.do((ask.determine_again, NSA))
    (one,) = found(stage, low)
    assert (one.determination_id, one.in_force, one.withheld) == (SECOND, True, 1)


def test_reconsideration_stands_with_the_determination_that_it_is_about(stage: Stage):
    stage.do(*BEGUN, (ask.determine, NSA), (ask.ask_to_reconsider, DEVELOPER))
    asked_at = stage.now
    (one,) = found(stage)
    assert one.reconsideration is not None
    assert (one.reconsideration.asked_at, one.reconsideration.answer) == (asked_at, None)
    stage.now += 30 * DAY
    stage.do((ask.answer_reconsideration, NSA))
    (one,) = found(stage)
    assert one.reconsideration is not None
    assert (one.reconsideration.answer, one.reconsideration.late) == (Answer.STANDS, True)
    assert one.reconsideration.reasons == "The harness was not used."


def test_a_developer_reads_the_result_but_neither_who_was_asked_nor_who_disagreed(stage: Stage):
    stage.do(*BEGUN, (ask.propose, TREASURY_ANALYST), (ask.file, TREASURY), (ask.consult, NSA), (ask.answer, ONCD))
    stage.do((but(CONSULTED, assessments=(ASSESSMENT,)), NSA), (but(ask.dissent, about=DETERMINATION), TREASURY))
    (one,) = found(stage, DEVELOPER)
    assert (one.result, one.reasons, one.notice) == (Result.WARRANTS, ask.determine.reasons, NOTICE)
    assert (one.consultation, one.dissents) == (None, ())
    assert [(each.assessment_id, each.office, each.finding) for each in one.assessments] == [(ASSESSMENT, None, None)]
    assert one.no_consultation_because is None, "there was one; it is not this reader's to see"
    assert found(stage, RIVAL) == []


def test_the_record_is_read_case_by_case_and_page_by_page(stage: Stage):
    for number in range(5):
        id = offer(stage, number, RIVAL if number == 4 else DEVELOPER)
        stage.do((but(ask.accept, case_id=id), SECRETARIAT))
        if number != 1:
            stage.do((but(ask.determine, case_id=id), NSA))
    stage.do((but(ask.determine_again, case_id=found(stage)[0].case_id), NSA))
    assert len(found(stage)) == 5
    assert len(found(stage, developer=RIVAL.participant)) == len(found(stage, RIVAL)) == 1
    after: int | None = 0
    sizes = []
    while after is not None:
        page = determinations(stage.store, sight(GAO), Wanted(in_force=True), stage.now, after=after, limit=3)
        sizes.append(len(page.determinations))
        after = page.after
    assert sizes == [3, 1]
    assert len(found(stage, case_id=CASE)) == 0
