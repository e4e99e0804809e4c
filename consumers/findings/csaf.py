"""A CSAF document says of each of its vulnerabilities which products are affected; VEX says also which are not."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from consumers.acts.intake import Malformed, Wrong
from consumers.findings.finding import (
    Finding,
    Format,
    Product,
    Score,
    Status,
    identifiers,
    line,
    lines,
    long_line,
    text,
    title,
)
from domain.markings import TLP

AFFECTED: Final = frozenset({"first_affected", "known_affected", "last_affected"})
_TLP: Final[Mapping[str, TLP]] = {
    "WHITE": TLP.CLEAR,
    "GREEN": TLP.GREEN,
    "AMBER": TLP.AMBER,
    "RED": TLP.RED,
}
_SYSTEMS: Final = ("cvss_v2", "cvss_v3")


def findings(document: Mapping[str, Any]) -> tuple[Finding, ...]:
    """A finding for each vulnerability of a document that has the form. Raises Malformed."""
    head = document["document"]
    colour = head.get("distribution", {}).get("tlp", {}).get("label")
    tlp = None if colour is None else _TLP[colour]
    name = line(head["tracking"]["id"]) or ""
    products = dict(_tree(document.get("product_tree", {})))
    found = tuple(
        _finding(each, number, name=name, head=head, tlp=tlp, products=products)
        for number, each in enumerate(document.get("vulnerabilities", ()))
    )
    if not found:
        raise Malformed(errors=[Wrong("/vulnerabilities", "The document tells of no vulnerability.")])
    if len({each.id for each in found}) != len(found):
        raise Malformed(errors=[Wrong("/vulnerabilities", "Two of them have the same id.")])
    return found


def _finding(
    said: Mapping[str, Any],
    number: int,
    *,
    name: str,
    head: Mapping[str, Any],
    tlp: TLP | None,
    products: Mapping[str, Product],
) -> Finding:
    at = f"/vulnerabilities/{number}"
    own = [each["text"] for each in said.get("ids", ())]
    aliases = identifiers([said.get("cve"), *own])
    id = aliases[0] if aliases else f"{name[:180]}#{number}"
    status = {kind: tuple(ids) for kind, ids in said.get("product_status", {}).items()}
    unknown = {product for ids in status.values() for product in ids} - products.keys()
    if unknown:
        raise Malformed(errors=[Wrong(f"{at}/product_status", "It names a product that the document does not have.")])
    affected = dict.fromkeys(product for kind in status if kind in AFFECTED for product in status[kind])
    notes = [
        each["text"] for each in said.get("notes", ()) if each["category"] in {"description", "summary", "details"}
    ]
    references = [*said.get("references", ()), *head.get("references", ())]
    publisher = line(head["publisher"]["name"])
    return Finding(
        format=Format.CSAF,
        document=name,
        id=id,
        title=title(id, said.get("title"), head["title"]),
        description=text(*notes),
        aliases=aliases,
        products=tuple(products[product] for product in affected),
        scores=tuple(_scores(said, publisher)),
        weaknesses=lines([said.get("cwe", {}).get("id")]),
        references=tuple(dict.fromkeys(url for each in references if (url := long_line(each["url"])) is not None)),
        public=tlp is TLP.CLEAR,
        exploited=any(
            each["category"] == "exploit_status" and _active(each["details"]) for each in said.get("threats", ())
        ),
        statuses=tuple(Status(product=product, status=kind) for kind, ids in sorted(status.items()) for product in ids),
        dates=tuple(
            (kind, value)
            for kind, value in (
                ("initial_release_date", head["tracking"]["initial_release_date"]),
                ("current_release_date", head["tracking"]["current_release_date"]),
                ("discovery_date", said.get("discovery_date")),
                ("release_date", said.get("release_date")),
            )
            if value
        ),
        tlp=tlp,
    )


def _active(details: str) -> bool:
    """Only the plain word is taken: what a sentence means is for a person to say."""
    return details.strip().casefold() in {"active", "exploited", "actively exploited"}


def _scores(said: Mapping[str, Any], source: str | None) -> Iterator[Score]:
    for each in said.get("scores", ()):
        for name in _SYSTEMS:
            if name in each and (vector := long_line(each[name].get("vectorString"))) is not None:
                yield Score(system=f"CVSS:{each[name]['version']}", vector=vector, source=source)


def _tree(tree: Mapping[str, Any]) -> Iterator[tuple[str, Product]]:
    yield from _branches(tree.get("branches", ()), {})
    for each in tree.get("full_product_names", ()):
        yield each["product_id"], _product(each, {})
    for each in tree.get("relationships", ()):
        yield each["full_product_name"]["product_id"], _product(each["full_product_name"], {})


def _branches(branches: Any, above: Mapping[str, str]) -> Iterator[tuple[str, Product]]:  # noqa: ANN401 - JSON
    for each in branches:
        here = {**above, each["category"]: each["name"]}
        if "product" in each:
            yield each["product"]["product_id"], _product(each["product"], here)
        yield from _branches(each.get("branches", ()), here)


def _product(said: Mapping[str, Any], branch: Mapping[str, str]) -> Product:
    helper = said.get("product_identification_helper", {})
    versions = [branch[kind] for kind in ("product_version", "product_version_range") if kind in branch]
    return Product(
        vendor=line(branch.get("vendor")),
        product=line(branch.get("product_name")) or line(said["name"]),
        package=long_line(helper.get("purl")),
        cpe=long_line(helper.get("cpe")),
        versions=tuple(found for version in versions if (found := long_line(version)) is not None),
    )
