"""When what an event protects may be destroyed, by whom, and with what else; and what never is."""

from dataclasses import replace
from typing import Any

import pytest
from msgspec import structs

from domain.commands.record import ProposeDestruction
from domain.events.case import AccessOpened
from domain.events.record import DestructionProposed, PayloadDestroyed
from domain.founding import founding
from domain.rules.policy.schedule import NEVER, SHORTEST_RETENTION_DAYS
from domain.values import DestructionId
from tests.domain.cast import DHS, GAO, NSA, SECRETARIAT, TREASURY, named, of_office
from tests.domain.facts import answered, asked_around, concern_conveyed, determined, in_access, under_way
from tests.domain.given import BEFORE, DAY, LEDGER, MINUTE, NOON, Given, given, on
from tests.domain.requests import but
from tests.domain.streams import record
from tests.domain.streams.record import ELAPSED, LATER, asked_for, destroy, gone, propose, proposed, schedule
from tests.domain.streams.scan import first
from tests.domain.world import OPEN

CLERK = of_office("secretariat", "clerk")
OTHER = DestructionId(named("record", "other destruction"))
CONCERN = "case.concern-conveyed"
IN_ACT = ["scan.requested", "scan.deconflicted", "calendar.scan-entered"]
PUBLISH = but(next(each for each in founding(LEDGER, "CUI").policies if each.policy == "RETENTION"), policy_version=2)


def test_the_office_that_recorded_an_event_proposes_and_the_secretariat_destroys() -> None:
    scheduled = given(asked_for, schedule)
    scheduled.when(propose, by=DHS, at=LATER).then(proposed.event)
    scheduled.when(propose, by=TREASURY, at=LATER).then_refused("not-your-act")
    scheduled.when(destroy, by=SECRETARIAT, at=LATER).then_refused("not-found")
    agreed = given(asked_for, schedule, proposed)
    agreed.when(destroy, by=SECRETARIAT, at=LATER).then(gone.event)
    agreed.when(destroy, by=DHS, at=LATER).then_refused("not-your-act")
    agreed.when(but(destroy, destruction_id=OTHER), by=SECRETARIAT, at=LATER).then_refused("reference-unknown")
    agreed.when(propose, by=of_office("dhs", "else"), at=LATER).then_refused("id-used")


def test_another_person_destroys_than_who_proposed_it() -> None:
    by_itself = on(BEFORE, asked_for.event, by=SECRETARIAT)
    scheduled = given(by_itself, schedule)
    (event,) = scheduled.when(propose, by=CLERK, at=LATER).events()
    agreed = given(by_itself, schedule, on(NOON, event, by=CLERK))
    agreed.when(destroy, by=CLERK, at=LATER).then_refused("separate-persons")
    assert agreed.when(destroy, by=SECRETARIAT, at=LATER).events()
    nobody = replace(SECRETARIAT, person=None)
    scheduled.when(propose, by=nobody, at=LATER).then_refused("separate-persons")
    agreed.when(destroy, by=nobody, at=LATER).then_refused("separate-persons")


def test_what_no_item_names_is_permanent() -> None:
    given(asked_for).when(propose, by=DHS, at=LATER).then_refused("not-scheduled")
    given(asked_for, proposed).when(destroy, by=SECRETARIAT, at=LATER).then_refused("not-scheduled")


def test_the_schedule_in_force_when_it_is_destroyed_decides() -> None:
    longer = but(schedule.event, policy_version=3, rows=(("scan.requested", "scans-10", "scan.requested", "400", "x"),))
    again = given(asked_for, schedule, proposed, longer)
    again.when(destroy, by=SECRETARIAT, at=LATER).then_refused("retention-running")
    given(asked_for, schedule, proposed, but(longer, rows=())).when(destroy, by=SECRETARIAT, at=LATER).then_refused(
        "not-scheduled"
    )


def test_retention_ends_with_its_last_day_in_new_york_by_when_the_act_was_taken_in() -> None:
    scheduled, agreed = given(asked_for, schedule), given(asked_for, schedule, proposed)
    for at in (NOON, ELAPSED - MINUTE):
        scheduled.when(propose, by=DHS, at=at, recorded_at=LATER).then_refused("retention-running")
        agreed.when(destroy, by=SECRETARIAT, at=at, recorded_at=LATER).then_refused("retention-running")
    scheduled.when(propose, by=DHS, at=ELAPSED).then(proposed.event)
    agreed.when(destroy, by=SECRETARIAT, at=ELAPSED).then(gone.event)


def test_a_retention_that_starts_with_another_event_starts_with_the_first_one_behind_it() -> None:
    rows = record.scheduled((CONCERN, "c-1", "case.access-opened", "40", "Invented"))
    opened = next(fact for fact in in_access if isinstance(getattr(fact, "event", fact), AccessOpened))
    before = given(*in_access, rows, on(NOON, concern_conveyed, by=NSA))
    told = before.world.log[-1]
    command = ProposeDestruction(stream=told.stream, version=told.version, destruction_id=OTHER)
    before.when(command, by=NSA, at=NOON + 400 * DAY).then_refused("retention-running")
    reopened = [on(NOON + days * DAY, getattr(opened, "event", opened), by=NSA) for days in (10, 300)]
    after = given(*in_access, rows, on(NOON, concern_conveyed, by=NSA), *reopened)
    ends_at = NOON.replace(month=8, day=26, hour=4)
    after.when(command, by=NSA, at=ends_at - MINUTE).then_refused("retention-running")
    (event,) = after.when(command, by=NSA, at=ends_at).events()
    assert isinstance(event, DestructionProposed)
    assert event.scheduled.retained_until == ends_at


def of_an_act(*unscheduled: str, marking: str = OPEN, facts: tuple[Any, ...] = ()) -> Given:
    """An act that left three events: what it is to have asked for a scan. The last is marked as is said."""
    rows = [(name, "scans-10", name, "90", "Invented") for name in IN_ACT if name not in unscheduled]
    world = given(record.scheduled(*rows)).world
    world.append([fact.event for fact in first], by=DHS, taken_in_at=BEFORE, recorded_at=BEFORE)
    world.log[-1] = structs.replace(world.log[-1], marking=marking)
    return Given(world.record(facts))


def proposed_there(story: Given) -> tuple[Any, ...]:
    """What follows from proposing it there."""
    return tuple(on(LATER, each, by=DHS) for each in story.when(propose, by=DHS, at=LATER).events())


def test_one_destruction_covers_every_event_of_the_act() -> None:
    story = of_an_act(facts=proposed_there(of_an_act()))
    events = story.when(destroy, by=SECRETARIAT, at=LATER).events()
    assert [each.about.type.rpartition(".")[0] for each in events if isinstance(each, PayloadDestroyed)] == IN_ACT
    assert {each.proposed_for for each in events if isinstance(each, PayloadDestroyed)} == {story.world.log[-4].id}
    after = of_an_act(facts=(*proposed_there(of_an_act()), *(on(LATER, each) for each in events)))
    after.when(destroy, by=SECRETARIAT, at=LATER).then()
    for place in {(each.about.stream, each.about.version) for each in events if isinstance(each, PayloadDestroyed)}:
        further = ProposeDestruction(stream=place[0], version=place[1], destruction_id=OTHER)
        after.when(further, by=DHS, at=LATER).then_refused("payload-destroyed")


@pytest.mark.parametrize("name", IN_ACT)
def test_an_act_is_permanent_where_one_of_its_events_is(name: str) -> None:
    of_an_act(name).when(propose, by=DHS, at=LATER).then_refused("not-scheduled")
    of_an_act(name, facts=proposed_there(of_an_act())).when(destroy, by=SECRETARIAT, at=LATER).then_refused(
        "not-scheduled"
    )


@pytest.mark.parametrize("number", range(3))
def test_a_hold_on_any_event_of_the_act_keeps_all_of_it(number: int) -> None:
    event = of_an_act().world.log[-3 + number]
    hold = but(record.hold, stream=event.stream, version=event.version)
    (placed,) = of_an_act().when(hold, by=GAO).events()
    for marking in ("UNCLASSIFIED", "SECRET"):
        story = of_an_act(facts=(*proposed_there(of_an_act()), on(NOON, placed, by=GAO, marking=marking)))
        for command, by in ((destroy, SECRETARIAT), (but(propose, destruction_id=OTHER), DHS)):
            story.when(command, by=by, at=LATER).then_refused("event-held")
            # whoever may not know of the hold does not learn of it
            told = "not-found" if marking == "SECRET" else "event-held"
            story.when(command, by=by.cleared_for_nothing(), at=LATER).then_refused("event-held", told=told)


def test_an_act_with_a_hidden_event_is_answered_like_a_permanent_one() -> None:
    hidden = of_an_act(marking="CUI")
    hidden.when(propose, by=DHS.cleared_for_nothing(), at=LATER).then_refused("not-scheduled")
    hidden.when(propose, by=DHS, at=LATER).then_refused("marking-too-low")
    assert hidden.when(propose, by=DHS, at=LATER, marking="CUI").events()


@pytest.mark.parametrize(
    "facts",
    [
        (*under_way, on(BEFORE, determined, by=NSA)),
        (*asked_around, on(BEFORE, answered, by=DHS)),
        (asked_for, schedule, proposed),
    ],
    ids=["determination", "answer", "proposal"],
)
def test_some_events_are_kept_whole_whatever_a_schedule_says(facts: tuple[Any, ...]) -> None:
    kept = given(*facts).world.log[-1]
    name = kept.event.type.rpartition(".")[0]
    assert name in NEVER
    by = {"office/nsa": NSA, "office/dhs": DHS}[kept.actor]
    row = (name, "x", name, "90", "x")
    command = ProposeDestruction(stream=kept.stream, version=kept.version, destruction_id=OTHER)
    given(*facts, record.scheduled(row)).when(command, by=by, at=NOON + 400 * DAY).then_refused("never-destroyed")
    table = but(PUBLISH, rows=(row,))
    given().when(table, by=SECRETARIAT).then_refused("policy-table")


@pytest.mark.parametrize(
    "row",
    [
        ("scan.requested", "x", "scan.requested", str(SHORTEST_RETENTION_DAYS - 1), "x"),
        ("scan.requested", "x", "scan.requested", "never", "x"),
        ("scan.requested", "x", "scan.requested", "99999", "x"),
        ("scan.requested", "x", "scan.requested", "", "x"),
        ("scan.requested", "x", "scan.requested", "90", " "),
        ("scan.requested", " ", "scan.requested", "90", "x"),
        ("scan.requested", "x", "case.closed", "90", "x"),
        ("scan.requested", "x", "scan.forgotten", "90", "x"),
        ("scan.requested.v1", "x", "scan.requested.v1", "90", "x"),
        ("scan.forgotten", "x", "scan.requested", "90", "x"),
    ],
)
def test_a_schedule_that_says_nothing_clear_is_not_published(row: tuple[str, ...]) -> None:
    given().when(but(PUBLISH, rows=(row,)), by=SECRETARIAT).then_refused("policy-table")


def test_a_schedule_is_published_and_names_an_event_once() -> None:
    row = ("scan.requested", "x", "scan.requested", str(SHORTEST_RETENTION_DAYS), "x")
    assert given().when(but(PUBLISH, rows=(row,)), by=SECRETARIAT).events()
    given().when(but(PUBLISH, rows=(row, row)), by=SECRETARIAT).then_refused("policy-table")


def test_without_a_schedule_nothing_is_destroyed() -> None:
    world = given(asked_for).world
    world.states = {name: state for name, state in world.states.items() if name != "policy-RETENTION"}
    Given(world).when(propose, by=DHS, at=LATER).then_refused("policy-missing")
