"""What an event discloses is sealed under a key of its own: destroy that key, and digests are all that is left."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from os import urandom
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

_ONCE: Final = bytes(12)  # a constant nonce is safe under a key that seals once; never seal twice with one key
_BETWEEN: Final = b"~"  # RFC 9901 §4: disclosures are base64url, so this is in none of them
_BYTES: Final = 32


class BadKeyring(Exception):
    """The file holds no keys that could be used; the sentence repeats none of them."""


class CannotUnseal(Exception):
    """Event, seal, key and keyring do not belong together, or one of them is not what it was."""


class Sealed(NamedTuple):
    """What goes to the ledger topic and what to the keys topic."""

    sealed: bytes
    wrapped: bytes
    """The event's key, wrapped (RFC 3394)."""
    kek: str
    """Id of the key that wraps it."""


@dataclass(frozen=True, slots=True)
class Keyring:
    """Key-encryption keys: the first seals, all of them open. Never shown, never logged, and never on Kafka."""

    keys: Mapping[str, bytes] = field(repr=False)

    def __post_init__(self) -> None:
        if not self.keys or any(len(key) != _BYTES for key in self.keys.values()):
            raise BadKeyring(f"a keyring has at least one key, each of {_BYTES} bytes")
        if not all(id.isascii() and id.isprintable() and 0 < len(id) <= 40 and " " not in id for id in self.keys):
            raise BadKeyring("the id of a key is 1 to 40 printable ASCII characters without a space")
        object.__setattr__(self, "keys", MappingProxyType(dict(self.keys)))

    @property
    def current(self) -> str:
        """Id of the key that seals."""
        return next(iter(self.keys))

    @classmethod
    def read(cls, path: Path) -> Self:
        """A keyring from a file of lines `<id> <base64 of 32 bytes>`. Raises BadKeyring, OSError."""
        if path.stat().st_mode & 0o077:
            raise BadKeyring(f"{path} can be read by others than its owner: chmod 600")
        keys: dict[str, bytes] = {}
        for line in path.read_text("ascii").splitlines():
            if not line.strip():
                continue
            try:
                id, text = line.split()
                key = base64.b64decode(text, validate=True)
            except (ValueError, binascii.Error):
                raise BadKeyring(f"{path}: a line is not `<id> <base64 of {_BYTES} bytes>`") from None
            if id in keys:
                raise BadKeyring(f"{path} has {id} twice")
            keys[id] = key
        return cls(keys)

    def write(self, path: Path) -> None:
        """Make the file, for its owner alone. Raises FileExistsError: no key is ever lost to another."""
        lines = (f"{id} {base64.b64encode(key).decode()}\n" for id, key in self.keys.items())
        path.touch(mode=0o600, exist_ok=False)
        path.write_text("".join(lines), "ascii")

    @classmethod
    def new(cls, id: str) -> Self:
        """A keyring with one key that nobody has had before."""
        return cls({id: urandom(_BYTES)})


def seal(event_id: str, disclosures: Sequence[bytes], keyring: Keyring) -> Sealed:
    """Seal what an event discloses. Again makes another key and other bytes."""
    key, kek = urandom(_BYTES), keyring.current
    sealed = AESGCM(key).encrypt(_ONCE, _BETWEEN.join(disclosures), event_id.encode())
    return Sealed(sealed, aes_key_wrap(keyring.keys[kek], key), kek)


def unseal(event_id: str, sealed: Sealed, keyring: Keyring) -> tuple[bytes, ...]:
    """What an event discloses. Raises CannotUnseal."""
    if (kek := keyring.keys.get(sealed.kek)) is None:
        raise CannotUnseal(f"event {event_id}: this keyring has no key {sealed.kek!r}")
    try:
        key = aes_key_unwrap(kek, sealed.wrapped)
        return tuple(AESGCM(key).decrypt(_ONCE, sealed.sealed, event_id.encode()).split(_BETWEEN))
    except (InvalidTag, InvalidUnwrap, ValueError) as error:
        raise CannotUnseal(
            f"event {event_id}: {type(error).__name__}: its key or its seal is not what it was"
        ) from error
