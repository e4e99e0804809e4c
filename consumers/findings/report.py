"""A finding asks for a report as `vulnerability.report.v1` has it; what has no room there is counted."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

import orjson

from consumers.findings.finding import Finding
from consumers.findings.reading import MEDIA_TYPES

MOST: Final[Mapping[str, int]] = {
    "aliases": 40,
    "affected": 100,
    "severities": 20,
    "weaknesses": 40,
    "references": 40,
}
"""How many of each a report holds."""
VERSIONS: Final = 40
BYTES: Final = 40_000
"""What a report may hold without its text: the rest of a document of 64 KiB is its envelope."""


def data(finding: Finding, *, digest: str, holder: str) -> tuple[dict[str, Any], dict[str, int]]:
    """The data of a report without its ids, and how many of what the finding says had no room in it, by name.

    `holder` keeps the document, whose bytes have this digest.
    """
    said: dict[str, Any] = {
        "title": finding.title,
        "aliases": list(finding.aliases),
        "affected": _affected(finding),
        "severities": [asdict(score) for score in finding.scores],
        "weaknesses": list(finding.weaknesses),
        "references": list(finding.references),
        "claims_public": finding.public,
        "claims_exploited": finding.exploited,
        "source": {
            "format": finding.format,
            "id": finding.document,
            "digest": digest,
            "holder": holder,
            "media_type": MEDIA_TYPES[finding.format],
        },
        "description": finding.description,
    }
    left: dict[str, int] = {}
    for name, most in MOST.items():
        _shorten(said, name, most, left)
    for name in ("affected", "references"):
        while said[name] and len(orjson.dumps({**said, "description": None})) > BYTES:
            _shorten(said, name, len(said[name]) // 2, left)
    return said, left


def _affected(finding: Finding) -> list[dict[str, Any]]:
    """The products, each as often as its versions need it."""
    made: list[dict[str, Any]] = []
    for product in dict.fromkeys(finding.products):
        names = {"vendor": product.vendor, "product": product.product, "package": product.package, "cpe": product.cpe}
        versions = product.versions
        if not any(names.values()):
            continue
        starts = range(0, max(len(versions), 1), VERSIONS)
        made += [names | {"versions": list(versions[first : first + VERSIONS])} for first in starts]
    return made


def _shorten(said: dict[str, Any], name: str, most: int, left: dict[str, int]) -> None:
    if more := len(said[name][most:]):
        left[name] = left.get(name, 0) + more
        said[name] = said[name][:most]
