"""Docket connects to nobody but hosts that its operator listed, and to the very address that was looked at.

Without this, whoever may subscribe could make Docket knock at doors inside its own network (CWE-918).
"""

import re
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final, TypeAlias

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network
Resolve: TypeAlias = Callable[[str, int], list[str]]
"""The addresses of a host. Raises OSError."""

LONGEST: Final = 2000
_HOST: Final = r"\[[0-9a-f:.]{2,45}\]|[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?"
_LISTED: Final = re.compile(f"({_HOST}):([0-9]{{1,5}})")
# RFC 3986 without what a receiver does not need and parsers read differently: no user, no fragment, no backslash
_URL: Final = re.compile(
    rf"(https?)://({_HOST})(?::([0-9]{{1,5}}))?((?:/[A-Za-z0-9._~!$&'()*+,;=:@%-]*)*(?:\?[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*)?)"
)
_PORTS: Final = {"http": 80, "https": 443}
_TRANSLATED: Final = tuple(map(ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")))
"""Addresses that hold another one, which is not the one that would be looked at."""


class NotAPlace(ValueError):
    """The setting is not of its form."""


class Elsewhere(Exception):
    """Nothing is sent there."""


class Malformed(Elsewhere):
    """It is not the address of a receiver."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a receiver is."""

    scheme: str
    host: str
    """Without the brackets of an IPv6 address."""
    port: int
    target: str

    @property
    def authority(self) -> str:
        """As the `Host` header has it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def resolved(host: str, port: int) -> list[str]:
    """What the machine's resolver says. Raises OSError."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


class Places:
    """`listed` are `host:port`; `networks` are those beside the public ones that a listed name may lead into.

    A name that leads anywhere else leads nowhere. Raises NotAPlace.
    """

    def __init__(self, listed: Iterable[str] = (), networks: Iterable[str] = (), resolve: Resolve = resolved) -> None:
        self._listed = frozenset(map(_place, listed))
        self._networks: tuple[Network, ...] = tuple(map(_network, networks))
        self._resolve = resolve

    def find(self, url: str) -> Place:
        """The place that a URL names. Raises Elsewhere, and Malformed for what is no such URL."""
        found = _URL.fullmatch(url) if len(url) <= LONGEST else None
        if found is None:
            raise Malformed("The address is not of the form https://host[:port]/path, in small letters up to the path.")
        scheme, host, port, target = found[1], found[2].strip("[]"), found[3], found[4]
        number = int(port) if port else _PORTS[scheme]
        if (host, number) not in self._listed:
            raise Elsewhere("This Docket sends nothing to that host and port.")
        if scheme == "http" and not _is_loopback(host):
            raise Elsewhere("Only what goes over TLS is sent anywhere but to this machine.")
        target = target if target.startswith("/") else f"/{target}"
        return Place(scheme=scheme, host=host, port=number, target=target)

    def addresses(self, host: str, port: int) -> list[str]:
        """Where to connect to, for a host that is listed. Raises Elsewhere where any address is one that it may not
        lead to, and OSError where it is not found.
        """
        if (host, port) not in self._listed:
            raise Elsewhere("not listed")
        found = self._resolve(host, port)
        if not all(self._leads_to(host, ip_address(address.partition("%")[0])) for address in found):
            raise Elsewhere("the name leads to an address that it may not lead to")
        return found

    def _leads_to(self, host: str, address: Address) -> bool:
        if (literal := _literal(host)) is not None:
            return literal == address
        address = getattr(address, "ipv4_mapped", None) or address
        if host == "localhost":
            return address.is_loopback
        if any(address in network for network in self._networks if network.version == address.version):
            return True
        translated = any(address in network for network in _TRANSLATED if network.version == address.version)
        return address.is_global and not address.is_multicast and not translated


def _place(text: str) -> tuple[str, int]:
    found = _LISTED.fullmatch(text)
    if found is None or not 0 < int(found[2]) < 65536:
        raise NotAPlace(f"{text!r} is not `host:port`, in small letters")
    return found[1].strip("[]"), int(found[2])


def _network(text: str) -> Network:
    try:
        return ip_network(text)
    except ValueError:
        raise NotAPlace(f"{text!r} is not a network such as 10.2.0.0/16") from None


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _is_loopback(host: str) -> bool:
    literal = _literal(host)
    return host == "localhost" if literal is None else literal.is_loopback
