"""JWTs that an issuer of the roster signed: bearer tokens for this Docket, and what it says of whoever signs in."""

from collections.abc import Collection
from pathlib import Path
from threading import Lock
from time import time
from typing import Any, Final

import jwt
from jwt.exceptions import PyJWTError
from pydantic import HttpUrl

from api.identity import Unauthenticated, Unavailable
from api.identity.keys import Keys, KeysAtAddress, KeysInFile
from api.identity.roster import Issuer, Roster
from domain.act import Principal

LEEWAY_S: Final = 30
"""Seconds by which the clocks of issuer and Docket may differ."""
LONGEST: Final = 8192
"""Characters of a token."""
_NEEDED: Final = ("iss", "sub", "aud", "exp")
_LOGOUT: Final = "http://schemas.openid.net/event/backchannel-logout"
_LOGOUT_S: Final = 600
"""Seconds after which a logout token is believed no more, whatever it says itself."""
_WRONG: Final = "The token is not one that is believed here."


class Tokens:
    """Believes tokens of the issuers that the roster names."""

    def __init__(self, roster: Roster) -> None:
        self._roster = roster
        self._lock = Lock()
        self._keys: dict[str, Keys] = {}

    def principal(self, token: str) -> Principal:
        """Whom a bearer token stands for (RFC 6750, RFC 9068). Raises Unauthenticated, Unavailable."""
        claimed = _unverified(token)
        issuer = next((each for each in self._roster.listed().issuers if each.issuer == claimed.get("iss")), None)
        if issuer is None or issuer.audience is None:
            raise Unauthenticated(_WRONG)
        said = self._checked(token, issuer, audience=issuer.audience, types={issuer.type.lower()}, needed=_NEEDED)
        return self._roster.subject(issuer.issuer, str(said["sub"]))

    def identity(self, token: str, *, issuer: str, client_id: str) -> dict[str, Any]:
        """What an ID token for a client says (OpenID Connect Core §3.1.3.7). Raises Unauthenticated, Unavailable."""
        known = next((each for each in self._roster.listed().issuers if each.issuer == issuer), None)
        if known is None:
            raise Unavailable(f"the roster says nothing of the issuer {issuer}")
        _unverified(token)
        said = self._checked(token, known, audience=client_id, types={"", "jwt"}, needed=(*_NEEDED, "iat"))
        # a token for several is for the one that asked for it
        several = isinstance(said["aud"], list) and len(said["aud"]) > 1
        if said.get("azp", None if several else client_id) != client_id:
            raise Unauthenticated(_WRONG)
        return said

    def logout(self, token: str, *, issuer: str, client_id: str) -> dict[str, Any]:
        """What a logout token says (OpenID Connect Back-Channel Logout 1.0 §2.6). Raises Unauthenticated, Unavailable.

        Whether it was heard before is not looked at here.
        """
        known = next((each for each in self._roster.listed().issuers if each.issuer == issuer), None)
        if known is None:
            raise Unavailable(f"the roster says nothing of the issuer {issuer}")
        _unverified(token)
        needed = ("iss", "aud", "iat", "exp", "jti", "events")
        said = self._checked(token, known, audience=client_id, types={"", "jwt", "logout+jwt"}, needed=needed)
        texts = [said["jti"], *(said[name] for name in ("sub", "sid") if name in said)]
        is_one = isinstance(said["events"], dict) and isinstance(said["events"].get(_LOGOUT), dict)
        names_one = len(texts) > 1 and all(isinstance(each, str) and each for each in texts)
        fresh = isinstance(said["iat"], int) and time() - said["iat"] <= _LOGOUT_S
        if not is_one or not names_one or not fresh or "nonce" in said:
            raise Unauthenticated(_WRONG)
        return said

    def _checked(
        self, token: str, issuer: Issuer, *, audience: str, types: Collection[str], needed: Collection[str]
    ) -> dict[str, Any]:
        """What a token says, once its signature, issuer, audience and times are right."""
        try:
            header = jwt.get_unverified_header(token)
        except (PyJWTError, ValueError) as error:
            raise Unauthenticated(_WRONG) from error
        if str(header.get("typ", "")).lower().removeprefix("application/") not in types:
            raise Unauthenticated(_WRONG)
        key = self._keys_of(issuer).find(str(header.get("kid", "")))
        if key is None:
            raise Unauthenticated(_WRONG)
        try:
            said: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=[key.algorithm_name],
                audience=audience,
                issuer=issuer.issuer,
                leeway=LEEWAY_S,
                options={"require": list(needed)},
            )
        except (PyJWTError, ValueError) as error:
            raise Unauthenticated(_WRONG) from error
        return said

    def _keys_of(self, issuer: Issuer) -> Keys:
        with self._lock:
            return self._keys.setdefault(str(issuer.keys), _keys(issuer.keys))


def _unverified(token: str) -> dict[str, Any]:
    """What a token claims, which nobody has checked. Raises Unauthenticated."""
    if len(token) > LONGEST:
        raise Unauthenticated(_WRONG)
    try:
        claimed: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    except (PyJWTError, ValueError) as error:
        raise Unauthenticated(_WRONG) from error
    return claimed


def _keys(where: Path | HttpUrl) -> Keys:
    return KeysInFile(where) if isinstance(where, Path) else KeysAtAddress(str(where))
