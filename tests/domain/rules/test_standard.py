"""A text is in force when every office that has to sign has signed it; what cites it is held against it."""

from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from domain.commands.record import PublishPolicy
from domain.commands.standard import AdoptStandard, ProposeStandard, SignOffStandard, WithholdSignOffStandard
from domain.errors import Refused
from domain.events.case import AssessmentProposed, DeterminationIssued
from domain.events.consultation import ConsultationOpened, SubjectKind
from domain.events.standard import StandardAdopted, StandardProposed, StandardSignedOff, StandardSuperseded
from domain.events.threshold import ThresholdDetermined, ThresholdSuperseded
from domain.values import Cited, Digest, OfficeCode, PolicyCode
from tests.domain.cast import DEVELOPER, DHS, DOD, LEADS, NSA, NSA_ANALYST, ONCD, SECRETARIAT, TREASURY
from tests.domain.facts import under_way
from tests.domain.given import DAY, NOON, given, on, world
from tests.domain.requests import accept_framework, but, determine, propose
from tests.domain.streams.standard import (
    ALL_FIVE,
    BODY,
    CODE,
    FRAME,
    LINE,
    OTHER_BODY,
    Facts,
    adopt_standard,
    adopted_framework,
    adopted_standard,
    ask_about_threshold,
    cites,
    determine_threshold,
    framework_signatures,
    in_force,
    propose_standard,
    proposed_framework,
    proposed_standard,
    sign_standard,
    signatures,
    superseding,
    threshold_determined,
    withheld_signature,
    withhold_standard,
)

CHECKED = Cited(id=CODE, version=1, digest=BODY, checked=True)


def test_all_five_offices_sign_unless_the_policy_says_otherwise() -> None:
    given().when(propose_standard, by=DOD).then(
        but(proposed_standard, proposed_by=OfficeCode("dod")),
    )


def test_another_text_of_the_same_version_voids_what_was_signed() -> None:
    told = given(proposed_standard, *signatures[:2]).when(but(propose_standard, digest=OTHER_BODY), by=NSA)
    (again,) = told.events()
    assert isinstance(again, StandardProposed)
    assert again.voided == ALL_FIVE[:2]


def test_a_voided_signature_does_not_count() -> None:
    given(proposed_standard, *signatures, but(proposed_standard, digest=OTHER_BODY, voided=ALL_FIVE)).when(
        but(adopt_standard, digest=OTHER_BODY), by=NSA
    ).then_refused("sign-off-missing")


def test_nobody_signs_a_text_that_is_not_the_one_proposed() -> None:
    given(proposed_standard).when(but(sign_standard, digest=OTHER_BODY), by=NSA).then_refused("reference-differs")


def test_who_withheld_may_sign_and_who_signed_may_withhold_until_it_is_adopted() -> None:
    given(proposed_standard, withheld_signature).when(sign_standard, by=DHS).then(
        StandardSignedOff(code=CODE, version=1, digest=BODY, office=DHS.office)
    )
    signed_then_withheld = (proposed_standard, *signatures, withheld_signature)
    given(*signed_then_withheld).when(adopt_standard, by=NSA).then_refused("sign-off-missing")


def test_what_is_adopted_supersedes_what_was_in_force() -> None:
    second = but(proposed_standard, version=2, digest=OTHER_BODY)
    signed = [StandardSignedOff(code=CODE, version=2, digest=OTHER_BODY, office=office) for office in ALL_FIVE]
    given(*in_force, second, *signed).when(but(adopt_standard, version=2, digest=OTHER_BODY), by=NSA).then(
        superseding, StandardSuperseded(code=CODE, version=1, superseded_by=2)
    )


def test_an_office_that_may_not_see_a_standard_is_told_that_there_is_none() -> None:
    hidden = on(NOON, proposed_standard, marking="SECRET")
    for asks in (sign_standard, withhold_standard, adopt_standard, propose_standard):
        given(hidden).when(asks, by=DHS.cleared_for_nothing()).then_refused("not-cleared", told="not-found")


def test_nsa_alone_determines_a_threshold_and_through_its_director() -> None:
    given().when(determine_threshold, by=TREASURY).then_refused("not-the-final-authority")
    given().when(determine_threshold, by=NSA_ANALYST).then_refused("post-not-held")
    given().when(determine_threshold, by=NSA).then(threshold_determined)


def test_a_threshold_is_determined_after_consultation_about_it_and_supersedes_the_one_before() -> None:
    known = world(threshold_determined)
    (opened,) = known.act(ask_about_threshold, by=NSA)
    assert isinstance(opened.event, ConsultationOpened)
    second = but(
        determine_threshold,
        version=2,
        digest=OTHER_BODY,
        consultation=ask_about_threshold.consultation_id,
        no_consultation_because=None,
    )
    first, gone = known.act(second, by=NSA, at=NOON + DAY)
    assert isinstance(first.event, ThresholdDetermined)
    assert first.event.supersedes == 1
    assert gone.event == ThresholdSuperseded(code=LINE, version=1, superseded_by=2)
    with pytest.raises(Refused, match="reference-unknown"):
        known.act(but(second, version=3, digest=BODY), by=NSA, at=NOON + DAY)


def test_a_threshold_rests_on_a_consultation_or_says_why_there_was_none() -> None:
    given().when(but(determine_threshold, no_consultation_because=None), by=NSA).then_refused("consultation-unclear")


# What cites it


def test_an_assessment_is_held_against_the_standard_in_force() -> None:
    (made,) = given(*under_way, *in_force).when(but(propose, standard=cites()), by=TREASURY).events()
    assert isinstance(made, AssessmentProposed)
    assert made.standard == CHECKED


@pytest.mark.parametrize("facts", [(), (on(NOON, proposed_standard, marking="SECRET"),)], ids=["unknown", "hidden"])
def test_what_is_unknown_to_the_actor_is_kept_as_given(facts: Facts) -> None:
    by = TREASURY.cleared_for_nothing()
    (made,) = given(*under_way, *facts).when(but(propose, standard=cites()), by=by).events()
    assert isinstance(made, AssessmentProposed)
    assert made.standard == but(CHECKED, checked=False)


def test_a_proposal_is_no_standard_yet() -> None:
    given(*under_way, proposed_standard).when(but(propose, standard=cites()), by=TREASURY).then_refused(
        "version-not-in-force"
    )


def test_a_determination_that_was_made_is_made_whatever_comes_later() -> None:
    asks = but(determine, standard=cites(), threshold=cites(LINE))
    known = world(*under_way, *in_force, threshold_determined)
    (made,) = known.act(asks, by=NSA)
    assert isinstance(made.event, DeterminationIssued)
    assert (made.event.standard.checked, made.event.threshold.checked) == (True, True)
    known.record([superseding])
    assert known.act(asks, by=NSA, at=NOON + DAY) == [], "asked for again"
    assert known.state(made.stream).in_force == asks.determination_id


def test_a_participant_accepts_the_version_of_the_framework_that_is_in_force() -> None:
    framework = (proposed_framework, *framework_signatures, adopted_framework)
    asks = but(accept_framework, framework=cites(FRAME))
    (made,) = given(*framework).when(asks, by=DEVELOPER).events()
    assert made.framework.checked  # type: ignore[union-attr]


def test_a_question_may_be_about_what_is_only_proposed() -> None:
    asks = but(ask_about_threshold, kind=SubjectKind.STANDARD, reference=cites())
    (opened,) = given(proposed_standard).when(asks, by=NSA).events()
    assert isinstance(opened, ConsultationOpened)
    assert opened.subject.reference == CHECKED


def test_a_version_that_somebody_may_not_see_supersedes_nothing_for_them() -> None:
    hidden = on(NOON, superseding, marking="SECRET")
    asks = but(determine, standard=cites())
    unseeing = NSA.cleared_for_nothing()
    (made,) = given(*under_way, *in_force, hidden).when(asks, by=unseeing).events()
    assert isinstance(made, DeterminationIssued)
    assert made.standard == CHECKED
    given(*under_way, *in_force, hidden).when(asks, by=NSA).then_refused("version-not-in-force")
    of_hidden = but(asks, standard=cites(version=2, digest=OTHER_BODY))
    given(*under_way, *in_force, hidden).when(of_hidden, by=unseeing).then_refused("version-not-in-force")


def test_what_was_taken_in_before_a_version_came_into_force_is_not_late() -> None:
    later = on(NOON + DAY, superseding)
    asks = but(determine, standard=cites())
    assert given(*under_way, *in_force, later).when(asks, by=NSA, at=NOON, recorded_at=NOON + 2 * DAY).events()
    given(*under_way, *in_force, later).when(asks, by=NSA, at=NOON + 2 * DAY).then_refused("version-not-in-force")


def test_a_participant_does_not_accept_what_is_only_proposed() -> None:
    given(proposed_framework).when(but(accept_framework, framework=cites(FRAME)), by=DEVELOPER).then_refused(
        "version-not-in-force"
    )


def test_the_office_that_proposed_a_text_replaces_it_and_puts_it_in_force() -> None:
    given(proposed_standard).when(but(propose_standard, digest=OTHER_BODY), by=DOD).then_refused("not-your-act")
    given(proposed_standard, *signatures).when(adopt_standard, by=DOD).then_refused("not-your-act")


def test_the_same_digest_does_not_stand_for_another_title() -> None:
    other = "Another title (invented)"
    given(proposed_standard).when(but(propose_standard, title=other), by=NSA).then_refused("exists")
    given(*in_force).when(but(propose_standard, title=other), by=NSA).then_refused("exists")
    given(threshold_determined).when(but(determine_threshold, title=other), by=NSA).then_refused("exists")
    because = but(determine_threshold, no_consultation_because="Another reason.")
    given(threshold_determined).when(because, by=NSA).then_refused("exists")


def test_a_question_about_another_text_of_a_version_is_refused() -> None:
    asks = but(ask_about_threshold, kind=SubjectKind.STANDARD, reference=cites(digest=OTHER_BODY))
    given(proposed_standard).when(asks, by=NSA).then_refused("reference-differs")
    hidden = on(NOON, proposed_standard, marking="SECRET")
    (opened,) = given(hidden).when(asks, by=NSA.cleared_for_nothing()).events()
    assert isinstance(opened, ConsultationOpened)
    assert opened.subject.reference is not None
    assert not opened.subject.reference.checked


def test_the_three_offices_of_the_order_always_sign() -> None:
    alone = PublishPolicy(
        policy=PolicyCode("SIGNOFF-BRIEF"),
        policy_version=2,
        title="One office signs",
        kind="sign-off",
        columns=("office",),
        rows=(("commerce",),),
    )
    given().when(alone, by=SECRETARIAT).then_refused("policy-table")


# Laws

STEP = st.tuples(
    st.sampled_from(["propose", "sign", "withhold", "adopt"]),
    st.sampled_from(LEADS),
    st.sampled_from([BODY, OTHER_BODY]),
)


@drawn(st.lists(STEP, max_size=40))
def test_what_is_adopted_was_signed_by_everybody_on_this_text_and_one_version_is_in_force(steps: list[Any]) -> None:
    known = world()
    signed: dict[int, dict[str, Digest | None]] = {}
    for number, (what, who, digest) in enumerate(steps):
        version = known.state(f"standard-{CODE}").next_version
        asks = {
            "propose": but(propose_standard, version=version, digest=digest),
            "sign": but(sign_standard, version=version, digest=digest),
            "withhold": but(withhold_standard, version=version, digest=digest),
            "adopt": but(adopt_standard, version=version, digest=digest),
        }[what]
        assert isinstance(asks, ProposeStandard | SignOffStandard | WithholdSignOffStandard | AdoptStandard)
        try:
            events = [each.event for each in known.act(asks, by=who, called=str(number))]
        except Refused:
            continue
        marks = signed.setdefault(version, {})
        for event in events:
            if isinstance(event, StandardProposed):
                assert set(event.voided) == {office for office, on_what in marks.items() if on_what}
                marks.clear()
            if what in {"sign", "withhold"}:
                marks[who.office] = digest if what == "sign" else None
            if isinstance(event, StandardAdopted):
                assert marks == dict.fromkeys(ALL_FIVE, digest)
                state = known.state(f"standard-{CODE}")
                assert state.in_force(NOON, lambda _: True) == state.versions[-1]


def test_only_offices_that_lead_sign() -> None:
    given(proposed_standard).when(sign_standard, by=ONCD).then_refused("not-your-act")


def test_what_is_adopted_stays_adopted() -> None:
    given(*in_force).when(sign_standard, by=LEADS[0]).then()
    given(*in_force).when(adopt_standard, by=LEADS[0]).then()
    assert adopted_standard.supersedes is None
