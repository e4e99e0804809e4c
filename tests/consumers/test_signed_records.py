"""Over Kafka the word of an office says which person acts, and once it has registered a key, that key says so too."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from consumers.acts import cloudevent
from consumers.inbox.attested import NAMES
from domain import signing, wire
from domain.commands.office import RegisterKey, RevokeKey
from domain.signing import Verdict
from domain.values import OfficeCode, PersonId, StreamId
from tests.consumers.asking import Office, binary, concern
from tests.domain.signed import ED25519, ES256, KEYS, Own
from tests.projections.small_ledger import DHS, LEDGER, Small, small, uuid
from tests.services.kafka import Kafka


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Small]:
    made = small(tmp_path / "ledger.db")
    made.enrol()
    yield made
    made.recorder.close()


@pytest.fixture
def case(ledger: Small) -> str:
    return ledger.submit()


@pytest.fixture
def office(kafka: Kafka) -> Office:
    return Office(kafka)


def registers(ledger: Small, own: Own = ED25519) -> None:
    command = RegisterKey(office=OfficeCode("dhs"), key_id=own.id, algorithm=own.algorithm, public_key=own.registered)
    ledger.done(command, DHS)


def signed(said: Mapping[str, Any], own: Own = ED25519, *, person: str | None = None) -> dict[str, Any]:
    """A record with its signature, as the person that it states or as another."""
    act = cloudevent.asked(said, elsewhere=NAMES)
    payload = signing.statement(
        ledger=LEDGER,
        actor="office/dhs",
        person=PersonId(person or said["person"]),
        id=act.id,
        digest=wire.act_digest(act),
    )
    return {**said, "signature": signing.sign(payload, own.private, own.id)}


@pytest.mark.parametrize("own", KEYS.values(), ids=KEYS)
def test_a_record_that_is_signed_is_recorded_in_both_modes(ledger: Small, case: str, office: Office, own: Own) -> None:
    registers(ledger, own)
    office.ask(signed(concern(case, 1), own))
    office.send([binary(signed(concern(case, 2), own))])
    told = office.answered(ledger.ledger)
    assert [each.outcome for each in told] == ["recorded", "recorded"]
    stream = ledger.recorder.read_stream(StreamId("office-dhs"))
    keys = signing.keys_in_force([(at, wire.load(document)) for at, _, document in stream], ledger.recorder.head())
    for each in told:
        at = each.data["receipt"]["position"]
        document, disclosures = ledger.recorder.documents([at])[at], ledger.recorder.disclosures([at])[at]
        assert signing.verdict(document, disclosures, ledger=LEDGER, keys=keys) is Verdict.VALID


def test_each_person_signs_once_the_office_has_a_key_and_a_system_need_not(
    ledger: Small, case: str, office: Office
) -> None:
    (before,) = office.answered(ledger.ledger, concern(case, 0))
    assert before.outcome == "recorded"
    registers(ledger)
    good = signed(concern(case, 1))
    told = office.answered(
        ledger.ledger,
        concern(case, 2),
        signed(concern(case, 3), person=uuid(7)),
        signed(concern(case, 4), ES256),
        {**concern(case, 5), "signature": good["signature"]},
        {**concern(case, 6), "signature": "e30..AA"},
        {**concern(case, 7), "signature": "none"},
        concern(case, 8, person=None, personname=None),
        good,
        {**concern(case, 1)},
    )[1:]
    assert [(each.outcome, each.data.get("problem", {}).get("code")) for each in told] == [
        ("refused", "signature-required"),
        ("refused", "signature-wrong"),
        ("refused", "signature-key-unknown"),
        ("refused", "signature-wrong"),
        ("turned-away", "signature-form"),
        ("turned-away", "malformed"),
        ("recorded", None),
        ("recorded", None),
        ("repeated", None),
    ]


def test_a_key_that_was_revoked_before_the_record_is_answered_refuses_whenever_it_was_sent(
    ledger: Small, case: str, office: Office
) -> None:
    """The broker has it first, the ledger the revocation: the order of the ledger counts."""
    registers(ledger)
    office.ask(signed(concern(case, 1)))
    ledger.done(RevokeKey(office=OfficeCode("dhs"), key_id=ED25519.id), DHS)
    (told,) = office.answered(ledger.ledger)
    assert (told.outcome, told.code) == ("refused", "signature-key-revoked")
