"""NSA's Director signs determinations in the story, with a key that everybody has: RFC 8037 prints both halves."""

from base64 import urlsafe_b64decode
from datetime import timedelta
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.demo.cast import DIRECTOR
from api.demo.tell import BEGINNING, Told
from domain.values import KeyId

KEY: Final = KeyId("nsa-demonstration")
PRIVATE: Final = Ed25519PrivateKey.from_private_bytes(urlsafe_b64decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A="))
_PUBLIC: Final = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
SIGNED: Final = frozenset({(DIRECTOR.source, "case.issue-determination.v1")})
"""What is signed as the story is told: who speaks, and which command. No file has it: a signature names the ledger."""


def keys(told: Told) -> None:
    """NSA registers the key."""
    data = {"office": "nsa", "key_id": KEY, "algorithm": "Ed25519", "public_key": _PUBLIC}
    told.say(DIRECTOR, BEGINNING + timedelta(minutes=20), "office.register-key", data)
