"""What is sent is signed as Standard Webhooks has it, so that a receiver can check it with a library that exists.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import hmac
from base64 import b64decode, b64encode
from collections.abc import Sequence
from enum import StrEnum
from os import urandom
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from consumers.topics.sealing import Keyring

_BYTES: Final = 32
_NONCE: Final = 12
_OPEN: Final = "open"


class Scheme(StrEnum):
    """How it is signed."""

    HMAC = "v1"
    """HMAC-SHA256: the receiver has the secret."""
    ED25519 = "v1a"
    """Ed25519: the receiver has the public key, and whoever reads it there can sign nothing."""


_SECRET: Final = {Scheme.HMAC: "whsec_", Scheme.ED25519: "whsk_"}
_PUBLIC: Final = "whpk_"


class Locked(Exception):
    """A secret cannot be opened: its key is missing, or it is not what it was."""


def new_secret(scheme: Scheme) -> str:
    """A secret that nobody has had before."""
    return _SECRET[scheme] + b64encode(urandom(_BYTES)).decode()


def given_to_receiver(secret: str) -> str:
    """What the receiver checks with: the secret itself, or the public key."""
    if secret.startswith(_SECRET[Scheme.HMAC]):
        return secret
    public = Ed25519PrivateKey.from_private_bytes(_bytes(secret)).public_key()
    return _PUBLIC + b64encode(public.public_bytes_raw()).decode()


def signatures(secrets: Sequence[str], *, id: str, timestamp: int, body: bytes) -> str:
    """`webhook-signature`: one for each secret, so that a receiver may have either."""
    signed = f"{id}.{timestamp}.".encode() + body
    return " ".join(_signature(secret, signed) for secret in secrets)


def _signature(secret: str, signed: bytes) -> str:
    key = _bytes(secret)
    if secret.startswith(_SECRET[Scheme.HMAC]):
        return f"{Scheme.HMAC},{b64encode(hmac.digest(key, signed, 'sha256')).decode()}"
    signature = Ed25519PrivateKey.from_private_bytes(key).sign(signed)
    return f"{Scheme.ED25519},{b64encode(signature).decode()}"


def _bytes(secret: str) -> bytes:
    return b64decode(secret.partition("_")[2])


class Safe:
    """Secrets as they are kept: sealed where there is a keyring; otherwise as they are, and the store protects them."""

    def __init__(self, keyring: Keyring | None = None) -> None:
        self._keyring = keyring

    def close(self, secret: str, of: str) -> str:
        """How a secret is kept; `of` is what it belongs to, and it opens for nothing else."""
        if self._keyring is None:
            return f"{_OPEN} {secret}"
        nonce, key = urandom(_NONCE), self._keyring.current
        sealed = AESGCM(self._keyring.keys[key]).encrypt(nonce, secret.encode(), of.encode())
        return f"{key} {b64encode(nonce + sealed).decode()}"

    def open(self, kept: str, of: str) -> str:
        """The secret. Raises Locked."""
        key, _, text = kept.partition(" ")
        if key == _OPEN:
            return text
        if self._keyring is None or key not in self._keyring.keys:
            raise Locked(f"no key {key!r} is in the keyring")
        sealed = b64decode(text)
        try:
            return AESGCM(self._keyring.keys[key]).decrypt(sealed[:_NONCE], sealed[_NONCE:], of.encode()).decode()
        except InvalidTag as error:
            raise Locked("a secret is not what it was") from error
