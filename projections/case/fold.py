"""A case is folded without a look at its earlier facts: each is encoded once, and what finds the row is kept apart."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec
from msgspec import field

from domain.events import Event
from domain.events.case import (
    AccessOpened,
    AccessTermsAgreed,
    CaseAccepted,
    CaseReturned,
    CaseSubmitted,
    CaseWithdrawn,
    DeterminationIssued,
    Result,
)
from domain.events.consultation import ConsultationOpened
from domain.recorded import Recorded
from domain.rules.case import Phase
from projections.case.row import ADDS, OFFICE, CaseStatus, Offered
from projections.instants import microseconds

_ENCODE: Final = msgspec.json.Encoder().encode


class Finding(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What narrows a search for readers who see all of a row. It is kept with the row, and no reader is given it.

    None of it excludes a row that is wanted: `phase` is what was recorded last, `result` what was determined last,
    `ceiling_us` the latest end of access that there can be.
    """

    phase: Phase = Phase.UNDER_REVIEW
    result: Result | None = None
    ceiling_us: int | None = None
    actors: dict[str, int] = field(default_factory=dict)
    """Whoever acted, was named or was asked, as an actor is written; 1 for each."""
    mixed: bool = False
    """Whether a part is marked unlike the row, so that not everybody who sees the row sees all of it."""


class _Folded(Offered, kw_only=True, omit_defaults=True):
    finding: Finding = field(default_factory=Finding)


Folded: Final = msgspec.defstruct(
    "Folded",
    [
        (name, list[msgspec.Raw], field(default_factory=list))
        for name in CaseStatus.__struct_fields__
        if name not in Offered.__struct_fields__
    ],
    bases=(_Folded,),
    kw_only=True,
    omit_defaults=True,
)
"""A `CaseStatus` whose parts are still JSON."""


def folded(row: Any, position: int, recorded: Recorded[Event]) -> Any:  # noqa: ANN401 - a `Folded`, made at run time
    """The row with what an event adds to it; a case begins with its submission. Raises TypeError for another event."""
    event = recorded.event
    if row is None:
        row = _begun(position, event, recorded.marking)
    cls = type(event)
    name, make = ADDS[cls]
    getattr(row, name).append(msgspec.Raw(_ENCODE(make(position, recorded, row.scope))))
    finding = row.finding
    if recorded.actor not in finding.actors:
        finding.actors[recorded.actor] = 1
    if cls in _FINDS:
        _FINDS[cls](finding, event)
    if recorded.marking != row.marking:
        finding.mixed = True
    return row


def read(row: Any) -> CaseStatus:  # noqa: ANN401 - the same
    """The row as a store gives it."""
    return _DECODE(_ENCODE(row))


_DECODE: Final = msgspec.json.Decoder(CaseStatus).decode


def _determined(finding: Finding, event: DeterminationIssued) -> None:
    finding.result = event.result


def _opened(finding: Finding, event: AccessOpened) -> None:
    finding.ceiling_us = microseconds(event.ceiling_at)


def _named(finding: Finding, event: AccessTermsAgreed | ConsultationOpened) -> None:
    offices = (event.office,) if isinstance(event, AccessTermsAgreed) else event.asked
    finding.actors |= {f"{OFFICE}{office}": 1 for office in offices}


def _phase(phase: Phase) -> Callable[[Finding, Any], None]:
    def turned(finding: Finding, event: object) -> None:
        finding.phase = phase

    return turned


_FINDS: Final[Mapping[type[Any], Callable[[Finding, Any], None]]] = {
    CaseSubmitted: _phase(Phase.UNDER_REVIEW),
    CaseReturned: _phase(Phase.RETURNED),
    CaseAccepted: _phase(Phase.ACCEPTED),
    CaseWithdrawn: _phase(Phase.WITHDRAWN),
    DeterminationIssued: _determined,
    AccessOpened: _opened,
    AccessTermsAgreed: _named,
    ConsultationOpened: _named,
}


def _begun(position: int, event: Event, marking: str) -> Any:  # noqa: ANN401 - the same
    if not isinstance(event, CaseSubmitted):
        raise TypeError(f"a case begins with its submission, not with {event.type}")
    return Folded(
        marking=marking,
        scope=event.developer,
        case_id=event.case_id,
        developer=event.developer,
        developer_name=event.developer_name,
        model=event.model,
        model_version=event.model_version,
        manifest=event.manifest,
        variant=event.variant,
        began=position,
    )
