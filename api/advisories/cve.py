"""CVE record format 5.1: what a CNA would publish of it; there is none for what has no CVE identifier."""

from collections.abc import Iterator
from typing import Any, Final

from api.advisories.advisory import Advisory, Affected, Remedy, clipped, instant, without_nothing
from domain import vers

MEDIA_TYPE: Final = "application/cve+json"
_METRICS: Final = {"CVSS:2.0": "cvssV2_0", "CVSS:3.0": "cvssV3_0", "CVSS:3.1": "cvssV3_1", "CVSS:4.0": "cvssV4_0"}
_UNKNOWN: Final = {"vendor": "n/a", "product": "n/a", "defaultStatus": "unknown"}


def written(advisory: Advisory, *, origin: str, organisation: str) -> dict[str, Any] | None:
    """The record; None where the vulnerability has no CVE identifier. `organisation` is a UUID for who writes it."""
    if advisory.cve is None:
        return None
    last = instant(advisory.changes[-1].at)
    links = advisory.links or (f"{origin}/v1/clearinghouse/{advisory.id}",)
    said = advisory.description or advisory.title
    cna = without_nothing(
        {
            "providerMetadata": {"orgId": organisation, "shortName": "docket", "dateUpdated": last},
            "title": clipped(advisory.title, 256),
            "descriptions": [{"lang": "en", "value": clipped(said, 4096)}],
            "affected": _distinct([product for each in advisory.affected for product in _affected(each)]) or [_UNKNOWN],
            "references": [{"url": clipped(url, 2048)} for url in links],
            "metrics": _distinct(
                [
                    {"format": "CVSS", _METRICS[score.system]: made}
                    for score in advisory.scores
                    if (made := score.worked_out()) is not None
                ]
            ),
            "problemTypes": _distinct(
                [
                    {"descriptions": [{"lang": "en", "description": cwe, "cweId": cwe, "type": "CWE"}]}
                    for cwe in advisory.cwes
                ]
            ),
            "solutions": _words(advisory, "fix"),
            "workarounds": _words(advisory, "mitigation", "workaround"),
            "x_docket": {"id": advisory.id, "marking": advisory.marking, "aliases": list(advisory.aliases)},
        }
    )
    return {
        "dataType": "CVE_RECORD",
        "dataVersion": "5.1",
        "cveMetadata": {
            "cveId": advisory.cve,
            "assignerOrgId": organisation,
            "assignerShortName": "docket",
            "state": "PUBLISHED",
            "dateUpdated": last,
        },
        "containers": {"cna": cna},
    }


def _words(advisory: Advisory, *kinds: str) -> list[dict[str, str]]:
    def said(remedy: Remedy) -> dict[str, str]:
        return {"lang": "en", "value": clipped(remedy.words, 4096)}

    return _distinct([said(remedy) for remedy in advisory.remedies if remedy.kind in kinds])


def _affected(affected: Affected) -> Iterator[dict[str, Any]]:
    versions = _distinct([entry for version in affected.versions for entry in _versions(version)])
    name = affected.product or affected.package or affected.cpe
    if name is None:
        return
    yield without_nothing(
        {
            "vendor": clipped(affected.vendor or "n/a", 512),
            "product": clipped(name, 2048),
            "cpes": [affected.cpe] if affected.cpe is not None and affected.cpe.startswith("cpe:") else None,
            "versions": versions,
            "defaultStatus": "unaffected" if versions else "affected",
        }
    )


def _versions(version: str) -> Iterator[dict[str, Any]]:
    if (found := vers.read(version)) is None:
        yield {"version": clipped(version, 1024), "status": "affected"}
        return
    scheme, constraints = found
    if not constraints:
        yield {"version": "*", "status": "affected"}
    begins = "0"
    open_ = False
    for comparator, said in constraints:
        match comparator:
            case ">=" | ">":
                begins, open_ = said, True
            case "<" | "<=":
                ends = {"lessThan": said} if comparator == "<" else {"lessThanOrEqual": said}
                yield {"version": begins, "status": "affected", "versionType": scheme, **ends}
                begins, open_ = "0", False
            case "":
                yield {"version": said, "status": "affected"}
            case _:
                continue
    if open_:
        yield {"version": begins, "status": "affected", "versionType": scheme, "lessThan": "*"}


def _distinct(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [each for number, each in enumerate(found) if each not in found[:number]]
