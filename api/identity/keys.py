"""The keys by which an issuer's tokens are known: a JWK Set in a file, or at an address, read again when it changes."""

from http import HTTPStatus
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Final, Protocol

import orjson
from jwt import PyJWK
from jwt.exceptions import PyJWTError

from api.identity import Unavailable
from api.identity.fetching import LONGEST, NotFetched, fetched
from api.identity.files import Watched, bounded

ALGORITHMS: Final = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)
"""Signatures by private keys alone: what checks a token cannot make one."""
FRESH_S: Final = 300.0
"""Seconds after which keys of an address are fetched again; a key that was withdrawn is believed no longer."""
AGAIN_S: Final = 10.0
"""Seconds between two fetches, at least: tokens with invented key ids make no load elsewhere."""


class Keys(Protocol):
    """Keys by their ids."""

    def find(self, id: str) -> PyJWK | None:
        """The key of this id; None where there is none. Raises Unavailable."""


class KeysInFile:
    """A JWK Set in a file, which is read again when it changes."""

    def __init__(self, path: Path) -> None:
        self._file = Watched(path, lambda path: parsed(bounded(path, LONGEST)))

    def find(self, id: str) -> PyJWK | None:
        return self._file.now().get(id)


class KeysAtAddress:
    """A JWK Set that is fetched: at first, when it is no longer fresh, and when a key is asked for that is new.

    Redirects are not followed. While the address does not answer, keys are believed until they are no longer fresh.
    """

    def __init__(self, address: str, *, fresh_s: float = FRESH_S, again_s: float = AGAIN_S) -> None:
        self._address, self._fresh_s, self._again_s = address, fresh_s, again_s
        self._lock = Lock()
        self._tried_at = self._fetched_at = -float("inf")
        self._keys: dict[str, PyJWK] = {}

    def find(self, id: str) -> PyJWK | None:
        if self._is_stale() or id not in self._keys:
            with self._lock:  # whoever has a key that is known and fresh does not wait for the issuer
                if monotonic() - self._tried_at >= self._again_s:
                    self._fetch()
        if self._is_stale():
            raise Unavailable("the issuer's keys cannot be fetched")
        return self._keys.get(id)

    def _is_stale(self) -> bool:
        return monotonic() - self._fetched_at >= self._fresh_s

    def _fetch(self) -> None:
        self._tried_at = monotonic()
        try:
            status, text = fetched(self._address)
            if status == HTTPStatus.OK:
                self._keys = parsed(text)
                self._fetched_at = monotonic()
        except (NotFetched, Unavailable):
            return


def parsed(text: bytes) -> dict[str, PyJWK]:
    """The keys of a JWK Set that may sign tokens, by id; any other is passed over. Raises Unavailable."""
    try:
        found = orjson.loads(text)["keys"]
        return {each["kid"]: key for each in found if (key := _key(each)) is not None}
    except (ValueError, TypeError, KeyError) as error:
        raise Unavailable("the issuer's keys are no JWK Set") from error


def _key(jwk: object) -> PyJWK | None:
    """A key that may sign tokens, with the one algorithm that it has; None for any other."""
    if not isinstance(jwk, dict) or not isinstance(jwk.get("kid"), str):
        return None
    if jwk.get("use", "sig") != "sig" or jwk.get("kty") == "oct":
        return None
    try:
        key = PyJWK(jwk)
    except PyJWTError:
        return None
    return key if key.algorithm_name in ALGORITHMS else None
