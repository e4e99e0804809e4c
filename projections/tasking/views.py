"""Every duty stands here, one row each, in the order in which they were assigned. They stay among offices."""

from typing import Final

from msgspec import field

from domain.events import Event
from domain.events.tasking import TaskingAssigned
from domain.recorded import Recorded
from domain.values import TaskingCode
from projections.known import ByStream, Entry, begun, code_of
from projections.parts import add, adds
from projections.tasking.parts import (
    LISTS,
    CompletionClaim,
    CompletionVerification,
    DeadlinePassing,
    DelayExplanation,
    DutyAmendment,
    DutyAssignment,
    DutyRescission,
    ProgressWord,
    ResumedWord,
    VerificationFailure,
    WaitingWord,
)
from projections.view import Key, Matter

_ADDS: Final = adds(LISTS)


class Duty(Entry, kw_only=True, omit_defaults=True):
    """A duty, with all that happened to it."""

    tasking: TaskingCode
    assignments: list[DutyAssignment] = field(default_factory=list)
    term_changes: list[DutyAmendment] = field(default_factory=list)
    rescissions: list[DutyRescission] = field(default_factory=list)
    progress: list[ProgressWord] = field(default_factory=list)
    waits: list[WaitingWord] = field(default_factory=list)
    resumptions: list[ResumedWord] = field(default_factory=list)
    claims: list[CompletionClaim] = field(default_factory=list)
    verifications: list[CompletionVerification] = field(default_factory=list)
    failures: list[VerificationFailure] = field(default_factory=list)
    deadline_passings: list[DeadlinePassing] = field(default_factory=list)
    explanations: list[DelayExplanation] = field(default_factory=list)


class Taskings(ByStream[Duty]):
    """Every duty, by its code."""

    name = "taskings"
    version = 1
    row = Duty
    matter = Matter("key", "tasking")

    def keys(self, recorded: Recorded[Event]) -> tuple[Key, ...]:
        return (code_of(recorded),) if type(recorded.event) in _ADDS else ()

    def evolve(self, row: Duty | None, position: int, recorded: Recorded[Event]) -> Duty:
        event = recorded.event
        if row is None and isinstance(event, TaskingAssigned):
            row = Duty(marking=recorded.marking, began=position, tasking=event.tasking)
        made = begun(row, recorded)
        add(_ADDS, made, position, recorded)
        return made


TASKINGS: Final = Taskings()
