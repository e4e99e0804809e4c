"""What somebody is told that they can do, the rules do not refuse; of what they may not see they are told nothing."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain import rules
from domain.commands.consultation import OpenConsultation
from domain.errors import Refused
from domain.ledger.ledger import Ledger
from domain.rules import Asked
from domain.values import CaseId, StreamId
from projections.options import Option, options
from tests.domain import requests as ask
from tests.domain.cast import (
    CLOCK,
    DEVELOPER,
    DHS,
    GAO,
    NOBODY_KNOWN,
    NSA,
    NSA_ANALYST,
    OPERATOR,
    RIVAL,
    SECRETARIAT,
    STRANGER,
    TREASURY,
    TREASURY_ANALYST,
    Somebody,
)
from tests.domain.facts import CASE, CONSULTATION
from tests.domain.given import DAY
from tests.domain.requests import DELEGATION
from tests.projections.stage import SECRET, Stage, principal
from tests.projections.stage import stage as on_stage
from tests.projections.test_case_status import ASSESSED, BEGUN, WITH_ACCESS

OF_CASE = StreamId(f"case-{CASE}")
ALL = (
    NSA,
    NSA_ANALYST,
    TREASURY,
    TREASURY_ANALYST,
    DHS,
    GAO,
    SECRETARIAT,
    DEVELOPER,
    RIVAL,
    OPERATOR,
    STRANGER,
    CLOCK,
    NOBODY_KNOWN,
)


def told(stage: Stage, by: Somebody, stream: str = OF_CASE) -> dict[str, Option]:
    return {each.command: each for each in options(stage.ledger, StreamId(stream), principal(by), stage.now)}


def allowed(stage: Stage, by: Somebody, stream: str = OF_CASE) -> set[str]:
    return {command for command, option in told(stage, by, stream).items() if option.allowed}


def test_everybody_is_told_what_is_theirs_to_do(stage: Stage):
    stage.do((ask.submit, DEVELOPER))
    assert {"case.accept.v1", "case.return.v1"} <= allowed(stage, SECRETARIAT)
    assert "case.withdraw.v1" in allowed(stage, DEVELOPER)
    assert "case.accept.v1" not in allowed(stage, DEVELOPER)
    assert "case.record-review-lapse.v1" not in allowed(stage, CLOCK)
    stage.now += 10 * DAY
    assert "case.record-review-lapse.v1" in allowed(stage, CLOCK)
    refused = told(stage, SECRETARIAT)["case.accept.v1"]
    assert (refused.code, refused.sentence) == (
        "review-lapsed",
        "The review has lapsed; the submission counts as accepted.",
    )


def test_an_option_says_on_what_it_would_rest_or_which_rule_stands_in_the_way(stage: Stage):
    stage.do(*BEGUN)
    option = told(stage, NSA)["case.issue-determination.v1"]
    assert (option.allowed, option.authority, option.post) == (True, "EO14409:3(a)", "director")
    refused = told(stage, TREASURY)["case.issue-determination.v1"]
    assert (refused.allowed, refused.code, refused.rule) == (False, "not-the-final-authority", "EO14409:3(a)")
    assert told(stage, NSA_ANALYST)["case.issue-determination.v1"].code == "post-not-held"


def test_a_delegation_makes_possible_what_a_post_is_needed_for_and_is_named(stage: Stage):
    stage.do(*WITH_ACCESS, (ask.propose, TREASURY))
    assert told(stage, TREASURY_ANALYST)["case.file-assessment.v1"].code == "post-not-held"
    stage.do((ask.grant, TREASURY))
    option = told(stage, TREASURY_ANALYST)["case.file-assessment.v1"]
    assert (option.allowed, option.delegation, option.post) == (True, DELEGATION, "assessment-lead")
    assert told(stage, TREASURY)["case.file-assessment.v1"].code == "separate-persons"
    stage.do((ask.revoke, TREASURY))
    assert not told(stage, TREASURY_ANALYST)["case.file-assessment.v1"].allowed


def test_a_consultation_may_be_opened_on_a_case_and_answered_where_it_is(stage: Stage):
    stage.do(*BEGUN)
    assert "consultation.open.v1" in allowed(stage, NSA)
    assert "consultation.open.v1" not in allowed(stage, GAO)
    stage.do((ask.consult, NSA))
    stream = f"consultation-{CONSULTATION}"
    assert {"consultation.answer.v1", "consultation.decline.v1"} <= allowed(stage, DHS, stream)
    assert "consultation.close.v1" in allowed(stage, NSA, stream)
    assert told(stage, TREASURY, stream)["consultation.decline.v1"].code == "not-asked"


def test_a_returned_submission_may_be_offered_again_and_one_that_stands_may_not(stage: Stage):
    stage.do((ask.submit, DEVELOPER))
    assert told(stage, DEVELOPER)["case.submit.v1"].code == "case-open"
    stage.do((ask.give_back, SECRETARIAT))
    assert "case.submit.v1" in allowed(stage, DEVELOPER)
    assert "case.submit.v1" not in allowed(stage, SECRETARIAT)


def test_a_hidden_case_gives_nothing_like_one_that_does_not_exist(stage: Stage):
    stage.do((ask.submit, DEVELOPER), marking=SECRET)
    absent = StreamId(f"case-{CaseId(CONSULTATION)}")
    for by in (GAO.cleared_for_nothing(), SECRETARIAT.cleared_for_nothing(), RIVAL):
        assert told(stage, by) == told(stage, by, absent) == {}
    assert told(stage, GAO) != {}


def test_a_participant_is_told_nothing_about_another(stage: Stage):
    own, others = f"participant-{DEVELOPER.participant}", f"participant-{RIVAL.participant}"
    assert "participant.withdraw.v1" in allowed(stage, DEVELOPER, own)
    assert told(stage, DEVELOPER, others) == {}
    assert allowed(stage, STRANGER, f"participant-{STRANGER.participant}") == {"participant.enrol.v1"}


def judged(ledger: Ledger, asked: Asked, option: Option, stream: StreamId) -> None:
    """Raises Refused where the rules would not even look at the body."""
    command = next(
        c
        for c in (*rules.commands_on(stream.partition("-")[0]), OpenConsultation)
        if rules.type_of(c) == option.command
    )
    about = StreamId("consultation-new") if command is OpenConsultation else stream
    question = replace(asked, delegation=option.delegation)
    known = ledger.load(about, lambda seen: rules.reads_of_offer(command, about, question, seen))
    rules.offered(command, about, question, {name: each.state for name, each in known.items()})


@given(st.data())
@settings(max_examples=10)
def test_what_is_allowed_is_not_refused_by_the_rules_and_the_rest_is(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
):
    made = on_stage(tmp_path_factory.mktemp("options"))
    try:
        acts = (*ASSESSED, (ask.consult, NSA), (ask.grant, TREASURY), (ask.determine, NSA), (ask.withdraw, DEVELOPER))
        made.do(*acts[: data.draw(st.integers(1, len(acts)))])
        made.now += data.draw(st.sampled_from([0, 1, 20, 40])) * DAY
        for by in ALL:
            who = principal(by)
            asked = Asked(
                taken_in_at=made.now,
                recorded_at=made.now,
                by=by.actor,
                person=by.person,
                clearance=by.clearance,
                marking="",
            )
            for option in options(made.ledger, OF_CASE, who, made.now):
                if option.allowed:
                    judged(made.ledger, asked, option, OF_CASE)
                else:
                    with pytest.raises(Refused) as refused:
                        judged(made.ledger, asked, option, OF_CASE)
                    assert refused.value.told() == (option.code, option.sentence)
    finally:
        made.recorder.close()
        made.store.close()
