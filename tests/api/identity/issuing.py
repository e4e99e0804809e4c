"""An invented issuer, whose tokens jwcrypto signs: another library than the one that checks them."""

import json
import time
from pathlib import Path
from typing import Any

from jwcrypto.jwk import JWK
from jwcrypto.jwt import JWT

ISSUER = "https://login.example.gov"
AUDIENCE = "docket.example.gov"
KINDS: dict[str, dict[str, Any]] = {
    "ES256": {"kty": "EC", "crv": "P-256"},
    "ES384": {"kty": "EC", "crv": "P-384"},
    "RS256": {"kty": "RSA", "size": 2048},
    "PS256": {"kty": "RSA", "size": 2048},
    "EdDSA": {"kty": "OKP", "crv": "Ed25519"},
}


class Issuer:
    """Has one key after another, and publishes those that it has."""

    def __init__(self, folder: Path, algorithm: str = "ES256") -> None:
        self.file, self.algorithm = folder / "keys.json", algorithm
        self.keys: list[JWK] = []
        self.turn()

    def turn(self, *, keep: bool = False) -> None:
        """Take a new key, and publish it; the old ones too if they are kept."""
        made = JWK.generate(
            **KINDS[self.algorithm], kid=f"key-{len(self.keys)}-{time.time_ns()}", alg=self.algorithm, use="sig"
        )
        self.keys = [*(self.keys if keep else []), made]
        self.publish([json.loads(each.export_public()) for each in self.keys])

    def publish(self, keys: list[dict[str, Any]]) -> None:
        """Whatever keys."""
        self.file.write_text(json.dumps({"keys": keys}))

    def token(self, subject: str = "a", *, key: JWK | None = None, header: Any = None, **claims: Any) -> str:
        """A token that is right, but for what is said."""
        now = int(time.time())
        said = {"iss": ISSUER, "aud": AUDIENCE, "sub": subject, "iat": now, "exp": now + 300, **claims}
        signing = self.keys[-1] if key is None else key
        named = {"alg": self.algorithm, "kid": signing.get("kid"), "typ": "at+jwt", **(header or {})}
        made = JWT(
            header={name: value for name, value in named.items() if value is not None},
            claims={name: value for name, value in said.items() if value is not None},
        )
        made.make_signed_token(signing)
        return str(made.serialize())
