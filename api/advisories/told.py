"""What goes out is made of the row as its reader was given it, so that no format tells more than the record does."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

from api.advisories import csaf, cve, osv, stix
from api.advisories.advisory import Advisory, Affected, Change, Remedy, Score
from domain.markings import parse
from projections.clearinghouse.at import VulnerabilityAt
from projections.clearinghouse.row import Vulnerability
from projections.view import Part


class Written(StrEnum):
    """Formats in which a vulnerability goes out."""

    CSAF = "csaf"
    CVE = "cve"
    """Only what has a CVE identifier."""
    OSV = "osv"
    STIX = "stix"


MEDIA_TYPES: Final[Mapping[Written, str]] = {
    Written.CSAF: csaf.MEDIA_TYPE,
    Written.CVE: cve.MEDIA_TYPE,
    Written.OSV: osv.MEDIA_TYPE,
    Written.STIX: stix.MEDIA_TYPE,
}


def asked_for(format: Written | None, accept: str) -> Written | None:
    """The format that a reader names, or accepts; None where it is the record's own."""
    if format is not None:
        return format
    taken = [each.partition(";")[0].strip().casefold() for each in accept.split(",")]
    return next((each for each in Written if MEDIA_TYPES[each].partition(";")[0] in taken), None)


def written(format: Written, advisory: Advisory, *, origin: str, organisation: str) -> dict[str, Any] | None:
    """The document; None where the format has none for this vulnerability."""
    match format:
        case Written.CSAF:
            return csaf.written(advisory, origin=origin)
        case Written.CVE:
            return cve.written(advisory, origin=origin, organisation=organisation)
        case Written.OSV:
            return osv.written(advisory)
        case Written.STIX:
            return stix.written(advisory)


def advisory(
    row: Vulnerability, now: VulnerabilityAt, made: Mapping[str, Sequence[Mapping[str, Any]]]
) -> Advisory | None:
    """The advisory of a row; None where its reader sees no fact about it. `made` are its parts, as they are told."""
    lists = {name: getattr(row, name) for name in reversed(row.__struct_fields__) if name in made}
    told = {
        part.position: Change(at=part.at, words=name.replace("_", " "))
        for name, each in lists.items()
        for part in each
        if isinstance(part, Part)
    }
    changes = tuple(told[position] for position in sorted(told))
    if not changes:
        return None
    return Advisory(
        id=row.vulnerability_id,
        marking=row.marking,
        tlp=parse(row.marking).tlp,
        title=row.title,
        description=next((text for each in made["reports"] if (text := _said(each)) is not None), None),
        aliases=row.aliases,
        affected=tuple(
            Affected(
                vendor=each.vendor,
                product=each.product,
                package=each.package,
                cpe=each.cpe,
                versions=each.versions,
            )
            for each in row.affected
        ),
        scores=tuple(Score(system=each.system, vector=each.vector) for each in row.severities),
        weaknesses=row.weaknesses,
        references=row.references,
        public=now.public,
        exploited=now.exploited,
        over=now.published_at is not None or now.closed_as is not None,
        answers={party.vendor.casefold(): str(party.status) for party in now.parties},
        remedies=tuple(
            Remedy(
                kind=each["kind"],
                fixed_versions=tuple(each["fixed_versions"]),
                reference=each["reference"],
                description=_said(each),
            )
            for each in made["remediations"]
        ),
        changes=changes,
    )


def _said(part: Mapping[str, Any]) -> str | None:
    said = part.get("protected", {}).get("description")
    return said if isinstance(said, str) else None
