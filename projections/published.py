"""What everybody is to go by can be followed by anybody: what was published, last first."""

from dataclasses import replace
from datetime import datetime
from typing import Final, assert_never

import msgspec

from domain import wire
from domain.events.criteria import CriteriaPublished
from domain.events.framework import FrameworkAdopted, FrameworkSuperseded
from domain.events.record import InstrumentAmended, InstrumentIssued, InstrumentRevoked, PolicyPublished
from projections.audit_trail import AUDIT_TRAIL
from projections.disclosed import Documents
from projections.given import PLAIN
from projections.reads import Reads
from projections.visible import ANYBODY
from projections.visible.shown import PUBLISHED, published

MOST: Final = 50
_OPEN: Final = replace(ANYBODY, participant=None)
"""Finds what is unmarked, whosever it is; `published` says what of that anybody is told."""
Publication = (
    CriteriaPublished
    | PolicyPublished
    | InstrumentIssued
    | InstrumentAmended
    | InstrumentRevoked
    | FrameworkAdopted
    | FrameworkSuperseded
)


class News(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was published."""

    position: int
    id: str
    """Of the event."""
    type: str
    at: datetime
    by: str
    """The office, as it was called then."""
    title: str
    text: str


def news(reads: Reads, ledger: Documents) -> list[News]:
    """The last that was published, newest first. Raises NotBuilt."""
    types = sorted(PUBLISHED)
    found = reads.find(
        AUDIT_TRAIL,
        _OPEN,
        where=f"marking = ? AND type IN ({', '.join('?' * len(types))})",
        values=(PLAIN, *types),
        order="key DESC",
        limit=MOST,
    )
    documents = ledger.documents([each.position for each in found])
    made: list[News] = []
    for position in sorted(documents, reverse=True):
        recorded = wire.load(documents[position])  # without its disclosures: nothing that is protected is here
        event = recorded.event
        if published(recorded) and isinstance(event, Publication):
            title, text = _told(event)
            made.append(
                News(
                    position=position,
                    id=recorded.id,
                    type=event.type,
                    at=recorded.recorded_at,
                    by=recorded.actor_name,
                    title=title,
                    text=text,
                )
            )
    return made


def _told(event: Publication) -> tuple[str, str]:
    match event:
        case CriteriaPublished():
            withheld = f"Factors that are not published: {event.withheld_count}."
            text = f"{event.process}\nEffective on {event.effective_on}. {withheld}"
            return f"Criteria {event.code}, version {event.version}: {event.title}", text
        case PolicyPublished():
            return f"Policy {event.policy}-{event.policy_version}: {event.title}", f"A table of kind {event.kind}."
        case InstrumentIssued():
            return f"Instrument {event.instrument}: {event.title}", f"Issued on {event.issued_on}. Text: {event.text}"
        case InstrumentAmended():
            text = f"Amended on {event.amended_on}. Text: {event.text}"
            return f"Instrument {event.instrument} was amended", text
        case InstrumentRevoked():
            return f"Instrument {event.instrument} was revoked", f"Revoked on {event.revoked_on}."
        case FrameworkAdopted():
            text = f"Signed by {', '.join(event.signed)}. Text: {event.digest}"
            return f"Framework {event.code}, version {event.version}, is adopted", text
        case FrameworkSuperseded():
            return f"Framework {event.code}, version {event.version}, is superseded", "Another version is in force."
        case _:
            assert_never(event)
