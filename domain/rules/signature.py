"""An office says which of its acts have to be signed; a signature counts where its key is in force at the append."""

from typing import Final

from domain.act import Attestation
from domain.errors import Refused
from domain.events.office import SignedActs
from domain.rules.asked import Asked
from domain.rules.office import Office
from domain.rules.seen import Seen

_GUARDED: Final = frozenset({"office.register-key.v1", "office.require-signatures.v1"})
"""Signed wherever anything is: or whoever has no key could make one count, or end the requirement."""
_REVOKES: Final = "office.revoke-key.v1"
"""A stolen key is revoked by those who do not have it any more; but never the last one, or nobody could sign at all."""


def judge(command_type: str, asked: Asked, seen: Seen) -> None:
    """Raise Refused where an act is not signed and has to be, or is signed by what does not count."""
    if asked.office is None:
        return
    office, signed = seen.office(asked.office), asked.signed
    if signed is None:
        if is_required(command_type, office, asked.attestation, is_person=asked.person is not None):
            raise Refused("signature-required")
        return
    if (key := office.keys.get(signed.key)) is None:
        raise Refused("signature-key-unknown")
    if key.algorithm is not signed.algorithm:
        raise Refused("signature-algorithm")
    if not signed.holds:
        raise Refused("signature-wrong")
    if not key.live:
        raise Refused("signature-key-revoked")


def is_required(command_type: str, office: Office, attestation: Attestation, *, is_person: bool) -> bool:
    """Whether such an act of this office has to be signed, by a person who is known so, or by nobody in person.

    Where only the word of the office says which person acts, its keys say so too, once it has registered any: also
    when all of them are revoked.
    """
    if command_type == _REVOKES and sum(key.live for key in office.keys.values()) > 1:
        return False
    if attestation is Attestation.OFFICE and is_person and office.keys:
        return True
    match office.signed_acts:
        case SignedActs.NONE:
            return False
        case SignedActs.LISTED:
            return command_type in office.signed_commands or command_type in _GUARDED
        case SignedActs.EVERY:
            return True
