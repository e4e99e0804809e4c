"""What readers are told of a case: all of its facts, in lists that hide what they must, now and as it was."""

from datetime import timedelta
from typing import Any

import pytest

from domain.events.case import Audience, ClosedBecause, Extent, Result, SharedWith
from domain.events.consultation import View
from domain.rules.case import Phase
from domain.values import CaseId, Digest, ParticipantId, case_id
from projections.case.as_of import fold_case
from projections.case.at import case_at
from projections.case.consultation_parts import Word
from projections.case_status import CASE_STATUS, Told, Wanted, case, cases
from tests.domain import requests as ask
from tests.domain.cast import (
    DEVELOPER,
    DHS,
    GAO,
    NSA,
    NSA_LEAD,
    ONCD,
    RIVAL,
    SECRETARIAT,
    TREASURY,
    TREASURY_ANALYST,
    Somebody,
)
from tests.domain.facts import CASE, DETERMINATION, DHS_OFFICE, ONCD_OFFICE, SECOND, TREASURY_OFFICE, VARIANT
from tests.domain.given import DAY, HOUR
from tests.domain.requests import but
from tests.projections.stage import MINUTE, SECRET, Stage, sight

BEGUN = ((ask.submit, DEVELOPER), (ask.accept, SECRETARIAT))
WITH_ACCESS = (*BEGUN, (ask.agree_terms, DEVELOPER), (ask.open_access, TREASURY))
ASSESSED = (*WITH_ACCESS, (ask.propose, TREASURY_ANALYST), (ask.file, TREASURY))


def told(stage: Stage, by: Somebody = SECRETARIAT, **more: Any) -> Told:
    found = case(stage.seen(), sight(by), CASE, stage.now, **more)
    assert found is not None
    return found


def test_a_case_is_told_from_its_offer_to_its_end(stage: Stage):
    stage.do(*ASSESSED)
    stage.do((ask.consult, NSA), (ask.acknowledge, DHS), (ask.answer, DHS), (ask.close_consultation, NSA))
    stage.do((but(ask.determine, assessments=(ask.file.assessment_id,)), NSA), (ask.dissent, TREASURY))
    stage.do((ask.ask_to_reconsider, DEVELOPER), (but(ask.share, reason="It asked."), TREASURY))
    stage.do((ask.request_information, TREASURY), (ask.decline, DEVELOPER), (ask.convey, TREASURY))
    stage.do((ask.propose_partner, DEVELOPER), (ask.select_partner, TREASURY), (ask.report_programme, DEVELOPER))
    stage.do((ask.assert_publicity, DHS), (ask.confirm_publicity, DEVELOPER), (ask.report_breach, TREASURY))
    stage.do((ask.close_access, DEVELOPER), (ask.return_copies, TREASURY))
    stage.do((but(ask.report_release, released_at=stage.now), DEVELOPER), (ask.close, SECRETARIAT))

    row, now = told(stage).status, told(stage).now
    assert (row.developer_name, row.model, row.model_version) == ("Quill (invented)", "Nightjar (invented)", "4.1")
    assert (now.phase, now.accepted, now.closed, now.in_force) == (Phase.ACCEPTED, True, True, DETERMINATION)
    assert now.access is not None
    assert (now.access.open, now.access.open_for, now.access.ends_because) == (False, (), ClosedBecause.RELEASED)
    (assessment,) = now.assessments
    assert (assessment.office, assessment.filed, assessment.late) == ("treasury", True, False)
    assert assessment.shared_with == (SharedWith.DEVELOPER,)
    (consultation,) = now.consultations
    assert (consultation.closed, consultation.closed_early) == (True, True)
    says = {each.office: (each.word, each.view, each.acknowledged) for each in consultation.offices}
    assert says == {"oncd": (Word.SILENT, None, False), "dhs": (Word.ANSWERED, View.NON_CONCUR, True)}
    (determination,) = now.determinations
    assert determination.dissents == (ask.dissent.dissent_id,)
    assert (determination.consultation_missing, determination.reconsideration_asked) == (True, True)
    assert [(each.answered, each.office) for each in now.requests] == [("declined", "treasury")]
    assert [(each.partner, each.settled) for each in now.partners] == [("Prairie Hospital (invented)", "selected")]
    assert (now.organisations_count, now.public) == (2, (ask.assert_publicity.assertion_id,))
    assert [part.office for part in row.copies] == ["treasury"]
    assert [(part.subject, part.actor) for part in row.breaches] == [("confidentiality", "office/treasury")]
    assert [part.audience for part in row.releases] == [Audience.PARTNERS]
    assert row.withheld == 0


def test_every_part_says_where_it_comes_from_and_how_it_is_marked(stage: Stage):
    stage.do(*BEGUN)
    position = stage.do((ask.convey, DHS), marking="CUI", protected="SECRET//CUI")
    (concern,) = told(stage).status.concerns
    assert (concern.position, concern.marking, concern.protected_marking) == (position, "CUI", "SECRET//CUI")
    assert (concern.shown, concern.at) == (True, stage.now)


def test_a_secret_answer_hides_only_itself_and_is_counted(stage: Stage):
    stage.do(*BEGUN, (ask.consult, NSA), (ask.answer, DHS))
    stage.do((but(ask.answer, view=View.CONCUR), ONCD), marking=SECRET)
    low = told(stage, GAO.cleared_for_nothing())
    (consultation,) = low.now.consultations
    assert {each.office: each.word for each in consultation.offices} == {"oncd": Word.AWAITED, "dhs": Word.ANSWERED}
    assert (low.status.withheld, told(stage).status.withheld) == (1, 0)
    assert told(stage).now.consultations[0].offices[0].view == View.CONCUR


def test_a_developer_sees_what_is_its_own_and_what_is_for_it_but_no_consultation_and_no_assessment(stage: Stage):
    stage.do(*ASSESSED, (ask.consult, NSA), (ask.answer, DHS), (ask.dissent, TREASURY), (ask.convey, DHS))
    stage.do((ask.keep, TREASURY), (but(ask.share, extent=Extent.SUMMARY), TREASURY), (ask.determine, NSA))
    row, now = told(stage, DEVELOPER).status, told(stage, DEVELOPER).now
    assert (now.phase, now.in_force, now.consultations, now.assessments) == (Phase.ACCEPTED, DETERMINATION, (), ())
    assert now.access is not None
    assert now.access.open_for == ("treasury",)
    assert [part.extent for part in row.sharings] == [Extent.SUMMARY]
    assert len(row.concerns) == 1
    assert (row.proposals, row.filings, row.keepings, row.dissents, row.replies) == ([], [], [], [], [])
    assert row.withheld == len(("proposal", "filing", "consultation", "answer", "dissent", "keeping"))
    assert case(stage.store, sight(RIVAL), CASE, stage.now) is None


def test_what_is_above_a_readers_clearance_changes_nothing_that_it_is_told(stage: Stage):
    """The developer withdrew in secret: who may not know that sees a case that goes on, also in lists."""
    stage.do(*WITH_ACCESS)
    low, high = GAO.cleared_for_nothing(), GAO
    before = told(stage, low).now
    stage.do((ask.withdraw, DEVELOPER), marking=SECRET)
    after = told(stage, low).now
    assert (after.phase, after.access, after.closed) == (before.phase, before.access, before.closed)
    assert told(stage, high).now.phase is Phase.WITHDRAWN

    def found(by: Somebody, **wanted: Any) -> int:
        return len(cases(stage.store, sight(by), Wanted(**wanted), stage.now).cases)

    for by, phase, access_open in ((low, Phase.ACCEPTED, True), (high, Phase.WITHDRAWN, False)):
        for each in Phase:
            assert found(by, phase=each) == (each is phase)
        assert (found(by, access_open=True), found(by, access_open=False)) == (access_open, not access_open)


def test_a_case_that_may_not_be_seen_is_not_there(stage: Stage):
    stage.do((ask.submit, DEVELOPER), marking=SECRET)
    low = sight(GAO.cleared_for_nothing())
    assert case(stage.seen(), low, CASE, stage.now) is None
    assert cases(stage.store, low, Wanted(), stage.now).cases == ()
    assert len(cases(stage.store, sight(GAO), Wanted(), stage.now).cases) == 1


def test_time_alone_accepts_a_submission_and_ends_access(stage: Stage):
    stage.do((ask.submit, DEVELOPER))
    assert told(stage).now.phase is Phase.UNDER_REVIEW
    stage.now += 10 * DAY
    assert (told(stage).now.phase, told(stage).now.review_lapsed) == (Phase.ACCEPTED, True)
    stage.do((ask.agree_terms, DEVELOPER), (ask.open_access, TREASURY))
    opened, reads = stage.now, stage.seen()
    for later, count in ((HOUR, 1), (31 * DAY, 0)):
        assert len(cases(reads, sight(GAO), Wanted(access_open=True), opened + later).cases) == count
    stage.now += 30 * DAY
    now = told(stage).now
    assert now.access is not None
    assert (now.access.open, now.access.ended, now.access.ends_because) == (False, True, ClosedBecause.EXPIRED)
    assert now.access.ends_at == now.access.ceiling_at == opened + 30 * DAY


def test_a_new_plan_moves_the_end_of_access_and_cannot_move_it_past_the_ceiling(stage: Stage):
    stage.do(*WITH_ACCESS)
    before = told(stage).now.access
    stage.do((ask.revise_plan, DEVELOPER))
    after = told(stage).now.access
    assert before is not None
    assert after is not None
    assert (before.ends_because, after.ends_because) == (ClosedBecause.EXPIRED, ClosedBecause.PARTNERS)
    assert after.ends_at < before.ends_at == after.ceiling_at


def test_a_superseded_determination_stays_with_its_successor(stage: Stage):
    stage.do(*BEGUN, (ask.determine, NSA), (ask.determine_again, NSA))
    now = told(stage).now
    assert now.in_force == SECOND
    first, second = now.determinations
    assert (first.in_force, first.superseded_by, first.ground) == (False, SECOND, "new-evidence")
    assert (second.in_force, second.superseded_by, second.result) == (True, None, Result.DOES_NOT_WARRANT)


def test_a_case_is_told_as_it_was_at_any_position(stage: Stage):
    taken = [stage.do(act) for act in (*ASSESSED, (ask.consult, NSA), (ask.answer, DHS), (ask.withdraw, DEVELOPER))]
    whole = stage.status(CASE)
    for position in range(taken[0] - 3, stage.recorder.head() + 1):
        folded = fold_case(stage.recorder, CASE, position)
        was = case(stage.store, sight(SECRETARIAT), CASE, stage.now, as_of=position)
        assert (folded is None) == (was is None) == (position < taken[0] - 1)
        if folded is not None and was is not None:
            assert was.status == folded
            assert was.now == case_at(folded, stage.now)
    assert fold_case(stage.recorder, CASE, stage.recorder.head()) == whole
    accepted = case(stage.store, sight(SECRETARIAT), CASE, stage.now, as_of=taken[1])
    assert accepted is not None
    assert (accepted.now.phase, accepted.now.access, accepted.now.consultations) == (Phase.ACCEPTED, None, ())


def offer(stage: Stage, number: int, by: Somebody = DEVELOPER) -> CaseId:
    manifest = Digest("sha256:" + f"{number:064x}")
    stage.do((but(ask.submit, manifest=manifest), by))
    return case_id(by.participant, manifest, VARIANT)


@pytest.fixture
def many(stage: Stage) -> Stage:
    """Seven cases: 0 under review, 1 accepted, 2 with access, 3 determined, 4 withdrawn, 5 returned, 6 a rival's."""
    ids = [offer(stage, number, RIVAL if number == 6 else DEVELOPER) for number in range(7)]
    for number in (1, 2, 3, 4):
        stage.do((but(ask.accept, case_id=ids[number]), SECRETARIAT))
    stage.do((but(ask.agree_terms, case_id=ids[2]), DEVELOPER), (but(ask.open_access, case_id=ids[2]), TREASURY))
    stage.do((but(ask.determine, case_id=ids[3]), NSA))
    stage.do((but(ask.withdraw, case_id=ids[4]), DEVELOPER), (but(ask.give_back, case_id=ids[5]), SECRETARIAT))
    consult = but(ask.consult, case_id=ids[1], asked=(ONCD_OFFICE,))
    stage.do((consult, NSA))
    return stage


def numbers(stage: Stage, wanted: Wanted, by: Somebody = SECRETARIAT, **more: Any) -> list[int]:
    found = cases(stage.seen(), sight(by), wanted, more.pop("at", stage.now), **more)
    return [int(told.status.manifest.removeprefix("sha256:"), 16) for told in found.cases]


def test_cases_are_found_by_what_they_are_now(many: Stage):
    assert numbers(many, Wanted()) == [0, 1, 2, 3, 4, 5, 6]
    assert numbers(many, Wanted(phase=Phase.UNDER_REVIEW)) == [0, 6]
    assert numbers(many, Wanted(phase=Phase.UNDER_REVIEW), at=many.now + 30 * DAY) == []
    assert numbers(many, Wanted(phase=Phase.ACCEPTED)) == [1, 2, 3]
    assert numbers(many, Wanted(phase=Phase.ACCEPTED), at=many.now + 30 * DAY) == [0, 1, 2, 3, 6]
    assert numbers(many, Wanted(phase=Phase.WITHDRAWN)) == [4]
    assert numbers(many, Wanted(phase=Phase.RETURNED)) == [5]
    assert numbers(many, Wanted(access_open=True)) == [2]
    assert numbers(many, Wanted(access_open=True), at=many.now + 31 * DAY) == []
    assert numbers(many, Wanted(developer=ParticipantId(RIVAL.participant))) == [6]
    assert numbers(many, Wanted(office=TREASURY_OFFICE)) == [2]
    assert numbers(many, Wanted(office=ONCD_OFFICE)) == [1]
    assert numbers(many, Wanted(office=DHS_OFFICE)) == []
    assert numbers(many, Wanted(determined=True)) == numbers(many, Wanted(result=Result.WARRANTS)) == [3]
    assert numbers(many, Wanted(determined=False, phase=Phase.ACCEPTED)) == [1, 2]
    assert numbers(many, Wanted(), by=RIVAL) == [6]
    assert numbers(many, Wanted(phase=Phase.ACCEPTED), by=DEVELOPER) == [1, 2, 3]


def test_a_list_is_read_page_by_page_and_each_case_once(many: Stage):
    after: int | None = 0
    sizes, read = [], set()
    while after is not None:
        page = cases(many.seen(), sight(SECRETARIAT), Wanted(), many.now, after=after, limit=2)
        sizes.append(len(page.cases))
        read |= {told.status.manifest for told in page.cases}
        after = page.after
    assert (sizes, len(read)) == ([2, 2, 2, 1], 7)


def test_a_list_as_it_was_knows_nothing_of_what_came_later(many: Stage):
    position = many.status(cases(many.seen(), sight(GAO), Wanted(), many.now).cases[4].status.case_id).began
    assert numbers(many, Wanted(), as_of=position) == [0, 1, 2, 3, 4]
    assert numbers(many, Wanted(phase=Phase.UNDER_REVIEW), as_of=position) == [0, 1, 2, 3, 4]
    assert numbers(many, Wanted(phase=Phase.WITHDRAWN), as_of=position) == []


def test_a_developer_that_leaves_withdraws_its_cases_in_the_view_too(many: Stage):
    many.do((but(ask.leave, participant=RIVAL.participant), RIVAL))
    assert numbers(many, Wanted(phase=Phase.WITHDRAWN)) == [4, 6]


def test_a_row_that_is_read_back_is_the_row_that_was_folded(stage: Stage):
    stage.do(*ASSESSED, (ask.consult, NSA), (ask.acknowledge, DHS))
    stage.seen()
    stage.do((ask.answer, DHS), (ask.determine, NSA))
    assert stage.status(CASE) == fold_case(stage.recorder, CASE, stage.recorder.head())
    assert stage.runner.rebuild(CASE_STATUS, compare=True).before is not None


def test_what_is_late_and_what_is_superseded_is_told_of_assessments(stage: Stage):
    stage.do(*ASSESSED)
    stage.now += timedelta(days=40)
    again = but(ask.propose, assessment_id=ask.consult.consultation_id)
    stage.do((again, TREASURY_ANALYST), (but(ask.file, assessment_id=again.assessment_id), TREASURY))
    first, second = told(stage).now.assessments
    assert (first.late, first.superseded_by) == (False, second.assessment_id)
    assert (second.late, second.superseded_by) == (True, None)
    assert told(stage, NSA_LEAD).now.assessments == (first, second)
    stage.now += MINUTE
