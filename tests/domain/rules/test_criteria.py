"""Criteria are everybody's, change only after a notice, and a walk through them always ends."""

from datetime import date

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from domain.events.consultation import ConsultationOpened, SubjectKind
from domain.events.criteria import Factor, Pointer, Step
from domain.rules.criteria import Answered, walk
from tests.domain.cast import NSA, NSA_ANALYST, TREASURY
from tests.domain.given import DAY, NOON, given, world
from tests.domain.requests import but
from tests.domain.streams.criteria import (
    ASK,
    changed,
    changed_criteria,
    exploits,
    leads_to,
    made_public,
    publish_criteria,
    published_criteria,
    scale,
)
from tests.domain.streams.standard import ask_about_threshold, cites


def test_nsa_publishes_criteria_that_hold_from_the_day_they_name() -> None:
    given().when(publish_criteria, by=NSA_ANALYST).then(published_criteria)
    given().when(publish_criteria, by=TREASURY).then_refused("not-your-act")


def test_a_change_takes_effect_after_the_notice_to_oversight() -> None:
    given(made_public).when(changed, by=NSA).then(changed_criteria)
    given(made_public).when(but(changed, effective_on=date(2026, 8, 6)), by=NSA).events()
    given(made_public).when(but(changed, effective_on=date(2026, 8, 5)), by=NSA).then_refused("notice-too-short")


def test_criteria_are_not_published_for_the_past_nor_before_the_version_before_them() -> None:
    given().when(but(publish_criteria, effective_on=date(2026, 7, 5)), by=NSA).then_refused("date-in-past")
    given(made_public).when(but(changed, version=3), by=NSA).then_refused("version-gap")
    third = but(changed, version=3)
    given(made_public, changed_criteria).when(third, by=NSA, at=NOON + 20 * DAY).then_refused("version-gap")


@pytest.mark.parametrize("marking", ["CUI", "UNCLASSIFIED//TLP:GREEN"])
def test_what_is_not_everybodys_is_no_criterion(marking: str) -> None:
    given().when(publish_criteria, by=NSA, marking=marking).then_refused("criteria-not-public")


@pytest.mark.parametrize(
    "factors",
    [
        (exploits, exploits, scale),
        (exploits,),
        (but(exploits, no=leads_to("exploits")), scale),
        (but(exploits, no=Step(factor="scale", pointer=Pointer.ASK)), scale),
        (but(exploits, no=Step(factor=None, pointer=None)), scale),
    ],
    ids=["twice", "nowhere", "to itself", "two ways", "no way"],
)
def test_each_answer_leads_down_or_to_an_end(factors: tuple[object, ...]) -> None:
    given().when(but(publish_criteria, factors=factors), by=NSA).then_refused("criteria-form")


def test_the_same_version_says_one_thing() -> None:
    given(made_public).when(but(publish_criteria, withheld_count=0), by=NSA).then_refused("exists")


def test_they_rest_on_a_consultation_about_them_or_say_why_there_was_none() -> None:
    given().when(but(publish_criteria, no_consultation_because=None), by=NSA).then_refused("consultation-unclear")
    known = world()
    asks = but(ask_about_threshold, kind=SubjectKind.CRITERIA, reference=cites(publish_criteria.code))
    (opened,) = known.act(asks, by=NSA)
    assert isinstance(opened.event, ConsultationOpened)
    consulted = but(publish_criteria, no_consultation_because=None, consultation=asks.consultation_id)
    (made,) = known.asking(consulted, by=NSA).events()
    assert made.consultation == asks.consultation_id  # type: ignore[union-attr]
    known.asking(but(consulted, version=2), by=NSA).then_refused("version-gap")
    other = world()
    other.act(ask_about_threshold, by=NSA)
    other.asking(consulted, by=NSA).then_refused("reference-unknown")


def test_a_walk_tells_the_way_it_took() -> None:
    taken, pointer = walk(published_criteria.factors, {"exploits": Answered.NO, "scale": Answered.NO})
    assert ([each.factor.code for each in taken], pointer) == (["exploits", "scale"], Pointer.UNLIKELY)
    taken, pointer = walk(published_criteria.factors, {"scale": Answered.NO})
    assert ([each.answered for each in taken], pointer) == ([Answered.UNKNOWN, Answered.NO], Pointer.UNLIKELY)
    assert walk(published_criteria.factors, {"exploits": Answered.YES})[1] is Pointer.LIKELY


@st.composite
def some_criteria(draw: st.DrawFn) -> tuple[Factor, ...]:
    """Factors of any shape that the rules let through."""
    codes = [f"f{number}" for number in range(draw(st.integers(1, 12)))]

    def step(number: int) -> Step:
        ahead = codes[number + 1 :]
        down = [st.sampled_from(ahead).map(leads_to)] if ahead else []
        return draw(st.one_of(st.sampled_from(Pointer).map(lambda p: Step(factor=None, pointer=p)), *down))

    factors = tuple(
        but(scale, code=code, yes=step(number), no=step(number), unknown=step(number))
        for number, code in enumerate(codes)
    )
    assert given().when(but(publish_criteria, factors=factors), by=NSA).events()
    return factors


@drawn(some_criteria(), st.dictionaries(st.from_regex("f[0-9]", fullmatch=True), st.sampled_from(Answered)))
def test_every_walk_ends_and_what_is_not_on_the_way_changes_nothing(
    factors: tuple[Factor, ...], answers: dict[str, Answered]
) -> None:
    taken, pointer = walk(factors, answers)
    on_the_way = {each.factor.code for each in taken}
    assert len(on_the_way) == len(taken)
    needed = {code: answer for code, answer in answers.items() if code in on_the_way}
    assert walk(factors, needed) == (taken, pointer)


def test_an_end_is_no_factor() -> None:
    assert ASK.factor is None
