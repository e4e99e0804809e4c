"""PIV cards, which a proxy has read: it says so in `Client-Cert` (RFC 9440), and is believed by its address alone."""

import re
from base64 import b64decode
from datetime import UTC, datetime
from typing import Final

from cryptography.x509 import (
    Certificate,
    ExtensionNotFound,
    SubjectAlternativeName,
    UniformResourceIdentifier,
    load_der_x509_certificate,
)

from api.identity import Unauthenticated
from api.identity.roster import CARD

HEADER: Final = "Client-Cert"
LONGEST: Final = 16384
_FORM: Final = re.compile(r":([A-Za-z0-9+/]+={0,2}):")
_WRONG: Final = f"The header {HEADER} does not have its form (RFC 9440)."


def card(header: str) -> str:
    """The UUID of the card whose certificate a header holds (FIPS 201-3 §4.2.1). Raises Unauthenticated."""
    found = _FORM.fullmatch(header) if len(header) <= LONGEST else None
    if found is None:
        raise Unauthenticated(_WRONG)
    try:
        certificate = load_der_x509_certificate(b64decode(found[1], validate=True))
        cards = _cards(certificate)
    except ValueError as error:
        raise Unauthenticated(_WRONG) from error
    if len(cards) != 1:
        raise Unauthenticated("The certificate is not one of a PIV card: it names no card, or several.")
    if not certificate.not_valid_before_utc <= datetime.now(UTC) <= certificate.not_valid_after_utc:
        raise Unauthenticated("The certificate is not valid yet, or no longer.")
    return cards[0]


def _cards(certificate: Certificate) -> list[str]:
    try:
        names = certificate.extensions.get_extension_for_class(SubjectAlternativeName).value
    except ExtensionNotFound:
        return []
    return [each for each in names.get_values_for_type(UniformResourceIdentifier) if re.fullmatch(CARD, each)]
