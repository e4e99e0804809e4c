"""A CVE record says what its CNA and others (ADP) say; a score may stand with the one, with another, or nowhere."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

from consumers.findings.finding import (
    Finding,
    Format,
    Point,
    Product,
    Score,
    identifier,
    identifiers,
    line,
    lines,
    long_line,
    text,
    title,
)
from consumers.findings.withdrawn import Withdrawn
from domain import vers
from domain.ssvc import TABLES, UnknownValue

_SYSTEMS: Final[Mapping[str, str]] = {
    "cvssV2_0": "CVSS:2.0",
    "cvssV3_0": "CVSS:3.0",
    "cvssV3_1": "CVSS:3.1",
    "cvssV4_0": "CVSS:4.0",
}
_SCORED_BY: Final = TABLES["cisa:DT_CO", "2.0.3"]
"""The points that CISA gives values of in the records that it enriches."""


def findings(document: Mapping[str, Any]) -> tuple[Finding, ...]:
    """The one finding of a record that has the form. Raises Withdrawn where it was rejected."""
    meta = document["cveMetadata"]
    if meta["state"] != "PUBLISHED":
        raise Withdrawn
    id = identifier(meta["cveId"]) or ""
    cna = document["containers"]["cna"]
    each = (cna, *document["containers"].get("adp", ()))
    others = [metric["other"] for container in each for metric in container.get("metrics", ()) if "other" in metric]
    said = [found["value"] for found in _english(cna["descriptions"])]
    return (
        Finding(
            format=Format.CVE,
            document=id,
            id=id,
            title=title(id, cna.get("title"), *said),
            description=text(*said),
            aliases=identifiers([id, *_also(cna)]),
            products=tuple(
                product
                for container in each
                for said_of in container.get("affected", ())
                for product in _products(said_of)
            ),
            scores=tuple(score for container in each for score in _scores(container)),
            weaknesses=lines(
                kind.get("cweId")
                for container in each
                for of in container.get("problemTypes", ())
                for kind in of["descriptions"]
            ),
            references=tuple(
                dict.fromkeys(
                    url
                    for container in each
                    for reference in container.get("references", ())
                    if (url := long_line(reference["url"])) is not None
                )
            ),
            public=True,
            exploited=any(other["type"] == "kev" for other in others),
            points=tuple(point for other in others if other["type"] == "ssvc" for point in _points(other["content"])),
            dates=tuple(
                (name, meta[name]) for name in ("dateReserved", "datePublished", "dateUpdated") if name in meta
            ),
        ),
    )


def _english(descriptions: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    return [each for each in descriptions if each["lang"].lower().startswith("en")] or descriptions


def _also(cna: Mapping[str, Any]) -> Iterator[object]:
    source = cna.get("source") or {}
    found = source.get("advisory") if isinstance(source, dict) else None
    if isinstance(found, str) and found.upper().startswith("GHSA-"):
        yield found


def _scores(container: Mapping[str, Any]) -> Iterator[Score]:
    source = line((container.get("providerMetadata") or {}).get("shortName"))
    for metric in container.get("metrics", ()):
        for name, system in _SYSTEMS.items():
            if name in metric and (vector := long_line(metric[name].get("vectorString"))) is not None:
                yield Score(system=system, vector=vector, source=source)


def _points(content: Mapping[str, Any]) -> Iterator[Point]:
    options = content.get("options")
    for option in options if isinstance(options, list) else ():
        for name, raw in option.items() if isinstance(option, dict) else ():
            point, said = line(name), line(raw)
            if point is None or said is None:
                continue
            value = None
            with suppress(UnknownValue):
                known = _SCORED_BY.point(point)
                point, value = known.id, known.key(said)
            yield Point(point=point, raw=said, value=value)


def _products(said: Mapping[str, Any]) -> Iterator[Product]:
    affected = [each for each in said.get("versions", ()) if each["status"] == "affected"]
    by_default = said.get("defaultStatus", "unknown") == "affected"
    if not affected and not by_default:
        return
    versions = [version for each in affected if (version := _versions(each)) is not None]
    if by_default:
        rest = [each for each in said.get("versions", ()) if each["status"] == "unaffected" and "lessThan" not in each]
        every = [("!=", each["version"]) for each in rest if "lessThanOrEqual" not in each]
        versions.insert(0, vers.write("generic", every))
    vendor, product = line(said.get("vendor")), line(said.get("product")) or line(said.get("packageName"))
    kept = tuple(found for version in versions if (found := long_line(version)) is not None)
    cpes = [cpe for each in said.get("cpes", ()) if (cpe := long_line(each)) is not None]
    package = long_line(said.get("packageURL"))
    if product is None and package is None and not cpes:
        return
    yield Product(vendor=vendor, product=product, package=package, cpe=cpes[0] if cpes else None, versions=kept)
    for cpe in cpes[1:]:
        yield Product(vendor=vendor, product=product, cpe=cpe)


def _versions(said: Mapping[str, Any]) -> str | None:
    """A version, or a range; changes within a range are not followed: they have no order that every type shares."""
    begins, before, last = said["version"], said.get("lessThan"), said.get("lessThanOrEqual")
    if before is None and last is None:
        return line(begins) if begins != "*" else vers.write("generic", [])
    first = [] if begins in {"*", "0", "unspecified", before} else [(">=", begins)]
    ends = ("<", before) if before is not None else ("<=", last)
    scheme = said.get("versionType") or "generic"
    return vers.write(scheme, first if ends[1] in {"*", "unspecified", None} else [*first, (ends[0], str(ends[1]))])
