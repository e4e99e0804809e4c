"""What may be said of an event that was recorded, by whom, and that nothing else follows from it."""

import pytest

from domain.commands.record import RecordCommand
from domain.errors import Refused
from domain.events.record import ChallengeAnswered, ChallengeOutcome, HoldPlaced, HoldReleased, MarkingChallenged
from domain.rules import marked
from domain.rules.stream import members
from domain.values import ChallengeId, record_id
from tests.domain.cast import DHS, GAO, NSA, OPERATOR, SECRETARIAT, TREASURY, named
from tests.domain.given import BEFORE, given, on
from tests.domain.requests import but
from tests.domain.streams import record

SAID = {each.command.type: each for each in record.ONCE}
CUI = on(BEFORE, record.asked_for.event, by=DHS, marking="CUI")


def test_whoever_recorded_an_event_says_what_is_wrong_in_it() -> None:
    given(record.asked_for).when(record.erratum, by=DHS).then(record.filed)
    given(record.asked_for).when(record.erratum, by=TREASURY).then_refused("not-your-act")
    given(record.asked_for).when(record.erratum, by=SECRETARIAT).then_refused("not-your-act")


def test_the_secretariat_answers_for_what_no_office_recorded() -> None:
    by_operator = on(BEFORE, record.asked_for.event, by=OPERATOR)
    assert given(by_operator).when(record.erratum, by=OPERATOR).events()
    assert given(by_operator).when(record.erratum, by=SECRETARIAT).events()
    given(by_operator).when(record.erratum, by=DHS).then_refused("not-your-act")


def test_an_event_that_may_not_be_seen_is_as_one_that_is_not_there() -> None:
    for said in record.ONCE:
        cleared, uncleared = said.by, said.by.cleared_for_nothing()
        given(CUI).when(said.command, by=uncleared, marking="CUI").then_refused("not-cleared", told="not-found")
        given().when(said.command, by=cleared, marking="CUI").then_refused("not-found")
        given(record.asked_for).when(said.command, by=OPERATOR).then_refused(
            "not-your-act" if said.command.type in ONLY_OFFICES else "not-cleared",
            told="not-your-act" if said.command.type in ONLY_OFFICES else "not-found",
        )


DESTROYS = ("propose-destruction", "destroy-payload")
ONLY_OFFICES = {f"record.{each}.v1" for each in ("answer-challenge", "place-hold", "release-hold", *DESTROYS)}


def test_a_refusal_is_marked_as_the_event_that_it_is_about() -> None:
    asking = given(CUI).when(record.erratum, by=DHS)
    asking.then_refused("marking-too-low")
    assert marked(asking.command, asking.asked, asking.world.read(asking.command, asking.asked)) == "CUI"
    hidden = given(CUI).when(record.erratum, by=OPERATOR)
    assert marked(hidden.command, hidden.asked, hidden.world.read(hidden.command, hidden.asked)) is None


def test_a_place_where_nothing_stands_names_no_event() -> None:
    for said in record.ONCE:
        beyond = but(said.command, version=9)
        given(*said.facts).when(beyond, by=said.by).then_refused("not-found")


def test_a_marking_is_challenged_and_answered_by_the_office_that_marked() -> None:
    asked = given(record.asked_for)
    asked.when(record.challenge, by=TREASURY).then(record.challenged.event)
    asked.when(but(record.challenge, proposed="UNCLASSIFIED"), by=TREASURY).then_refused("marking-unfit")
    challenged = given(record.asked_for, record.challenged)
    challenged.when(but(record.challenge, proposed="CUI//SP-CTI"), by=TREASURY).then_refused("id-used")
    challenged.when(record.challenge, by=NSA).then_refused("id-used")
    challenged.when(record.answer, by=DHS).then(record.answered.event)
    challenged.when(record.answer, by=TREASURY).then_refused("not-your-act")
    unknown = but(record.answer, challenge_id=ChallengeId(named("record", "other")))
    challenged.when(unknown, by=DHS).then_refused("reference-unknown")
    change = but(record.answer, outcome=ChallengeOutcome.TO_CHANGE)
    challenged.when(change, by=DHS).then_refused("answer-unclear")
    challenged.when(but(record.answer, handled_as="CUI"), by=DHS).then_refused("answer-unclear")
    challenged.when(but(change, handled_as="UNCLASSIFIED"), by=DHS).then_refused("marking-unfit")
    (changed,) = challenged.when(but(change, handled_as="CUI"), by=DHS).events()
    assert isinstance(changed, ChallengeAnswered)
    assert changed.handled_as == "CUI"


def test_a_hold_is_ended_by_whoever_placed_it_and_by_nobody_else() -> None:
    given(record.asked_for).when(record.hold, by=GAO).then(record.held.event)
    held = given(record.asked_for, record.held)
    held.when(record.hold, by=TREASURY).then_refused("id-used")
    held.when(record.release, by=TREASURY).then_refused("not-your-act")
    held.when(record.release, by=GAO).then(record.released.event)
    assert isinstance(record.held.event, HoldPlaced)
    assert isinstance(record.released.event, HoldReleased)
    stream = f"record-{record_id(record.event.stream, record.event.version)}"
    assert held.world.state(stream).lasting
    over = given(record.asked_for, record.held, record.released)
    assert not over.world.state(stream).lasting
    over.when(record.release, by=GAO).then()
    over.when(record.hold, by=GAO).then_refused("id-used")


def test_what_is_said_of_an_event_changes_no_other_state() -> None:
    said = (record.asked_for, record.filed, record.challenged, record.answered, record.held)
    before, after = given(record.asked_for).world.states, given(*said).world.states
    own = f"record-{record_id(record.event.stream, record.event.version)}"
    assert {name: state for name, state in after.items() if name != own} == before


def test_something_may_be_said_of_what_was_said() -> None:
    told = given(record.asked_for, record.challenged).world.log[-1]
    assert isinstance(told.event, MarkingChallenged)
    further = but(record.erratum, stream=told.stream, version=told.version)
    (filed,) = given(record.asked_for, record.challenged).when(further, by=TREASURY).events()
    assert filed.about.type == "record.marking-challenged.v1"  # type: ignore[union-attr]


@pytest.mark.parametrize("command", members(RecordCommand), ids=lambda cls: cls.__name__)
def test_without_the_event_nothing_can_be_said(command: type[RecordCommand]) -> None:
    said = SAID[command.__dataclass_fields__["type"].default]
    with pytest.raises(Refused, match="not-found"):
        given().when(said.command, by=said.by).events()
