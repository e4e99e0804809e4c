"""A line is read as the format that it is in, or turned away with every reason; a format is never guessed from hope."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from consumers.acts import strict_json
from consumers.acts.intake import Malformed, Wrong
from consumers.findings import csaf, cve, kev, osv, schemas
from consumers.findings.finding import Finding, Format
from domain.values import Digest

MEDIA_TYPES: Final[Mapping[Format, str]] = dict.fromkeys(Format, "application/json") | {
    Format.CSAF: "application/csaf+json"
}
_SCHEMAS: Final[Mapping[Format, str]] = {
    Format.CVE: "cve-5.1.1",
    Format.OSV: "osv",
    Format.CSAF: "csaf-2.0",
    Format.KEV: "kev-entry",
}
_READ: Final = {
    Format.CVE: cve.findings,
    Format.OSV: osv.findings,
    Format.CSAF: csaf.findings,
    Format.KEV: kev.findings,
}


def document(body: bytes) -> dict[str, Any]:
    """The object that a line is. Raises Malformed."""
    try:
        found = strict_json.read(body, fractions=True)
    except strict_json.NotStrict as error:
        raise Malformed(str(error)) from None
    if not isinstance(found, dict):
        raise Malformed("The item is no object.")
    return found


def digest(body: bytes) -> Digest:
    """What the bytes of a document hash to."""
    return Digest("sha256:" + sha256(body).hexdigest())


def recognised(document: Mapping[str, Any]) -> Format:
    """The format that a document says it is in, by what only that format has. Raises Malformed."""
    head = document.get("document")
    if document.get("dataType") == "CVE_RECORD":
        return Format.CVE
    if isinstance(head, dict) and "csaf_version" in head:
        return Format.CSAF
    if "cveID" in document and "dateAdded" in document:
        return Format.KEV
    if "id" in document and "modified" in document:
        return Format.OSV
    if "title" in document:
        return Format.DOCKET
    raise Malformed(f"This is none of: {', '.join(Format)}.")


def findings(document: Mapping[str, Any], format: Format) -> tuple[Finding, ...]:
    """What a foreign document says, in its order. Raises Malformed, and Withdrawn where its author took it back."""
    if (read := _READ.get(format)) is None:
        raise Malformed(errors=[Wrong("", "This format is the record's own.")])
    schemas.check(_SCHEMAS[format], document)
    return read(document)
