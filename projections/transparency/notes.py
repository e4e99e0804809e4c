"""A signed note is a text, and beneath it the names of those who signed it (C2SP signed-note, tlog-cosignature)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from hashlib import sha256
from typing import Final, Protocol, Self, assert_never

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

from domain.ed25519 import proves_nothing
from projections.transparency.checkpoint import Checkpoint
from projections.transparency.spelling import from_base64, is_name, to_base64
from projections.transparency.tree import Unproved

LONGEST: Final = 1_000_000
"""Bytes of a note."""
MOST_SIGNATURES: Final = 100
_DASH: Final = "\u2014"
_SUBTREE: Final = b"subtree/v1\n\0"


class Kind(IntEnum):
    """What a key signs, as its first byte says."""

    LOG = 1
    """Ed25519, over the text."""
    WITNESS = 4
    """Ed25519, over a time and the text (cosignature/v1)."""
    WITNESS_ML_DSA = 6
    """ML-DSA-44, over the witness's name, a time, and what the text says of the log (subtree/v1)."""

    @property
    def is_of_witnesses(self) -> bool:
        return self is not Kind.LOG


_BYTES: Final = {Kind.LOG: 32, Kind.WITNESS: 32, Kind.WITNESS_ML_DSA: 1312}
"""Bytes of a public key."""


class Signer(Protocol):
    """Holds a private key, or knows who does: a file, or a token behind PKCS #11. It never shows it."""

    @property
    def public(self) -> bytes:
        """The public key."""

    def sign(self, message: bytes) -> bytes:
        """The signature."""


@dataclass(frozen=True, slots=True)
class Key:
    """A name and a public key that go together. Raises Unproved for what is none, or proves nothing."""

    name: str
    kind: Kind
    public: bytes
    id: bytes = field(init=False)
    """Four bytes that tell which key of a name signed."""

    def __post_init__(self) -> None:
        if not is_name(self.name) or len(self.public) != _BYTES[self.kind]:
            raise Unproved("this is no key")
        if self.kind is not Kind.WITNESS_ML_DSA and proves_nothing(self.public):
            raise Unproved("a key of small order proves nothing")
        said = self.name.encode() + b"\n" + bytes([self.kind]) + self.public
        object.__setattr__(self, "id", sha256(said).digest()[:4])

    @classmethod
    def read(cls, text: str) -> Self:
        """A key as its text has it: `<name>+<id>+<base64>`. Raises Unproved."""
        if len(parts := text.split("+", 2)) != 3:
            raise Unproved("this is no key")
        name, id, encoded = parts
        raw = from_base64(encoded)
        if raw[:1] not in {bytes([kind]) for kind in Kind}:
            raise Unproved("a key of a kind that is not known here")
        key = cls(name, Kind(raw[0]), raw[1:])
        if key.id.hex() != id:
            raise Unproved("the key and its id do not go together")
        return key

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{to_base64(bytes([self.kind]) + self.public)}"

    def verify(self, text: bytes, signature: bytes) -> int | None:
        """When it signed, in seconds since 1970; None where that is not said. Raises Unproved."""
        at = 0
        if self.kind.is_of_witnesses:
            at, signature = int.from_bytes(signature[:8], "big"), signature[8:]
            if at >= 1 << 63 or (at == 0 and self.kind is Kind.WITNESS):
                raise Unproved(f"{self.name} signed at no time")
        try:
            if self.kind is Kind.WITNESS_ML_DSA:
                MLDSA44PublicKey.from_public_bytes(self.public).verify(signature, self.message(text, at))
            else:
                Ed25519PublicKey.from_public_bytes(self.public).verify(signature, self.message(text, at))
        except InvalidSignature as error:
            raise Unproved(f"the signature of {self.name} does not fit") from error
        except UnsupportedAlgorithm as error:
            raise Unproved(f"{self.name} signs with ML-DSA, which cannot be checked on this machine") from error
        return at or None

    def message(self, text: bytes, at: int) -> bytes:
        """What a signature of the text is over. Raises Unproved for a text that a witness signs nothing of."""
        match self.kind:
            case Kind.LOG:
                return text
            case Kind.WITNESS:
                return b"cosignature/v1\ntime %d\n" % at + text
            case Kind.WITNESS_ML_DSA:
                said = Checkpoint.read(text)
                name, origin = _short(self.name), _short(said.origin)
                return _SUBTREE + name + _eight(at) + origin + _eight(0) + _eight(said.size) + said.root
            case _:
                assert_never(self.kind)


@dataclass(frozen=True, slots=True)
class Signature:
    """One line beneath a text; whether it fits, the key says."""

    name: str
    key_id: bytes
    signature: bytes

    def __str__(self) -> str:
        return f"{_DASH} {self.name} {to_base64(self.key_id + self.signature)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text and its signatures."""

    text: bytes
    """With the line end that ends it."""
    signatures: tuple[Signature, ...]

    @classmethod
    def read(cls, note: bytes) -> Self:
        """Raises Unproved for what is no note."""
        if len(note) > LONGEST:
            raise Unproved("longer than a note may be")
        try:
            said = note.decode("utf-8")
        except UnicodeDecodeError as error:
            raise Unproved("a note is UTF-8") from error
        text, apart, below = said.rpartition("\n\n")
        if any(each < " " and each != "\n" for each in said) or not apart:
            raise Unproved("this is no signed note")
        return cls(f"{text}\n".encode(), read_signatures(below))

    def __bytes__(self) -> bytes:
        return self.text + b"\n" + "".join(map(str, self.signatures)).encode()

    def signed_by(self, keys: Iterable[Key]) -> Mapping[Key, int | None]:
        """Which of these keys signed, and when. Raises Unproved where one did not that is said to have, or none did."""
        known: dict[tuple[str, bytes], Key] = {}
        for key in keys:
            if known.setdefault((key.name, key.id), key) != key:
                raise Unproved("two keys of one name and id")
        found: dict[Key, int | None] = {}
        for one in self.signatures:
            who = known.get((one.name, one.key_id))
            if who is not None and who not in found:
                found[who] = who.verify(self.text, one.signature)
        if not found:
            raise Unproved("nobody signed who is known")
        return found


def read_signatures(lines: str) -> tuple[Signature, ...]:
    """The lines beneath a text, each ended. Raises Unproved."""
    if not lines.endswith("\n") or lines.count("\n") > MOST_SIGNATURES:
        raise Unproved("no signatures, or more than are read")
    found = []
    for line in lines[:-1].split("\n"):
        dash, _, rest = line.partition(" ")
        name, _, encoded = rest.partition(" ")
        raw = from_base64(encoded)
        if dash != _DASH or not is_name(name) or len(raw) < 5:
            raise Unproved("a line is no signature")
        found.append(Signature(name, raw[:4], raw[4:]))
    return tuple(found)


def signed(text: bytes, key: Key, signer: Signer, *, at: int | None = None) -> Signature:
    """The signature of a log, or with `at` (seconds since 1970) that of a witness."""
    if not key.kind.is_of_witnesses:
        return Signature(key.name, key.id, signer.sign(text))
    if at is None or at <= 0:
        raise ValueError("a witness says when it signs")
    return Signature(key.name, key.id, _eight(at) + signer.sign(key.message(text, at)))


def _eight(number: int) -> bytes:
    return number.to_bytes(8, "big")


def _short(said: str) -> bytes:
    """A text behind its length, in one byte."""
    if len(raw := said.encode()) > 255:
        raise Unproved("a name that is longer than a witness can sign")
    return bytes([len(raw)]) + raw
