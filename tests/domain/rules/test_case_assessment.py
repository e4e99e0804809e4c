"""What offices find out, ask, share and say of a model."""

from domain.events.case import AssessmentProposed, Side
from domain.values import AssessmentId
from tests.domain.cast import DEVELOPER, DHS, ONCD, TREASURY, TREASURY_ANALYST, named
from tests.domain.facts import (
    ASSESSMENT,
    CEILING,
    DETERMINATION,
    assessed,
    case_closed,
    concern_conveyed,
    determined,
    dissented,
    evidence,
    filed,
    in_access,
    information_declined,
    information_provided,
    information_requested,
    not_shared,
    offered,
    partner_not_agreed,
    partner_proposed,
    partner_selected,
    proposed,
    shared,
    under_way,
    withdrawn,
)
from tests.domain.given import BEFORE, MINUTE, given, on, world
from tests.domain.requests import (
    but,
    convey,
    decline,
    disagree_partner,
    dissent,
    file,
    keep,
    propose,
    propose_partner,
    provide,
    request_information,
    select_partner,
    share,
)

BY_ANALYST = but(proposed, author=TREASURY_ANALYST.id)
SECOND = AssessmentId(named("assessment", "second"))


def test_a_person_of_an_office_writes_an_assessment() -> None:
    given(*in_access).when(propose, by=TREASURY_ANALYST).then(BY_ANALYST)
    given(*offered).when(propose, by=TREASURY_ANALYST).then_refused("not-accepted")


def test_an_assessment_that_says_something_else_needs_another_id() -> None:
    given(*in_access, BY_ANALYST).when(propose, by=TREASURY_ANALYST).then()
    given(*in_access, BY_ANALYST).when(propose, by=DHS).then_refused("id-used")
    worse = but(propose, severity="9.9")
    given(*in_access, BY_ANALYST).when(worse, by=TREASURY_ANALYST).then_refused("id-used")
    more = but(propose, evidence=(evidence,))
    given(*in_access, BY_ANALYST).when(more, by=TREASURY_ANALYST).then_refused("id-used")


def test_another_person_files_it_for_the_office() -> None:
    known = world(*in_access, BY_ANALYST)
    proposal = next(r.id for r in known.log if isinstance(r.event, AssessmentProposed))
    known.asking(file, by=TREASURY).then(but(filed, proposed_in=proposal))


def test_nobody_files_what_they_wrote() -> None:
    own = but(proposed, author=TREASURY.id)
    given(*in_access, own).when(file, by=TREASURY).then_refused("separate-persons")


def test_nobody_files_for_another_office() -> None:
    given(*in_access, proposed).when(file, by=DHS).then_refused("not-your-assessment")
    given(*in_access).when(file, by=TREASURY).then_refused("reference-unknown")


def test_what_is_filed_after_the_window_is_accepted_and_marked_late() -> None:
    (in_time,) = given(*in_access, proposed).when(file, by=TREASURY, at=CEILING - MINUTE).events()
    (too_late,) = given(*in_access, proposed).when(file, by=TREASURY, at=CEILING).events()
    assert (in_time.late, too_late.late) == (False, True)  # type: ignore[union-attr]


def test_timeliness_is_judged_by_when_it_was_taken_in() -> None:
    asked = given(*in_access, proposed).when(file, by=TREASURY, at=CEILING - MINUTE, recorded_at=CEILING + MINUTE)
    assert not asked.events()[0].late  # type: ignore[union-attr]


def test_a_newer_filing_of_the_office_supersedes_the_older_one() -> None:
    newer = but(proposed, assessment_id=SECOND)
    (made,) = given(*assessed, newer).when(but(file, assessment_id=SECOND), by=TREASURY).events()
    assert made.supersedes == ASSESSMENT  # type: ignore[union-attr]


def test_there_is_no_assessment_after_a_withdrawal_or_of_a_closed_case() -> None:
    given(*in_access, proposed, withdrawn).when(file, by=TREASURY).then_refused("case-withdrawn")
    given(*under_way, case_closed).when(propose, by=TREASURY).then_refused("case-closed")


def test_an_office_shares_its_assessment_or_says_why_not() -> None:
    given(*assessed).when(share, by=TREASURY).then(shared)
    given(*assessed).when(keep, by=TREASURY).then(not_shared)
    given(*assessed, not_shared).when(but(share, shared_with="researchers"), by=TREASURY).then(
        but(shared, shared_with="researchers")
    )


def test_only_what_is_filed_is_shared_and_only_by_its_office() -> None:
    given(*in_access, proposed).when(share, by=TREASURY).then_refused("assessment-not-filed")
    given(*assessed).when(share, by=DHS).then_refused("not-your-assessment")


def test_an_office_asks_and_the_developer_answers_or_declines() -> None:
    given(*under_way).when(request_information, by=TREASURY).then(information_requested)
    given(*under_way, information_requested).when(provide, by=DEVELOPER).then(information_provided)
    given(*under_way, information_requested).when(decline, by=DEVELOPER).then(information_declined)
    given(*under_way).when(provide, by=DEVELOPER).then_refused("reference-unknown")


def test_what_was_declined_may_be_provided_later_and_not_the_other_way_round() -> None:
    declined = (*under_way, information_requested, information_declined)
    given(*declined).when(provide, by=DEVELOPER).then(information_provided)
    given(*declined, information_provided).when(decline, by=DEVELOPER).then_refused("request-answered")


def test_more_may_be_provided_than_was_at_first() -> None:
    provided = (*under_way, information_requested, information_provided)
    given(*provided).when(provide, by=DEVELOPER).then()
    more = but(provide, evidence=(evidence,))
    given(*provided).when(more, by=DEVELOPER).then(but(information_provided, evidence=(evidence,)))


def test_one_id_is_one_request_of_one_office() -> None:
    given(*under_way, information_requested).when(request_information, by=DHS).then_refused("id-used")


def test_an_office_conveys_a_concern_that_binds_nobody() -> None:
    given(*under_way).when(convey, by=TREASURY).then(concern_conveyed)
    given(*under_way).when(convey, by=ONCD).then(but(concern_conveyed, office=ONCD.office))
    given(*under_way, withdrawn).when(convey, by=TREASURY).then_refused("case-withdrawn")


def test_a_concern_of_another_office_under_the_same_id_is_not_lost_in_silence() -> None:
    given(*under_way, concern_conveyed).when(convey, by=DHS).then_refused("id-used")


def test_any_office_dissents_in_every_state() -> None:
    for facts in (offered, under_way, (*under_way, withdrawn), (*under_way, case_closed)):
        given(*facts).when(dissent, by=ONCD).then(but(dissented, office=ONCD.office))


def test_dissent_may_be_about_a_determination_that_there_is() -> None:
    about = but(dissent, about=DETERMINATION)
    given(*under_way, determined).when(about, by=TREASURY).then(but(dissented, about=DETERMINATION))
    given(*under_way).when(about, by=TREASURY).then_refused("reference-unknown")


def test_dissent_of_another_office_under_the_same_id_is_not_lost_in_silence() -> None:
    given(*under_way, dissented).when(dissent, by=TREASURY).then()
    given(*under_way, dissented).when(dissent, by=DHS).then_refused("id-used")


def test_developer_and_government_select_a_trusted_partner_together() -> None:
    given(*under_way).when(propose_partner, by=DEVELOPER).then(partner_proposed)
    given(*under_way).when(propose_partner, by=DHS).then(but(partner_proposed, proposed_by=Side.GOVERNMENT))
    given(*under_way, partner_proposed).when(select_partner, by=DHS).then(partner_selected)
    given(*under_way, partner_proposed).when(disagree_partner, by=DHS).then(partner_not_agreed)


def test_a_proposal_is_answered_under_a_marking_that_keeps_what_it_says() -> None:
    hidden = on(BEFORE, partner_proposed, by=DEVELOPER, marking="CUI")
    for answer in (select_partner, disagree_partner):
        given(*under_way, hidden).when(answer, by=DHS).then_refused("marking-too-low")
        unseeing = DHS.cleared_for_nothing()
        given(*under_way, hidden).when(answer, by=unseeing).then_refused("reference-unknown")
    given(*under_way, hidden).when(select_partner, by=DHS, marking="CUI").then(partner_selected)


def test_no_side_selects_what_it_proposed_itself() -> None:
    given(*under_way, partner_proposed).when(select_partner, by=DEVELOPER).then_refused("own-proposal")
    theirs = on(BEFORE, but(partner_proposed, proposed_by=Side.GOVERNMENT), by=DHS)
    given(*under_way, theirs).when(select_partner, by=TREASURY).then_refused("own-proposal")
    given(*under_way, theirs).when(select_partner, by=DEVELOPER).then(but(partner_selected, agreed_by=Side.DEVELOPER))


def test_a_selection_is_settled_once() -> None:
    settled = (*under_way, partner_proposed, partner_selected)
    given(*settled).when(select_partner, by=DHS).then()
    given(*settled).when(disagree_partner, by=DHS).then_refused("selection-settled")
    other = (*under_way, partner_proposed, partner_not_agreed)
    given(*other).when(select_partner, by=DHS).then_refused("selection-settled")
    given(*under_way).when(select_partner, by=DHS).then_refused("reference-unknown")
    given(*under_way, partner_proposed).when(but(propose_partner, partner="Else"), by=DEVELOPER).then_refused("id-used")
