"""What is signed of an act that was written on a page, and the line of a shell that signs it with one's own key."""

from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from consumers.acts import intake
from domain import signing, wire
from domain.events.office import Algorithm
from domain.values import LedgerId, PersonId

_URN: Final = "urn:uuid:"


@dataclass(frozen=True, slots=True)
class Way:
    """How a statement is signed with one key."""

    key: str
    """As it is registered."""
    algorithm: str
    docket: str
    openssl: str | None
    """None for P-256: OpenSSL writes its signatures otherwise than a JWS has them."""


def statement(command: str, act: Mapping[str, Any], me: Mapping[str, Any]) -> str:
    """What is signed of an act, by whoever the door says asks. Raises TurnedAway for what is no act."""
    read = intake.act(command, act)
    person = None if me["person"] is None else PersonId(me["person"]["id"])
    ledger = LedgerId(me["ledger"].removeprefix(_URN))
    digest = wire.act_digest(read)
    return signing.statement(ledger=ledger, actor=me["actor"], person=person, id=read.id, digest=digest).decode()


def ways(said: str, keys: Iterable[Mapping[str, Any]]) -> list[Way]:
    """How a statement is signed with each of these keys."""
    return [_way(said, key["key_id"], key["algorithm"]) for key in keys if key["revoked_at"] is None]


def _way(said: str, key: str, algorithm: str) -> Way:
    docket = f"docket sign --sign-key key.pem --key-id {key} '{said}'"
    if algorithm != Algorithm.ED25519:
        return Way(key, algorithm, docket, None)
    header = _base64url(wire.canonical({"alg": "Ed25519", "kid": key, "typ": signing.TYPE}))
    signed = "openssl pkeyutl -sign -rawin -inkey key.pem -in to-sign | basenc --base64url -w0 | tr -d ="
    return Way(
        key,
        algorithm,
        docket,
        f"printf %s {header}.{_base64url(said.encode())} > to-sign && printf '%s..%s\\n' {header} \"$({signed})\"",
    )


def _base64url(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
