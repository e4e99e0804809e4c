"""What can happen to a duty. Claimed, evidenced and verified are three facts; a date moves only by amending."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, TypeAlias

from annotated_types import MaxLen, MinLen

from domain.message import Protected, message
from domain.values import (
    ACitation,
    AnEvent,
    AnOffice,
    APerson,
    AReport,
    ATasking,
    Code,
    DaysGiven,
    Evidence,
    Instant,
    Line,
    Text,
)

Leads = Annotated[tuple[AnOffice, ...], MinLen(1), MaxLen(20)]
Offices = Annotated[tuple[AnOffice, ...], MaxLen(40)]
EvidenceGiven = Annotated[tuple[Evidence, ...], MinLen(1), MaxLen(50)]


class TaskingKind(StrEnum):
    """Where a duty comes from."""

    ORDER_DUTY = "order-duty"
    """An instrument says so; the secretariat assigns it."""
    HARDENING = "hardening"
    """An office strengthens its own systems, and assigns that to itself."""


class WaitingOn(StrEnum):
    """What a lead waits for."""

    OFFICE = "office"
    APPROPRIATIONS = "appropriations"


@message
class HardeningRow:
    """A row of a published table of hardening actions."""

    policy: ACitation
    row: Code


@message
class StatusOwed:
    """When a lead next owes word of how it stands, unless all have claimed completion by then."""

    due_at: Instant
    """Some days after the due date, or after this word if that is later."""
    policy: ACitation


@message
class TaskingAssigned:
    """Offices were given a duty."""

    type: Literal["tasking.assigned.v1"] = "tasking.assigned.v1"
    tasking: ATasking
    kind: TaskingKind
    provision: ACitation
    """What the duty follows from: a provision of an instrument, or a policy."""
    hardening: HardeningRow | None
    title: Line
    assigned_by: AnOffice
    leads: Leads
    """Who has to do it; where there are several, each claims for itself."""
    consulted: Offices
    coordinated: Offices
    days: DaysGiven | None
    """How many days were given; none where a day was named, or no time was set."""
    due_at: Instant | None
    """The time is over at this instant; none where no time was set."""
    due_policy: ACitation | None
    """The clock by which the days were counted; none where a day was named."""
    next_status: StatusOwed | None
    words: Protected[Text]
    """What has to be done: of an order, its words."""


@message
class TaskingAmended:
    """The duty has other leads, or another due date, from now on. What it was before stays as it was."""

    type: Literal["tasking.amended.v1"] = "tasking.amended.v1"
    tasking: ATasking
    title: Line
    leads: Leads
    consulted: Offices
    coordinated: Offices
    due_at: Instant | None
    previous_due_at: Instant | None
    next_status: StatusOwed | None
    reason: Protected[Text]


@message
class TaskingRescinded:
    """The duty was taken back. It is neither completed nor failed."""

    type: Literal["tasking.rescinded.v1"] = "tasking.rescinded.v1"
    tasking: ATasking
    replaced_by: ATasking | None
    reason: Protected[Text]


@message
class TaskingProgressReported:
    """A lead said how it stands. That completes nothing."""

    type: Literal["tasking.progress-reported.v1"] = "tasking.progress-reported.v1"
    tasking: ATasking
    report_id: AReport
    office: AnOffice
    evidence: Annotated[tuple[Evidence, ...], MaxLen(50)]
    next_status: StatusOwed | None
    report: Protected[Text]


@message
class TaskingWaiting:
    """A lead cannot go on before somebody else acts. The due date stays where it is."""

    type: Literal["tasking.waiting.v1"] = "tasking.waiting.v1"
    tasking: ATasking
    office: AnOffice
    waiting_on: WaitingOn
    waiting_for: AnOffice | None
    """The office that is waited for; none where appropriations are."""
    next_status: StatusOwed | None
    reason: Protected[Text | None]


@message
class TaskingResumed:
    """A lead goes on; it waits no longer."""

    type: Literal["tasking.resumed.v1"] = "tasking.resumed.v1"
    tasking: ATasking
    office: AnOffice
    waited_on: WaitingOn
    waited_for: AnOffice | None
    next_status: StatusOwed | None


@message
class TaskingCompletionClaimed:
    """A lead claimed that its part is done, and gave its evidence. Nobody else has looked at it yet."""

    type: Literal["tasking.completion-claimed.v1"] = "tasking.completion-claimed.v1"
    tasking: ATasking
    office: AnOffice
    claimant: APerson
    evidence: EvidenceGiven
    outstanding: Annotated[tuple[AnOffice, ...], MaxLen(20)]
    """The leads that have not claimed yet."""
    due_at: Instant | None
    late: bool
    statement: Protected[Text | None]


@message
class TaskingCompletionVerified:
    """An office that is none of the leads looked at the evidence of every claim, and it holds."""

    type: Literal["tasking.completion-verified.v1"] = "tasking.completion-verified.v1"
    tasking: ATasking
    office: AnOffice
    verifier: APerson
    claims: Annotated[tuple[AnEvent, ...], MinLen(1), MaxLen(20)]
    """The events that claimed it, one for each lead."""
    completed_at: Instant
    """When the last of the claims was taken in."""
    due_at: Instant | None
    late: bool
    """Whether it was completed after the due date then in force."""
    note: Protected[Text | None]


@message
class TaskingVerificationFailed:
    """An office that is none of the leads looked at the evidence, and it does not hold: these leads claim anew."""

    type: Literal["tasking.verification-failed.v1"] = "tasking.verification-failed.v1"
    tasking: ATasking
    office: AnOffice
    verifier: APerson
    claims: Annotated[tuple[AnEvent, ...], MinLen(1), MaxLen(20)]
    """The claims that do not hold."""
    not_sustained: Leads
    """The leads whose claims these are; the other claims stand."""
    next_status: StatusOwed | None
    reason: Protected[Text]


@message
class TaskingDeadlinePassed:
    """The due date passed before every lead had claimed completion, or with a claim that did not hold."""

    type: Literal["tasking.deadline-passed.v1"] = "tasking.deadline-passed.v1"
    tasking: ATasking
    due_at: Instant
    unclaimed: Leads
    """The leads without a claim from before the due date."""


@message
class TaskingDelayExplained:
    """A lead said why it is late, or will be, and by when it expects to be done. That moves no date."""

    type: Literal["tasking.delay-explained.v1"] = "tasking.delay-explained.v1"
    tasking: ATasking
    report_id: AReport
    office: AnOffice
    due_at: Instant
    """The due date that it is about."""
    expected_on: date
    next_status: StatusOwed | None
    reason: Protected[Text]


TaskingEvent: TypeAlias = (
    TaskingAssigned
    | TaskingAmended
    | TaskingRescinded
    | TaskingProgressReported
    | TaskingWaiting
    | TaskingResumed
    | TaskingCompletionClaimed
    | TaskingCompletionVerified
    | TaskingVerificationFailed
    | TaskingDeadlinePassed
    | TaskingDelayExplained
)
