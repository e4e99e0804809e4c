"""An OSV entry says of one vulnerability which packages it is in; ranges with the same end twice mean nothing."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from packageurl import PackageURL

from consumers.acts.intake import Malformed, Wrong
from consumers.findings.finding import (
    Finding,
    Format,
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

PURL_TYPES: Final[Mapping[str, str]] = {
    "crates": "cargo",
    "Go": "golang",
    "Hex": "hex",
    "Maven": "maven",
    "npm": "npm",
    "NuGet": "nuget",
    "Packagist": "composer",
    "Pub": "pub",
    "PyPI": "pypi",
    "RubyGems": "gem",
}
"""Ecosystems whose packages have a package URL that follows from the name; without `.io`, where a host is the name."""
_SYSTEMS: Final[Mapping[str, str]] = {"CVSS_V2": "CVSS:2.0", "CVSS_V3": "CVSS:3.1", "CVSS_V4": "CVSS:4.0"}
_COMPARED: Final[Mapping[str, str]] = {"introduced": ">=", "fixed": "<", "last_affected": "<=", "limit": "<"}


def findings(document: Mapping[str, Any]) -> tuple[Finding, ...]:
    """The one finding of an entry that has the form. Raises Malformed, and Withdrawn."""
    if document.get("withdrawn"):
        raise Withdrawn
    if (id := identifier(document["id"])) is None:
        raise Malformed(errors=[Wrong("/id", "This has to say something.")])
    affected = document.get("affected") or ()
    scores = [each for whole in (document, *affected) for each in whole.get("severity") or ()]
    specific = document.get("database_specific") or {}
    cwes = specific.get("cwe_ids") if isinstance(specific, dict) else None
    return (
        Finding(
            format=Format.OSV,
            document=id,
            id=id,
            title=title(id, document.get("summary"), document.get("details")),
            description=text(document.get("summary"), document.get("details")),
            aliases=identifiers([id, *(document.get("aliases") or ())]),
            products=tuple(
                product for number, each in enumerate(affected) for product in _products(each, f"/affected/{number}")
            ),
            scores=tuple(dict.fromkeys(_score(each) for each in scores if long_line(each["score"]))),
            weaknesses=lines(cwes if isinstance(cwes, list) else ()),
            references=tuple(
                found for each in document.get("references") or () if (found := long_line(each["url"])) is not None
            ),
            public=True,
            dates=tuple((name, document[name]) for name in ("published", "modified") if document.get(name)),
        ),
    )


def purl(ecosystem: str, name: str) -> str | None:
    """The package URL of a package; None where it does not follow from ecosystem and name."""
    if (type := PURL_TYPES.get(ecosystem.partition(":")[0].removesuffix(".io"))) is None:
        return None
    namespace, _, last = name.rpartition(":" if type == "maven" else "/")
    try:
        return PackageURL(type=type, namespace=namespace or None, name=last).to_string()
    except ValueError:
        return None


def _score(said: Mapping[str, Any]) -> Score:
    vector, system = long_line(said["score"]) or "", said["type"]
    prefix = vector.partition("/")[0]
    return Score(
        system=prefix if prefix.startswith("CVSS:") else _SYSTEMS.get(system, system), vector=vector, source=None
    )


def _products(said: Mapping[str, Any], at: str) -> Iterator[Product]:
    package = said.get("package") or {}
    ecosystem, name = line(package.get("ecosystem")), line(package.get("name"))
    known = long_line(package.get("purl"))
    if known is None and ecosystem is not None and name is not None:
        known = purl(ecosystem, name)
    ranges: list[str] = []
    for number, each in enumerate(said.get("ranges") or ()):
        found = _range(each, ecosystem or "generic", f"{at}/ranges/{number}/events")
        if each["type"] == "GIT":
            yield Product(product=line(each["repo"]), versions=(found,) if found else ())
        elif found:
            ranges.append(found)
    if name is not None or known is not None:
        versions = lines(said.get("versions") or ())
        yield Product(vendor=ecosystem, product=name, package=known, versions=(*ranges, *versions))


def _range(said: Mapping[str, Any], ecosystem: str, at: str) -> str | None:
    events = [(kind, version) for each in said["events"] for kind, version in each.items() if kind in _COMPARED]
    begins = {version for kind, version in events if kind == "introduced"}
    if any(version in begins for kind, version in events if _COMPARED[kind] == "<"):
        raise Malformed(errors=[Wrong(at, "A range that ends before the version with which it begins says nothing.")])
    scheme = {"GIT": "git", "SEMVER": "semver"}.get(said["type"]) or PURL_TYPES.get(ecosystem, ecosystem)
    return long_line(vers.write(scheme, [(_COMPARED[kind], version) for kind, version in events if version]))
