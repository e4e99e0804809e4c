"""A provider signs people in: OpenID Connect by authorization code with PKCE, asked for and checked here."""

from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from http import HTTPStatus
from secrets import token_urlsafe
from threading import BoundedSemaphore, Lock
from time import monotonic, time
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

import msgspec

from api.identity import Unauthenticated, Unavailable
from api.identity.client import Client, place
from api.identity.fetching import NotFetched, fetched
from api.identity.tokens import LEEWAY_S, Tokens

FRESH_S: Final = 300.0
"""Seconds for which what a provider says of itself is believed."""
AT_ONCE: Final = 8
"""Sign-ins that may wait for the provider at the same time: a crowd holds neither its threads nor those of others."""
_ASSERTION: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_TURNED_AWAY: Final = frozenset({"access_denied", "login_required", "interaction_required", "consent_required"})


class NotSignedIn(Exception):
    """A sign-in came to nothing: a code of the one table, and a sentence for the log that repeats nothing."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a sign-in was begun with. The browser keeps it until it comes back; nobody else can have it."""

    state: str
    nonce: str
    verifier: str
    """PKCE (RFC 7636): whoever redeems the code has to know it."""
    return_to: str

    def written(self) -> str:
        return ".".join((self.state, self.nonce, self.verifier, self.return_to.encode().hex()))

    @classmethod
    def read(cls, text: str) -> "Asked | None":
        """What was written; None for anything else."""
        try:
            state, nonce, verifier, return_to = text.split(".")
            where = bytes.fromhex(return_to).decode()
        except ValueError:
            return None
        return cls(state=state, nonce=nonce, verifier=verifier, return_to=where) if state and nonce else None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Whom a provider has signed in."""

    subject: str
    session: str | None
    """What it calls the session at its side, where it says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What a provider says to have ended: all of somebody's sessions, or one."""

    jti: str
    """Of the token that says so: it is heard once."""
    subject: str | None
    session: str | None


class Said(msgspec.Struct, frozen=True):
    """What a provider says of itself (OpenID Connect Discovery §3), as far as it is used."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    end_session_endpoint: str | None = None
    code_challenge_methods_supported: list[str] | None = None
    authorization_response_iss_parameter_supported: bool = False


class Provider:
    """One provider, for one client. Asks nobody but the hosts that the client names."""

    def __init__(self, client: Client, tokens: Tokens) -> None:
        self.client, self._tokens = client, tokens
        self._lock, self._free = Lock(), BoundedSemaphore(AT_ONCE)
        self._said: tuple[float, Said] | None = None

    def begin(self, return_to: str) -> tuple[str, Asked]:
        """Where the browser has to go, and what it has to keep. Raises NotSignedIn."""
        client = self.client
        asked = Asked(state=token_urlsafe(32), nonce=token_urlsafe(32), verifier=token_urlsafe(32), return_to=return_to)
        with self._turn():
            said = self._metadata()
        challenge = urlsafe_b64encode(sha256(asked.verifier.encode()).digest()).rstrip(b"=").decode()
        query = {
            "response_type": "code",
            "client_id": client.id,
            "redirect_uri": client.redirect,
            "scope": "openid",
            "state": asked.state,
            "nonce": asked.nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        if client.acr:
            query["acr_values"] = " ".join(client.acr)
        if client.max_age_s is not None:
            query["max_age"] = str(client.max_age_s)
        return _with(said.authorization_endpoint, query), asked

    def answered(self, asked: Asked | None, parameters: Sequence[tuple[str, str]]) -> SignedIn:
        """Whom the provider has signed in, by what it calls them. Raises NotSignedIn.

        `parameters` are those with which the browser came back.
        """
        said = dict(parameters)
        if asked is None or not compare_digest(said.get("state", "").encode(), asked.state.encode()):
            raise NotSignedIn("sign-in-not-begun", "a state that this browser was not given")
        if len(said) != len(parameters):  # RFC 6749 §3.1: none may be there twice
            raise NotSignedIn("sign-in-not-believed", "a parameter is there twice")
        with self._turn():
            return self._answered(asked, said)

    def leaving(self) -> str | None:
        """Where the browser may go so that the provider signs somebody out too; None where it has no such place.

        Raises NotSignedIn.
        """
        with self._turn():
            where = self._metadata().end_session_endpoint
        if where is None:
            return None
        return _with(
            where, {"client_id": self.client.id, "post_logout_redirect_uri": f"{self.client.address}/sign-out"}
        )

    def ended(self, token: str) -> Ended:
        """Whom the provider says to have signed out. Raises Unauthenticated, Unavailable."""
        client = self.client
        said = self._tokens.logout(token, issuer=client.issuer, client_id=client.id)
        return Ended(jti=said["jti"], subject=said.get("sub"), session=said.get("sid"))

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._free.acquire(blocking=False):
            raise NotSignedIn("provider-away", f"{AT_ONCE} are waiting for the provider")
        try:
            yield
        finally:
            self._free.release()

    def _answered(self, asked: Asked, said: Mapping[str, str]) -> SignedIn:
        metadata = self._metadata()
        named = said.get("iss", None if metadata.authorization_response_iss_parameter_supported else metadata.issuer)
        if named != metadata.issuer:  # RFC 9207: an answer of one provider is not taken to another
            raise NotSignedIn("sign-in-not-believed", "the answer is of another issuer, or of none")
        if "error" in said:
            denied = said["error"] in _TURNED_AWAY
            raise NotSignedIn("sign-in-refused", f"the provider answered {said['error'] if denied else 'an error'}")
        if not (code := said.get("code")):
            raise NotSignedIn("sign-in-not-believed", "the provider answered neither a code nor an error")
        return self._signed_in(asked, self._redeemed(metadata, asked, code))

    def _redeemed(self, metadata: Said, asked: Asked, code: str) -> str:
        """The ID token for a code."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.client.redirect,
            "code_verifier": asked.verifier,
        }
        try:
            headers, more = self._authenticated(metadata.token_endpoint)
            status, text = fetched(metadata.token_endpoint, form={**form, **more}, headers=headers)
        except (NotFetched, Unavailable) as error:
            raise NotSignedIn("provider-away", str(error)) from error
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise NotSignedIn("provider-away", f"the token endpoint answered {status}")
        if status != HTTPStatus.OK:
            raise NotSignedIn("sign-in-not-believed", f"the token endpoint answered {status}: the code is not good")
        try:
            return msgspec.json.decode(text, type=_Tokens).id_token
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise NotSignedIn("sign-in-not-believed", "the token endpoint gave no ID token") from error

    def _signed_in(self, asked: Asked, token: str) -> SignedIn:
        """Whom an ID token names, if it is the answer to what was asked."""
        client = self.client
        try:
            said = self._tokens.identity(token, issuer=client.issuer, client_id=client.id)
        except Unauthenticated as error:
            raise NotSignedIn("sign-in-not-believed", "the ID token is not right") from error
        except Unavailable as error:
            raise NotSignedIn("provider-away", str(error)) from error
        if not compare_digest(str(said.get("nonce", "")).encode(), asked.nonce.encode()):
            raise NotSignedIn("sign-in-not-believed", "the ID token answers another sign-in")
        if client.acr and said.get("acr") not in client.acr:
            raise NotSignedIn("sign-in-not-believed", "the ID token does not say that it was proved as asked")
        if client.max_age_s is not None:
            at = said.get("auth_time")
            if not isinstance(at, int) or time() - at > client.max_age_s + LEEWAY_S:
                raise NotSignedIn(
                    "sign-in-not-believed", "it was proved too long ago, or the ID token does not say when"
                )
        session = said.get("sid")
        return SignedIn(str(said["sub"]), session if isinstance(session, str) else None)

    def _authenticated(self, audience: str) -> tuple[Mapping[str, str], Mapping[str, str]]:
        """Headers and fields by which the provider knows this client. Raises Unavailable."""
        client = self.client
        if client.key is not None:
            return {}, {
                "client_id": client.id,
                "client_assertion_type": _ASSERTION,
                "client_assertion": client.assertion(audience),
            }
        if client.secret is not None:
            # RFC 6749 §2.3.1; a space as %20 is understood by servers that forget what `+` stands for, too
            known = f"{quote(client.id, safe='')}:{quote(client.password(), safe='')}"
            return {"Authorization": f"Basic {b64encode(known.encode()).decode()}"}, {}
        return {}, {"client_id": client.id}

    def _metadata(self) -> Said:
        """What the provider says of itself. Raises NotSignedIn."""
        with self._lock:
            if self._said is None or monotonic() - self._said[0] >= FRESH_S:
                self._said = None
                self._said = (monotonic(), self._fetched())
            return self._said[1]

    def _fetched(self) -> Said:
        client = self.client
        try:
            status, text = fetched(f"{client.issuer.rstrip('/')}/.well-known/openid-configuration")
            said = msgspec.json.decode(text, type=Said)
        except NotFetched as error:
            raise NotSignedIn("provider-away", str(error)) from error
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise NotSignedIn("provider-away", "the provider's metadata does not have its form") from error
        if status != HTTPStatus.OK or said.issuer != client.issuer:
            raise NotSignedIn("provider-away", "the provider's metadata is of another issuer")
        for where in (said.authorization_endpoint, said.token_endpoint, said.end_session_endpoint):
            if where is not None and place(where) not in client.places:
                raise NotSignedIn("provider-away", "the provider's metadata leads to a host that is not one of its own")
        methods = said.code_challenge_methods_supported
        if "S256" not in (methods if methods is not None else [] if client.is_public else ["S256"]):
            raise NotSignedIn("provider-away", "the provider does not say that it knows PKCE by S256")
        return said


class _Tokens(msgspec.Struct, frozen=True):
    id_token: str


def _with(address: str, query: Mapping[str, Any]) -> str:
    return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(query)}"
