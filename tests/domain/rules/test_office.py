"""Offices: their names, their posts and who holds them, and the keys that they sign with."""

from datetime import UTC, date, datetime

import pytest

from domain.events.office import (
    Algorithm,
    HolderAssumed,
    HolderVacated,
    KeyRegistered,
    KeyRevoked,
    OfficeRegistered,
    OfficeRenamed,
    Post,
)
from domain.values import OfficeCode, PostCode
from tests.domain.cast import DHS, DHS_ANALYST, SECRETARIAT, TREASURY, TREASURY_ANALYST
from tests.domain.given import DAY, MINUTE, NOON, given, on, world
from tests.domain.requests import (
    LEAD,
    assume,
    but,
    register_key,
    register_office,
    rename,
    revoke_key,
    vacate,
)

registered = OfficeRegistered(
    office=register_office.office,
    name=register_office.name,
    kind=register_office.kind,
    department=register_office.department,
    posts=register_office.posts,
)
renamed = OfficeRenamed(office=rename.office, name=rename.name, effective_on=rename.effective_on)
assumed = HolderAssumed(
    office=assume.office,
    post=assume.post,
    holder=assume.holder,
    assumed_on=assume.assumed_on,
    holder_name=assume.holder_name,
)
vacated = HolderVacated(office=vacate.office, post=LEAD, holder=TREASURY.id, vacated_on=vacate.vacated_on)
succeeded = HolderAssumed(
    office=vacate.office,
    post=LEAD,
    holder=TREASURY_ANALYST.id,
    assumed_on=date(2026, 7, 6),
    holder_name="A. Example (invented)",
)
key = KeyRegistered(
    office=register_key.office,
    key_id=register_key.key_id,
    algorithm=register_key.algorithm,
    public_key=register_key.public_key,
)
key_revoked = KeyRevoked(office=revoke_key.office, key_id=revoke_key.key_id, reason=None)


def test_the_secretariat_registers_an_office_once() -> None:
    given().when(register_office, by=SECRETARIAT).then(registered)
    given(registered).when(register_office, by=SECRETARIAT).then()
    given(registered).when(but(register_office, name="Something else"), by=SECRETARIAT).then_refused("exists")


def test_an_office_is_part_of_a_department_that_is_registered() -> None:
    part = but(register_office, department=OfficeCode("astrology"))
    given().when(part, by=SECRETARIAT).then_refused("department-unknown")
    given().when(but(part, department=OfficeCode("dod")), by=SECRETARIAT).events()


def test_a_code_is_one_post() -> None:
    head = register_office.posts[0]
    two = but(register_office, posts=(head, Post(code=head.code, title="Another", personal=False)))
    given().when(two, by=SECRETARIAT).then_refused("id-used")


def test_an_office_is_renamed_from_a_day_on() -> None:
    given().when(rename, by=SECRETARIAT).then(renamed)
    given(renamed).when(rename, by=SECRETARIAT).then()
    later = but(rename, effective_on=date(2026, 9, 1))
    given(renamed).when(later, by=SECRETARIAT).then(but(renamed, effective_on=date(2026, 9, 1)))
    given().when(but(rename, office=OfficeCode("astrology")), by=SECRETARIAT).then_refused("not-found")


def test_a_new_name_holds_from_its_day_on_in_new_york_and_not_before() -> None:
    def told(name: str, day: int) -> OfficeRenamed:
        return but(renamed, name=name, effective_on=date(2026, 9, day))

    office = world(told("Second", 10), told("Third", 20), told("Second, spelt better", 10)).state(
        f"office-{rename.office}"
    )
    midnight = datetime(2026, 9, 10, 4, tzinfo=UTC)
    first = office.registered.name
    names = [office.name_at(at) for at in (NOON, midnight - MINUTE, midnight, midnight + 10 * DAY)]
    assert names == [first, first, "Second, spelt better", "Third"]


def test_a_person_takes_up_a_post_that_is_free() -> None:
    given().when(assume, by=SECRETARIAT).then(assumed)
    given(assumed).when(assume, by=SECRETARIAT).then()
    given(assumed).when(but(assume, holder=DHS.id), by=SECRETARIAT).then_refused("post-taken")
    given().when(but(assume, post=PostCode("chair")), by=SECRETARIAT).then_refused("post-unknown")


def test_a_holder_leaves_a_post() -> None:
    given().when(vacate, by=SECRETARIAT).then(vacated)
    given(vacated).when(vacate, by=SECRETARIAT).then()
    given().when(but(vacate, post=PostCode("chair")), by=SECRETARIAT).then_refused("post-unknown")
    given().when(but(vacate, post=PostCode("head")), by=SECRETARIAT).then_refused("post-vacant")


def test_a_late_repetition_does_not_end_the_term_of_a_successor() -> None:
    given(vacated, succeeded).when(vacate, by=SECRETARIAT).then()
    other_day = but(vacate, vacated_on=date(2026, 7, 5))
    given(vacated, succeeded).when(other_day, by=SECRETARIAT).then_refused("post-taken")


def test_an_office_registers_and_revokes_its_own_keys() -> None:
    given().when(register_key, by=TREASURY).then(key)
    given(key).when(revoke_key, by=TREASURY).then(key_revoked)
    given(key, key_revoked).when(revoke_key, by=TREASURY).then()
    given().when(register_key, by=DHS).then_refused("not-your-act")
    given(key).when(revoke_key, by=DHS_ANALYST).then_refused("not-your-act")
    given().when(revoke_key, by=TREASURY).then_refused("not-found")


def test_one_id_is_one_key_for_ever() -> None:
    given(key).when(register_key, by=TREASURY).then()
    given(key).when(but(register_key, public_key="B" * 42 + "A"), by=TREASURY).then_refused("id-used")
    given(key, key_revoked).when(register_key, by=TREASURY).then_refused("key-revoked")


@pytest.mark.parametrize(
    ("algorithm", "public_key"),
    [
        (Algorithm.ED25519, "A" * 42),
        (Algorithm.ED25519, "A" * 44),
        (Algorithm.ED25519, "A" * 43 + "="),
        (Algorithm.ED25519, "!" + "A" * 43),
        (Algorithm.ED25519, "A" * 20 + " " + "A" * 23),
        (Algorithm.ED25519, "é" * 43),
        (Algorithm.ED25519, "+" * 43),
        (Algorithm.ED25519, "A" * 42 + "B"),
        (Algorithm.ES256, "A" * 43),
        (Algorithm.ES256, "A" * 87),
    ],
)
def test_a_key_has_the_form_of_its_algorithm_and_no_other_text(algorithm, public_key) -> None:
    wrong = but(register_key, algorithm=algorithm, public_key=public_key)
    given().when(wrong, by=TREASURY).then_refused("key-unfit")


def test_a_point_of_p_256_is_65_bytes_uncompressed() -> None:
    point = "BA" + "A" * 85
    given().when(but(register_key, algorithm=Algorithm.ES256, public_key=point), by=TREASURY).events()


def test_posts_have_holders_over_time() -> None:
    again = but(assume, office=vacate.office, post=LEAD, holder=TREASURY_ANALYST.id)
    given(vacated).when(again, by=SECRETARIAT, at=NOON + DAY).then(succeeded)
    back = but(vacate, holder=TREASURY_ANALYST.id)
    given(vacated, on(NOON, succeeded)).when(back, by=SECRETARIAT).then(but(vacated, holder=TREASURY_ANALYST.id))
