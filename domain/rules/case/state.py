"""A case as it stands: what the log and a point in time say of it, clocks included."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from domain import clocks
from domain.events.case import Answer, ClosedBecause, Finding, Result, Side
from domain.rules.policy import ZONE
from domain.values import (
    AssertionId,
    AssessmentId,
    BreachId,
    CaseId,
    Citation,
    Cited,
    ConcernId,
    ConsultationId,
    DeterminationId,
    Digest,
    DissentId,
    EventId,
    Evidence,
    OfficeCode,
    ParticipantId,
    PersonId,
    ReportId,
    RequestId,
    SelectionId,
)


class Phase(StrEnum):
    """What became of the submission."""

    UNKNOWN = "unknown"
    UNDER_REVIEW = "under-review"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """When the developer means to release."""

    partners_on: date | None
    public_on: date | None
    since: datetime | None = None
    """When it was stated: what it ends cannot have ended before."""

    def ends_at(self) -> datetime | None:
        """When the planned release to trusted partners ends access: as its day begins in New York."""
        if self.partners_on is None:
            return None
        begins = clocks.day_begins(self.partners_on, ZONE)
        return begins if self.since is None else max(begins, self.since)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """An assessment, proposed or filed."""

    office: OfficeCode
    author: PersonId
    proposed_in: EventId
    standard: Cited
    finding: Finding
    severity: str
    evidence: tuple[Evidence, ...]
    filed: bool = False
    superseded: bool = False
    shared: frozenset[tuple[str, str]] = frozenset()
    """With whom, and to what extent; `none` is the extent where it was decided not to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Determination:
    """A determination of NSA."""

    result: Result
    marking: str
    said: tuple[object, ...] = ()
    """What else it said openly, to know it again."""
    superseded_by: DeterminationId | None = None
    reconsideration_due_at: datetime | None = None
    reconsidered: Answer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """A trusted partner that one side proposed."""

    partner: str
    proposed_by: Side
    marking: str
    """Of the proposal."""
    settled: str | None = None
    """`selected` or `not-agreed`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What an office asked the developer."""

    office: OfficeCode
    wished_by: date | None
    marking: str
    answered: str | None = None
    """`provided` or `declined`."""
    evidence: tuple[Evidence, ...] = ()
    """What was provided last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assertion:
    """What somebody says is public."""

    said: tuple[object, ...]
    marking: str
    confirmed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """When and why a window of access ends. Earlier is less."""

    at: datetime
    cause: ClosedBecause


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Everything about a case that a rule has to know. Nothing of it is protected."""

    phase: Phase = Phase.UNKNOWN
    closed: bool = False
    developer: ParticipantId | None = None
    marking: str = ""
    """Of the first submission: who is not cleared for it does not learn that the case exists."""
    offered: tuple[object, ...] = ()
    """What the last submission said, to know it again."""
    replaces: CaseId | None = None
    review_due_at: datetime | None = None
    review_policy: Citation | None = None
    lapse_recorded: bool = False
    """Whether the clock has said so; nothing else follows from it."""
    returned_for: tuple[str, ...] = ()
    submitted_in: EventId | None = None
    plan: Plan = Plan(partners_on=None, public_on=None)
    terms: Mapping[OfficeCode, Digest] = field(default_factory=dict)
    """Which office may open access → the text that was signed."""
    first_opened_at: datetime | None = None
    ceiling_at: datetime | None = None
    window_policy: Citation | None = None
    """Pinned when the window begins: another version moves no window that runs."""
    opened_in: EventId | None = None
    open_for: frozenset[OfficeCode] = frozenset()
    """Offices whose access was opened and not closed by the developer; whether it is over, the window says."""
    end_recorded: bool = False
    """Whether the end of the window was noted; nothing else follows from it."""
    had_access: frozenset[OfficeCode] = frozenset()
    copies_returned: frozenset[OfficeCode] = frozenset()
    bounds: tuple[End, ...] = ()
    """What ended the window or will, besides ceiling and plan; also what ended it before the plan was revised."""
    released: frozenset[tuple[str, datetime]] = frozenset()
    breaches: Mapping[BreachId, tuple[object, ...]] = field(default_factory=dict)
    """What was said openly of each, to know it again."""
    concerns: Mapping[ConcernId, OfficeCode] = field(default_factory=dict)
    dissents: Mapping[DissentId, tuple[OfficeCode, DeterminationId | None]] = field(default_factory=dict)
    public: Mapping[AssertionId, Assertion] = field(default_factory=dict)
    programme: Mapping[ReportId, int] = field(default_factory=dict)
    """Report of the developer's own programme → how many it invited."""
    assessments: Mapping[AssessmentId, Assessment] = field(default_factory=dict)
    requests: Mapping[RequestId, Request] = field(default_factory=dict)
    determinations: Mapping[DeterminationId, Determination] = field(default_factory=dict)
    in_force: DeterminationId | None = None
    selections: Mapping[SelectionId, Selection] = field(default_factory=dict)
    consultations: Mapping[ConsultationId, bool] = field(default_factory=dict)
    """Consultation → whether it is closed."""

    def accepted(self, at: datetime) -> bool:
        """Whether the submission is accepted then, by the secretariat or because its review lapsed."""
        return self.phase is Phase.ACCEPTED or self.review_lapsed(at)

    def review_lapsed(self, at: datetime) -> bool:
        """Whether the review was not finished in its time."""
        return self.phase is Phase.UNDER_REVIEW and self.review_due_at is not None and at >= self.review_due_at

    def window_end(self) -> End | None:
        """When and why the window of access ends, as far as is known; None before the first opening."""
        if self.ceiling_at is None:
            return None
        ends = [End(at=self.ceiling_at, cause=ClosedBecause.EXPIRED), *self.bounds]
        if (planned := self.plan.ends_at()) is not None:
            ends.append(End(at=planned, cause=ClosedBecause.PARTNERS))
        return min(ends, key=lambda end: end.at)

    def window_ended(self, at: datetime) -> bool:
        """Whether there was a window of access, and it is over."""
        end = self.window_end()
        return end is not None and end.at <= at

    def would_have_ended(self, at: datetime) -> bool:
        """Whether what ends a window has happened, also where no window began."""
        if self.window_ended(at) or any(end.at <= at for end in self.bounds):
            return True
        if self.in_force is not None and not self.covered():
            return True
        planned = self.plan.ends_at()
        return planned is not None and planned <= at

    def access_open(self, at: datetime) -> bool:
        """Whether an office has access then."""
        return bool(self.open_for) and not self.window_ended(at)

    def covered(self) -> bool:
        """Whether the determination in force designates the model as a covered frontier model."""
        return self.in_force is not None and self.determinations[self.in_force].result is Result.WARRANTS


INITIAL: Final = Case()
