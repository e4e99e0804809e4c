"""Which vulnerabilities are reported under which names: what a further report of the same is linked with."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from domain.act import ActorKind
from domain.events import Event
from domain.events.vulnerability import VulnerabilityReported
from domain.recorded import Recorded
from domain.values import Digest, VulnerabilityId
from projections.reads import Reads
from projections.view import Key, Matter, Row, View
from projections.visible import Sight

COLUMNS: Final = ("first", "second", "third", "fourth")
"""Identifiers that a report is found by; CVE and GHSA come first."""
_PARTICIPANT: Final = f"{ActorKind.PARTICIPANT}/"
_MOST: Final = 1000


class Reported(Row, kw_only=True, omit_defaults=True):
    """What one report calls its vulnerability."""

    vulnerability_id: VulnerabilityId
    names: tuple[str, ...] = ()
    """Identifiers in small letters, those that most others use first."""
    digest: Digest | None = None
    """Of the foreign document that it was read from."""


class Reports(View[Reported]):
    """One row for each reported vulnerability; a participant knows those that it reported."""

    name = "reported"
    version = 1
    row = Reported
    matter = Matter("key", "vulnerability")
    columns = dict.fromkeys(COLUMNS, "TEXT") | {"digest": "TEXT"}
    indexes = (*((column,) for column in COLUMNS), ("digest",))

    def keys(self, recorded: Recorded[Event]) -> tuple[Key, ...]:
        event = recorded.event
        return (event.vulnerability_id,) if isinstance(event, VulnerabilityReported) else ()

    def evolve(self, row: Reported | None, position: int, recorded: Recorded[Event]) -> Reported | None:
        event, actor = recorded.event, recorded.actor
        if not isinstance(event, VulnerabilityReported):
            return row
        return Reported(
            marking=recorded.marking,
            scope=actor.removeprefix(_PARTICIPANT) if actor.startswith(_PARTICIPANT) else None,
            vulnerability_id=event.vulnerability_id,
            names=sorted_names(event.aliases)[: len(COLUMNS)],
            digest=None if event.source is None else event.source.digest,
        )

    def indexed(self, row: Reported) -> tuple[object, ...]:
        return (*row.names, *(None,) * (len(COLUMNS) - len(row.names)), row.digest)


REPORTED: Final = Reports()


@dataclass(frozen=True, slots=True, kw_only=True)
class Same:
    """Another report that says what one says."""

    vulnerability_id: VulnerabilityId
    alias: str | None
    """The name that they share, in small letters; None where it is the document."""


def sorted_names(aliases: Collection[str]) -> tuple[str, ...]:
    """Identifiers in small letters, each once, those that most others use first."""
    small = dict.fromkeys(alias.casefold() for alias in aliases)
    return tuple(sorted(small, key=lambda name: (not name.startswith("cve-"), not name.startswith("ghsa-"))))


def named_so(reads: Reads, sight: Sight, names: Sequence[str], digests: Sequence[str]) -> Iterator[Reported]:
    """Reports of which a name, in small letters, or the document's digest is one of these. Raises NotBuilt."""
    either = [(column, names) for column in COLUMNS] + [("digest", digests)]
    asked = [(f"{column} IN ({', '.join('?' * len(values))})", values) for column, values in either if values]
    if asked:
        where, values = " OR ".join(sql for sql, _ in asked), [value for _, each in asked for value in each]
        yield from (found.row for found in reads.find(REPORTED, sight, where=where, values=values, limit=_MOST))


class Known:
    """Reports by what they call their vulnerability."""

    def __init__(self) -> None:
        self._named: dict[str, dict[VulnerabilityId, None]] = {}

    def add(self, id: VulnerabilityId, aliases: Collection[str], digest: str | None) -> None:
        """A report."""
        for name in (*(alias.casefold() for alias in aliases), *(() if digest is None else (digest,))):
            self._named.setdefault(name, {})[id] = None

    def same(self, id: VulnerabilityId, aliases: Collection[str], digest: str | None) -> tuple[Same, ...]:
        """The other reports that share a name or the document with one."""
        found: dict[VulnerabilityId, Same] = {}
        for name in (*sorted_names(aliases), digest):
            for other in () if name is None else self._named.get(name, ()):
                if other != id:
                    found.setdefault(other, Same(vulnerability_id=other, alias=None if name == digest else name))
        return tuple(found.values())
