"""A duty at a point in time: what was claimed, what was found to hold, what is late. Late is what the dates say."""

from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum

import msgspec

from domain.events.tasking import TaskingKind, WaitingOn
from domain.rules.tasking import Tasking
from domain.values import Citation, EventId, Line, OfficeCode
from projections.tasking.life import life, owed
from projections.tasking.parts import DutyAssignment
from projections.tasking.views import Duty


class Stands(StrEnum):
    """How a duty stands. Claimed is not verified, and waiting is not late."""

    OPEN = "open"
    """Somebody still has to claim it."""
    WAITING = "waiting"
    """Somebody still has to claim it, and waits on somebody else."""
    NOT_SUSTAINED = "not-sustained"
    """A claim did not hold and was not made anew."""
    CLAIMED = "claimed"
    """Every lead has claimed it with evidence; nobody has verified it."""
    VERIFIED = "verified"
    RESCINDED = "rescinded"


class LeadAt(msgspec.Struct, kw_only=True, frozen=True):
    """One office that has to do it."""

    office: OfficeCode
    claimed_at: datetime | None
    """When its claim was taken in, if one stands."""
    claim: EventId | None
    waiting_on: WaitingOn | None
    waiting_for: OfficeCode | None


class TaskingAt(msgspec.Struct, kw_only=True, frozen=True):
    """A duty as it stands."""

    kind: TaskingKind
    provision: Citation
    title: Line
    state: Stands
    leads: tuple[LeadAt, ...]
    consulted: tuple[OfficeCode, ...]
    coordinated: tuple[OfficeCode, ...]
    original_due_at: datetime | None
    """As it was assigned."""
    due_at: datetime | None
    """As it was last amended."""
    completed_at: datetime | None
    """When the last claim was taken in, of those that were verified; None before."""
    verified_at: datetime | None
    verified_by: OfficeCode | None
    overdue: bool
    """The due date has passed and something is still owed."""
    late: bool
    """The due date passed before every lead had a claim that stands, whatever came of it since."""
    late_against_original: bool
    """The same, against the due date as it was assigned."""
    expected_on: date | None
    """When a lead that explained its delay last expects to be done."""
    status_due_at: datetime | None
    """When word of how it stands is owed; None where none is."""
    status_overdue: bool


def tasking_at(row: Duty, at: datetime) -> TaskingAt | None:
    """The duty at an instant, by all that its row shows; None where that is no assignment."""
    state = life(row, row.tasking)
    if state.terms is None or not row.assignments:
        return None
    assigned = row.assignments[0]
    verification = row.verifications[-1] if row.verifications else None
    done = state.ended or not state.outstanding()
    status = None if done or (found := owed(row)) is None else found[1].due_at
    return TaskingAt(
        kind=assigned.kind,
        provision=assigned.provision,
        title=state.terms.title,
        state=stands(state),
        leads=tuple(_leads(state)),
        consulted=state.terms.consulted,
        coordinated=state.terms.coordinated,
        original_due_at=assigned.due_at,
        due_at=state.terms.due_at,
        completed_at=None if verification is None else verification.completed_at,
        verified_at=None if verification is None else verification.taken_in_at,
        verified_by=state.verified_by,
        overdue=not done and state.deadline_passed(at),
        late=state.deadline_passed(at),
        late_against_original=_missed(assigned, state, at),
        expected_on=row.explanations[-1].expected_on if row.explanations and not done else None,
        status_due_at=status,
        status_overdue=status is not None and at >= status,
    )


def stands(state: Tasking) -> Stands:
    """How a duty stands, in one word: what has ended it, or what is furthest from its end."""
    if state.rescinded:
        return Stands.RESCINDED
    if state.verified_by is not None:
        return Stands.VERIFIED
    if not state.outstanding():
        return Stands.CLAIMED
    if not_sustained(state):
        return Stands.NOT_SUSTAINED
    return Stands.WAITING if state.waits else Stands.OPEN


def not_sustained(state: Tasking) -> bool:
    """Whether a claim of a lead did not hold, and the lead has not claimed anew."""
    return state.failed is not None and not set(state.failed[1]).isdisjoint(state.outstanding())


def _leads(state: Tasking) -> Iterator[LeadAt]:
    for office in state.leads:
        claim = state.claims.get(office)
        waiting_on, waiting_for = state.waits.get(office, (None, None))
        yield LeadAt(
            office=office,
            claimed_at=None if claim is None else claim.at,
            claim=None if claim is None else claim.id,
            waiting_on=waiting_on,
            waiting_for=waiting_for,
        )


def _missed(assigned: DutyAssignment, state: Tasking, at: datetime) -> bool:
    due_at = assigned.due_at
    if due_at is None or at < due_at or (state.rescinded and state.ended_at is not None and state.ended_at < due_at):
        return False
    return any(lead not in state.claims or state.claims[lead].at >= due_at for lead in state.leads)
