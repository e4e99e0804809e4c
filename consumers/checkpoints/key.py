"""The key of a log is a file for its owner alone; whatever else can sign may stand in its place."""

import os
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)


class BadKey(ValueError):
    """The file holds no private Ed25519 key, or others may read it."""


class KeyFile:
    """A private Ed25519 key in a file (PEM, PKCS #8). Raises BadKey, OSError."""

    def __init__(self, path: Path) -> None:
        if path.stat().st_mode & 0o077:
            raise BadKey(f"{path} can be read by others: chmod 600")
        try:
            private = load_pem_private_key(path.read_bytes(), password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise BadKey(f"{path} is no private key in PEM without a password") from error
        if not isinstance(private, Ed25519PrivateKey):
            raise BadKey(f"{path} holds no Ed25519 key")
        self._private = private
        self.public = private.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        return self._private.sign(message)


def make_key(path: Path) -> None:
    """A new key in a file that is not there yet. Raises FileExistsError, OSError."""
    made = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(made)
            file.flush()
            os.fsync(file.fileno())
        os.link(beside, path)  # whole or not at all, and never over another
    finally:
        beside.unlink(missing_ok=True)
