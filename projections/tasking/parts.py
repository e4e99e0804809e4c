"""What the events of a tasking add to a row about it; no part says more than its event does."""

from datetime import date, datetime
from typing import Final, Protocol, get_args

from domain.events.tasking import (
    HardeningRow,
    StatusOwed,
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
from domain.values import Citation, EventId, Evidence, Line, OfficeCode, PersonId, ReportId, TaskingCode
from projections.parts import Lists, Turn


class DutyAssignment(Turn, gc=False, omit_defaults=True):
    """Offices were given the duty; its words are a protected value of the event."""

    kind: TaskingKind
    provision: Citation
    title: Line
    assigned_by: OfficeCode
    leads: tuple[OfficeCode, ...]
    consulted: tuple[OfficeCode, ...] = ()
    coordinated: tuple[OfficeCode, ...] = ()
    hardening: HardeningRow | None = None
    days: int | None = None
    due_at: datetime | None = None
    due_policy: Citation | None = None
    next_status: StatusOwed | None = None


class DutyAmendment(Turn, gc=False, omit_defaults=True):
    """The duty has other terms from here on."""

    title: Line
    leads: tuple[OfficeCode, ...]
    consulted: tuple[OfficeCode, ...] = ()
    coordinated: tuple[OfficeCode, ...] = ()
    due_at: datetime | None = None
    previous_due_at: datetime | None = None
    next_status: StatusOwed | None = None


class DutyRescission(Turn, gc=False, omit_defaults=True):
    """The duty was taken back."""

    replaced_by: TaskingCode | None = None


class ProgressWord(Turn, gc=False, omit_defaults=True):
    """A lead said how it stands."""

    report_id: ReportId
    office: OfficeCode
    evidence: tuple[Evidence, ...] = ()
    next_status: StatusOwed | None = None


class WaitingWord(Turn, gc=False, omit_defaults=True):
    """A lead waits on somebody."""

    office: OfficeCode
    waiting_on: WaitingOn
    waiting_for: OfficeCode | None = None
    next_status: StatusOwed | None = None


class ResumedWord(Turn, gc=False, omit_defaults=True):
    """A lead waits no longer."""

    office: OfficeCode
    waited_on: WaitingOn
    waited_for: OfficeCode | None = None
    next_status: StatusOwed | None = None


class CompletionClaim(Turn, gc=False, omit_defaults=True):
    """A lead claimed its part, with evidence."""

    office: OfficeCode
    claimant: PersonId
    evidence: tuple[Evidence, ...]
    outstanding: tuple[OfficeCode, ...]
    late: bool
    due_at: datetime | None = None


class CompletionVerification(Turn, gc=False, omit_defaults=True):
    """Another office found that every claim holds."""

    office: OfficeCode
    verifier: PersonId
    claims: tuple[EventId, ...]
    completed_at: datetime
    late: bool
    due_at: datetime | None = None


class VerificationFailure(Turn, gc=False, omit_defaults=True):
    """Another office found claims that do not hold."""

    office: OfficeCode
    verifier: PersonId
    claims: tuple[EventId, ...]
    not_sustained: tuple[OfficeCode, ...]
    next_status: StatusOwed | None = None


class DeadlinePassing(Turn, gc=False, omit_defaults=True):
    """The clock recorded that the due date passed."""

    due_at: datetime
    unclaimed: tuple[OfficeCode, ...]


class DelayExplanation(Turn, gc=False, omit_defaults=True):
    """A lead said why it is late, and by when it expects to be done."""

    report_id: ReportId
    office: OfficeCode
    due_at: datetime
    expected_on: date
    next_status: StatusOwed | None = None


LISTS: Final[Lists] = {
    TaskingAssigned: ("assignments", DutyAssignment),
    TaskingAmended: ("term_changes", DutyAmendment),
    TaskingRescinded: ("rescissions", DutyRescission),
    TaskingProgressReported: ("progress", ProgressWord),
    TaskingWaiting: ("waits", WaitingWord),
    TaskingResumed: ("resumptions", ResumedWord),
    TaskingCompletionClaimed: ("claims", CompletionClaim),
    TaskingCompletionVerified: ("verifications", CompletionVerification),
    TaskingVerificationFailed: ("failures", VerificationFailure),
    TaskingDeadlinePassed: ("deadline_passings", DeadlinePassing),
    TaskingDelayExplained: ("explanations", DelayExplanation),
}
"""Where a row that knows the life of a duty keeps its turns."""

if missing := {*get_args(TaskingEvent)} - LISTS.keys():
    raise AssertionError(f"nothing is made of {missing}")


class Tasked(Protocol):
    """A row that knows the life of a duty."""

    assignments: list[DutyAssignment]
    term_changes: list[DutyAmendment]
    rescissions: list[DutyRescission]
    progress: list[ProgressWord]
    waits: list[WaitingWord]
    resumptions: list[ResumedWord]
    claims: list[CompletionClaim]
    verifications: list[CompletionVerification]
    failures: list[VerificationFailure]
    deadline_passings: list[DeadlinePassing]
    explanations: list[DelayExplanation]
