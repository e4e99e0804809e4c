"""What may be asked of a duty."""

from datetime import date
from typing import Annotated, Literal, TypeAlias

from annotated_types import MaxLen

from domain.events.tasking import EvidenceGiven, HardeningRow, Leads, Offices, TaskingKind, WaitingOn
from domain.message import message
from domain.values import ACitation, AnOffice, AReport, ATasking, DaysGiven, Evidence, Line, Text


@message
class AssignTasking:
    """Give offices a duty: the secretariat an order's, any office its own hardening."""

    type: Literal["tasking.assign.v1"] = "tasking.assign.v1"
    tasking: ATasking
    """Begins with the code of the instrument, or of the office that hardens itself: `EO14409-2-B`, `DHS-MAIL-1`."""
    kind: TaskingKind
    provision: ACitation
    hardening: HardeningRow | None = None
    """A row of the table of hardening actions; its days count from the assignment."""
    title: Line
    words: Text
    leads: Leads
    consulted: Offices = ()
    coordinated: Offices = ()
    days: DaysGiven | None = None
    """Of an order, from its day; of hardening, from the assignment."""
    due_on: date | None = None
    """The last day in time (New York), where an office names one for its own hardening."""


@message
class AmendTasking:
    """Say who leads from now on and by when; what is said here replaces what was so."""

    type: Literal["tasking.amend.v1"] = "tasking.amend.v1"
    tasking: ATasking
    title: Line
    leads: Leads
    consulted: Offices = ()
    coordinated: Offices = ()
    due_on: date | None = None
    """Another last day in time (New York); by default the due date stays."""
    reason: Text


@message
class RescindTasking:
    """Take a duty back, wholly; another may stand in its place."""

    type: Literal["tasking.rescind.v1"] = "tasking.rescind.v1"
    tasking: ATasking
    replaced_by: ATasking | None = None
    reason: Text


@message
class ReportProgress:
    """Say how it stands."""

    type: Literal["tasking.report-progress.v1"] = "tasking.report-progress.v1"
    tasking: ATasking
    report_id: AReport
    report: Text
    evidence: Annotated[tuple[Evidence, ...], MaxLen(50)] = ()


@message
class AwaitSomebody:
    """Say on whom a lead waits."""

    type: Literal["tasking.wait.v1"] = "tasking.wait.v1"
    tasking: ATasking
    waiting_on: WaitingOn
    waiting_for: AnOffice | None = None
    """Needed where `waiting_on` is `office`."""
    reason: Text | None = None


@message
class ResumeTasking:
    """Say that a lead waits no longer."""

    type: Literal["tasking.resume.v1"] = "tasking.resume.v1"
    tasking: ATasking


@message
class ClaimCompletion:
    """Claim that a lead's part is done, with evidence."""

    type: Literal["tasking.claim-completion.v1"] = "tasking.claim-completion.v1"
    tasking: ATasking
    evidence: EvidenceGiven
    statement: Text | None = None


@message
class VerifyCompletion:
    """Say, as another office than any lead, that the evidence of every claim holds."""

    type: Literal["tasking.verify-completion.v1"] = "tasking.verify-completion.v1"
    tasking: ATasking
    note: Text | None = None


@message
class FailVerification:
    """Say, as another office than any lead, whose claims do not hold, and why."""

    type: Literal["tasking.fail-verification.v1"] = "tasking.fail-verification.v1"
    tasking: ATasking
    not_sustained: Annotated[tuple[AnOffice, ...], MaxLen(20)] = ()
    """The leads whose claims do not hold; by default all of them."""
    reason: Text


@message
class RecordTaskingDeadline:
    """Record that the due date passed (the clock)."""

    type: Literal["tasking.record-deadline.v1"] = "tasking.record-deadline.v1"
    tasking: ATasking


@message
class ExplainDelay:
    """Say why a lead is late, or will be, and by when it expects to be done."""

    type: Literal["tasking.explain-delay.v1"] = "tasking.explain-delay.v1"
    tasking: ATasking
    report_id: AReport
    expected_on: date
    reason: Text


TaskingCommand: TypeAlias = (
    AssignTasking
    | AmendTasking
    | RescindTasking
    | ReportProgress
    | AwaitSomebody
    | ResumeTasking
    | ClaimCompletion
    | VerifyCompletion
    | FailVerification
    | RecordTaskingDeadline
    | ExplainDelay
)
