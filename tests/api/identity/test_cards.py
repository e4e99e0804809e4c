"""A card is believed from the proxy that read it, and from nobody else."""

from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import (
    CertificateBuilder,
    Name,
    SubjectAlternativeName,
    UniformResourceIdentifier,
    random_serial_number,
)
from fastapi.testclient import TestClient

from tests.api.identity.conftest import CARD, PROXY
from tests.api.identity.issuing import Issuer
from tests.api.identity.test_tokens import is_nobody

Knows = Callable[..., TestClient]
OTHER = CARD[:-1] + "7"


def certificate(*names: str, begins: timedelta = timedelta(days=-1), ends: timedelta = timedelta(days=1)) -> str:
    """`Client-Cert` of an invented card."""
    now, key = datetime.now(UTC), ec.generate_private_key(ec.SECP256R1())
    made = (
        CertificateBuilder()
        .subject_name(Name([]))
        .issuer_name(Name([]))
        .public_key(key.public_key())
        .serial_number(random_serial_number())
        .not_valid_before(now + begins)
        .not_valid_after(now + ends)
    )
    if names:
        said = SubjectAlternativeName([UniformResourceIdentifier(each) for each in names])
        made = made.add_extension(said, critical=False)
    return ":" + b64encode(made.sign(key, SHA256()).public_bytes(Encoding.DER)).decode() + ":"


def me(client: TestClient, *cards: str) -> Any:
    return client.get("/v1/me", headers=[("Client-Cert", card) for card in cards])


@pytest.mark.parametrize("host", [PROXY, f"::ffff:{PROXY}"])
def test_a_card_says_who_asks(host: str, knows: Knows) -> None:
    answer = me(knows(host), certificate(CARD, "https://example.gov"))
    assert answer.status_code == 200, answer.text
    said = answer.json()
    assert (said["actor"], said["person"]["name"], said["attestation"]) == ("office/nsa", "A. Example", "piv")


def test_it_is_believed_from_the_proxy_alone(issuer: Issuer, knows: Knows) -> None:
    for host in ("192.0.2.1", "127.0.0.1", "testclient"):
        assert is_nobody(me(knows(host), certificate(CARD)))
    both = {"Client-Cert": certificate(CARD), "Authorization": f"Bearer {issuer.token('gao-audit')}"}
    assert is_nobody(knows(PROXY).get("/v1/me", headers=both))
    assert is_nobody(knows("192.0.2.1").get("/v1/me", headers=both))
    assert is_nobody(me(knows(PROXY), certificate(CARD), certificate(CARD)))


@pytest.mark.parametrize(
    "header",
    [
        "",
        "::",
        ":AAAA:",
        "AAAA",
        ":é:",
        certificate(CARD).strip(":"),
        certificate(CARD)[:-9] + ":",
        certificate(OTHER),
        certificate(),
        certificate("https://example.gov"),
        certificate(CARD, OTHER),
        certificate(CARD, begins=timedelta(days=-9), ends=timedelta(days=-1)),
        certificate(CARD, begins=timedelta(hours=1)),
        ":" + "A" * 20000 + ":",
    ],
)
def test_nothing_else_is_believed(header: str, knows: Knows) -> None:
    assert is_nobody(knows(PROXY).get("/v1/me", headers={b"Client-Cert": header.encode()}))
