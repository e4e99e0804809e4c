"""Acts are signed before they leave: with a key in a file, for the ledger, office and person that Docket names."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import orjson
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from api.cli.say import TURNED_AWAY, UNREACHABLE, fail
from consumers.acts import cloudevent, strict_json
from domain import signing, wire
from domain.errors import TurnedAway
from domain.values import KeyId, LedgerId, PersonId

_URN = "urn:uuid:"


@dataclass(frozen=True, slots=True)
class OwnKey:
    """A private key, and what its office registered the public one as."""

    private: Ed25519PrivateKey | EllipticCurvePrivateKey
    id: KeyId


def own_key(file: Path | None, id: str | None) -> OwnKey | None:
    """The key that a command line names; None where it names none."""
    if (file is None) != (id is None):
        fail("--sign-key and --key-id go together", 2)
    return None if file is None or id is None else key_in(file, id)


def key_in(file: Path, id: str) -> OwnKey:
    """The key in a file."""
    try:
        private = load_pem_private_key(file.read_bytes(), password=None)
    except OSError as error:
        fail(f"{file} cannot be read: {error}")
    except (ValueError, TypeError, UnsupportedAlgorithm):  # TypeError: it is encrypted
        fail(f"{file} holds no private key in PEM without a password")
    if not isinstance(private, Ed25519PrivateKey | EllipticCurvePrivateKey):
        fail(f"{file} holds neither a key of Ed25519 nor one of P-256")
    try:
        signing.sign(b"", private, KeyId(id))
    except ValueError as error:
        fail(f"{file} holds {error}")
    return OwnKey(private, KeyId(id))


def signed(lines: Sequence[bytes], key: OwnKey, headers: dict[str, str], *, url: str) -> list[bytes]:
    """The same acts, each with its signature."""
    me = _me(headers, url)
    person = None if me["person"] is None else PersonId(me["person"]["id"])
    made: list[bytes] = []
    for number, line in enumerate(lines, 1):
        try:
            event: Any = strict_json.read(line)
            if not isinstance(event, dict) or "signature" in event:
                fail(f"act {number} is no event without a signature; nothing was sent", TURNED_AWAY)
            act = cloudevent.asked(event)
        except (strict_json.NotStrict, TurnedAway) as error:
            fail(f"act {number} cannot be signed, and nothing was sent: {error}", TURNED_AWAY)
        said = signing.statement(
            ledger=LedgerId(me["ledger"].removeprefix(_URN)),
            actor=me["actor"],
            person=person,
            id=act.id,
            digest=wire.act_digest(act),
        )
        made.append(orjson.dumps({**event, "signature": signing.sign(said, key.private, key.id)}))
    return made


def _me(headers: dict[str, str], url: str) -> dict[str, Any]:
    try:
        answer = httpx2.get(f"{url}/v1/me", headers=headers, timeout=60)
        me: dict[str, Any] = orjson.loads(answer.content)
    except (httpx2.HTTPError, orjson.JSONDecodeError) as error:
        fail(f"{url} does not answer, and nothing was sent: {error}", UNREACHABLE)
    if not answer.is_success:
        fail(f"nothing was sent: {answer.text}", TURNED_AWAY)
    return me
