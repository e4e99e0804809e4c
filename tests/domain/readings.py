"""What the log says of a case, read from its facts alone and by another way than the rules go: an oracle for them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from domain import rules, wire
from domain.commands import Command
from domain.errors import Refused
from domain.events import Event
from domain.events.case import (
    AccessClosed,
    AccessOpened,
    AssessmentFiled,
    AssessmentProposed,
    CaseReviewLapsed,
    CaseSubmitted,
    CaseWithdrawn,
    ClosedBecause,
    DeterminationIssued,
    ReleasePlanRevised,
    ReleaseReported,
    Result,
)
from domain.events.consultation import ConsultationDuePassed
from domain.recorded import Recorded
from domain.rules import Asked, Seen
from domain.values import CaseId, StreamId

NEW_YORK = ZoneInfo("America/New_York")
Log = Sequence[Recorded[Event]]


def is_note(event: Event) -> bool:
    """What a clock records, or another act in its stead: it adds nothing to what was true already."""
    if isinstance(event, AccessClosed):
        return event.cause is not ClosedBecause.BY_DEVELOPER
    return isinstance(event, CaseReviewLapsed | ConsultationDuePassed)


def a_month_later(at: datetime, days: int = 30) -> datetime:
    """The same time of day in New York, thirty days later."""
    return (at.astimezone(NEW_YORK) + timedelta(days=days)).astimezone(at.tzinfo)


def of_case(log: Log, case: CaseId) -> list[Recorded[Event]]:
    return [recorded for recorded in log if recorded.stream == f"case-{case}"]


def begun(log: Log, case: CaseId) -> datetime:
    """When access to the model was first opened: by when that was taken in, not by when it was recorded."""
    return min(recorded.taken_in_at for recorded in of_case(log, case) if isinstance(recorded.event, AccessOpened))


def window_end(log: Log, case: CaseId, days: int = 30) -> datetime | None:
    """When access to the model ends at the latest, by domain.md: the first of all that ends it."""
    told = of_case(log, case)
    openings = [n for n, recorded in enumerate(told) if isinstance(recorded.event, AccessOpened)]
    if not openings:
        return None
    ends = [a_month_later(begun(log, case), days)]
    ends += [recorded.event.released_at for recorded in told if isinstance(recorded.event, ReleaseReported)]
    for recorded in told[openings[0] :]:
        match recorded.event:
            case CaseWithdrawn() | DeterminationIssued(result=Result.DOES_NOT_WARRANT):
                ends.append(recorded.taken_in_at)
            case _:
                pass
    return min([*ends, *_planned(told, openings[0])])


def _planned(told: Log, first: int) -> list[datetime]:
    """When each plan that was in force while there was access ended it, if it did before the next plan came."""
    plans: list[tuple[int, date | None, datetime]] = []
    for n, recorded in enumerate(told):
        if isinstance(event := recorded.event, CaseSubmitted | ReleasePlanRevised):
            plans.append((n, event.partners_on, recorded.taken_in_at))
    ends: list[datetime] = []
    for (_, day, since), following in zip(plans, [*plans[1:], None], strict=True):
        if day is None or (following is not None and following[0] < first):
            continue
        end = max(datetime.combine(day, time(), NEW_YORK).astimezone(since.tzinfo), since)
        if following is None or end <= following[2]:
            ends.append(end)
    return ends


def in_force(log: Log, case: CaseId) -> list[DeterminationIssued]:
    """The determinations of a case, the one in force last."""
    return [recorded.event for recorded in of_case(log, case) if isinstance(recorded.event, DeterminationIssued)]


def after_withdrawal(log: Log, case: CaseId) -> list[Event]:
    """What was done to a model after its developer had withdrawn it, and before it was offered again."""
    gone, done = False, list[Event]()
    for recorded in of_case(log, case):
        match recorded.event:
            case CaseWithdrawn():
                gone = True
            case CaseSubmitted():
                gone = False
            case AccessOpened() | AssessmentProposed() | AssessmentFiled() | DeterminationIssued() if gone:
                done.append(recorded.event)
            case _:
                pass
    return done


def author_and_filer(log: Log, case: CaseId) -> list[tuple[str, str]]:
    """Who wrote and who filed each assessment."""
    authors: dict[str, str] = {}
    pairs: list[tuple[str, str]] = []
    for recorded in of_case(log, case):
        match recorded.event:
            case AssessmentProposed() as proposed:
                authors[proposed.assessment_id] = proposed.author
            case AssessmentFiled() as filed:
                assert recorded.by is not None
                pairs.append((authors[filed.assessment_id], str(getattr(recorded.by, "person", None))))
            case _:
                pass
    return pairs


def followed(log: Log) -> dict[StreamId, Any]:
    """What follows from what was lived, with all that it said."""
    states: dict[StreamId, Any] = {}
    for recorded in log:
        known = rules.rules_of(recorded.stream)
        assert known is not None
        states[recorded.stream] = known.evolve(states.get(recorded.stream, known.initial), recorded)
    return states


def replayed(log: Log) -> dict[StreamId, Any]:
    """What follows from documents that withhold all that is protected, in streams that have no gaps."""
    versions: Counter[StreamId] = Counter()
    for recorded in log:
        versions[recorded.stream] += 1
        assert recorded.version == versions[recorded.stream]
    return followed([wire.load(wire.dump(recorded)[0]) for recorded in log])


def may(states: Mapping[StreamId, Any], command: type[Command], stream: StreamId, question: Asked) -> str:
    """Whether such a command may be asked now, as far as that does not depend on what it says: `yes`, or why not."""

    def state(name: StreamId) -> Any:
        known = rules.rules_of(name)
        return states.get(name, None if known is None else known.initial)

    read = {stream: state(stream)}
    while missing := set(rules.reads_of_type(rules.type_of(command), question, Seen(read))) - read.keys():
        read |= {name: state(name) for name in missing}
    try:
        rules.may(command, stream, question, read)
    except Refused as refused:
        return refused.code
    return "yes"
