"""A signed act is recorded where its key is in force as it is appended, in this ledger, by this office and person."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from jwcrypto.jwk import JWK

from domain import signing, wire
from domain.act import Act, Attestation, Principal
from domain.commands.case import FileDissent
from domain.commands.office import RegisterKey, RequireSignatures
from domain.errors import TurnedAway
from domain.events.office import SignedActs
from domain.events.record import ActionRefused
from domain.message import WITHHELD
from domain.signatures import Signatures
from domain.signing import Verdict
from domain.values import CommandId, LedgerId, OfficeCode, PersonId, StreamId
from tests.domain.ledger.some_appends import opened_at
from tests.domain.signed import ED25519, ES256, Own
from tests.projections.small_ledger import ACME, COMMERCE, DHS, LEDGER, OPEN, Small, uuid

KAFKA = replace(DHS, attestation=Attestation.OFFICE)
OTHER_PERSON = replace(DHS, person=replace(DHS.person, id=PersonId(uuid(77))))  # type: ignore[type-var]
OFFICE = OfficeCode("dhs")
OTHER_KEY = Own(json.loads(JWK.generate(kty="OKP", crv="Ed25519").export()), ED25519.id, ED25519.algorithm)


@pytest.fixture
def ledger(where: str) -> Iterator[Small]:
    recorder: Any = opened_at(where, verify=wire.verify)  # of either kind: nothing here is asked of one alone
    made = Small(recorder).found()
    made.enrol()
    yield made
    made.recorder.close()


@pytest.fixture
def case(ledger: Small) -> Any:
    return ledger.submit()


def registers(ledger: Small, own: Own) -> None:
    command = RegisterKey(office=OFFICE, key_id=own.id, algorithm=own.algorithm, public_key=own.registered)
    ledger.done(command, DHS)


def act(command: Any, number: int = 1, **more: Any) -> Act:
    return Act(id=CommandId(uuid(9000 + number)), command=command, marking=OPEN, **more)


def dissent(case: Any, number: int = 1, reasons: str = "We disagree.") -> FileDissent:
    return FileDissent(case_id=case, dissent_id=uuid(5000 + number), reasons=reasons)


def signed(
    unsigned: Act, own: Own = ED25519, by: Principal = DHS, *, ledger: LedgerId = LEDGER, of: Act | None = None
) -> Act:
    """An act with a signature of it, or of another."""
    said = signing.statement(
        ledger=ledger,
        actor=str(by.actor),
        person=None if by.person is None else by.person.id,
        id=(of or unsigned).id,
        digest=wire.act_digest(of or unsigned),
    )
    return replace(unsigned, signature=signing.sign(said, own.private, own.id))


def verdicts(ledger: Small) -> list[Verdict]:
    """What an auditor finds of each event of the office, from what is stored and nothing else."""
    recorder = ledger.recorder
    stored = recorder.documents(range(1, recorder.head() + 1))
    office = [(at, wire.load(document)) for at, _, document in recorder.read_stream(StreamId(f"office-{OFFICE}"))]
    found, reader = [], Signatures(LEDGER)
    for position, document in sorted(stored.items()):
        disclosures = recorder.disclosures([position])[position]
        wire.verify(document, disclosures)
        read = reader.verdict(document, disclosures)
        if wire.load(document).actor == f"office/{OFFICE}":
            keys = signing.keys_in_force(office, position)
            found.append(signing.verdict(document, disclosures, ledger=LEDGER, keys=keys))
            assert read is found[-1]
        else:
            assert read is Verdict.NOT_SIGNED
    return found


WRONG: dict[str, tuple[Callable[[Act], Act], str]] = {
    "another ledger": (lambda a: signed(a, ledger=LedgerId(uuid(1))), "signature-wrong"),
    "another person": (lambda a: signed(a, by=OTHER_PERSON), "signature-wrong"),
    "no person": (lambda a: signed(a, by=replace(DHS, person=None)), "signature-wrong"),
    "another office": (lambda a: signed(a, by=COMMERCE), "signature-wrong"),
    "another id": (lambda a: signed(a, of=replace(a, id=CommandId(uuid(1)))), "signature-wrong"),
    "another body": (lambda a: signed(a, of=replace(a, command=dissent(uuid(1)))), "signature-wrong"),
    "another marking": (lambda a: signed(a, of=replace(a, marking="CUI")), "signature-wrong"),
    "another protected marking": (lambda a: signed(a, of=replace(a, protected_marking="CUI")), "signature-wrong"),
    "another key": (lambda a: signed(a, OTHER_KEY), "signature-wrong"),
    "a key that is not registered": (lambda a: signed(a, ES256), "signature-key-unknown"),
    "another algorithm": (lambda a: signed(a, Own(ES256.jwk, ED25519.id, ES256.algorithm)), "signature-algorithm"),
}


@pytest.mark.parametrize(("wrong", "code"), WRONG.values(), ids=WRONG)
def test_a_signature_of_something_else_is_refused_and_what_came_is_kept(ledger: Small, case: Any, wrong, code):
    registers(ledger, ED25519)
    sent = wrong(act(dissent(case)))
    receipt = ledger.ledger.act(sent, by=DHS)
    assert receipt.refused is not None
    assert receipt.refused.code == code
    (entry,) = receipt.events
    document = ledger.recorder.documents([entry.position])[entry.position]
    recorded = wire.load(document, ledger.recorder.disclosures([entry.position])[entry.position])
    assert isinstance(recorded.event, ActionRefused)
    assert recorded.event.ground == code
    assert recorded.act is not WITHHELD
    assert recorded.act.signature == sent.signature
    assert verdicts(ledger)[-1] is Verdict.REFUSED


def test_an_act_is_known_again_whatever_it_is_signed_with(ledger: Small, case: Any):
    registers(ledger, ED25519)
    registers(ledger, ES256)
    unsigned = act(dissent(case))
    first = ledger.ledger.act(signed(unsigned), by=DHS)
    for again in (signed(unsigned), signed(unsigned, ES256), unsigned, signed(unsigned, ledger=LedgerId(uuid(1)))):
        assert ledger.ledger.act(again, by=DHS) == replace(first, repeated=True)
    with pytest.raises(TurnedAway, match="id-reused"):
        ledger.ledger.act(signed(replace(unsigned, command=dissent(case, reasons="Otherwise."))), by=DHS)


def test_an_act_that_was_refused_for_its_signature_stays_refused_and_a_new_id_is_a_new_try(ledger: Small, case: Any):
    registers(ledger, ED25519)
    first = ledger.ledger.act(signed(act(dissent(case)), by=OTHER_PERSON), by=DHS)
    assert ledger.ledger.act(signed(act(dissent(case))), by=DHS) == replace(first, repeated=True)
    assert ledger.ledger.act(signed(act(dissent(case), 2)), by=DHS).refused is None


def test_the_requirement_holds_from_the_next_act_on_and_leaves_others_alone(ledger: Small, case: Any):
    registers(ledger, ED25519)
    requires = RequireSignatures(office=OFFICE, acts=SignedActs.EVERY)
    assert ledger.ledger.act(act(dissent(case, 1), 1), by=DHS).refused is None
    assert ledger.ledger.act(signed(act(requires, 2)), by=DHS).refused is None
    refused = ledger.ledger.act(act(dissent(case, 3), 3), by=DHS).refused
    assert refused is not None
    assert refused.code == "signature-required"
    assert ledger.ledger.act(signed(act(dissent(case, 4), 4)), by=DHS).refused is None
    assert ledger.ledger.act(act(dissent(case, 5), 5), by=COMMERCE).refused is None
    ledger.submit("Another")


def test_a_person_over_kafka_signs_once_the_office_has_a_key(ledger: Small, case: Any):
    assert ledger.ledger.act(act(dissent(case, 1), 1), by=KAFKA).refused is None
    registers(ledger, ED25519)
    refused = ledger.ledger.act(act(dissent(case, 2), 2), by=KAFKA).refused
    assert refused is not None
    assert refused.code == "signature-required"
    assert ledger.ledger.act(signed(act(dissent(case, 3), 3)), by=KAFKA).refused is None
    assert ledger.ledger.act(act(dissent(case, 4), 4), by=DHS).refused is None


def test_a_participant_has_no_keys_and_its_signature_is_turned_away(ledger: Small):
    head = ledger.recorder.head()
    with pytest.raises(TurnedAway, match="signature-unsupported"):
        ledger.ledger.act(signed(act(dissent(uuid(1))), by=ACME), by=ACME)
    assert ledger.recorder.head() == head


@pytest.mark.parametrize("text", ["e30..AA", "not a signature", "..", "eyJhbGciOiJub25lIn0..", "a.b.c"])
def test_what_is_no_signature_is_turned_away_and_uses_up_no_id(ledger: Small, case: Any, text):
    registers(ledger, ED25519)
    head = ledger.recorder.head()
    with pytest.raises(TurnedAway, match="signature-form"):
        ledger.ledger.act(act(dissent(case), signature=text), by=DHS)
    assert ledger.recorder.head() == head
    assert ledger.ledger.act(signed(act(dissent(case))), by=DHS).refused is None
