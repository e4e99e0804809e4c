"""The states of the streams that a decision reads, by what they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from domain.values import (
    CaseId,
    ConsultationId,
    InstrumentCode,
    LeaseId,
    LedgerId,
    Month,
    OfficeCode,
    ParticipantId,
    PolicyCode,
    RecordId,
    ScanId,
    StreamId,
    TaskingCode,
    VulnerabilityId,
)

if TYPE_CHECKING:  # states are defined beside their rules, which read other states through this
    from domain.rules.calendar import Calendar
    from domain.rules.case.state import Case
    from domain.rules.consultation import Consultation
    from domain.rules.instrument import Instrument
    from domain.rules.joint.state import Versions
    from domain.rules.lease import Lease
    from domain.rules.office import Office
    from domain.rules.participant import Participant
    from domain.rules.policy import Policy
    from domain.rules.record import EventFacts, Said
    from domain.rules.scan import Scan
    from domain.rules.tasking import Tasking
    from domain.rules.vulnerability import Vulnerability

EVENT: Final = "event-"
"""What the name begins with by which a single event is read."""


class Place(NamedTuple):
    """Where an event stands."""

    stream: StreamId
    version: int


class Read(NamedTuple):
    """Which event is read by such a name."""

    place: Place
    called: str | None
    """The first of this type, without its version, from the place on; None: the one that stands there."""


def of_case(case: CaseId) -> StreamId:
    return StreamId(f"case-{case}")


def of_consultation(consultation: ConsultationId) -> StreamId:
    return StreamId(f"consultation-{consultation}")


def of_office(office: OfficeCode) -> StreamId:
    return StreamId(f"office-{office}")


def of_participant(participant: ParticipantId) -> StreamId:
    return StreamId(f"participant-{participant}")


def of_instrument(instrument: InstrumentCode) -> StreamId:
    return StreamId(f"instrument-{instrument}")


def of_policy(policy: PolicyCode) -> StreamId:
    return StreamId(f"policy-{policy}")


def of_tasking(tasking: TaskingCode) -> StreamId:
    return StreamId(f"tasking-{tasking}")


def of_scan(scan: ScanId) -> StreamId:
    return StreamId(f"scan-{scan}")


def of_ledger(ledger: LedgerId) -> StreamId:
    return StreamId(f"ledger-{ledger}")


def of_vulnerability(vulnerability: VulnerabilityId) -> StreamId:
    return StreamId(f"vulnerability-{vulnerability}")


def of_event(stream: StreamId, version: int) -> StreamId:
    """What stands at a place of a stream, for whoever reads it as a state: nothing can be appended to it."""
    return StreamId(f"{EVENT}{stream}@{version}")


def of_first(place: Place, called: str) -> StreamId:
    """The first event of a type in a stream, from a place on: once it is there, it never is another."""
    return StreamId(f"{of_event(*place)}/{called}")


def read_by(name: StreamId) -> Read:
    """What `of_event` or `of_first` named."""
    place, _, called = name.removeprefix(EVENT).partition("/")
    stream, _, version = place.rpartition("@")
    return Read(Place(StreamId(stream), int(version)), called or None)


def of_record(record: RecordId) -> StreamId:
    """What is said of an event."""
    return StreamId(f"record-{record}")


class Seen:
    """States by stream. To ask for a stream that was not read is an error of the program, not of the actor."""

    __slots__ = ("_states",)

    def __init__(self, states: Mapping[StreamId, Any]) -> None:
        self._states = states

    def __contains__(self, stream: StreamId) -> bool:
        return stream in self._states

    def any(self, stream: StreamId) -> Any:  # noqa: ANN401 - of any stream
        return self._states[stream]

    def case(self, case: CaseId) -> Case:
        return self._states[of_case(case)]  # type: ignore[no-any-return]

    def consultation(self, consultation: ConsultationId) -> Consultation:
        return self._states[of_consultation(consultation)]  # type: ignore[no-any-return]

    def office(self, office: OfficeCode) -> Office:
        return self._states[of_office(office)]  # type: ignore[no-any-return]

    def participant(self, participant: ParticipantId) -> Participant:
        return self._states[of_participant(participant)]  # type: ignore[no-any-return]

    def instrument(self, instrument: InstrumentCode) -> Instrument:
        return self._states[of_instrument(instrument)]  # type: ignore[no-any-return]

    def policy(self, policy: str) -> Policy:
        return self._states[of_policy(PolicyCode(policy))]  # type: ignore[no-any-return]

    def text(self, stream: StreamId) -> Versions:
        """A standard, a threshold or a framework."""
        return self._states[stream]  # type: ignore[no-any-return]

    def lease(self, lease: LeaseId) -> Lease:
        return self._states[StreamId(f"lease-{lease}")]  # type: ignore[no-any-return]

    def scan(self, scan: ScanId) -> Scan:
        return self._states[of_scan(scan)]  # type: ignore[no-any-return]

    def calendar(self, month: Month) -> Calendar:
        """The scans of a month."""
        return self._states[StreamId(f"calendar-{month}")]  # type: ignore[no-any-return]

    def event(self, stream: StreamId, version: int) -> EventFacts | None:
        """What stands at a place of a stream; None where nothing does."""
        return self._states[of_event(stream, version)]  # type: ignore[no-any-return]

    def first(self, place: Place, called: str) -> EventFacts | None:
        """The first event of a type from a place on; None where there is none yet."""
        return self._states[of_first(place, called)]  # type: ignore[no-any-return]

    def said(self, record: RecordId) -> Said:
        return self._states[of_record(record)]  # type: ignore[no-any-return]

    def tasking(self, tasking: TaskingCode) -> Tasking:
        return self._states[of_tasking(tasking)]  # type: ignore[no-any-return]

    def vulnerability(self, vulnerability: VulnerabilityId) -> Vulnerability:
        return self._states[of_vulnerability(vulnerability)]  # type: ignore[no-any-return]
