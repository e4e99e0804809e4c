"""Signed acts that never change: keys that are published elsewhere, and what was signed with them once.

`python -m tests.domain.signed` writes the files of `tests/data/signing` that are missing, and touches no other. What a
file holds is the promise to every reader: where a test says that something differs, the code is wrong, not the file.
"""

import json
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwcrypto.jwk import JWK

from consumers.acts import cloudevent
from domain import signing, wire
from domain.act import Acted, Attestation, By
from domain.events import Event
from domain.events.case import DissentFiled
from domain.events.office import Algorithm, KeyRegistered
from domain.recorded import Recorded
from domain.rules.office import Key
from domain.values import Citation, CommandId, EventId, KeyId, LedgerId, OfficeCode, PersonId, StreamId
from tests.domain.everything import NOON
from tests.domain.golden import salted, salts

HERE: Final = Path(__file__).parents[1] / "data" / "signing"
LEDGER: Final = LedgerId("00000000-0000-7000-8000-000000000000")
PERSON: Final = PersonId("5a2ad3a6-9c53-4a46-a0b1-1e2b3c4d5e6f")
ACTOR: Final = "office/treasury"
RFC_8037: Final = {  # appendix A.1
    "kty": "OKP",
    "crv": "Ed25519",
    "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
    "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
}
RFC_7515: Final = {  # appendix A.3
    "kty": "EC",
    "crv": "P-256",
    "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    "d": "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI",
}
EVENT: Final[dict[str, Any]] = {
    "specversion": "1.0",
    "id": "01a20a23-37b2-7a95-8702-b2e1257b2e42",
    "source": "https://treasury.example",
    "type": "case.file-dissent.v1",
    "time": "2026-07-06T12:00:00.5-04:00",
    "marking": "UNCLASSIFIED",
    "protectedmarking": "CUI",
    "data": {
        "case_id": "1f0e8a4e-5d0b-5d0b-9d3c-0d5f1b7f6a10",
        "dissent_id": "01a20a23-37b2-78f8-9e31-19292cbde6d2",
        "reasons": "Möbius says: “not like this” ☃",
    },
}
"""An act as it is sent, without its signature."""


@dataclass(frozen=True)
class Own:
    """A key of the office, both halves."""

    jwk: dict[str, str]
    id: KeyId
    algorithm: Algorithm

    @property
    def private(self) -> Ed25519PrivateKey | EllipticCurvePrivateKey:
        made: Ed25519PrivateKey | EllipticCurvePrivateKey = JWK(**self.jwk).get_op_key("sign")
        return made

    @property
    def registered(self) -> str:
        """The public half, as it is registered."""
        if self.algorithm is Algorithm.ED25519:
            return self.jwk["x"]
        x, y = (urlsafe_b64decode(self.jwk[name] + "=") for name in "xy")
        return signing._base64url(b"\x04" + x + y)

    @property
    def public(self) -> Key:
        return Key(algorithm=self.algorithm, public_key=self.registered)


ED25519: Final = Own(RFC_8037, KeyId("treasury-2026.1"), Algorithm.ED25519)
ES256: Final = Own(RFC_7515, KeyId("treasury-2026.2"), Algorithm.ES256)
KEYS: Final = {"ed25519": ED25519, "es256": ES256}


def said(event: dict[str, Any] = EVENT, **more: Any) -> bytes:
    """What is signed of an act."""
    act = cloudevent.asked(event)
    who: dict[str, Any] = {"ledger": LEDGER, "actor": ACTOR, "person": PERSON}
    return signing.statement(**who | {"id": act.id, "digest": wire.act_digest(act)} | more)


def recorded(signature: str | None, **more: Any) -> Recorded[Event]:
    """What the ledger makes of the act, at version 3 of its case."""
    act = cloudevent.asked(EVENT)
    command: Any = act.command
    whole: dict[str, Any] = {
        "id": EventId("5f1c8a4e-5d0b-5d0b-9d3c-0d5f1b7f6a11"),
        "ledger": f"urn:uuid:{LEDGER}",
        "stream": StreamId(f"case-{command.case_id}"),
        "version": 3,
        "recorded_at": NOON,
        "taken_in_at": NOON,
        "command_id": act.id,
        "actor": ACTOR,
        "actor_name": "Department of the Treasury",
        "attestation": Attestation.OFFICE,
        "authority": Citation("POLICY:AUTHORITY-1"),
        "claimed_at": act.claimed_at,
        "marking": act.marking,
        "protected_marking": act.protected_marking,
        "signed": None if signature is None else True,
        "event": DissentFiled(
            case_id=command.case_id,
            dissent_id=command.dissent_id,
            office=OfficeCode("treasury"),
            about=command.about,
            reasons=command.reasons,
        ),
        "by": By(person=PERSON, name="A. Example (invented)", post=None),
        "act": Acted(digest=wire.act_digest(act), signature=signature),
    }
    return Recorded(**whole | more)


def registration(own: Own) -> Recorded[Event]:
    """What the ledger made of the registration of a key, at version 2 of the office."""
    return Recorded(
        id=EventId("5f1c8a4e-5d0b-5d0b-9d3c-0d5f1b7f6a12"),
        ledger=f"urn:uuid:{LEDGER}",
        stream=StreamId("office-treasury"),
        version=2,
        recorded_at=NOON,
        taken_in_at=NOON,
        command_id=CommandId("01a20a23-37b2-7a95-8702-b2e1257b2e43"),
        actor=ACTOR,
        actor_name="Department of the Treasury",
        attestation=Attestation.PIV,
        marking="UNCLASSIFIED",
        protected_marking="UNCLASSIFIED",
        event=KeyRegistered(
            office=OfficeCode("treasury"), key_id=own.id, algorithm=own.algorithm, public_key=own.registered
        ),
        by=By(person=PERSON, name="A. Example (invented)", post=None),
        act=Acted(digest=wire.act_digest(cloudevent.asked(EVENT)), signature=None),
    )


def vector(own: Own) -> dict[str, Any]:
    """What a file holds: the act as it is sent, the bytes on the way to its signature, and what the record keeps."""
    act, payload = cloudevent.asked(EVENT), said()
    signature = signing.sign(payload, own.private, own.id)
    document, disclosures = wire.dump(recorded(signature), salted(salts()))
    return {
        "key": own.jwk,
        "sent": {**EVENT, "signature": signature},
        "act": wire.act_bytes(act).decode(),
        "act_digest": wire.act_digest(act),
        "payload": payload.decode(),
        "registration": wire.dump(registration(own), salted(salts()))[0].decode(),
        "document": document.decode(),
        "disclosures": [disclosure.decode() for disclosure in disclosures],
    }


def add() -> list[str]:
    """Write the files that are missing, and say which."""
    missing = [name for name in KEYS if not (HERE / f"{name}.json").exists()]
    for name in missing:
        text = json.dumps(vector(KEYS[name]), indent=1, ensure_ascii=False) + "\n"
        (HERE / f"{name}.json").write_text(text, encoding="utf-8", newline="\n")
    return missing


if __name__ == "__main__":
    for added in add():
        print(f"added {added}")  # noqa: T201 - it is run by hand
