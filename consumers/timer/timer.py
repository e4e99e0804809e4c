"""What clocks say already is recorded, once: two timers do no harm, and a late one changes no answer."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final, assert_never

from domain.act import Act, Actor, ActorKind, Attestation, Principal
from domain.commands import Command
from domain.commands.case import RecordAccessEnd, RecordReviewLapse
from domain.commands.consultation import RecordConsultationDue
from domain.commands.lease import RecordLeaseExpiry
from domain.commands.oversight import RecordOversightDue
from domain.commands.tasking import RecordTaskingDeadline
from domain.commands.vulnerability import RecordContactTime, RecordEmbargoEnd
from domain.ledger.ledger import Ledger
from domain.markings import EVERYTHING
from domain.values import CaseId, CommandId, ConsultationId, InquiryId, LeaseId, TaskingCode, VulnerabilityId, derived
from projections.clock_markings import marking_of
from projections.clocks import Clocks, clocks_of, overdue, to_record
from projections.reads import Reads
from projections.ticking import Clock, What
from projections.visible import Sight

_ALL: Final = Sight(clearance=EVERYTHING, office=None, participant=None, oversight=True)


def due(row: Clocks, now: datetime) -> Iterator[tuple[Clock, Act]]:
    """The acts that record what the clocks of a row say by now. Their ids follow from what they record."""
    for clock in clocks_of(row, now):
        if to_record(clock) and clock.ends_at <= now:
            id = derived("timer", clock.what, clock.stream, clock.about, clock.ends_at.isoformat())
            yield (
                clock,
                Act(
                    id=CommandId(id),
                    command=_command(clock),
                    marking=marking_of(row, clock, now),
                    causation=clock.started_in,
                ),
            )


class Timer:
    """Looks for clocks that have passed, and acts for them."""

    def __init__(self, ledger: Ledger, reads: Reads, clock: Callable[[], datetime]) -> None:
        self._ledger, self._reads, self._clock = ledger, reads, clock

    def record(self) -> int:
        """How many events were recorded. Raises what the ledger and the views raise."""
        now = self._clock()
        recorded = 0
        for row in overdue(self._reads, _ALL, now):
            for clock, act in due(row, now):
                receipt = self._ledger.act(act, by=_speaking_for(clock), taken_in_at=now)
                recorded += 0 if receipt.repeated else len(receipt.events)
        return recorded


def _speaking_for(clock: Clock) -> Principal:
    return Principal(
        actor=Actor(ActorKind.CLOCK, clock.what, f"Clock {clock.what}"),
        person=None,
        attestation=Attestation.NONE,
        clearance=EVERYTHING,
    )


def _command(clock: Clock) -> Command:
    match clock.what:
        case What.CASE_REVIEW:
            return RecordReviewLapse(case_id=_case(clock))
        case What.ACCESS_WINDOW:
            return RecordAccessEnd(case_id=_case(clock))
        case What.CONSULTATION:
            return RecordConsultationDue(consultation_id=ConsultationId(clock.about))
        case What.RECONSIDERATION:
            raise ValueError("nobody records for NSA that it has not answered")
        case What.TASKING:
            return RecordTaskingDeadline(tasking=TaskingCode(clock.about))
        case What.TASKING_STATUS:
            raise ValueError("nobody records for a lead that it has said nothing")
        case What.LEASE:
            return RecordLeaseExpiry(lease_id=LeaseId(clock.about))
        case What.OVERSIGHT:
            return RecordOversightDue(inquiry_id=InquiryId(clock.about))
        case What.CRITERIA_NOTICE:
            raise ValueError("a notice ends, and nothing follows")
        case What.VENDOR_CONTACT:
            return RecordContactTime(vulnerability_id=VulnerabilityId(clock.about))
        case What.EMBARGO:
            return RecordEmbargoEnd(vulnerability_id=VulnerabilityId(clock.about))
        case _:
            assert_never(clock.what)


def _case(clock: Clock) -> CaseId:
    if clock.case_id is None:
        raise ValueError(f"the clock {clock.what} is of no case")
    return clock.case_id
