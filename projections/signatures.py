"""Whether an event's act was signed, by which key, and whether that holds, is read from the record each time."""

from typing import Final

import msgspec

from domain import signing, wire
from domain.message import WITHHELD
from domain.rules.seen import of_office
from domain.signing import Verdict
from domain.values import KeyId, LedgerId, OfficeCode
from projections.disclosed import Disclosed, Documents

_OFFICE: Final = "office/"


class SignatureAt(msgspec.Struct, kw_only=True, frozen=True):
    """The signature of an event's act, checked as the event is read."""

    key_id: KeyId | None
    """The office's key; None where this reader may not see it, or it was destroyed."""
    algorithm: str | None
    """As the signature calls it."""
    verdict: Verdict
    """By the keys that were in force at the event's position."""


def signature_at(ledger: LedgerId, documents: Documents, found: Disclosed) -> SignatureAt | None:
    """What this reader may know of the signature; None where there is none."""
    recorded = found.recorded
    if not recorded.signed:
        return None
    if recorded.act is WITHHELD or recorded.by is WITHHELD:
        return SignatureAt(key_id=None, algorithm=None, verdict=Verdict.WITHHELD)
    try:
        signature = signing.read(recorded.act.signature or "")
    except signing.NotASignature:
        return SignatureAt(key_id=None, algorithm=None, verdict=Verdict.INVALID)
    office = of_office(OfficeCode(recorded.actor.removeprefix(_OFFICE)))
    stream = documents.read_stream(office, upto_position=found.position)
    keys = signing.keys_in_force(((at, wire.load(document)) for at, _, document in stream), found.position)
    return SignatureAt(
        key_id=signature.key,
        algorithm=signature.algorithm,
        verdict=signing.verdict(found.document, found.disclosures, ledger=ledger, keys=keys),
    )
