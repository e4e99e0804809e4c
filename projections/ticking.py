"""A clock runs, has passed, is recorded as passed, or was stopped: that follows from a row and a point in time."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

import msgspec

from domain.events.vulnerability import EmbargoEndedBecause
from domain.rules.case import Case
from domain.values import CaseId, Citation, EventId, OfficeCode, StreamId, TaskingCode, VulnerabilityId
from projections.case.consultation_parts import Consulting, consulted
from projections.case.life import Living
from projections.case.parts import ReconsiderationReply, ReconsiderationWish, Submission
from projections.clearinghouse.clock_parts import Timed, times
from projections.criteria import Notice
from projections.leases import LeaseExpiry, LeaseRevocation, LeaseStart
from projections.oversight import OversightDuePassing, OversightEnd, OversightRequest, OversightWord
from projections.parts import Turn
from projections.tasking.life import life, owed
from projections.tasking.parts import DutyAmendment, DutyAssignment, Tasked

SECRETARIAT: Final = OfficeCode("secretariat")
NSA: Final = OfficeCode("nsa")


class What(StrEnum):
    """What a clock is about."""

    CASE_REVIEW = "case-review"
    ACCESS_WINDOW = "access-window"
    RECONSIDERATION = "reconsideration"
    CONSULTATION = "consultation"
    TASKING = "tasking"
    TASKING_STATUS = "tasking-status"
    VENDOR_CONTACT = "vendor-contact"
    EMBARGO = "embargo"
    CRITERIA_NOTICE = "criteria-notice"
    LEASE = "lease"
    OVERSIGHT = "oversight"


class Ticks(StrEnum):
    """What a clock does at a point in time."""

    RUNNING = "running"
    PASSED = "passed"
    """Its time is over, which is true whether or not somebody records it."""
    RECORDED = "recorded"
    STOPPED = "stopped"


class Clock(msgspec.Struct, kw_only=True, frozen=True):
    """One clock, at a point in time."""

    what: What
    stream: StreamId
    case_id: CaseId | None
    about: str
    """The submission's event, the case, the determination, the consultation, the tasking or the vulnerability."""
    started_in: EventId
    started_at: datetime
    ends_at: datetime
    because: str | None
    """Why it ends then: of a window, its cause; None where its policy alone says so."""
    policy: Citation | None
    waiting_for: tuple[OfficeCode, ...]
    """Who has to act before it ends, or has to stop; nobody where nothing that they do matters to it any more."""
    state: Ticks
    stopped_because: str | None = None
    subject: StreamId | None = None
    """Of a consultation: what it is about."""
    asked: tuple[OfficeCode, ...] = ()
    """Of a consultation: whose views it asks for."""

    @property
    def settled(self) -> bool:
        """Whether no passing of time changes it any more."""
        return self.state in {Ticks.RECORDED, Ticks.STOPPED}

    @property
    def owed(self) -> bool:
        """Whether it is recorded that its time passed, and somebody is waited for all the same."""
        return self.state is Ticks.RECORDED and bool(self.waiting_for)


class Reconsidering(Protocol):
    """A row that knows who asked for reconsideration."""

    reconsideration_wishes: list[ReconsiderationWish]
    reconsideration_replies: list[ReconsiderationReply]


class Lending(Protocol):
    """A row that knows when a lease ends."""

    starts: list[LeaseStart]
    revocations: list[LeaseRevocation]
    expiries: list[LeaseExpiry]


class Overseeing(Protocol):
    """A row that knows what oversight asks for."""

    oversight_requests: list[OversightRequest]
    oversight_words: list[OversightWord]
    oversight_passings: list[OversightDuePassing]
    oversight_ends: list[OversightEnd]


class Announcing(Protocol):
    """A row that knows of criteria."""

    notices: list[Notice]


def reviews(row: Living, at: datetime) -> Iterator[Clock]:
    """The review of each submission, which the secretariat ends, or time."""
    submissions = row.submissions
    for number, started in enumerate(submissions):
        until = submissions[number + 1].position if number + 1 < len(submissions) else None
        stops = _stops(row, started, until)
        stop = next((word for at, word in stops if at < started.review_due_at), None)
        yield Clock(
            what=What.CASE_REVIEW,
            stream=StreamId(f"case-{row.case_id}"),
            case_id=row.case_id,
            about=started.id,
            started_in=started.id,
            started_at=started.taken_in_at,
            ends_at=started.review_due_at,
            because=None,
            policy=started.review_policy,
            waiting_for=() if stops else (SECRETARIAT,),
            state=_state(at, started.review_due_at, stop, recorded=bool(_within(row.lapses, started, until))),
            stopped_because=stop,
        )


def window(row: Living, case: Case, at: datetime) -> Iterator[Clock]:
    """The one window of access, as the rules count it; `case` is the life of this row."""
    end = case.window_end()
    if end is None or case.first_opened_at is None:
        return
    yield Clock(
        what=What.ACCESS_WINDOW,
        stream=StreamId(f"case-{row.case_id}"),
        case_id=row.case_id,
        about=row.case_id,
        started_in=row.openings[0].id,
        started_at=case.first_opened_at,
        ends_at=end.at,
        because=end.cause,
        policy=case.window_policy,
        waiting_for=tuple(sorted(case.open_for)),
        state=_state(at, end.at, None, recorded=case.end_recorded),
    )


def reconsiderations(row: Reconsidering, case_id: CaseId, at: datetime) -> Iterator[Clock]:
    """NSA's answers to requests for reconsideration."""
    answered = {reply.determination_id: reply for reply in row.reconsideration_replies}
    for wish in row.reconsideration_wishes:
        reply = answered.get(wish.determination_id)
        stop = None if reply is None else "answered-late" if reply.late else "answered"
        yield Clock(
            what=What.RECONSIDERATION,
            stream=StreamId(f"case-{case_id}"),
            case_id=case_id,
            about=wish.determination_id,
            started_in=wish.id,
            started_at=wish.taken_in_at,
            ends_at=wish.due_at,
            because=None,
            policy=wish.policy,
            waiting_for=() if stop else (NSA,),
            state=_state(at, wish.due_at, stop, recorded=False),
            stopped_because=stop,
        )


def consultations(row: Consulting, case_id: CaseId | None, subject: StreamId, at: datetime) -> Iterator[Clock]:
    """The times for answers, of every consultation of a row about something."""
    for asking, now in zip(row.consultations, consulted(row, at), strict=True):
        id = asking.consultation_id
        ends = [end for end in row.consultation_ends if end.consultation_id == id]
        stop = "closed" if any(end.taken_in_at < asking.due_at for end in ends) else None
        recorded = any(passing.consultation_id == id for passing in row.due_passings)
        yield Clock(
            what=What.CONSULTATION,
            stream=StreamId(f"consultation-{id}"),
            case_id=case_id,
            about=id,
            started_in=asking.id,
            started_at=asking.taken_in_at,
            ends_at=asking.due_at,
            because=None,
            policy=asking.policy,
            waiting_for=now.waiting_for(),
            state=_state(at, asking.due_at, stop, recorded=recorded),
            stopped_because=stop,
            subject=subject,
            asked=asking.asked,
        )


def taskings(row: Tasked, tasking: TaskingCode, at: datetime) -> Iterator[Clock]:
    """The due date of a duty, each one that it had, and when word of it is owed next."""
    state = life(row, tasking)
    stream = StreamId(f"tasking-{tasking}")
    over = "rescinded" if state.rescinded else "verified" if state.ended else None
    claimed = None if state.outstanding() else "claimed"
    dates: dict[datetime | None, DutyAssignment | DutyAmendment] = {}
    terms: list[DutyAssignment | DutyAmendment] = [*row.assignments, *row.term_changes]
    for turn in terms:
        dates.setdefault(turn.due_at, turn)
    for ends_at, started in dates.items():
        if ends_at is None:
            continue
        current = ends_at == state.due_at
        stop = "amended" if not current else (over or claimed) if not state.deadline_passed(ends_at) else None
        yield Clock(
            what=What.TASKING,
            stream=stream,
            case_id=None,
            about=tasking,
            started_in=started.id,
            started_at=started.taken_in_at,
            ends_at=ends_at,
            because=None,
            policy=row.assignments[0].due_policy if started is row.assignments[0] else None,
            waiting_for=() if over or not current else state.outstanding(),
            state=_state(at, ends_at, stop, recorded=ends_at in state.passed),
            stopped_because=stop,
        )
    if (word := owed(row)) is not None:
        spoken, status = word
        yield Clock(
            what=What.TASKING_STATUS,
            stream=stream,
            case_id=None,
            about=tasking,
            started_in=spoken.id,
            started_at=spoken.taken_in_at,
            ends_at=status.due_at,
            because=None,
            policy=status.policy,
            waiting_for=() if over else state.outstanding(),
            state=_state(at, status.due_at, over or claimed, recorded=False),
            stopped_because=over or claimed,
        )


def vulnerabilities(row: Timed, id: VulnerabilityId, at: datetime) -> Iterator[Clock]:
    """The time that the vendors of a vulnerability have, and its embargo."""
    stream = StreamId(f"vulnerability-{id}")
    said = times(row)
    if said:
        _, first, ends_at, policy = said[-1]
        stop = next(
            (
                word
                for turns, word in (
                    (row.merged_away, "merged"),
                    (row.advisories, "published"),
                    (row.public_words, "public"),
                )
                if any(turn.taken_in_at < ends_at for turn in turns)
            ),
            None,
        )
        yield Clock(
            what=What.VENDOR_CONTACT,
            stream=stream,
            case_id=None,
            about=id,
            started_in=said[0][0].id,
            started_at=first,
            ends_at=ends_at,
            because=None,
            policy=policy,
            waiting_for=(),
            state=_state(
                at, ends_at, stop, recorded=any(each.publishable_at == ends_at for each in row.vendor_time_passings)
            ),
            stopped_because=stop,
        )
    if row.embargo_starts:
        start = row.embargo_starts[-1]
        stopped = row.embargo_stops[-1].because if row.embargo_stops else None
        expired = stopped is EmbargoEndedBecause.EXPIRED
        yield Clock(
            what=What.EMBARGO,
            stream=stream,
            case_id=None,
            about=id,
            started_in=start.id,
            started_at=start.taken_in_at,
            ends_at=start.ends_at,
            because=None,
            policy=None,
            waiting_for=(),
            state=_state(at, start.ends_at, None if expired else stopped, recorded=expired),
            stopped_because=None if expired else stopped,
        )


def notices(row: Announcing, at: datetime) -> Iterator[Clock]:
    """The notice that oversight has of each change of criteria."""
    for notice in row.notices:
        if notice.notice_ends_at is not None:
            yield Clock(
                what=What.CRITERIA_NOTICE,
                stream=StreamId(f"criteria-{notice.code}"),
                case_id=None,
                about=notice.code,
                started_in=notice.id,
                started_at=notice.taken_in_at,
                ends_at=notice.notice_ends_at,
                because=None,
                policy=notice.notice_policy,
                waiting_for=(),
                state=_state(at, notice.notice_ends_at, None, recorded=False),
            )


def lease_times(row: Lending, stream: StreamId, at: datetime) -> Iterator[Clock]:
    """The time of a lease, which ends it whether or not anybody says so."""
    for start in row.starts:
        stop = "revoked" if any(each.taken_in_at < start.until for each in row.revocations) else None
        yield Clock(
            what=What.LEASE,
            stream=stream,
            case_id=None,
            about=stream.partition("-")[2],
            started_in=start.id,
            started_at=start.taken_in_at,
            ends_at=start.until,
            because=None,
            policy=None,
            waiting_for=(),
            state=_state(at, start.until, stop, recorded=bool(row.expiries)),
            stopped_because=stop,
        )


def oversights(row: Overseeing, stream: StreamId, at: datetime) -> Iterator[Clock]:
    """The time that a request of oversight names, if it names one."""
    for request in row.oversight_requests:
        if request.due_at is None:
            continue
        stop = "closed" if any(end.taken_in_at < request.due_at for end in row.oversight_ends) else None
        yield Clock(
            what=What.OVERSIGHT,
            stream=stream,
            case_id=None,
            about=stream.partition("-")[2],
            started_in=request.id,
            started_at=request.taken_in_at,
            ends_at=request.due_at,
            because=None,
            policy=None,
            waiting_for=() if row.oversight_words or row.oversight_ends else (request.office,),
            state=_state(at, request.due_at, stop, recorded=bool(row.oversight_passings)),
            stopped_because=stop,
        )


def _state(at: datetime, ends_at: datetime, stop: str | None, *, recorded: bool) -> Ticks:
    if recorded:
        return Ticks.RECORDED
    if stop is not None:
        return Ticks.STOPPED
    return Ticks.PASSED if at >= ends_at else Ticks.RUNNING


def _stops(row: Living, started: Submission, until: int | None) -> list[tuple[datetime, str]]:
    """What ended a round, first to last, and when that was taken in; behind its time it changed nothing about it."""
    stops = {
        turn.position: (turn.taken_in_at, word)
        for turns, word in ((row.returns, "returned"), (row.acceptances, "accepted"), (row.withdrawals, "withdrawn"))
        for turn in _within(turns, started, until)
    }
    return [stops[position] for position in sorted(stops)]


def _within(turns: Sequence[Turn], started: Submission, until: int | None) -> list[Turn]:
    """The turns behind a submission and before the next one."""
    return [turn for turn in turns if turn.position > started.position and (until is None or turn.position < until)]
