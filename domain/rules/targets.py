"""What a scan is of, and whether two of them are of one thing."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Final, TypeAlias

from packageurl import PackageURL

from domain.errors import Refused
from domain.events.scan import ScanTarget, TargetKind

_LABEL: Final = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN: Final = re.compile(rf"(?=.{{1,253}}\Z)(?:{_LABEL}\.)+{_LABEL}")
_Package: TypeAlias = tuple[str, str | None, str]
_Block: TypeAlias = tuple[int, int, int]
"""Version of the protocol, first and last address."""


def checked(target: ScanTarget) -> ScanTarget:
    """The target. Raises Refused where it is not written in the one way that its kind has."""
    try:
        written = _canonical(target)
    except ValueError as error:
        raise Refused("target-form", f"A target of kind {target.kind} is not of its form.") from error
    if written != target.value:
        raise Refused("target-form", f"This target is written {written}, and in no other way.")
    return target


class Targets:
    """Some targets, to be compared with many. Each is written as `checked` has it."""

    def __init__(self, targets: Iterable[ScanTarget]) -> None:
        by_kind: dict[TargetKind, list[str]] = {kind: [] for kind in TargetKind}
        for target in targets:
            by_kind[target.kind].append(target.value)
        self._names = frozenset(by_kind[TargetKind.DOMAIN])
        self._above = frozenset(above for name in self._names for above in _and_above(name))
        self._versions: dict[_Package, set[str | None]] = {}
        for value in by_kind[TargetKind.PACKAGE]:
            package, version = _package(value)
            self._versions.setdefault(package, set()).add(version)
        self._blocks = _apart(_block(value) for value in by_kind[TargetKind.CIDR])

    def meet(self, other: ScanTarget) -> bool:
        """Whether a scan of it is a scan of one of these. Blocks of addresses do not say which names they bear."""
        match other.kind:
            case TargetKind.CIDR:
                version, first, last = _block(other.value)
                before = bisect_left(self._blocks, (version, last + 1, 0)) - 1
                return before >= 0 and self._blocks[before][0] == version and self._blocks[before][2] >= first
            case TargetKind.DOMAIN:
                return other.value in self._above or any(above in self._names for above in _and_above(other.value))
            case TargetKind.PACKAGE:
                package, version_of = _package(other.value)
                versions = self._versions.get(package, set())
                return bool(versions) and (version_of is None or None in versions or version_of in versions)


def _canonical(target: ScanTarget) -> str:
    match target.kind:
        case TargetKind.CIDR:
            return str(ip_network(target.value))
        case TargetKind.DOMAIN:
            if _DOMAIN.fullmatch(target.value) is None:
                raise ValueError(target.value)
            return target.value
        case TargetKind.PACKAGE:
            return str(PackageURL.from_string(target.value).to_string())


@lru_cache(maxsize=65536)
def _block(value: str) -> _Block:
    network: IPv4Network | IPv6Network = ip_network(value)
    return network.version, int(network.network_address), int(network.broadcast_address)


def _apart(blocks: Iterable[_Block]) -> list[_Block]:
    """The same addresses in order, without blocks that lie in others: no two meet otherwise."""
    kept: list[_Block] = []
    for version, first, last in sorted(blocks, key=lambda block: (block[0], block[1], -block[2])):
        if not kept or kept[-1][0] != version or kept[-1][2] < first:
            kept.append((version, first, last))
    return kept


@lru_cache(maxsize=65536)
def _package(value: str) -> tuple[_Package, str | None]:
    url = PackageURL.from_string(value)
    return (url.type, url.namespace, url.name), url.version


def _and_above(name: str) -> Iterator[str]:
    while name:
        yield name
        name = name.partition(".")[2]
