"""Two scans of one target do not overlap without recorded consent, and who may not see the other is not the one to ask.

Of two scans that would meet, the later asks the earlier for consent, unless it is marked so that whoever sees it may
not see the earlier one: then nothing is said to it, and the earlier one, whose readers may be told, gives way.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final, assert_never

from domain.commands.scan import CompleteScan, ConsentToScan, DeconflictScan, RequestScan, ScanCommand
from domain.errors import Refused
from domain.events.scan import (
    CalendarEvent,
    ScanCompleted,
    ScanConflicted,
    ScanConsented,
    ScanDeconflicted,
    ScanEntered,
    ScanEvent,
    ScanOutcome,
    ScanOwner,
    ScanRequested,
)
from domain.markings import parse
from domain.recorded import Recorded
from domain.rules.asked import UNNEEDED, Asked
from domain.rules.calendar import months, of_month
from domain.rules.seen import Seen, of_office, of_participant, of_scan
from domain.rules.stream import Rules
from domain.rules.targets import Targets, checked
from domain.values import ScanId, StreamId

LONGEST: Final = timedelta(days=92)
"""No window is longer: what goes on for years is asked for anew each quarter, so that its owner still knows of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """A scan as it stands."""

    requested: ScanRequested | None = None
    marking: str = ""
    met: frozenset[ScanId] = frozenset()
    """Scans that it would meet, and that it has to ask."""
    consented: frozenset[ScanId] = frozenset()
    deconflicted: bool = False
    outcome: ScanOutcome | None = None
    """How it went, as soon as somebody says so: it is over then."""

    def meets(self, targets: Targets) -> bool:
        """Whether it is not over, and of one of these targets."""
        return self.requested is not None and self.outcome is None and any(map(targets.meet, self.requested.targets))


INITIAL: Final = Scan()


def evolve(state: Scan, recorded: Recorded[ScanEvent]) -> Scan:
    event = recorded.event
    match event:
        case ScanRequested():
            return Scan(requested=event, marking=recorded.marking)
        case ScanDeconflicted():
            return replace(state, deconflicted=True)
        case ScanConflicted():
            return replace(state, deconflicted=False, met=state.met.union(event.others))
        case ScanConsented():
            return replace(state, consented=state.consented | {event.other})
        case ScanCompleted():
            return replace(state, outcome=event.outcome)
        case _:
            assert_never(event)


def known_to(state: Scan, asked: Asked) -> bool:
    """Whether there is such a scan, and the actor may see it: an office by clearance, whose targets they are too."""
    if state.requested is None or not asked.may_see(state.marking):
        return False
    return asked.participant in {None, state.requested.owner.participant}


def may(state: Scan, command: type[ScanCommand], asked: Asked, seen: Seen) -> None:
    """Raise Refused where the scan, as it stands, does not allow such a command from this actor."""
    if state.requested is None:
        if command is RequestScan:
            return
        raise Refused("not-found")
    if not known_to(state, asked):
        raise Refused("not-cleared", hidden=True)
    if command in {DeconflictScan, CompleteScan} and asked.office != state.requested.requested_by:
        raise Refused("not-your-act")
    if command in {ConsentToScan, DeconflictScan} and state.outcome is not None:
        raise Refused("scan-over")


def offers(state: Scan, command: type[ScanCommand], asked: Asked, seen: Seen) -> None:
    """Raise Refused where whatever the command said would be refused as the scan stands, or would add nothing."""
    if command is RequestScan and state.requested is not None:
        raise Refused("id-used")
    if command is CompleteScan and state.outcome is not None:
        raise Refused("scan-over")
    if command is ConsentToScan:
        own = {other for other in state.met if _is_own(seen.scan(other), asked)}
        if not own:
            raise Refused("not-your-act", "The scan would meet none of this office.")
        if own <= state.consented:
            raise Refused("so-already")
    if command is DeconflictScan:
        if state.deconflicted:
            raise Refused("so-already")
        if _waits_for(state, seen):
            raise Refused("scan-conflicts")


def beside(state: Scan, command: type[ScanCommand], asked: Asked) -> Iterable[StreamId]:
    """The scans that it would meet."""
    if command in {ConsentToScan, DeconflictScan}:
        yield from map(of_scan, state.met)


def decide(state: Scan, command: ScanCommand, asked: Asked, seen: Seen) -> list[ScanEvent | CalendarEvent]:
    may(state, type(command), asked, seen)
    match command:
        case RequestScan():
            return _request(state, command, asked, seen)
        case ConsentToScan():
            return _consent(state, command, asked, seen)
        case DeconflictScan():
            if state.deconflicted:
                return []
            if _waits_for(state, seen):
                raise Refused("scan-conflicts")
            return [ScanDeconflicted(scan_id=command.scan_id)]
        case CompleteScan():
            return _complete(state, command, asked)
        case _:
            assert_never(command)


def _request(state: Scan, command: RequestScan, asked: Asked, seen: Seen) -> list[ScanEvent | CalendarEvent]:
    if asked.office is None:
        raise Refused("not-your-act")
    requested = ScanRequested(
        scan_id=command.scan_id,
        requested_by=asked.office,
        owner=ScanOwner(office=command.owner_office, participant=command.owner_participant, name=command.owner_name),
        agreement=command.agreement,
        targets=command.targets,
        purpose=command.purpose,
        starts_at=command.starts_at,
        ends_at=command.ends_at,
    )
    if state.requested is not None:
        if state.requested != requested:
            raise Refused("id-used")
        return []
    _must_be_somebody(requested.owner, seen)
    for target in command.targets:
        checked(target)
    if command.starts_at < asked.taken_in_at:
        raise Refused("date-in-past")
    if not _is_window(command):
        raise Refused("window-unfit")
    entered = [
        ScanEntered(month=month, scan_id=command.scan_id, starts_at=command.starts_at, ends_at=command.ends_at)
        for month in months(command.starts_at, command.ends_at)
    ]
    targets = Targets(command.targets)
    met = [scan for scan in _in_calendar(command, seen) if seen.scan(scan).meets(targets)]
    told = tuple(scan for scan in met if _may_be_told(seen.scan(scan), asked))
    gives_way = [scan for scan in met if scan not in told]
    return [
        requested,
        ScanConflicted(scan_id=command.scan_id, others=told) if told else ScanDeconflicted(scan_id=command.scan_id),
        *entered,
        *(ScanConflicted(scan_id=scan, others=(command.scan_id,)) for scan in gives_way),
    ]


def _may_be_told(other: Scan, asked: Asked) -> bool:
    """Whether a scan may be named in one that is marked as the act: all who see that are cleared for this one too."""
    return other.marking != UNNEEDED and parse(other.marking) <= parse(asked.marking)


def _is_window(command: RequestScan) -> bool:
    return command.starts_at < command.ends_at <= command.starts_at + LONGEST


def _must_be_somebody(owner: ScanOwner, seen: Seen) -> None:
    if (owner.office, owner.participant, owner.name).count(None) != 2:
        raise Refused("owner-unclear")
    if owner.office is not None and not seen.office(owner.office).known:
        raise Refused("owner-unknown")
    if owner.participant is not None and not seen.participant(owner.participant).known:
        raise Refused("owner-unknown")


def _in_calendar(command: RequestScan, seen: Seen) -> Iterator[ScanId]:
    found: dict[ScanId, None] = {}
    for month in months(command.starts_at, command.ends_at):
        if of_month(month) in seen:
            found |= dict.fromkeys(seen.calendar(month).during(command.starts_at, command.ends_at))
    yield from found


def _consent(state: Scan, command: ConsentToScan, asked: Asked, seen: Seen) -> list[ScanEvent | CalendarEvent]:
    other = seen.scan(command.other)
    if other.requested is None or not known_to(other, asked) or command.other not in state.met:
        raise Refused("reference-unknown", "The scan would not meet such a scan.")
    if asked.office != other.requested.requested_by:
        raise Refused("not-your-act")
    if command.other in state.consented:
        return []
    consented = ScanConsented(scan_id=command.scan_id, other=command.other)
    settled = replace(state, consented=state.consented | {command.other})
    return [consented] if _waits_for(settled, seen) else [consented, ScanDeconflicted(scan_id=command.scan_id)]


def _is_own(other: Scan, asked: Asked) -> bool:
    return other.requested is not None and known_to(other, asked) and other.requested.requested_by == asked.office


def _waits_for(state: Scan, seen: Seen) -> list[ScanId]:
    return sorted(scan for scan in state.met - state.consented if seen.scan(scan).outcome is None)


def _complete(state: Scan, command: CompleteScan, asked: Asked) -> list[ScanEvent | CalendarEvent]:
    completed = ScanCompleted(scan_id=command.scan_id, outcome=command.outcome, statement=command.statement)
    if state.outcome is not None:
        if state.outcome is not command.outcome:
            raise Refused("scan-over")
        return []
    begun = state.requested is not None and state.requested.starts_at <= asked.taken_in_at
    if not begun and command.outcome is not ScanOutcome.NOT_PERFORMED:
        raise Refused("scan-not-begun")
    return [completed]


def _reads(command: ScanCommand, asked: Asked, seen: Seen) -> Iterable[StreamId]:
    match command:
        case RequestScan():
            if command.owner_office is not None:
                yield of_office(command.owner_office)
            if command.owner_participant is not None:
                yield of_participant(command.owner_participant)
            if _is_window(command):
                yield from map(of_month, months(command.starts_at, command.ends_at))
                yield from map(of_scan, _in_calendar(command, seen))
        case ConsentToScan():
            yield of_scan(command.other)
            yield from _met(command.scan_id, seen)
        case DeconflictScan():
            yield from _met(command.scan_id, seen)
        case CompleteScan():
            pass
        case _:
            assert_never(command)


def _met(scan: ScanId, seen: Seen) -> Iterator[StreamId]:
    if of_scan(scan) in seen:
        yield from map(of_scan, seen.scan(scan).met)


RULES: Final = Rules(
    commands=ScanCommand,
    events=ScanEvent,
    id_field="scan_id",
    initial=INITIAL,
    evolve=evolve,
    may=may,
    offers=offers,
    beside=beside,
    decide=decide,
    known_to=known_to,
    reads=_reads,
)
