"""An office settles which of its acts are signed; a signature counts while its key is in force, by no clock."""

import pytest

from domain.events.office import Algorithm, KeyRegistered, KeyRevoked, SignaturesRequired, SignedActs
from domain.values import KeyId, OfficeCode
from tests.domain.cast import CLOCK, DEVELOPER, DHS, NOBODY_KNOWN, SECRETARIAT, TREASURY, TREASURY_ANALYST
from tests.domain.facts import REVIEW_DUE, offered, under_way
from tests.domain.given import DAY, NOON, given, on
from tests.domain.once import story
from tests.domain.requests import (
    accept,
    assume,
    but,
    dissent,
    record_lapse,
    register_key,
    require_signatures,
    revoke_key,
    withdraw,
)
from tests.domain.rules.test_office import assumed, key, key_revoked

DISSENT = "case.file-dissent.v1"
SIGNING = TREASURY.signing("key-1")
second = but(register_key, key_id=KeyId("key-2"), public_key="B" * 42 + "A")
second_key = KeyRegistered(
    office=key.office, key_id=second.key_id, algorithm=second.algorithm, public_key=second.public_key
)
second_revoked = KeyRevoked(office=key.office, key_id=second.key_id, reason=None)
no_signatures = but(require_signatures, acts=SignedActs.NONE)
some_signatures = but(require_signatures, acts=SignedActs.LISTED, commands=(DISSENT,))


def required(acts: SignedActs, *commands: str, of: str = key.office) -> SignaturesRequired:
    return SignaturesRequired(office=OfficeCode(of), acts=acts, commands=commands, reason=None)


every = required(SignedActs.EVERY)
STORIES = {
    "signature-required": story(*under_way, key, every, asks=dissent, by=TREASURY),
    "signature-key-unknown": story(*under_way, asks=dissent, by=SIGNING),
    "signature-key-revoked": story(*under_way, key, key_revoked, asks=dissent, by=SIGNING),
    "signature-algorithm": story(*under_way, key, asks=dissent, by=TREASURY.signing("key-1", by=Algorithm.ES256)),
    "signature-wrong": story(*under_way, key, asks=dissent, by=TREASURY.signing("key-1", holds=False)),
    "signed-acts-unclear": story(key, asks=but(some_signatures, commands=()), by=SIGNING),
}


def test_an_office_settles_which_of_its_acts_are_signed_by_an_act_that_is_signed() -> None:
    given(key).when(require_signatures, by=SIGNING).then(every)
    given(key).when(require_signatures, by=TREASURY).then_refused("signature-required")
    given(key, every).when(require_signatures, by=SIGNING).then()
    given(key, every).when(some_signatures, by=SIGNING).then(required(SignedActs.LISTED, DISSENT))
    given(key, every).when(no_signatures, by=SIGNING).then(required(SignedActs.NONE))
    given(key, every).when(no_signatures, by=TREASURY).then_refused("signature-required")
    given(key).when(no_signatures, by=TREASURY).then()


def test_it_may_be_settled_by_others_of_the_same_commands_in_another_order_without_a_new_event() -> None:
    two = but(some_signatures, commands=(DISSENT, "case.open-access.v1"))
    settled = required(SignedActs.LISTED, "case.open-access.v1", DISSENT)
    given(key, settled).when(two, by=SIGNING).then()


@pytest.mark.parametrize(
    ("acts", "commands"),
    [
        (SignedActs.EVERY, (DISSENT,)),
        (SignedActs.NONE, (DISSENT,)),
        (SignedActs.LISTED, ()),
        (SignedActs.LISTED, ("case.file-disent.v1",)),
        (SignedActs.LISTED, (DISSENT, "case.accept.v1")),  # the secretariat's
        (SignedActs.LISTED, (DISSENT, "case.withdraw.v1")),  # a participant's
    ],
)
def test_what_is_listed_are_acts_of_the_office_and_nothing_is_listed_elsewhere(acts, commands) -> None:
    unclear = but(require_signatures, acts=acts, commands=commands)
    given(key).when(unclear, by=SIGNING).then_refused("signed-acts-unclear")


def test_the_secretariat_ends_the_requirement_of_an_office_that_lost_its_keys_and_nothing_else() -> None:
    lost = (key, every, key_revoked)
    given(*lost).when(no_signatures, by=SECRETARIAT).then(required(SignedActs.NONE))
    given(*lost).when(require_signatures, by=SECRETARIAT).then_refused("not-your-act")
    given(*lost).when(some_signatures, by=SECRETARIAT.signing("key-1")).then_refused("signature-key-unknown")
    given(*lost).when(no_signatures, by=DHS).then_refused("not-your-act")
    given(*lost).when(register_key, by=SECRETARIAT).then_refused("not-your-act")
    given(*lost).when(revoke_key, by=SECRETARIAT).then_refused("not-your-act")
    given().when(but(no_signatures, office=OfficeCode("astrology")), by=SECRETARIAT).then_refused("not-found")


def test_the_secretariat_keeps_to_its_own_requirement_where_it_ends_that_of_another() -> None:
    own = required(SignedActs.EVERY, of="secretariat")
    given(key, every, own).when(no_signatures, by=SECRETARIAT).then_refused("signature-required")


def test_every_act_of_the_office_is_signed_where_every_act_has_to_be_and_of_nobody_else() -> None:
    given(*under_way, key, every).when(dissent, by=TREASURY).then_refused("signature-required")
    given(*under_way, key, every).when(dissent, by=TREASURY_ANALYST).then_refused("signature-required")
    given(*under_way, key, every).when(dissent, by=SIGNING).events()
    given(*under_way, key, every).when(dissent, by=DHS).events()
    given(*offered, key, every).when(accept, by=SECRETARIAT).events()
    given(*under_way, key, every).when(withdraw, by=DEVELOPER).events()
    given(*offered, key, every).when(record_lapse, by=CLOCK, at=REVIEW_DUE).events()


def test_listed_acts_are_signed_and_whatever_could_make_a_key_count() -> None:
    listed = required(SignedActs.LISTED, DISSENT)
    given(*under_way, key, listed).when(dissent, by=TREASURY).then_refused("signature-required")
    given(*under_way, key, listed).when(dissent, by=SIGNING).events()
    given(key, listed).when(second, by=TREASURY).then_refused("signature-required")
    given(key, listed).when(second, by=SIGNING).then(second_key)
    given(key, listed).when(no_signatures, by=TREASURY).then_refused("signature-required")
    other = required(SignedActs.LISTED, "case.open-access.v1")
    given(*under_way, key, other).when(dissent, by=TREASURY).events()


def test_a_key_does_not_register_itself() -> None:
    given().when(register_key, by=SIGNING).then_refused("signature-key-unknown")
    given(key, every).when(second, by=TREASURY.signing("key-2")).then_refused("signature-key-unknown")


def test_a_stolen_key_is_revoked_without_it_but_not_the_last_one() -> None:
    given(key, second_key, every).when(revoke_key, by=TREASURY).then(key_revoked)
    given(key, second_key, every, second_revoked).when(revoke_key, by=TREASURY).then_refused("signature-required")
    given(key, every).when(revoke_key, by=TREASURY).then_refused("signature-required")
    given(key, every).when(revoke_key, by=SIGNING).then(key_revoked)
    given(key).when(revoke_key, by=TREASURY).then(key_revoked)


def test_what_is_signed_is_checked_whether_or_not_it_has_to_be() -> None:
    for facts in ((key,), (key, every)):
        given(*under_way, *facts).when(dissent, by=SIGNING).events()
        wrong = TREASURY.signing("key-1", holds=False)
        given(*under_way, *facts).when(dissent, by=wrong).then_refused("signature-wrong")
        given(*under_way, *facts).when(dissent, by=TREASURY.signing("key-9")).then_refused("signature-key-unknown")
        other = TREASURY.signing("key-1", by=Algorithm.ES256)
        given(*under_way, *facts).when(dissent, by=other).then_refused("signature-algorithm")


def test_a_key_counts_from_its_registration_to_its_revocation_by_position_whatever_the_clocks_say() -> None:
    """The revocation was recorded first, by a clock that is days ahead: it counts all the same."""
    late = on(NOON + 9 * DAY, key_revoked, by=TREASURY)
    given(*under_way, key, late).when(dissent, by=SIGNING).then_refused("signature-key-revoked")
    early = on(NOON + 9 * DAY, key, by=TREASURY)
    given(*under_way, early).when(dissent, by=SIGNING).events()


def test_keys_of_one_office_are_no_keys_of_another() -> None:
    given(*under_way, key).when(dissent, by=DHS.signing("key-1")).then_refused("signature-key-unknown")


def test_over_kafka_a_person_signs_as_soon_as_the_office_has_registered_a_key_and_for_good() -> None:
    sent = TREASURY.over_kafka()
    given(*under_way).when(dissent, by=sent).events()
    given(*under_way, key).when(dissent, by=sent).then_refused("signature-required")
    given(*under_way, key, key_revoked).when(dissent, by=sent).then_refused("signature-required")
    given(*under_way, key).when(dissent, by=SIGNING.over_kafka()).events()
    given(*under_way, key).when(dissent, by=TREASURY).events()
    given(*under_way, key).when(dissent, by=DHS.over_kafka()).events()
    given(key, second_key).when(revoke_key, by=sent).then(key_revoked)


def test_over_kafka_a_system_without_a_person_signs_only_where_that_is_required() -> None:
    system = but(TREASURY.over_kafka(), person=None)
    given(*under_way, key).when(dissent, by=system).events()
    given(*under_way, key, every).when(dissent, by=system).then_refused("signature-required")


def test_whoever_may_not_act_at_all_is_told_that_and_nothing_of_signatures() -> None:
    given(key, every).when(assume, by=TREASURY).then_refused("not-your-act")
    given(*under_way).when(dissent, by=NOBODY_KNOWN.signing("key-1")).then_refused("office-unknown")


def test_a_signature_that_does_not_count_is_refused_whether_or_not_what_it_is_about_exists() -> None:
    given(key, every).when(dissent, by=TREASURY).then_refused("signature-required")
    given(key, assumed).when(dissent, by=TREASURY.signing("key-1", holds=False)).then_refused("signature-wrong")
