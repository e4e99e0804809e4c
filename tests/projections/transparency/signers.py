"""Keys that tests sign with: what a file or a token would hold."""

from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from projections.transparency.checkpoint import Checkpoint
from projections.transparency.notes import Key, Kind, Note, signed
from projections.transparency.tree import EMPTY


class Held:
    """A private key, made of a word, so that it is the same in every run."""

    def __init__(self, word: str) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(sha256(word.encode()).digest())
        self.public = self._private.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        return self._private.sign(message)

    def key(self, name: str, kind: Kind) -> Key:
        return Key(name, kind, self.public)


class HeldMLDSA:
    """A private ML-DSA-44 key, made of a word; it signs otherwise every time."""

    def __init__(self, word: str) -> None:
        self._private = MLDSA44PrivateKey.from_seed_bytes(sha256(word.encode()).digest())
        self.public = self._private.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        return self._private.sign(message)

    def key(self, name: str) -> Key:
        return Key(name, Kind.WITNESS_ML_DSA, self.public)


ORIGIN = "docket.example/log"
LOG = Held("log")
LOG_KEY = LOG.key(ORIGIN, Kind.LOG)


def note(size: int, root: bytes = EMPTY, *, witnesses: tuple[str, ...] = (), at: int = 1_800_000_000) -> bytes:
    """A checkpoint, signed by the log and by witnesses of these names."""
    text = bytes(Checkpoint(origin=ORIGIN, size=size, root=root))
    lines = [signed(text, LOG_KEY, LOG)]
    lines += [signed(text, witness(name), Held(name), at=at) for name in witnesses]
    return bytes(Note(text, tuple(lines)))


def witness(name: str) -> Key:
    """The key of a witness."""
    return Held(name).key(f"{name}.example/witness", Kind.WITNESS)
