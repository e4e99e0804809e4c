"""This Docket, as a provider knows it: under which name, where it is reached, and by which secret."""

from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from secrets import token_urlsafe
from time import time
from typing import Final
from urllib.parse import urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from api.identity import Unavailable
from api.identity.files import bounded

BACK: Final = "/sign-in/back"
"""Where a provider sends the browser: the one redirect that is registered with it."""
_LONGEST: Final = 1 << 16
_ASSERTED_S: Final = 60
_PORTS: Final = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A client of an OpenID provider: public where it has neither a secret nor a key. Raises ValueError."""

    issuer: str
    """As the roster has it."""
    id: str
    address: str
    """Where people reach the pages: scheme and host, as their browsers have them."""
    hosts: frozenset[str] = frozenset()
    """Further hosts, with their ports where those are not 443, that the provider's metadata may lead to."""
    secret: Path | None = None
    """File of a secret: `client_secret_basic`."""
    key: Path | None = None
    """File of a private key (PEM): `private_key_jwt` (RFC 7523)."""
    acr: tuple[str, ...] = ()
    """How somebody has to prove who they are: one of these has to be what the provider says of it."""
    max_age_s: int | None = None
    """How long ago they may have proved it; None: as the provider has it."""
    places: frozenset[tuple[str, str, int]] = field(init=False)

    def __post_init__(self) -> None:
        parts = urlsplit(self.address)
        if self.address != f"{parts.scheme}://{parts.netloc}" or place(self.address) is None:
            raise ValueError(f"{self.address} is no address of pages: https and a host, or http on loopback")
        home = place(self.issuer)
        if home is None:
            raise ValueError(f"{self.issuer} is no address of an issuer: https, or http on loopback")
        if self.secret is not None and self.key is not None:
            raise ValueError("a client has a secret or a key, not both")
        further = [None if "/" in host else place(f"https://{host}") for host in self.hosts]
        if None in further:
            raise ValueError("a host of the provider is written without scheme and path")
        object.__setattr__(self, "places", frozenset({home, *filter(None, further)}))
        try:
            if self.secret is not None:
                self.password()
            if self.key is not None:
                self.assertion(self.issuer)
        except Unavailable as error:
            raise ValueError(str(error)) from error

    @property
    def redirect(self) -> str:
        return f"{self.address}{BACK}"

    @property
    def is_secure(self) -> bool:
        """Whether browsers reach the pages over TLS."""
        return self.address.startswith("https:")

    @property
    def is_public(self) -> bool:
        return self.secret is None and self.key is None

    def password(self) -> str:
        """What the file of the secret says now. Raises Unavailable."""
        text = bounded(_given(self.secret), _LONGEST).decode(errors="replace").strip()
        if not text:
            raise Unavailable(f"{self.secret} is empty")
        return text

    def assertion(self, audience: str) -> str:
        """A token by which the provider knows this client, once and for a minute. Raises Unavailable."""
        try:
            key = load_pem_private_key(bounded(_given(self.key), _LONGEST), None)
        except (ValueError, TypeError) as error:
            raise Unavailable(f"{self.key} is no private key (PEM, without a password)") from error
        now = int(time())
        said = {"iss": self.id, "sub": self.id, "aud": audience, "jti": token_urlsafe(16), "iat": now}
        match key:
            case RSAPrivateKey():
                algorithm = "RS256"
            case EllipticCurvePrivateKey(curve=SECP256R1()):
                algorithm = "ES256"
            case _:
                raise Unavailable(f"{self.key} is neither RSA nor P-256")
        return jwt.encode({**said, "exp": now + _ASSERTED_S}, key, algorithm)


def place(address: str) -> tuple[str, str, int] | None:
    """Scheme, host and port of an address that may be asked: https, or http on loopback; None for any other."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return None
    host = parts.hostname or ""
    if parts.scheme not in _PORTS or not host or "@" in parts.netloc or parts.fragment:
        return None
    if parts.scheme == "http" and not _is_loopback(host):
        return None
    return parts.scheme, host, port or _PORTS[parts.scheme]


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _given(file: Path | None) -> Path:
    if file is None:
        raise ValueError("this client has no such file")
    return file
