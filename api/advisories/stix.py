"""STIX 2.1: a bundle of the vulnerability, what helps against it, and the markings that everything in it carries.

TLP 2.0 has the marking definitions that OASIS published for it; what else a marking says is a statement.
"""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID, uuid5

import orjson

from api.advisories.advisory import Advisory, clipped, without_nothing
from domain.markings import TLP

MEDIA_TYPE: Final = "application/stix+json;version=2.1"
_EXTENSION: Final = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
TLP_2: Final[Mapping[TLP, str]] = {
    TLP.CLEAR: "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
    TLP.GREEN: "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
    TLP.AMBER: "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
    TLP.AMBER_STRICT: "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
    TLP.RED: "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
}
_MADE: Final = "2022-10-01T00:00:00.000Z"
_NAMES: Final = UUID("5d1c0c1e-3c0d-5b53-9d5c-0d2f6a5b7c11")
"""Namespace of the ids that follow from what an object is about; fixed for ever."""


def written(advisory: Advisory) -> dict[str, Any]:
    """The bundle."""
    import stix2  # noqa: PLC0415 - it takes a second, which every process would wait

    began, last = advisory.changes[0].at, advisory.changes[-1].at
    markings = _markings(advisory)
    shared: dict[str, Any] = {"object_marking_refs": [each["id"] for each in markings], "allow_custom": False}
    house = stix2.Identity(
        id=_id("identity", "clearinghouse"),
        name="Docket clearinghouse",
        identity_class="organization",
        created=began,
        modified=began,
        **shared,
    )
    shared |= {"created_by_ref": house.id}
    dated = {"created": began, "modified": last}
    vulnerability = stix2.Vulnerability(
        id=f"vulnerability--{advisory.id}",
        name=advisory.cve or advisory.title,
        description="\n\n".join(each for each in (advisory.title, advisory.description) if each),
        external_references=_references(advisory),
        labels=_labels(advisory) or None,
        **dated,
        **shared,
    )
    made: list[Any] = [house, vulnerability]
    for number, affected in enumerate(dict.fromkeys(advisory.affected)):
        name = affected.product or affected.package or affected.cpe
        if name is None:
            continue
        software = stix2.Software(
            id=_id("software", advisory.id, str(number)),
            name=name,
            vendor=affected.vendor,
            cpe=affected.cpe if affected.cpe is not None and affected.cpe.startswith("cpe:2.3:") else None,
            object_marking_refs=shared["object_marking_refs"],
        )
        made += [software, _related(software.id, "related-to", vulnerability.id, dated | shared)]
    for number, remedy in enumerate(advisory.remedies):
        course = stix2.CourseOfAction(
            id=_id("course-of-action", advisory.id, str(number)),
            name=clipped(f"{remedy.kind.capitalize()}: {advisory.title}", 200),
            description=remedy.words,
            **dated,
            **shared,
        )
        made += [course, _related(course.id, "mitigates", vulnerability.id, dated | shared)]
    return {
        "type": "bundle",
        "id": _id("bundle", advisory.id, str(len(advisory.changes)), *(each["id"] for each in markings)),
        "objects": [*markings, *(orjson.loads(each.serialize()) for each in made)],
    }


def _related(source: str, how: str, target: str, shared: Mapping[str, Any]) -> Any:  # noqa: ANN401 - an object of stix2
    from stix2 import Relationship  # noqa: PLC0415 - the same

    return Relationship(
        id=_id("relationship", source, how, target),
        source_ref=source,
        relationship_type=how,
        target_ref=target,
        **shared,
    )


def _markings(advisory: Advisory) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    if advisory.tlp is not None:
        made.append(
            {
                "type": "marking-definition",
                "spec_version": "2.1",
                "id": TLP_2[advisory.tlp],
                "created": _MADE,
                "name": advisory.tlp.text,
                "extensions": {
                    _EXTENSION: {
                        "extension_type": "property-extension",
                        "tlp_2_0": advisory.tlp.text.removeprefix("TLP:").lower(),
                    }
                },
            }
        )
    made.append(
        {
            "type": "marking-definition",
            "spec_version": "2.1",
            "id": _id("marking-definition", advisory.marking),
            "created": _MADE,
            "definition_type": "statement",
            "definition": {"statement": advisory.marking},
        }
    )
    return made


def _references(advisory: Advisory) -> list[dict[str, str]]:
    names = [
        {
            "source_name": "cve" if name.upper().startswith("CVE-") else name.partition("-")[0] or "docket",
            "external_id": name,
        }
        for name in (*advisory.aliases, advisory.named)
    ]
    cwes = [{"source_name": "cwe", "external_id": cwe} for cwe in advisory.cwes]
    return [*names, *cwes, *({"source_name": "reference", "url": url} for url in advisory.links)]


def _labels(advisory: Advisory) -> list[str]:
    said = without_nothing({"public": advisory.public, "exploited": advisory.exploited})
    return [name for name, so in said.items() if so]


def _id(kind: str, *parts: str) -> str:
    return f"{kind}--{uuid5(_NAMES, chr(31).join((kind, *parts)))}"
