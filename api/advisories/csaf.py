"""CSAF 2.0: each product stands with its version, and the TLP colour in `distribution`."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from packageurl import PackageURL

from api.advisories.advisory import Advisory, Affected, instant, without_nothing
from domain import vers
from domain.markings import TLP

MEDIA_TYPE: Final = "application/csaf+json"
_LABELS: Final[Mapping[TLP, str]] = {
    TLP.CLEAR: "WHITE",
    TLP.GREEN: "GREEN",
    TLP.AMBER: "AMBER",
    TLP.AMBER_STRICT: "RED",
    TLP.RED: "RED",
}
"""CSAF 2.0 has the colours of TLP 1.0: AMBER+STRICT is the next that lets nobody else in; the text says it itself."""
_CPE: Final = re.compile(
    r"cpe:2\.3:[aho\*\-](:(((\?*|\*?)([a-zA-Z0-9\-\._]|(\\[\\\*\?!\"#\$%&'\(\)\+,/:;<=>@\[\]\^`\{\|\}~]))+(\?*|\*?))|[\*\-])){5}"
    r"(:(([a-zA-Z]{2,3}(-([a-zA-Z]{2}|[0-9]{3}))?)|[\*\-]))"
    r"(:(((\?*|\*?)([a-zA-Z0-9\-\._]|(\\[\\\*\?!\"#\$%&'\(\)\+,/:;<=>@\[\]\^`\{\|\}~]))+(\?*|\*?))|[\*\-])){4}"
    r"|[c][pP][eE]:/[AHOaho]?(:[A-Za-z0-9\._\-~%]*){0,6}"
)
_STATUSES: Final = {"not-affected": "known_not_affected", "under-investigation": "under_investigation"}
_REMEDIES: Final = {"fix": "vendor_fix", "mitigation": "mitigation", "workaround": "workaround"}


def written(advisory: Advisory, *, origin: str) -> dict[str, Any]:
    """The document; `origin` is the address of whoever publishes it."""
    products = list(_products(advisory))
    statuses: dict[str, list[str]] = {}
    for number, (affected, _) in enumerate(products):
        said = advisory.answers.get((affected.vendor or "").casefold(), "")
        statuses.setdefault(_STATUSES.get(said, "known_affected"), []).append(f"P{number}")
    ids = [f"P{number}" for number in range(len(products))]
    tree = {"branches": [_branch(*each, number) for number, each in enumerate(products)]}
    return without_nothing(
        {
            "document": _document(advisory, origin, kind="csaf_security_advisory" if products else "csaf_base"),
            "product_tree": tree if products else None,
            "vulnerabilities": [_vulnerability(advisory, statuses, ids)],
        }
    )


def _document(advisory: Advisory, origin: str, *, kind: str) -> dict[str, Any]:
    history = [
        {"date": instant(change.at), "number": str(number), "summary": change.words}
        for number, change in enumerate(advisory.changes, 1)
    ]
    return {
        "category": kind,
        "csaf_version": "2.0",
        "title": advisory.title,
        "lang": "en",
        "distribution": without_nothing(
            {
                "text": advisory.marking,
                "tlp": None if advisory.tlp is None else {"label": _LABELS[advisory.tlp]},
            }
        ),
        "publisher": {"category": "coordinator", "name": "Docket clearinghouse", "namespace": origin},
        "references": [
            {
                "category": "self",
                "summary": "This vulnerability in the record",
                "url": f"{origin}/v1/clearinghouse/{advisory.id}",
            }
        ],
        "tracking": {
            "id": advisory.named,
            "status": "final" if advisory.over else "interim",
            "version": history[-1]["number"],
            "initial_release_date": history[0]["date"],
            "current_release_date": history[-1]["date"],
            "revision_history": history,
            "generator": {"engine": {"name": "Docket"}},
        },
    }


def _vulnerability(advisory: Advisory, statuses: Mapping[str, list[str]], ids: list[str]) -> dict[str, Any]:
    names = [name for name in advisory.aliases if name.upper() != advisory.cve]
    systems = {name: name.partition("-")[0] or "Docket" for name in names}
    worked_out = [(score, score.worked_out()) for score in advisory.scores]
    scores: dict[str, dict[str, Any]] = {}
    for score, made in worked_out:
        kind = {"CVSS:2.0": "cvss_v2", "CVSS:3.0": "cvss_v3", "CVSS:3.1": "cvss_v3"}.get(score.system)
        if made is not None and kind is not None and ids:
            scores.setdefault(kind, made)
    without_product = () if ids else advisory.remedies  # CSAF knows what helps only of products (6.1.29)
    told = [f"{score.system}: {score.vector}" for score, made in worked_out if made not in scores.values()]
    notes = [
        {"category": "description", "text": advisory.description or advisory.title},
        *({"category": "other", "title": "Scores", "text": text} for text in told),
        *({"category": "other", "title": "Weakness", "text": text} for text in advisory.weaknesses),
        *({"category": "other", "title": each.kind.capitalize(), "text": each.words} for each in without_product),
    ]
    return without_nothing(
        {
            "title": advisory.title,
            "cve": advisory.cve,
            "ids": [{"system_name": systems[name], "text": name} for name in names]
            or ([] if advisory.cve else [{"system_name": "Docket", "text": advisory.named}]),
            "notes": notes,
            "product_status": dict(statuses),
            "references": [{"summary": url, "url": url} for url in advisory.links],
            "remediations": [
                without_nothing(
                    {
                        "category": _REMEDIES[remedy.kind],
                        "details": remedy.words,
                        "url": remedy.reference if remedy.reference in advisory.links else None,
                        "product_ids": ids,
                    }
                )
                for remedy in (advisory.remedies if ids else ())
            ],
            "scores": [{**scores, "products": ids}] if scores else [],
            "threats": [without_nothing({"category": "exploit_status", "details": "Active", "product_ids": ids})]
            if advisory.exploited
            else [],
        }
    )


def _products(advisory: Advisory) -> Iterator[tuple[Affected, str | None]]:
    """Each product with each of its versions."""
    for affected in dict.fromkeys(advisory.affected):
        for version in affected.versions or (None,):
            yield affected, version


def _branch(affected: Affected, version: str | None, number: int) -> dict[str, Any]:
    """The branches down to one product, from the vendor where it is known."""
    name = " ".join(each for each in (affected.product or affected.package or affected.cpe, version) if each)
    product = {"product_id": f"P{number}", "name": name or "Not named", **_identified(affected)}
    steps = [("vendor", affected.vendor), ("product_name", affected.product or affected.package or affected.cpe)]
    if version is not None:
        ranged = vers.read(version) is not None or re.search(
            r"[<>]|\b(?:after|all|before|earlier|later|prior|versions)\b", version
        )
        steps.append(("product_version_range" if ranged else "product_version", version))
    named = [(category, text) for category, text in steps if text] or [("product_name", "Not named")]
    made: dict[str, Any] = {"category": named[-1][0], "name": named[-1][1], "product": product}
    for category, text in reversed(named[:-1]):
        made = {"category": category, "name": text, "branches": [made]}
    return made


def _identified(affected: Affected) -> dict[str, Any]:
    purl = None
    if affected.package is not None:
        try:
            purl = PackageURL.from_string(affected.package).to_string()
        except ValueError:
            purl = None
    cpe = affected.cpe if affected.cpe is not None and _CPE.fullmatch(affected.cpe) else None
    helper = without_nothing({"cpe": cpe, "purl": purl})
    return {"product_identification_helper": helper} if helper else {}
