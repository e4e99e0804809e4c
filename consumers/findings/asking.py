"""Each finding of a batch asks for one act whose ids follow from the batch and from what the finding calls itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from consumers.acts import intake
from consumers.acts.intake import Malformed, Wrong
from consumers.findings import reading, report
from consumers.findings.finding import Finding, Format, line
from domain.act import Act
from domain.errors import TurnedAway
from domain.markings import TLP, UnknownMarking, parse
from domain.values import VulnerabilityId, derived

REPORT: Final = "vulnerability.report.v1"
HOLDER: Final = "whoever reported it"
"""Who keeps a document, where the batch does not say it: its sender, who is named nowhere."""
_OWN: Final = frozenset({"vulnerability_id", "reporter", "source"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What a batch states for all of its findings."""

    id: str
    """A UUID that its sender chose at random, and tells nobody."""
    actor: str
    marking: str | None
    holder: str = HOLDER
    format: Format | None = None
    """None: each line says it itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A finding on its way to the record."""

    id: str
    """Of the command."""
    vulnerability_id: VulnerabilityId
    act: Act
    format: Format
    document: str
    aliases: tuple[str, ...]
    digest: str
    finding: Finding | None
    """None where it came in the record's own form."""
    left_out: Mapping[str, int]


def items(batch: Batch, body: bytes) -> list[Item]:
    """What a line asks for, or why one of its findings is turned away: then all of them are.

    Raises TurnedAway: malformed, finding-withdrawn, marking-missing, marking-too-wide.
    """
    body = body.strip()
    document, digest = reading.document(body), reading.digest(body)
    format = batch.format or reading.recognised(document)
    if format is Format.DOCKET:
        return [_own(batch, document, digest)]
    found = reading.findings(document, format)
    for each in found:
        _fits(batch, each)
    return [_item(batch, each, digest) for each in found]


def _fits(batch: Batch, finding: Finding) -> None:
    if finding.tlp is None or batch.marking is None:
        return
    try:
        colour = parse(batch.marking).tlp
    except UnknownMarking:
        return  # turned away by the intake of every act
    if (colour or TLP.CLEAR) < finding.tlp:
        raise TurnedAway("marking-too-wide", f"The document says {finding.tlp.text}.")


def _item(batch: Batch, finding: Finding, digest: str) -> Item:
    said, left = report.data(finding, digest=digest, holder=batch.holder)
    named = (finding.format, finding.document.casefold(), finding.id.casefold())
    return _asked(batch, named, said, finding=finding, left=left, digest=digest)


def _own(batch: Batch, document: Mapping[str, Any], digest: str) -> Item:
    if taken := sorted(_OWN & document.keys()):
        raise Malformed(errors=[Wrong(f"/{name}", "This is not for the sender of a batch to say.") for name in taken])
    said = {name: value for name, value in document.items() if name != "id"}
    name = line(document.get("id", digest))
    if name is None:
        raise Malformed(errors=[Wrong("/id", "This has to be a text, with something in it.")])
    return _asked(batch, (Format.DOCKET, name.casefold()), said, finding=None, left={}, digest=digest)


def _asked(
    batch: Batch,
    named: tuple[str, ...],
    said: Mapping[str, Any],
    *,
    finding: Finding | None,
    left: Mapping[str, int],
    digest: str,
) -> Item:
    id = derived("finding", batch.actor, batch.id, *named)
    vulnerability_id = VulnerabilityId(derived("found-vulnerability", batch.actor, batch.id, *named))
    ids = {"vulnerability_id": vulnerability_id, "reporter": derived("reporter", batch.actor, batch.id)}
    body = {"id": id, "data": {**said, **ids}} | ({} if batch.marking is None else {"marking": batch.marking})
    act = intake.act(REPORT, body)
    return Item(
        id=id,
        vulnerability_id=vulnerability_id,
        act=act,
        format=Format.DOCKET if finding is None else finding.format,
        document=named[1] if finding is None else finding.document,
        aliases=tuple(getattr(act.command, "aliases", ())),
        digest=digest,
        finding=finding,
        left_out=left,
    )
