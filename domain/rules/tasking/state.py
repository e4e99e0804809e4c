"""A duty as it stands: who leads, what was claimed and holds, who waits on whom, and by when it was due."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, assert_never

from domain.events.tasking import (
    HardeningRow,
    TaskingAmended,
    TaskingAssigned,
    TaskingCompletionClaimed,
    TaskingCompletionVerified,
    TaskingDeadlinePassed,
    TaskingDelayExplained,
    TaskingEvent,
    TaskingKind,
    TaskingProgressReported,
    TaskingRescinded,
    TaskingResumed,
    TaskingVerificationFailed,
    TaskingWaiting,
    WaitingOn,
)
from domain.recorded import Recorded
from domain.values import Citation, EventId, Evidence, Line, OfficeCode, PersonId, ReportId, TaskingCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a lead claimed, while nobody has said that it does not hold."""

    id: EventId
    claimant: PersonId
    evidence: tuple[Evidence, ...]
    at: datetime
    """When it was taken in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """How a duty was assigned, beside its protected words."""

    kind: TaskingKind
    provision: Citation
    hardening: HardeningRow | None
    title: Line
    assigned_by: OfficeCode
    leads: tuple[OfficeCode, ...]
    consulted: tuple[OfficeCode, ...]
    coordinated: tuple[OfficeCode, ...]
    days: int | None
    due_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What an amendment may change."""

    title: Line
    leads: tuple[OfficeCode, ...]
    consulted: tuple[OfficeCode, ...]
    coordinated: tuple[OfficeCode, ...]
    due_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tasking:
    """A duty as it stands."""

    marking: str = ""
    assignment: Assignment | None = None
    terms: Terms | None = None
    """As they are now."""
    claims: Mapping[OfficeCode, Claim] = field(default_factory=dict)
    waits: Mapping[OfficeCode, tuple[WaitingOn, OfficeCode | None]] = field(default_factory=dict)
    reports: Mapping[ReportId, object] = field(default_factory=dict)
    """What was said under an id, beside its protected words."""
    failed: tuple[OfficeCode, tuple[OfficeCode, ...]] | None = None
    """Who said last that claims do not hold, and whose, as far as these leads have not claimed anew."""
    passed: frozenset[datetime] = frozenset()
    """Due dates of which the clock has said that they passed; nothing else follows from it."""
    verified_by: OfficeCode | None = None
    rescinded: bool = False
    replaced_by: TaskingCode | None = None
    ended_at: datetime | None = None

    @property
    def known(self) -> bool:
        return self.terms is not None

    @property
    def leads(self) -> tuple[OfficeCode, ...]:
        return () if self.terms is None else self.terms.leads

    @property
    def due_at(self) -> datetime | None:
        return None if self.terms is None else self.terms.due_at

    @property
    def ended(self) -> bool:
        """Whether nothing more is owed: it is verified, or rescinded."""
        return self.ended_at is not None

    def outstanding(self) -> tuple[OfficeCode, ...]:
        """The leads without a claim that stands."""
        return tuple(lead for lead in self.leads if lead not in self.claims)

    def unclaimed_when_due(self) -> tuple[OfficeCode, ...]:
        """The leads without a standing claim from before the due date; nobody where there is none."""
        due_at = self.due_at
        if due_at is None:
            return ()
        return tuple(lead for lead in self.leads if lead not in self.claims or self.claims[lead].at >= due_at)

    def deadline_passed(self, at: datetime) -> bool:
        """Whether the due date is over then, and something was still owed: recorded or not."""
        due_at = self.due_at
        if due_at is None or at < due_at or (self.ended_at is not None and self.ended_at < due_at):
            return False
        return bool(self.unclaimed_when_due())


INITIAL: Final = Tasking()


def evolve(state: Tasking, recorded: Recorded[TaskingEvent]) -> Tasking:
    event = recorded.event
    match event:
        case TaskingAssigned():
            return Tasking(marking=recorded.marking, assignment=_assignment(event), terms=_terms(event))
        case TaskingAmended():
            kept = {office: claim for office, claim in state.claims.items() if office in event.leads}
            waits = {office: wait for office, wait in state.waits.items() if office in event.leads}
            return replace(state, terms=_terms(event), claims=kept, waits=waits)
        case TaskingRescinded():
            return replace(state, rescinded=True, replaced_by=event.replaced_by, ended_at=recorded.taken_in_at)
        case TaskingProgressReported():
            return _reported(state, event.report_id, ("progress", event.office, event.evidence))
        case TaskingDelayExplained():
            return _reported(state, event.report_id, ("delay", event.office, event.expected_on))
        case TaskingWaiting():
            return replace(state, waits={**state.waits, event.office: (event.waiting_on, event.waiting_for)})
        case TaskingResumed():
            return replace(state, waits=_without(state.waits, event.office))
        case TaskingCompletionClaimed():
            claim = Claim(id=recorded.id, claimant=event.claimant, evidence=event.evidence, at=recorded.taken_in_at)
            return replace(
                state,
                claims={**state.claims, event.office: claim},
                waits=_without(state.waits, event.office),
                failed=_anew(state.failed, event.office),
            )
        case TaskingCompletionVerified():
            return replace(state, verified_by=event.office, ended_at=recorded.taken_in_at)
        case TaskingVerificationFailed():
            kept = {office: claim for office, claim in state.claims.items() if office not in event.not_sustained}
            return replace(state, claims=kept, failed=(event.office, event.not_sustained))
        case TaskingDeadlinePassed():
            return replace(state, passed=state.passed | {event.due_at})
        case _:
            assert_never(event)


def _assignment(event: TaskingAssigned) -> Assignment:
    return Assignment(
        kind=event.kind,
        provision=event.provision,
        hardening=event.hardening,
        title=event.title,
        assigned_by=event.assigned_by,
        leads=event.leads,
        consulted=event.consulted,
        coordinated=event.coordinated,
        days=event.days,
        due_at=event.due_at,
    )


def _terms(event: TaskingAssigned | TaskingAmended) -> Terms:
    return Terms(
        title=event.title,
        leads=event.leads,
        consulted=event.consulted,
        coordinated=event.coordinated,
        due_at=event.due_at,
    )


def _anew(
    failed: tuple[OfficeCode, tuple[OfficeCode, ...]] | None, office: OfficeCode
) -> tuple[OfficeCode, tuple[OfficeCode, ...]] | None:
    """Whose claims still do not hold, once an office has claimed anew."""
    if failed is None:
        return None
    left = tuple(each for each in failed[1] if each != office)
    return (failed[0], left) if left else None


def _reported(state: Tasking, report: ReportId, said: object) -> Tasking:
    return replace(state, reports={**state.reports, report: said})


def _without(
    waits: Mapping[OfficeCode, tuple[WaitingOn, OfficeCode | None]], office: OfficeCode
) -> Mapping[OfficeCode, tuple[WaitingOn, OfficeCode | None]]:
    return {each: wait for each, wait in waits.items() if each != office}
