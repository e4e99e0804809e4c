"""A reader is told of a signature what the record bears out, whoever wrote the record."""

from typing import Any

import pytest

from domain import signing, wire
from domain.act import Acted
from domain.message import WITHHELD
from domain.signing import Verdict
from projections.disclosed import Disclosed
from projections.signatures import SignatureAt, signature_at
from tests.domain.signed import ED25519, LEDGER, recorded, registration, said


class Office:
    """A record that holds the stream of one office, its key registered at position 2."""

    def read_stream(
        self, stream: str, after_version: int = 0, upto_position: int | None = None
    ) -> list[tuple[int, int, bytes]]:
        registered = [(2, 2, wire.dump(registration(ED25519))[0])]
        return [each for each in registered if stream == "office-treasury" and each[0] <= (upto_position or 0)]

    def documents(self, positions: object) -> dict[int, bytes]:
        raise NotImplementedError

    disclosures = documents


def told(event: Any, *, position: int = 3, hidden: bool = False) -> SignatureAt | None:
    document, disclosures = wire.dump(event)
    shown = () if hidden else disclosures
    found = Disclosed(
        position=position,
        recorded=wire.load(document, shown),
        withheld=(),
        destroyed=(),
        document=document,
        disclosures=shown,
    )
    return signature_at(LEDGER, Office(), found)  # type: ignore[arg-type]


GOOD = signing.sign(said(), ED25519.private, ED25519.id)


def test_a_signature_is_told_with_its_key_by_the_keys_of_its_position() -> None:
    assert told(recorded(GOOD)) == SignatureAt(key_id=ED25519.id, algorithm="Ed25519", verdict=Verdict.VALID)
    assert told(recorded(GOOD), position=2) == SignatureAt(
        key_id=ED25519.id, algorithm="Ed25519", verdict=Verdict.INVALID
    )
    assert told(recorded(None)) is None


def test_what_is_withheld_is_told_to_be_withheld_and_nothing_more() -> None:
    withheld = SignatureAt(key_id=None, algorithm=None, verdict=Verdict.WITHHELD)
    assert told(recorded(GOOD), hidden=True) == withheld
    assert told(recorded(None), hidden=True) is None


@pytest.mark.parametrize("text", ["not a signature", "e30..AA", None])
def test_a_record_that_was_tampered_with_is_read_all_the_same_and_its_signature_is_not_valid(text) -> None:
    act = recorded(None).act
    assert act is not WITHHELD
    found = told(recorded(GOOD, act=Acted(digest=act.digest, signature=text)))
    assert found == SignatureAt(key_id=None, algorithm=None, verdict=Verdict.INVALID)
