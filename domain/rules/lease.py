"""What is lent is usable while it is not taken back, its time runs, and the developer of a model agrees."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final, assert_never

from domain import clocks
from domain.commands.lease import (
    AgreeToLease,
    AttestUse,
    CheckLease,
    EndAgreement,
    LeaseCommand,
    OpenLease,
    RecordLeaseExpiry,
    RevokeLease,
)
from domain.errors import Refused
from domain.events.lease import (
    LeaseChecked,
    LeaseDeveloperAgreed,
    LeaseDeveloperEnded,
    LeaseEvent,
    LeaseExpired,
    LeaseKind,
    LeaseOpened,
    LeaseRevoked,
    LeaseSubject,
    LeaseTaker,
    LeaseUseAttested,
    Usable,
)
from domain.recorded import Recorded
from domain.rules.asked import Asked
from domain.rules.case import known_to as case_known_to
from domain.rules.policy import ZONE
from domain.rules.seen import Seen, of_case, of_office, of_participant
from domain.rules.stream import Rules
from domain.values import Digest, OfficeCode, ParticipantId, StreamId


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """A lease as it stands."""

    opened: LeaseOpened | None = None
    marking: str = ""
    opened_at: datetime | None = None
    agreed: bool | None = None
    """Whether the developer agrees; None before it said anything."""
    revoked: bool = False
    expiry_recorded: bool = False
    checks: frozenset[Digest] = frozenset()
    attested: frozenset[date] = frozenset()

    def usable(self, at: datetime, *, covered: bool) -> Usable:
        """Whether it may be used then; `covered`: the model is a covered one then."""
        if self.opened is None or self.revoked:
            return Usable.REVOKED
        if at >= self.opened.until:
            return Usable.EXPIRED
        if self.opened.subject.kind is LeaseKind.TOOL:
            return Usable.YES
        if not self.agreed:
            return Usable.NOT_AGREED if self.agreed is None else Usable.ENDED
        return Usable.YES if covered else Usable.NOT_COVERED


INITIAL: Final = Lease()


def evolve(state: Lease, recorded: Recorded[LeaseEvent]) -> Lease:
    event = recorded.event
    match event:
        case LeaseOpened():
            return Lease(opened=event, marking=recorded.marking, opened_at=recorded.taken_in_at)
        case LeaseDeveloperAgreed():
            return replace(state, agreed=True)
        case LeaseDeveloperEnded():
            return replace(state, agreed=False)
        case LeaseChecked():
            return replace(state, checks=state.checks | {event.check})
        case LeaseUseAttested():
            return replace(state, attested=state.attested | {event.month_on})
        case LeaseRevoked():
            return replace(state, revoked=True)
        case LeaseExpired():
            return replace(state, expiry_recorded=True)
        case _:
            assert_never(event)


def known_to(state: Lease, asked: Asked) -> bool:
    """Whether there is such a lease that concerns the actor: an office by clearance, a participant by its part."""
    if state.opened is None or not asked.may_see(state.marking):
        return False
    return asked.participant in {None, state.opened.taker.participant, state.opened.developer}


def may(state: Lease, command: type[LeaseCommand], asked: Asked, seen: Seen) -> None:
    """Raise Refused where the lease, as it stands, does not allow such a command from this actor."""
    if command is OpenLease:
        if state.opened is not None and not known_to(state, asked):
            raise Refused("not-cleared", hidden=True)
        return
    if state.opened is None:
        raise Refused("not-found")
    if not known_to(state, asked):
        raise Refused("not-cleared", hidden=True)
    opened = state.opened
    if command in {AgreeToLease, EndAgreement} and (opened.developer is None or asked.participant != opened.developer):
        raise Refused("not-your-act")
    if command is AttestUse and not _is_taker(opened.taker, asked):
        raise Refused("not-your-act")
    if command is RevokeLease and asked.office != opened.opened_by:
        raise Refused("not-your-act")
    if command in {AgreeToLease, AttestUse} and state.revoked:
        raise Refused("lease-revoked")
    if command is RecordLeaseExpiry and asked.taken_in_at < opened.until:
        raise Refused("lease-running")


def offers(state: Lease, command: type[LeaseCommand], asked: Asked, seen: Seen) -> None:
    """Raise Refused where whatever the command said would be refused as the lease stands, or would add nothing."""
    if command is OpenLease and state.opened is not None:
        raise Refused("id-used")
    if command is RevokeLease and state.revoked:
        raise Refused("lease-revoked")
    done = (
        (command is AgreeToLease and state.agreed)
        or (command is EndAgreement and not state.agreed)
        or (command is RecordLeaseExpiry and (state.expiry_recorded or state.revoked))
        or (command is AttestUse and state.attested.issuperset(_months(state, asked)))
    )
    if done:
        raise Refused("so-already")


def decide(state: Lease, command: LeaseCommand, asked: Asked, seen: Seen) -> list[LeaseEvent]:
    may(state, type(command), asked, seen)
    match command:
        case OpenLease():
            return _open(state, command, asked, seen)
        case AgreeToLease():
            return [] if state.agreed else [LeaseDeveloperAgreed(lease_id=command.lease_id)]
        case EndAgreement():
            if not state.agreed:
                return []
            return [LeaseDeveloperEnded(lease_id=command.lease_id, reason=command.reason)]
        case CheckLease():
            if command.check in state.checks:
                return []
            answer = state.usable(asked.taken_in_at, covered=_covered(state, seen))
            return [LeaseChecked(lease_id=command.lease_id, check=command.check, answer=answer)]
        case AttestUse():
            return _attest(state, command, asked)
        case RevokeLease():
            return [] if state.revoked else [LeaseRevoked(lease_id=command.lease_id, reason=command.reason)]
        case RecordLeaseExpiry():
            if state.expiry_recorded or state.revoked or state.opened is None:
                return []
            return [LeaseExpired(lease_id=command.lease_id, until=state.opened.until)]
        case _:
            assert_never(command)


def _open(state: Lease, command: OpenLease, asked: Asked, seen: Seen) -> list[LeaseEvent]:
    if asked.office is None:
        raise Refused("not-your-act")
    if (command.office is None) == (command.participant is None):
        raise Refused("taker-unclear")
    is_tool = command.kind is LeaseKind.TOOL
    if (command.tool is None) == is_tool or (command.case_id is None) != is_tool:
        raise Refused("lent-unclear")
    developer = None if command.case_id is None else _developer(command, asked, seen)
    opened = LeaseOpened(
        lease_id=command.lease_id,
        opened_by=asked.office,
        taker=LeaseTaker(office=command.office, participant=command.participant),
        subject=LeaseSubject(kind=command.kind, tool=command.tool, case_id=command.case_id),
        developer=developer,
        purpose=command.purpose,
        scope=command.scope,
        sector=command.sector,
        terms=command.terms,
        until=command.until,
    )
    if state.opened is not None:
        if state.opened != opened:
            raise Refused("id-used")
        return []
    _must_be_there(command.office, command.participant, seen)
    if command.case_id is not None and not seen.case(command.case_id).covered():
        raise Refused("not-covered")
    if command.until <= asked.taken_in_at:
        raise Refused("date-in-past")
    return [opened]


def _developer(command: OpenLease, asked: Asked, seen: Seen) -> ParticipantId | None:
    if command.case_id is None:
        return None
    case = seen.case(command.case_id)
    if not case_known_to(case, asked):
        raise Refused("reference-unknown", "There is no such case.")
    return case.developer


def _must_be_there(office: OfficeCode | None, participant: ParticipantId | None, seen: Seen) -> None:
    if office is not None and not seen.office(office).known:
        raise Refused("office-unknown")
    if participant is not None and not seen.participant(participant).known:
        raise Refused("taker-unknown")


def _attest(state: Lease, command: AttestUse, asked: Asked) -> list[LeaseEvent]:
    if command.month_on in state.attested:
        return []
    if command.month_on not in _months(state, asked):
        raise Refused("month-unfit")
    return [LeaseUseAttested(lease_id=command.lease_id, month_on=command.month_on, statement=command.statement)]


def months(opened_at: datetime, at: datetime) -> tuple[date, ...]:
    """The first days of the months in New York that have begun, from the one in which a lease was opened."""
    first, last = (clocks.local_day(moment, ZONE).replace(day=1) for moment in (opened_at, at))
    return tuple(
        date(number // 12, number % 12 + 1, 1)
        for number in range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    )


def _months(state: Lease, asked: Asked) -> tuple[date, ...]:
    return () if state.opened_at is None else months(state.opened_at, asked.taken_in_at)


def _is_taker(taker: LeaseTaker, asked: Asked) -> bool:
    if asked.office is not None:
        return taker.office == asked.office
    return asked.participant is not None and taker.participant == asked.participant


def _covered(state: Lease, seen: Seen) -> bool:
    case = None if state.opened is None else state.opened.subject.case_id
    return case is not None and seen.case(case).covered()


def _reads(command: LeaseCommand, asked: Asked, seen: Seen) -> Iterable[StreamId]:
    match command:
        case OpenLease():
            if command.office is not None:
                yield of_office(command.office)
            if command.participant is not None:
                yield of_participant(command.participant)
            if command.case_id is not None:
                yield of_case(command.case_id)
        case CheckLease():
            stream = StreamId(f"lease-{command.lease_id}")
            if stream in seen:
                opened = seen.lease(command.lease_id).opened
                if opened is not None and opened.subject.case_id is not None:
                    yield of_case(opened.subject.case_id)
        case _:
            pass


RULES: Final = Rules(
    commands=LeaseCommand,
    events=LeaseEvent,
    id_field="lease_id",
    initial=INITIAL,
    evolve=evolve,
    may=may,
    offers=offers,
    decide=decide,
    known_to=known_to,
    reads=_reads,
)
