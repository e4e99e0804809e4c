"""An act may be signed: by a JWS whose payload is left out, with a key that its office registered in the record.

Everything that a signature is checked against follows from one document, its disclosures and the stream of the office,
so it can be checked for as long as there is a record. The format is fixed for ever (docs/decisions/0027).
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import orjson
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from jwt.algorithms import ECAlgorithm, OKPAlgorithm
from jwt.api_jws import PyJWS
from jwt.exceptions import PyJWTError

from domain import wire
from domain.ed25519 import proves_nothing
from domain.events.office import Algorithm
from domain.events.record import ActionRefused
from domain.message import WITHHELD
from domain.recorded import Recorded
from domain.rules.office import INITIAL, Key, Office, evolve
from domain.values import CommandId, Digest, KeyId, LedgerId, PersonId

TYPE: Final = "docket-act.v1"
"""`typ` of the header: a signature that the same key made for something else is never one of an act."""
ALGORITHMS: Final[Mapping[str, Algorithm]] = {
    "Ed25519": Algorithm.ED25519,  # RFC 9864
    "EdDSA": Algorithm.ED25519,  # RFC 8037: the older name, which most libraries write
    "ES256": Algorithm.ES256,  # RFC 7518
}
"""What a header may call an algorithm; which one it has to be, the key says."""
_HEADER: Final = ["alg", "kid", "typ"]
_SAYS: Final = {"act", "actor", "id", "ledger", "person"}
"""What a statement has."""
_MADE: Final = {"Ed25519": OKPAlgorithm(), "EdDSA": OKPAlgorithm(), "ES256": ECAlgorithm(ECAlgorithm.SHA256, SECP256R1)}
_JWS: Final = PyJWS(algorithms=[])
for _name in ALGORITHMS:
    _JWS.register_algorithm(_name, _MADE[_name])


class NotASignature(ValueError):
    """A text is no signature of an act, whoever made it; the sentence repeats nothing of it."""


class Verdict(StrEnum):
    """What a signature of a recorded event is worth."""

    VALID = "valid"
    INVALID = "invalid"
    """Also where its key was not in force. The ledger would have refused the act: somebody has made this event up."""
    REFUSED = "refused"
    """It does not hold, or its key was not in force; the act was refused, and is kept as it came."""
    NOT_SIGNED = "not-signed"
    MISSING = "missing"
    """It is not signed, and the office had it signed: the rules would have refused it."""
    WITHHELD = "withheld"
    """It was signed, and what the signature is checked against is not here: withheld, or destroyed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A signature as it came, and what its header says."""

    key: KeyId
    algorithm: str
    """As the header calls it."""
    header: str
    value: str


def read(text: str) -> Signature:
    """What a signature says of itself (RFC 7515 §7.1, its payload left out as in appendix F). Raises NotASignature.

    The header has `alg`, `kid` and `typ`, each once, and nothing else: no `crit` changes what is checked, and no key
    comes along (`jwk`, `jku`, `x5c`).
    """
    parts = text.split(".")
    if len(parts) != 3 or parts[1]:
        raise NotASignature("A signature is a JWS in compact form with its payload left out: header..signature.")
    header, _, value = parts
    try:
        pairs = json.loads(_bytes(header).decode(), object_pairs_hook=tuple)
        _bytes(value)
    except (ValueError, RecursionError):
        raise NotASignature("The header of a signature is JSON; it and the value are in base64url.") from None
    if not isinstance(pairs, tuple) or sorted(name for name, _ in pairs) != _HEADER:
        raise NotASignature("The header of a signature has alg, kid and typ, each once, and nothing else.")
    said = dict(pairs)
    texts = all(isinstance(each, str) for each in said.values())
    if not texts or said["typ"] != TYPE or said["alg"] not in ALGORITHMS:
        raise NotASignature(f"alg is one of {', '.join(ALGORITHMS)}, kid the id of a key, and typ {TYPE}.")
    return Signature(key=KeyId(said["kid"]), algorithm=said["alg"], header=header, value=value)


def statement(*, ledger: LedgerId, actor: str, person: PersonId | None, id: CommandId, digest: Digest) -> bytes:
    """The payload: what is signed of an act, in RFC 8785 form. It covers the act by its digest (`wire.act_bytes`)."""
    return wire.canonical(
        {"act": digest, "actor": actor, "id": id, "ledger": f"urn:uuid:{ledger}", "person": person},
    )


def is_statement(payload: bytes) -> bool:
    """Whether it is what `statement` makes: whoever signs for somebody signs nothing else."""
    try:
        said = orjson.loads(payload)
    except ValueError:
        return False
    if not isinstance(said, dict) or said.keys() != _SAYS:
        return False
    return all(each is None or isinstance(each, str) for each in said.values()) and wire.canonical(said) == payload


def sign(payload: bytes, private: Ed25519PrivateKey | EllipticCurvePrivateKey, key: KeyId) -> str:
    """The signature of a payload. Raises ValueError for a key that is neither Ed25519 nor P-256."""
    algorithm = "Ed25519" if isinstance(private, Ed25519PrivateKey) else "ES256"
    try:
        made = _JWS.encode(payload, private, algorithm=algorithm, headers={"kid": key, "typ": TYPE})
    except PyJWTError as error:
        raise ValueError("neither a key of Ed25519 nor one of P-256") from error
    header, _, value = made.split(".")
    return f"{header}..{value}"


def holds(signature: Signature, payload: bytes, key: Key) -> bool:
    """Whether this key made the signature of this payload, by the algorithm that the key is for."""
    if ALGORITHMS[signature.algorithm] is not key.algorithm:
        return False
    whole = f"{signature.header}.{_base64url(payload)}.{signature.value}"
    try:
        _JWS.decode(whole, _public(key), algorithms=[signature.algorithm])
    except (PyJWTError, ValueError):  # ValueError: what was registered is no point that proves anything
        return False
    return True


def verdict(document: bytes, disclosures: Sequence[bytes], *, ledger: LedgerId, keys: Mapping[KeyId, Key]) -> Verdict:
    """What the signature of an event of this ledger is worth, where `keys` were in force: see `keys_in_force`.

    Trusts that document and disclosures belong together (`wire.verify`). Raises wire.Corrupt where they cannot.
    """
    return judged(wire.load(document, disclosures), ledger=ledger, keys=keys)


def judged(recorded: Recorded[Any], *, ledger: LedgerId, keys: Mapping[KeyId, Key], whole: bool = True) -> Verdict:
    """The same of an event that is read already, where `keys` may be revoked.

    Where they are not the `whole` of those that there were, a signature with another is one that cannot be checked.
    """
    acted, by = recorded.act, recorded.by
    wrong = Verdict.REFUSED if isinstance(recorded.event, ActionRefused) else Verdict.INVALID
    if acted is WITHHELD:
        return Verdict.WITHHELD if recorded.signed else Verdict.NOT_SIGNED
    if acted.signature is None:
        return Verdict.INVALID if recorded.signed else Verdict.NOT_SIGNED
    if by is WITHHELD:
        return Verdict.WITHHELD
    try:
        signature = read(acted.signature)
    except NotASignature:
        return Verdict.INVALID
    payload = statement(
        ledger=ledger,
        actor=recorded.actor,
        person=None if by is None else by.person,
        id=recorded.command_id,
        digest=acted.digest,
    )
    if (key := keys.get(signature.key)) is None:
        return wrong if whole else Verdict.WITHHELD
    valid = recorded.ledger == f"urn:uuid:{ledger}" and key.live and holds(signature, payload, key)
    return Verdict.VALID if valid else wrong


def keys_in_force(office: Iterable[tuple[int, Recorded[Any]]], position: int) -> dict[KeyId, Key]:
    """The keys by which an act of an office that begins at `position` may be signed.

    They were registered before it, and not revoked before it. `office` is the stream of the office from its beginning,
    each event with its position. No clock plays a part: act and revocation are in one order, which the append decided.
    """
    state = INITIAL
    for at, recorded in office:
        if at < position:
            state = evolve(state, recorded)
    return in_force(state)


def in_force(office: Office) -> dict[KeyId, Key]:
    """The keys of an office as it stands that are not revoked."""
    return {id: key for id, key in office.keys.items() if key.live}


def _public(key: Key) -> Ed25519PublicKey | EllipticCurvePublicKey:
    raw = _bytes(key.public_key)
    if key.algorithm is Algorithm.ED25519:
        if proves_nothing(raw):
            raise ValueError("a point of small order")
        return Ed25519PublicKey.from_public_bytes(raw)
    return EllipticCurvePublicKey.from_encoded_point(SECP256R1(), raw)


def _bytes(text: str) -> bytes:
    """What base64url without padding says; of several texts that say the same, only the one that is written so."""
    raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if _base64url(raw) != text:
        raise ValueError("not base64url as it is written")
    return raw


def _base64url(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
