"""NSA's Director signs each determination of the story, and whoever reads the whole of it finds no other signature."""

from collections import Counter

import pytest

from api.demo.keys import KEY
from domain import wire
from domain.signatures import Signatures
from domain.signing import Verdict
from tests.api.knocking import Door, office

GAO = office("gao")


@pytest.fixture
def door(told_door: Door) -> Door:
    return told_door


def test_each_determination_is_signed_and_its_signature_holds(door: Door) -> None:
    query = {"type": "case.determination-issued.v1", "limit": 100}
    listed = door.read("/v1/audit/events", GAO, **query).json()["items"]
    assert len(listed) >= 20
    assert all(each["signed"] for each in listed)
    for each in listed[:3]:
        told = door.read(f"/v1/audit/events/{each['position']}", GAO).json()
        assert told["signature"] == {"key_id": KEY, "algorithm": "Ed25519", "verdict": "valid"}


def test_the_whole_story_has_no_signature_that_does_not_hold_and_misses_none(door: Door) -> None:
    reader = Signatures(door.ledger.opened.ledger)
    found: Counter[Verdict] = Counter()
    for position, _, document in door.recorder.read(0, door.recorder.head()):
        disclosures = door.recorder.disclosures([position]).get(position, ())
        verdict = reader.verdict(document, disclosures)
        found[verdict] += 1
        signed = wire.load(document).signed is True
        assert signed == (verdict is Verdict.VALID)
    assert found.keys() == {Verdict.VALID, Verdict.NOT_SIGNED}
    assert found[Verdict.VALID] >= 20
