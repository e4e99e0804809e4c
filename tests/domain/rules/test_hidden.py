"""A case that an actor may not see is answered like one that does not exist, whatever is asked of it."""

from typing import Any, get_args

import pytest

from domain.commands import CaseCommand, ConsultationCommand
from domain.commands.case import SubmitCase
from domain.commands.participant import WithdrawParticipant
from domain.errors import Refused
from domain.events.case import CaseSubmitted
from tests.domain import requests
from tests.domain.cast import CLOCK, DEVELOPER, DHS, GAO, NSA, NSA_LEAD, RIVAL, SECRETARIAT, TREASURY, Somebody
from tests.domain.facts import (
    CASE,
    SELECTION,
    asked_around,
    assessed,
    consulted,
    determined,
    information_requested,
    partner_proposed,
)
from tests.domain.given import BEFORE, World, given, on, world

SECRET = "SECRET//NOFORN"
EVERYTHING = (*assessed, *asked_around[3:], determined, information_requested, partner_proposed)
ASKED: dict[type[Any], Any] = {
    type(each): each
    for each in vars(requests).values()
    if isinstance(each, get_args(CaseCommand) + get_args(ConsultationCommand)) and not isinstance(each, SubmitCase)
}
SOMEBODY = (SECRETARIAT, TREASURY, NSA, NSA_LEAD, DHS, GAO, CLOCK, DEVELOPER, RIVAL)


def hidden() -> World:
    """The same life, marked so that few may see it."""
    marked = (on(BEFORE, each, marking=SECRET) if isinstance(each, CaseSubmitted) else each for each in EVERYTHING)
    return world(*(on(BEFORE, each, marking=SECRET) if each == consulted else each for each in marked))


def told(known: World, command: Any, by: Somebody) -> Any:
    try:
        return known.asking(command, by=by).events()
    except Refused as refused:
        return refused.told()


def test_every_command_on_a_case_or_consultation_is_asked_here() -> None:
    assert ASKED.keys() == {*get_args(CaseCommand), *get_args(ConsultationCommand)} - {SubmitCase}


@pytest.mark.parametrize("command", ASKED.values(), ids=lambda command: command.type)
def test_hidden_and_absent_are_told_the_same(command: Any) -> None:
    another = {"consultation_id": SELECTION} if command == requests.consult else {}
    question = requests.but(command, **another)  # the id of another consultation begins another one
    for somebody in SOMEBODY:
        for unseeing in (somebody.cleared_for_nothing(), somebody.needing("tasking", "case-elsewhere")):
            assert told(hidden(), question, unseeing) == told(world(), question, unseeing), somebody


@pytest.mark.parametrize("command", ASKED.values(), ids=lambda command: command.type)
def test_a_developer_learns_nothing_of_the_case_of_another(command: Any) -> None:
    assert told(world(*EVERYTHING), command, RIVAL) == told(world(), command, RIVAL)


def test_who_may_see_it_is_answered_in_full() -> None:
    known = hidden()
    assert told(known, requests.dissent, GAO) != told(known, requests.dissent, GAO.cleared_for_nothing())


def test_the_ground_is_kept_though_it_is_not_told() -> None:
    asked = given(on(BEFORE, EVERYTHING[0], marking=SECRET)).when(requests.dissent, by=GAO.cleared_for_nothing())
    asked.then_refused("not-cleared", told="not-found")


def test_who_needs_to_know_of_it_is_answered_in_full_and_of_no_other_clearance() -> None:
    of_it = GAO.needing(f"case-{CASE}")
    assert told(world(*EVERYTHING), requests.dissent, of_it) == told(world(*EVERYTHING), requests.dissent, GAO)
    unseeing = of_it.cleared_for_nothing()
    assert told(hidden(), requests.dissent, unseeing) == told(world(), requests.dissent, unseeing)


def test_what_follows_in_other_matters_follows_whoever_acts() -> None:
    """A participant leaves, and its cases with it: also by the hand of somebody who is not told of them."""
    confined = DEVELOPER.needing("tasking")
    leaving = WithdrawParticipant(participant=DEVELOPER.participant)
    assert told(world(*EVERYTHING), leaving, confined) == told(world(*EVERYTHING), leaving, DEVELOPER)


def test_the_developer_sees_its_own_case_as_it_marked_it() -> None:
    assert given(on(BEFORE, EVERYTHING[0], marking=SECRET)).when(requests.withdraw, by=DEVELOPER).events()
