"""Whoever has the secret, or the public key, can tell that it was Docket, with a library that others wrote."""

from base64 import b64decode, b64encode
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from api.subscriptions.signing import Locked, Safe, Scheme, given_to_receiver, new_secret, signatures
from consumers.topics.sealing import Keyring


@given(body=st.text(st.characters(exclude_categories=["Cs"])), id=st.uuids().map(str))
def test_the_reference_library_accepts_what_is_signed(body: str, id: str) -> None:
    secret, now = new_secret(Scheme.HMAC), datetime.now(UTC)
    said = signatures([secret], id=id, timestamp=int(now.timestamp()), body=body.encode())
    assert said == Webhook(secret).sign(id, now, body)


def test_it_refuses_another_body_another_id_another_time_and_another_secret() -> None:
    secret, now = new_secret(Scheme.HMAC), int(datetime.now(UTC).timestamp())
    headers = {
        "webhook-id": "a",
        "webhook-timestamp": str(now),
        "webhook-signature": signatures([secret], id="a", timestamp=now, body=b"{}"),
    }
    assert Webhook(secret).verify(b"{}", headers) == {}
    for wrong in (
        (secret, b"[]", headers),
        (secret, b"{}", headers | {"webhook-id": "b"}),
        (secret, b"{}", headers | {"webhook-timestamp": str(now + 1)}),
        (new_secret(Scheme.HMAC), b"{}", headers),
    ):
        with pytest.raises(WebhookVerificationError):
            Webhook(wrong[0]).verify(wrong[1], wrong[2])


def test_during_a_change_either_secret_will_do() -> None:
    old, new = new_secret(Scheme.HMAC), new_secret(Scheme.HMAC)
    now = int(datetime.now(UTC).timestamp())
    both = signatures([new, old], id="a", timestamp=now, body=b"{}")
    for secret in (old, new):
        headers = {"webhook-id": "a", "webhook-timestamp": str(now), "webhook-signature": both}
        assert Webhook(secret).verify(b"{}", headers) == {}


def test_ed25519_is_checked_with_the_public_key_that_the_receiver_has() -> None:
    secret = new_secret(Scheme.ED25519)
    given = given_to_receiver(secret)
    assert given.startswith("whpk_")
    assert given != secret
    version, _, signature = signatures([secret], id="a", timestamp=7, body=b"{}").partition(",")
    assert version == "v1a"
    public = Ed25519PublicKey.from_public_bytes(b64decode(given.removeprefix("whpk_")))
    public.verify(b64decode(signature), b"a.7.{}")
    with pytest.raises(InvalidSignature):
        public.verify(b64decode(signature), b"a.8.{}")


def test_a_secret_has_as_many_bits_as_the_standard_asks_for_and_is_never_the_same() -> None:
    secrets = {new_secret(Scheme.HMAC) for _ in range(100)}
    assert len(secrets) == 100
    assert all(secret.startswith("whsec_") and len(b64decode(secret[6:])) == 32 for secret in secrets)


def test_a_sealed_secret_opens_for_what_it_belongs_to_and_for_nothing_else(tmp_path: Path) -> None:
    ring = Keyring.new("one")
    ring.write(tmp_path / "keys")
    safe, secret = Safe(Keyring.read(tmp_path / "keys")), new_secret(Scheme.HMAC)
    kept = safe.close(secret, "mine")
    assert secret.partition("_")[2] not in kept
    assert safe.close(secret, "mine") != kept
    assert safe.open(kept, "mine") == secret
    id, _, sealed = kept.partition(" ")
    broken = bytearray(b64decode(sealed))
    broken[-1] ^= 1
    for other, text, of in (
        (safe, kept, "theirs"),
        (Safe(Keyring.new("one")), kept, "mine"),
        (Safe(Keyring.new("two")), kept, "mine"),
        (Safe(), kept, "mine"),
        (safe, f"{id} {b64encode(broken).decode()}", "mine"),
    ):
        with pytest.raises(Locked):
            other.open(text, of)


def test_a_key_that_was_added_seals_and_the_one_before_still_opens() -> None:
    old = Keyring.new("old")
    kept = Safe(old).close("whsec_x", "mine")
    both = Safe(Keyring({**Keyring.new("new").keys, **old.keys}))
    assert both.open(kept, "mine") == "whsec_x"
    assert both.close("whsec_x", "mine").startswith("new ")
    assert Safe(old).open(Safe().close("whsec_x", "mine"), "mine") == "whsec_x", "one that was kept without a keyring"
