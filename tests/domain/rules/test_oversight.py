"""Oversight asks, an office produces or withholds; nobody stands between them, and nobody else learns of it."""

from dataclasses import replace
from typing import Any

import pytest

from domain.errors import Refused
from domain.events.oversight import OversightClosed, OversightDuePassed, OversightProduced, OversightWithheld
from domain.values import InquiryId, ProductionId, StreamId, WithholdingId
from tests.domain.cast import (
    CLOCK,
    DEVELOPER,
    DHS,
    GAO,
    INSTALLATION,
    NSA,
    SECRETARIAT,
    TREASURY,
    named,
    of_office,
)
from tests.domain.facts import assessed, determined, in_access
from tests.domain.given import BEFORE, DAY, NOON, given, on
from tests.domain.once import Once
from tests.domain.requests import but
from tests.domain.rules.test_again import ONCE
from tests.domain.streams import oversight as told

INSPECTOR = of_office("ig-dhs")
ON_IT = [told.produce, told.withhold, told.close]


def test_an_overseer_asks_and_the_office_that_it_names_is_asked() -> None:
    given().when(told.request, by=GAO).then(told.opened.event)
    for other in (DHS, SECRETARIAT, DEVELOPER, CLOCK):
        given().when(told.request, by=other).then_refused("not-your-act")
    unknown = InquiryId(f"astrology-{named('inquiry', 'x')}")
    given().when(but(told.request, inquiry_id=unknown), by=GAO).then_refused("office-unknown")
    given().when(but(told.request, due_at=NOON), by=GAO).then_refused("due-in-past")
    given(told.opened).when(but(told.request, due_at=None), by=GAO).then_refused("id-used")


def test_the_office_that_was_asked_produces_and_withholds_as_often_as_it_takes() -> None:
    given(told.asked_for, told.opened).when(told.produce, by=DHS).then(told.produced.event)
    given(told.opened).when(told.withhold, by=DHS).then(told.withheld.event)
    so_far = given(told.asked_for, told.opened, told.produced, told.withheld)
    again = but(told.produce, production_id=ProductionId(named("production", "2")), complete=True)
    (second,) = so_far.when(again, by=DHS).events()
    assert isinstance(second, OversightProduced)
    assert second.complete
    so_far.when(but(told.produce, complete=True), by=DHS).then_refused("id-used")
    so_far.when(but(told.withhold, items=4), by=DHS).then_refused("id-used")
    more = but(told.withhold, withholding_id=WithholdingId(named("withholding", "2")), items=4)
    assert so_far.when(more, by=DHS).events()


def test_what_comes_after_its_time_is_kept_and_said_to_be_late() -> None:
    for command, facts in ((told.produce, (told.asked_for, told.opened)), (told.withhold, (told.opened,))):
        for at, late in ((told.DUE - DAY, False), (told.DUE, True)):
            (said,) = given(*facts).when(command, by=DHS, at=at).events()
            assert isinstance(said, OversightProduced | OversightWithheld)
            assert said.late is late
    (timeless,) = given(told.timeless).when(told.withhold, by=DHS, at=told.DUE).events()
    assert isinstance(timeless, OversightWithheld)
    assert not timeless.late
    assert given(told.opened, told.closed).when(told.withhold, by=DHS).events(), "also after it was closed"


def test_the_clock_says_once_that_the_time_passed_and_who_was_silent() -> None:
    given(told.opened).when(told.due, by=CLOCK).then_refused("due-not-passed")
    given(told.opened).when(told.due, by=CLOCK, at=told.DUE).then(told.passed.event)
    given(told.opened, told.passed).when(told.due, by=CLOCK, at=told.DUE).then()
    given(told.timeless).when(told.due, by=CLOCK, at=told.DUE).then_refused("due-not-passed")
    given(told.opened, told.closed).when(told.due, by=CLOCK, at=told.DUE).then_refused("due-not-passed")
    for said in (told.produced, told.withheld):
        (passed,) = given(told.opened, said).when(told.due, by=CLOCK, at=told.DUE).events()
        assert isinstance(passed, OversightDuePassed)
        assert not passed.silent
    late = on(told.DUE, but(told.produced.event, late=True), by=DHS)
    (passed,) = given(told.opened, late).when(told.due, by=CLOCK, at=told.DUE + DAY).events()
    assert isinstance(passed, OversightDuePassed)
    assert passed.silent, "what came late does not undo it"


def test_a_closed_request_counts_what_came_and_what_did_not() -> None:
    given(told.opened, told.produced, told.withheld).when(told.close, by=GAO).then(told.closed.event)
    (closed,) = given(told.opened).when(told.close, by=GAO).events()
    assert isinstance(closed, OversightClosed)
    assert (closed.productions, closed.items_withheld) == (0, 0)


@pytest.mark.parametrize("command", ON_IT, ids=lambda command: command.type)
def test_to_everybody_but_the_two_a_request_is_as_one_that_is_not_there(command: Any) -> None:
    for other in (INSPECTOR,) if command is told.close else (NSA, TREASURY, SECRETARIAT):
        asked = given(told.asked_for, told.opened).when(command, by=other)
        asked.then_refused("not-cleared", told="not-found")
        given(told.asked_for).when(command, by=other).then_refused("not-found")


def test_who_is_not_cleared_for_a_request_is_told_of_none() -> None:
    secret = on(BEFORE, told.opened.event, by=GAO, marking="SECRET")
    for command, by in ((told.withhold, DHS), (told.close, GAO)):
        given(secret).when(command, by=by.cleared_for_nothing()).then_refused("not-cleared", told="not-found")
    given(secret).when(told.request, by=GAO.cleared_for_nothing()).then_refused("not-cleared", told="not-found")
    given(told.opened).when(told.request, by=INSPECTOR).then_refused("not-cleared", told="not-found")


def test_what_an_office_may_not_see_it_cannot_produce_and_what_it_may_it_marks_so() -> None:
    hidden = on(BEFORE, told.asked_for.event, by=DHS, marking="CUI")
    given(hidden, told.opened).when(told.produce, by=DHS).then_refused("marking-too-low")
    assert given(hidden, told.opened).when(told.produce, by=DHS, marking="CUI").events()
    given(hidden, told.opened).when(told.produce, by=DHS.cleared_for_nothing()).then_refused("reference-unknown")
    given(told.opened).when(told.produce, by=DHS).then_refused("reference-unknown")
    of_another = on(
        BEFORE,
        but(told.opened.event, inquiry_id=InquiryId(f"nsa-{named('inquiry', 'y')}"), office=NSA.office),
    )
    place = replace(told.produce.events[0], stream=StreamId(f"oversight-nsa-{named('inquiry', 'y')}"), version=1)
    asked = given(told.opened, of_another).when(but(told.produce, events=(place,)), by=DHS)
    asked.then_refused("reference-unknown")


def test_a_note_is_a_life_of_its_own_and_an_overseer_s() -> None:
    given().when(told.note, by=GAO).then(told.noted.event)
    given(told.noted).when(told.note, by=GAO).then()
    given(told.noted).when(but(told.note, about=None), by=GAO).then_refused("id-used")
    given().when(told.note, by=DHS).then_refused("not-your-act")
    given(told.noted).when(but(told.close, inquiry_id=told.OF_OVERSEER), by=GAO).then_refused("not-found")
    versions = given(told.opened, told.noted).world.versions
    assert versions[StreamId(f"oversight-{told.INQUIRY}")] == 1, "whoever is asked counts nothing by it"


def test_no_terms_of_any_case_stand_between_oversight_and_its_request() -> None:
    for facts in ((), in_access, assessed, (*assessed, determined)):
        known = given(*facts).world
        asked = known.asking(told.request, by=GAO)
        assert asked.events()
        read = {name.partition("-")[0] for name in known.read(told.request, asked.asked)}
        assert read <= {"oversight", "office", "policy"}


OPEN_TO_OVERSEERS = {
    "case.assert-publicity.v1",
    "case.confirm-publicity.v1",
    "case.file-dissent.v1",
    "consultation.answer.v1",
    "lease.check.v1",
    "oversight.request.v1",
    "record.challenge-marking.v1",
    "record.place-hold.v1",
    "scan.request.v1",
    "tasking.fail-verification.v1",
    "tasking.verify-completion.v1",
    "vulnerability.observe-exploitation.v1",
    "vulnerability.report-public.v1",
    "vulnerability.report.v1",
}
"""What any office may say of what it sees, and whether a claim of completion holds."""


@pytest.mark.parametrize("once", [each for each in ONCE if each.by != INSTALLATION], ids=lambda once: once.command.type)
def test_an_overseer_does_nothing_of_what_others_do(once: Once) -> None:
    asked = given(*once.facts).when(once.command, by=INSPECTOR, at=once.at)
    if once.command.type in OPEN_TO_OVERSEERS:
        assert asked.events()
        return
    with pytest.raises(Refused):
        asked.events()


def test_a_request_that_is_repeated_asks_once() -> None:
    given(told.opened).when(told.request, by=GAO).then()
    with pytest.raises(Refused, match="id-used"):
        given(told.opened).when(but(told.request, question="sha256:" + "0" * 64), by=GAO).events()
