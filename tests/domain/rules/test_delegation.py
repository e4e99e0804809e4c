"""Somebody acts for somebody else: inside one office, and with no more than the giver holds."""

from datetime import timedelta

import pytest

from domain.events.office import DelegationGranted, DelegationRevoked, HolderAssumed, HolderVacated
from domain.events.record import InstrumentRevoked
from domain.values import DelegationId, PostCode
from tests.domain.cast import (
    DEVELOPER,
    DHS,
    DHS_ANALYST,
    NSA,
    NSA_ANALYST,
    SECRETARIAT,
    TREASURY,
    TREASURY_ANALYST,
    named,
    of_office,
)
from tests.domain.facts import in_access, offered, proposed
from tests.domain.given import DAY, FOUNDED, MINUTE, NOON, given, on
from tests.domain.requests import (
    DELEGATION,
    LEAD,
    ONWARD,
    ORDER,
    accept,
    but,
    determine,
    file,
    grant,
    revoke,
    revoke_instrument,
    vacate,
    withdraw,
)

TREASURY_CLERK = of_office("treasury", "clerk")
UNTIL = FOUNDED + timedelta(days=60)
granted = DelegationGranted(
    office=grant.office,
    delegation_id=DELEGATION,
    giver=TREASURY.id,
    taker=TREASURY_ANALYST.id,
    post=LEAD,
    scope=grant.scope,
    valid_from=FOUNDED,
    valid_until=UNTIL,
    onward=False,
    parent=None,
    taker_name=grant.taker_name,
)
passable = but(granted, onward=True)
passed_on = but(passable, delegation_id=ONWARD, giver=TREASURY_ANALYST.id, taker=TREASURY_CLERK.id, parent=DELEGATION)
pass_on = but(grant, delegation_id=ONWARD, taker=TREASURY_CLERK.id, onward=True, parent=DELEGATION)
revoked = DelegationRevoked(office=grant.office, delegation_id=DELEGATION, cascaded=(), reason=None)
cascaded = but(revoked, cascaded=(ONWARD,))
vacated = HolderVacated(office=vacate.office, post=LEAD, holder=TREASURY.id, vacated_on=vacate.vacated_on)
back_again = HolderAssumed(
    office=vacate.office, post=LEAD, holder=TREASURY.id, assumed_on=vacate.vacated_on, holder_name="A. Example"
)
written = (*in_access, but(proposed, author=of_office("treasury", "writer").id))
DEPUTY, CLERK = TREASURY_ANALYST.by(DELEGATION), TREASURY_CLERK.by(ONWARD)


def test_the_holder_of_a_post_lets_another_person_act() -> None:
    given().when(grant, by=TREASURY).then(granted)
    given(granted).when(grant, by=TREASURY).then()
    given(granted, revoked).when(grant, by=TREASURY).then()


def test_who_acts_for_another_stands_on_the_delegation() -> None:
    given(*written).when(file, by=TREASURY_ANALYST).then_refused("post-not-held")
    stands = given(*written, granted).when(file, by=DEPUTY).standing()
    assert (stands.post, stands.delegation, stands.authority) == (LEAD, DELEGATION, "EO14409:3(a)")


def test_only_its_taker_uses_it_and_only_in_its_own_office() -> None:
    given(*written, granted).when(file, by=TREASURY_CLERK.by(DELEGATION)).then_refused("delegation-not-yours")
    given(*written, granted).when(file, by=DHS_ANALYST.by(DELEGATION)).then_refused("delegation-unknown")
    given(*written).when(file, by=DEPUTY).then_refused("delegation-unknown")


def test_it_is_in_force_from_its_first_instant_to_before_its_last() -> None:
    for inside in (FOUNDED, UNTIL - MINUTE):
        assert given(*written, granted).when(file, by=DEPUTY, at=inside).standing().delegation == DELEGATION
    for outside in (FOUNDED - MINUTE, UNTIL):
        given(*written, granted).when(file, by=DEPUTY, at=outside).then_refused("delegation-not-in-force")


def test_what_is_in_force_is_judged_at_the_append() -> None:
    asked = given(*written, granted).when(file, by=DEPUTY, at=UNTIL - MINUTE, recorded_at=UNTIL)
    asked.then_refused("delegation-not-in-force")


def test_it_covers_what_it_names() -> None:
    narrow = but(granted, scope=("case.share-assessment.v1",))
    given(*written, narrow).when(file, by=DEPUTY).then_refused("delegation-out-of-scope")
    given(*written, granted).when(file, by=DEPUTY.as_("head")).then_refused("post-not-held")


def test_a_post_that_is_personal_is_not_delegated() -> None:
    directors = but(grant, office=NSA.office, post=PostCode("director"), scope=("case.issue-determination.v1",))
    given().when(directors, by=NSA).then_refused("not-delegable")
    forced = but(granted, office=NSA.office, giver=NSA.id, taker=NSA_ANALYST.id, scope=("case.issue-determination.v1",))
    given(*in_access, forced).when(determine, by=NSA_ANALYST.by(DELEGATION)).then_refused("not-delegable")


@pytest.mark.parametrize(
    ("scope", "code"),
    [
        ("case.issue-determination.v1", "delegation-exceeds-giver"),
        ("case.accept.v1", "delegation-exceeds-giver"),
        ("case.withdraw.v1", "delegation-exceeds-giver"),
        ("case.rename-the-moon.v1", "delegation-exceeds-giver"),
        ("office.grant-delegation.v1", "not-delegable"),
    ],
)
def test_nobody_delegates_more_than_they_hold(scope, code) -> None:
    given().when(but(grant, scope=(*grant.scope, scope)), by=TREASURY).then_refused(code)


def test_nobody_delegates_from_a_post_that_they_do_not_hold() -> None:
    given().when(grant, by=TREASURY_ANALYST).then_refused("post-not-held")
    given().when(grant, by=DHS).then_refused("not-your-act")
    given().when(but(grant, post=PostCode("chair")), by=TREASURY).then_refused("post-unknown")


def test_a_delegation_ends_after_it_begins() -> None:
    given().when(but(grant, valid_until=FOUNDED), by=TREASURY).then_refused("delegation-period")


def test_one_id_is_one_delegation() -> None:
    given(granted).when(but(grant, onward=True), by=TREASURY).then_refused("id-used")


def test_it_is_passed_on_only_if_it_says_so() -> None:
    given(granted).when(pass_on, by=TREASURY_ANALYST).then_refused("delegation-not-onward")
    given(passable).when(pass_on, by=TREASURY_ANALYST).then(passed_on)
    given(passable).when(pass_on, by=TREASURY_CLERK).then_refused("delegation-not-yours")
    given().when(pass_on, by=TREASURY_ANALYST).then_refused("delegation-unknown")
    given(passable, revoked).when(pass_on, by=TREASURY_ANALYST).then_refused("delegation-not-in-force")


@pytest.mark.parametrize(
    "more",
    [
        {"scope": ("case.keep-assessment.v1",)},
        {"valid_from": FOUNDED - DAY},
        {"valid_until": UNTIL + DAY},
    ],
    ids=str,
)
def test_nobody_passes_on_more_than_they_were_given(more) -> None:
    given(passable).when(but(pass_on, **more), by=TREASURY_ANALYST).then_refused("delegation-exceeds-giver")


def test_revocation_reaches_what_was_passed_on() -> None:
    given(passable, passed_on).when(revoke, by=TREASURY).then(cascaded)
    assert given(*written, passable, passed_on).when(file, by=CLERK).events()
    given(*written, passable, passed_on, cascaded).when(file, by=CLERK).then_refused("delegation-not-in-force")


def test_giver_or_holder_revokes_and_nobody_else() -> None:
    given(granted).when(revoke, by=TREASURY_ANALYST).then_refused("delegation-not-yours")
    given(granted).when(revoke, by=DHS).then_refused("not-your-act")
    given().when(revoke, by=TREASURY).then_refused("delegation-unknown")
    given(granted, revoked).when(revoke, by=TREASURY).then()
    inner = but(revoke, delegation_id=ONWARD)
    for either in (TREASURY, TREASURY_ANALYST):
        given(passable, passed_on).when(inner, by=either).then(but(revoked, delegation_id=ONWARD))


def test_what_a_holder_delegated_ends_with_the_post_and_does_not_come_back() -> None:
    left = (*written, passable, passed_on, vacated)
    for somebody in (DEPUTY, CLERK):
        given(*left).when(file, by=somebody).then_refused("delegation-not-in-force")
        given(*left, back_again).when(file, by=somebody).then_refused("delegation-not-in-force")
    assert given(*left, back_again).when(file, by=TREASURY).events()


def test_who_left_the_post_holds_nothing_of_it() -> None:
    given(*written, vacated).when(file, by=TREASURY).then_refused("post-not-held")
    given(vacated).when(grant, by=TREASURY).then_refused("post-not-held")


def test_a_participant_acts_on_no_delegation() -> None:
    claims = DEVELOPER.by(named("delegation", "any"))
    given(*offered).when(withdraw, by=claims).events()  # rests on nothing
    given().when(but(determine), by=claims).then_refused("not-the-final-authority")


def test_an_act_that_needs_no_post_may_rest_on_a_delegation_too() -> None:
    secretaries = DelegationId(named("delegation", "secretary"))
    clerk = of_office("secretariat", "clerk")
    for_clerk = but(
        granted,
        office=SECRETARIAT.office,
        delegation_id=secretaries,
        giver=SECRETARIAT.id,
        taker=clerk.id,
        post=PostCode("secretary"),
        scope=("case.accept.v1",),
    )
    stands = given(*offered, for_clerk).when(accept, by=clerk.by(secretaries)).standing()
    assert (stands.post, stands.delegation) == ("secretary", secretaries)


def test_no_delegation_outlives_the_instrument() -> None:
    gone = InstrumentRevoked(instrument=ORDER, revoked_on=revoke_instrument.revoked_on)
    given(*written, granted, on(NOON, gone)).when(file, by=DEPUTY).then_refused("authority-revoked")
