"""Every clock stands here, one row for each stream that has some, with when it ends and who is waited for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from msgspec import field

from domain.events import Event
from domain.events.case import ReconsiderationAnswered, ReconsiderationRequested
from domain.events.consultation import ConsultationEvent
from domain.markings import parse
from domain.matters import matter_of
from domain.recorded import Recorded
from domain.values import CaseId, OfficeCode, StreamId, TaskingCode, VulnerabilityId
from projections import criteria, leases, oversight
from projections.case import consultation_parts
from projections.case import life as case_life
from projections.case.consultation_parts import Acknowledgement, Asking, ConsultationEnd, Decline, DuePassing, Reply
from projections.case.parts import (
    Acceptance,
    AccessEnd,
    CaseEnd,
    Lapse,
    Opening,
    Outcomes,
    PlanRevision,
    ReconsiderationReply,
    ReconsiderationWish,
    Release,
    Return,
    Submission,
    Withdrawal,
)
from projections.clearinghouse import clock_parts
from projections.clearinghouse.clock_parts import (
    Advisory,
    EmbargoStart,
    EmbargoStop,
    MergedAway,
    PublicWord,
    TimeTaken,
    VendorAttempt,
    VendorTimePassing,
)
from projections.criteria import Notice
from projections.instants import microseconds
from projections.leases import LeaseExpiry, LeaseRevocation, LeaseStart
from projections.oversight import OversightDuePassing, OversightEnd, OversightRequest, OversightWord
from projections.parts import add, adds, lists_of, upto
from projections.reads import Reads
from projections.tasking import parts as tasking_parts
from projections.tasking.parts import (
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
from projections.ticking import (
    Clock,
    Ticks,
    What,
    consultations,
    lease_times,
    notices,
    oversights,
    reconsiderations,
    reviews,
    taskings,
    vulnerabilities,
    window,
)
from projections.view import Key, Matter, Row, View
from projections.visible import Sight
from projections.visible.shown import scope_of
from projections.walk import walk

ALWAYS: Final = datetime(9999, 12, 31, tzinfo=UTC)
"""When all that time alone can end has ended."""
RECORDABLE: Final = frozenset(
    {
        What.CASE_REVIEW,
        What.ACCESS_WINDOW,
        What.CONSULTATION,
        What.TASKING,
        What.VENDOR_CONTACT,
        What.EMBARGO,
        What.LEASE,
        What.OVERSIGHT,
    }
)
"""Clocks whose passing is recorded by an event of their own."""
_VULNERABILITY: Final = "vulnerability-"


class Clocks(Row, kw_only=True, omit_defaults=True):
    """What the clocks of one stream follow from: a case, a consultation, a tasking or a vulnerability."""

    stream: StreamId
    case_id: CaseId = CaseId("")
    """The case that it is, or is about; empty where it is about none."""
    matter: StreamId
    """What somebody has to need to know of to be told of it: its stream, or what is consulted about."""
    submissions: list[Submission] = field(default_factory=list)
    returns: list[Return] = field(default_factory=list)
    acceptances: list[Acceptance] = field(default_factory=list)
    lapses: list[Lapse] = field(default_factory=list)
    openings: list[Opening] = field(default_factory=list)
    access_ends: list[AccessEnd] = field(default_factory=list)
    plan_revisions: list[PlanRevision] = field(default_factory=list)
    releases: list[Release] = field(default_factory=list)
    withdrawals: list[Withdrawal] = field(default_factory=list)
    determinations: list[Outcomes] = field(default_factory=list)
    case_ends: list[CaseEnd] = field(default_factory=list)
    reconsideration_wishes: list[ReconsiderationWish] = field(default_factory=list)
    reconsideration_replies: list[ReconsiderationReply] = field(default_factory=list)
    consultations: list[Asking] = field(default_factory=list)
    acknowledgements: list[Acknowledgement] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    declines: list[Decline] = field(default_factory=list)
    due_passings: list[DuePassing] = field(default_factory=list)
    consultation_ends: list[ConsultationEnd] = field(default_factory=list)
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
    vendor_attempts: list[VendorAttempt] = field(default_factory=list)
    times_taken: list[TimeTaken] = field(default_factory=list)
    vendor_time_passings: list[VendorTimePassing] = field(default_factory=list)
    embargo_starts: list[EmbargoStart] = field(default_factory=list)
    embargo_stops: list[EmbargoStop] = field(default_factory=list)
    advisories: list[Advisory] = field(default_factory=list)
    public_words: list[PublicWord] = field(default_factory=list)
    merged_away: list[MergedAway] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    starts: list[LeaseStart] = field(default_factory=list)
    revocations: list[LeaseRevocation] = field(default_factory=list)
    expiries: list[LeaseExpiry] = field(default_factory=list)
    oversight_requests: list[OversightRequest] = field(default_factory=list)
    oversight_words: list[OversightWord] = field(default_factory=list)
    oversight_passings: list[OversightDuePassing] = field(default_factory=list)
    oversight_ends: list[OversightEnd] = field(default_factory=list)


_ADDS: Final = adds(
    {
        **case_life.LISTS,
        ReconsiderationRequested: ("reconsideration_wishes", ReconsiderationWish),
        ReconsiderationAnswered: ("reconsideration_replies", ReconsiderationReply),
        **consultation_parts.LISTS,
        **tasking_parts.LISTS,
        **clock_parts.LISTS,
        **criteria.LISTS,
        **leases.CLOCKED,
        **oversight.CLOCKED,
    }
)
_LISTS: Final = lists_of(Clocks)


class ClocksView(View[Clocks]):
    """The clocks of every stream that has some, by stream."""

    name = "clocks"
    version = 8
    row = Clocks
    matter = Matter("matter")
    columns = {  # noqa: RUF012 - a constant of the class
        "ends_us": "INTEGER",
        "due_us": "INTEGER",
        "mixed": "INTEGER",
        "matter": "TEXT",
    }
    indexes = (("ends_us",), ("due_us",))

    def keys(self, recorded: Recorded[Event]) -> tuple[Key, ...]:
        return (recorded.stream,) if type(recorded.event) in _ADDS else ()

    def evolve(self, row: Clocks | None, position: int, recorded: Recorded[Event]) -> Clocks:
        made = _begun(recorded) if row is None else row
        add(_ADDS, made, position, recorded)
        return made

    def indexed(self, row: Clocks) -> tuple[object, ...]:
        """When the first ends that is not settled, or owed; the first whose end is to be recorded; parts differ."""
        clocks = clocks_of(row, ALWAYS)
        open_ones = [clock for clock in clocks if not clock.settled]
        ends = [clock.ends_at for clock in clocks if clock.owed or not clock.settled]
        dues = [clock.ends_at for clock in open_ones if to_record(clock)]
        mixed = any(part.marking != row.marking for parts in _LISTS(row) for part in parts)
        return _earliest(ends), _earliest(dues), mixed, row.matter


CLOCKS: Final = ClocksView()


def clocks_of(row: Clocks, at: datetime) -> tuple[Clock, ...]:
    """The clocks of a row at a point in time, as far as it shows what they follow from."""
    if row.assignments:
        return tuple(taskings(row, TaskingCode(row.stream.partition("-")[2]), at))
    if row.stream.startswith(_VULNERABILITY):
        return tuple(vulnerabilities(row, VulnerabilityId(row.stream.removeprefix(_VULNERABILITY)), at))
    if row.starts:
        return tuple(lease_times(row, row.stream, at))
    if row.oversight_requests:
        return tuple(oversights(row, row.stream, at))
    if row.notices:
        return tuple(notices(row, at))
    case_id = row.case_id or None
    if not row.submissions:
        return tuple(consultations(row, case_id, row.matter, at))
    return (
        *reviews(row, at),
        *window(row, case_life.life(row), at),
        *reconsiderations(row, row.case_id, at),
    )


def to_record(clock: Clock) -> bool:
    """Whether an event of its own says that it passed, once it has.

    Of a window only where somebody had access, of a review only where nothing else came of the submission since.
    """
    needed = clock.what in {What.CASE_REVIEW, What.ACCESS_WINDOW}
    return clock.what in RECORDABLE and not clock.settled and bool(clock.waiting_for or not needed)


def ending(
    reads: Reads,
    sight: Sight,
    at: datetime,
    *,
    before: datetime,
    office: OfficeCode | None = None,
    stream: StreamId | None = None,
    owed: bool = False,
    as_of: int | None = None,
    limit: int = 100,
) -> list[Clock]:
    """The clocks that run or have passed at `at` and end before `before`, soonest first; passed ones come first.

    `office`: those alone that wait for it. `stream`: of this one alone. `owed`: those too of which it is recorded that
    they passed, while somebody is waited for. `as_of` is a position: only what was recorded up to it counts. Raises
    NotBuilt.
    """
    now = as_of is None
    # columns say nothing of the past: what ran then may have ended
    conditions: list[tuple[str, object]] = [("(ends_us < ? OR mixed = 1)", microseconds(before))] if now else []
    if stream is not None:
        conditions.append(("key = ?", stream))
    rows = walk(
        reads,
        CLOCKS,
        sight,
        by="key",
        place=lambda found: found.key,
        after="",
        where=" AND ".join(condition for condition, _ in conditions),
        values=[value for _, value in conditions],
    )
    then = (each.row if as_of is None else upto(each.row, as_of) for each in rows)
    found = (clock for row in then for clock in clocks_of(row, at) if _is_wanted(clock, before, office, owed=owed))
    return sorted(found, key=lambda clock: (clock.ends_at, clock.stream, clock.what))[:limit]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """A clock, and the last that its reader may know of what it follows from."""

    clock: Clock
    marking: str
    """Of its stream."""
    position: int
    at: datetime
    title: str
    """What it is a clock of: of a case, the model version as it was submitted under this marking; of a consultation,
    whose views are asked for, and on what."""


def calendar(reads: Reads, sight: Sight, at: datetime, *, since: datetime, limit: int = 5_000) -> list[Dated]:
    """All clocks that end behind `since`, soonest first: those that run, those that are over, those that were stopped.

    Raises NotBuilt.
    """
    found: list[Dated] = []
    models: dict[CaseId, tuple[str, str]] = {}
    for each in walk(reads, CLOCKS, sight, by="key", place=lambda found: found.key, after=""):
        parts = [part for parts in _LISTS(each.row) for part in parts]
        if parts:
            last = max(parts, key=lambda part: part.position)
            said = (part for part in each.row.submissions if part.marking == each.row.marking)
            for part in said:  # the key of a case comes before those of consultations
                models.setdefault(each.row.case_id, (f"{part.model} {part.model_version}", part.marking))
            model = _told_in(models.get(each.row.case_id), each.row.marking)
            found += (
                Dated(
                    clock=clock,
                    marking=each.row.marking,
                    position=last.position,
                    at=last.at,
                    title=_title(clock, model),
                )
                for clock in clocks_of(each.row, at)
                if clock.ends_at > since
            )
    return sorted(found, key=lambda dated: (dated.clock.ends_at, dated.clock.stream, dated.clock.what))[:limit]


def _told_in(model: tuple[str, str] | None, marking: str) -> str | None:
    """A model in an entry that is marked so; None where it was submitted under another marking that this has not."""
    return None if model is None or not parse(model[1]) <= parse(marking) else model[0]


def _title(clock: Clock, model: str | None) -> str:
    if clock.asked:
        return f"{model or clock.subject}, asked of {', '.join(clock.asked)}"
    return model or clock.about


def overdue(reads: Reads, sight: Sight, now: datetime, *, limit: int = 1_000) -> list[Clocks]:
    """Rows with a clock that has passed and is not recorded as passed, those that wait longest first: for the timer."""
    found = reads.find(
        CLOCKS, sight, where="due_us <= ?", values=(microseconds(now),), order="due_us, key", limit=limit
    )
    return [each.row for each in found]


def _begun(recorded: Recorded[Event]) -> Clocks:
    event = recorded.event
    case_id = event.subject.case_id if isinstance(event, ConsultationEvent) else getattr(event, "case_id", None)
    return Clocks(
        marking=recorded.marking,
        scope=getattr(event, "developer", None) or scope_of(recorded),
        stream=recorded.stream,
        case_id=case_id or CaseId(""),
        matter=matter_of(recorded),
    )


def _is_wanted(clock: Clock, before: datetime, office: OfficeCode | None, *, owed: bool) -> bool:
    given = clock.what is What.CRITERIA_NOTICE and clock.state is Ticks.PASSED  # and nothing is left to be done
    open_one = not clock.settled or (owed and clock.owed)
    return open_one and clock.ends_at < before and not given and (office is None or office in clock.waiting_for)


def _earliest(moments: Iterable[datetime]) -> int | None:
    return min(map(microseconds, moments), default=None)
