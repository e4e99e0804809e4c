"""Whoever reads a ledger from its first event finds what no rule would have let in: unsigned where it had to be."""

from dataclasses import replace

import pytest
from msgspec import structs

from domain import wire
from domain.act import Acted
from domain.errors import REFUSALS
from domain.events.office import KeyRevoked, OfficeRenamed, SignedActs
from domain.events.record import ActionRefused
from domain.signatures import Signatures
from domain.signing import Verdict
from domain.values import ActId, Digest, OfficeCode
from tests.domain.cast import DEVELOPER, DHS, SECRETARIAT, TREASURY, Somebody
from tests.domain.facts import CASE, dissented, under_way
from tests.domain.given import LEDGER, Fact, on, world
from tests.domain.requests import dissent, rename
from tests.domain.rules.test_office import key, key_revoked
from tests.domain.rules.test_signature import every, required, second_key
from tests.domain.world import BEFORE

renamed = OfficeRenamed(office=rename.office, name=rename.name, effective_on=rename.effective_on)
refused = ActionRefused(
    refused_act=ActId("5f1c8a4e-5d0b-5d0b-9d3c-0d5f1b7f6a11"),
    command=dissent.type,
    addressed=f"case-{CASE}",
    code="signature-required",
    rule=None,
    sentence=REFUSALS["signature-required"].title,
    ground="signature-required",
    body="{}",
)
SYSTEM = replace(TREASURY.over_kafka(), person=None)


def of(by: Somebody, event: object = dissented) -> Fact:
    return on(BEFORE, event, by=by)  # type: ignore[arg-type]


def last(*facts: object, signature: str | None = None, hidden: bool = False) -> Verdict:
    """What is found of the last of these facts, none of which is signed."""
    reader, found = Signatures(LEDGER), []
    log = world(*under_way, *facts).log  # type: ignore[arg-type]
    if signature is not None:
        acted = Acted(digest=Digest("sha256:" + "0" * 64), signature=signature)
        log[-1] = structs.replace(log[-1], signed=True, act=acted)
    for recorded in log:
        document, disclosures = wire.dump(recorded)
        found.append(reader.verdict(document, () if hidden else disclosures))
    assert set(found[: len(found) - len(facts)]) == {Verdict.NOT_SIGNED}
    return found[-1]


@pytest.mark.parametrize(
    "facts",
    [
        (key, every, of(TREASURY)),
        (key, every, of(SYSTEM)),
        (key, every, of(TREASURY, second_key)),
        (key, every, of(TREASURY, key_revoked)),
        (key, required(SignedActs.LISTED, "case.open-access.v1"), of(TREASURY, second_key)),
        (key, required(SignedActs.LISTED, "case.open-access.v1"), of(TREASURY, required(SignedActs.NONE))),
        (key, of(TREASURY.over_kafka())),
        (key, key_revoked, of(TREASURY.over_kafka())),
    ],
)
def test_what_had_to_be_signed_and_is_not_is_missing_its_signature(facts) -> None:
    assert last(*facts) is Verdict.MISSING


@pytest.mark.parametrize(
    "facts",
    [
        (of(TREASURY),),
        (key, of(TREASURY)),
        (of(TREASURY), key, every, of(DHS)),
        (key, every, of(SECRETARIAT, required(SignedActs.NONE))),
        (key, every, of(SECRETARIAT, renamed)),
        (key, every, of(DEVELOPER)),
        (key, every, required(SignedActs.NONE), of(TREASURY)),
        (key, second_key, every, of(TREASURY, key_revoked)),
        (key, of(SYSTEM)),
        (of(TREASURY.over_kafka()),),
        (of(TREASURY), key, every, of(TREASURY, refused)),
        (key, required(SignedActs.LISTED, "case.open-access.v1"), of(TREASURY)),
    ],
)
def test_what_need_not_be_signed_is_not_missing_anything(facts) -> None:
    assert last(*facts) is Verdict.NOT_SIGNED


def test_what_others_settle_of_an_office_counts_for_that_office() -> None:
    other = required(SignedActs.EVERY, of="dhs")
    assert last(key, other, of(TREASURY)) is Verdict.NOT_SIGNED
    assert last(key, other, of(DHS)) is Verdict.MISSING


def test_a_signature_that_does_not_hold_is_found_and_of_a_refused_act_it_is_said_that_it_was_refused() -> None:
    wrong = "eyJhbGciOiJFZDI1NTE5Iiwia2lkIjoia2V5LTEiLCJ0eXAiOiJkb2NrZXQtYWN0LnYxIn0..AAAA"
    assert last(key, of(TREASURY), signature=wrong) is Verdict.INVALID
    assert last(key, of(TREASURY), signature="not one") is Verdict.INVALID
    assert last(key, of(TREASURY, refused), signature=wrong) is Verdict.REFUSED
    assert last(key, every, of(TREASURY), signature=wrong, hidden=True) is Verdict.WITHHELD


def test_without_disclosures_what_is_plain_is_found_all_the_same() -> None:
    assert last(key, every, of(TREASURY), hidden=True) is Verdict.MISSING
    assert last(key, of(TREASURY.over_kafka()), hidden=True) is Verdict.NOT_SIGNED, "who acted is withheld"


def test_the_revocation_of_a_key_that_nobody_registered_is_no_ledger_of_ours() -> None:
    revoked = KeyRevoked(office=OfficeCode("treasury"), key_id=key.key_id, reason=None)
    with pytest.raises(KeyError):
        last(of(TREASURY, revoked))
