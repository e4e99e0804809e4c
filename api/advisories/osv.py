"""OSV: what has a package URL stands by its ecosystem and name; what has none is kept beside it."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from packageurl import PackageURL

from api.advisories.advisory import Advisory, Affected, instant, without_nothing
from consumers.findings.osv import PURL_TYPES
from domain import vers

MEDIA_TYPE: Final = "application/osv+json"
_ECOSYSTEMS: Final[Mapping[str, str]] = {type: name for name, type in PURL_TYPES.items()}
_SEVERITIES: Final = {"CVSS:2.0": "CVSS_V2", "CVSS:3.0": "CVSS_V3", "CVSS:3.1": "CVSS_V3", "CVSS:4.0": "CVSS_V4"}
_EVENTS: Final = {">=": "introduced", "<": "fixed", "<=": "last_affected"}


def written(advisory: Advisory) -> dict[str, Any]:
    """The entry."""
    packages = [(each, found) for each in dict.fromkeys(advisory.affected) for found in _package(each)]
    unpackaged = [each for each in dict.fromkeys(advisory.affected) if not any(_package(each))]
    return without_nothing(
        {
            "schema_version": "1.6.7",
            "id": advisory.named,
            "modified": instant(advisory.changes[-1].at),
            "published": instant(advisory.changes[0].at),
            "aliases": list(advisory.aliases),
            "summary": advisory.title,
            "details": advisory.description,
            "severity": [
                {"type": _SEVERITIES[score.system], "score": score.vector}
                for score in advisory.scores
                if score.system in _SEVERITIES
            ],
            "affected": [_affected(each, package) for each, package in packages],
            "references": [{"type": "WEB", "url": url} for url in advisory.links],
            "database_specific": without_nothing(
                {
                    "marking": advisory.marking,
                    "cwe_ids": list(advisory.cwes),
                    "exploited": advisory.exploited,
                    "unpackaged": [
                        without_nothing(
                            {
                                "vendor": each.vendor,
                                "product": each.product,
                                "package": each.package,
                                "cpe": each.cpe,
                                "versions": list(each.versions),
                            }
                        )
                        for each in unpackaged
                    ],
                }
            ),
        }
    )


def _package(affected: Affected) -> Iterator[dict[str, str]]:
    if affected.package is None:
        return
    try:
        purl = PackageURL.from_string(affected.package)
    except ValueError:
        return
    ecosystem = _ECOSYSTEMS.get(purl.type) or affected.vendor
    if ecosystem is not None:
        joined = ":" if purl.type == "maven" else "/"
        name = affected.product or joined.join(each for each in (purl.namespace, purl.name) if each)
        yield {"ecosystem": ecosystem, "name": name, "purl": affected.package}


def _affected(affected: Affected, package: Mapping[str, str]) -> dict[str, Any]:
    ranges: list[dict[str, Any]] = []
    versions: list[str] = []
    kept: list[str] = []
    for version in affected.versions:
        if (found := vers.read(version)) is None:
            versions.append(version)
        elif (made := _range(*found)) is not None:
            ranges.append(made)
        else:
            kept.append(version)
    return without_nothing(
        {
            "package": dict(package),
            "ranges": ranges,
            "versions": versions,
            "database_specific": {"ranges": kept} if kept else None,
        }
    )


def _range(scheme: str, constraints: tuple[vers.Constraint, ...]) -> dict[str, Any] | None:
    """A range as events; None where OSV has no events for it."""
    events = [{_EVENTS[comparator]: said} for comparator, said in constraints if comparator in _EVENTS]
    if len(events) != len(constraints) or scheme == "git":
        return None
    if not any("introduced" in event for event in events):
        events.insert(0, {"introduced": "0"})
    ends = {name for event in events for name in event} - {"introduced"}
    begins = {event["introduced"] for event in events if "introduced" in event}
    if len(ends) > 1 or begins.intersection(event.get("fixed") for event in events):
        return None
    return {"type": "SEMVER" if scheme == "semver" else "ECOSYSTEM", "events": events}
