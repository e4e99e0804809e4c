"""Bearer tokens: JWTs that an issuer of the roster signed for this Docket (RFC 6750, RFC 8725, RFC 9068)."""

from pathlib import Path
from threading import Lock
from typing import Any, Final

import jwt
from jwt.exceptions import PyJWTError
from pydantic import HttpUrl

from api.identity import Unauthenticated
from api.identity.keys import Keys, KeysAtAddress, KeysInFile
from api.identity.roster import Issuer, Roster
from domain.act import Principal

LEEWAY_S: Final = 30
"""Seconds by which the clocks of issuer and Docket may differ."""
LONGEST: Final = 8192
"""Characters of a token."""
_NEEDED: Final = ("iss", "sub", "aud", "exp")
_WRONG: Final = "The token is not one that is believed here."


class Tokens:
    """Believes tokens of the issuers that the roster names."""

    def __init__(self, roster: Roster) -> None:
        self._roster = roster
        self._lock = Lock()
        self._keys: dict[str, Keys] = {}

    def principal(self, token: str) -> Principal:
        """Whom a token stands for. Raises Unauthenticated, Unavailable."""
        if len(token) > LONGEST:
            raise Unauthenticated(_WRONG)
        try:
            header = jwt.get_unverified_header(token)
            claimed = jwt.decode(token, options={"verify_signature": False})
        except (PyJWTError, ValueError) as error:
            raise Unauthenticated(_WRONG) from error
        issuer = self._issuer(claimed)
        if str(header.get("typ", "")).lower().removeprefix("application/") != issuer.type.lower():
            raise Unauthenticated(_WRONG)
        key = self._keys_of(issuer).find(str(header.get("kid", "")))
        if key is None:
            raise Unauthenticated(_WRONG)
        try:
            said = jwt.decode(
                token,
                key,
                algorithms=[key.algorithm_name],
                audience=issuer.audience,
                issuer=issuer.issuer,
                leeway=LEEWAY_S,
                options={"require": list(_NEEDED)},
            )
        except (PyJWTError, ValueError) as error:
            raise Unauthenticated(_WRONG) from error
        return self._roster.subject(issuer.issuer, str(said["sub"]))

    def _issuer(self, claimed: dict[str, Any]) -> Issuer:
        for each in self._roster.listed().issuers:
            if each.issuer == claimed.get("iss"):
                return each
        raise Unauthenticated(_WRONG)

    def _keys_of(self, issuer: Issuer) -> Keys:
        with self._lock:
            return self._keys.setdefault(str(issuer.keys), _keys(issuer.keys))


def _keys(where: Path | HttpUrl) -> Keys:
    return KeysInFile(where) if isinstance(where, Path) else KeysAtAddress(str(where))
