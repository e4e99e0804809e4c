"""The words that messages are made of: ids, codes, texts and small values, each with the form that it must have."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any, Final, NewType
from uuid import UUID, uuid5

from annotated_types import Ge, Le, MaxLen, MinLen

from domain.message import Pattern, message

UUID_FORM: Final = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
"""A UUID as Docket writes it (RFC 9562 §4), as a pattern of JSON Schema."""
_UUID: Final = Pattern(UUID_FORM)
_CODE: Final = Pattern("[a-z][a-z0-9-]{0,39}")

EventId = NewType("EventId", str)
"""UUIDv5 of the act and the number of the event in it, from 0."""
ActId = NewType("ActId", str)
"""UUIDv5 of ledger, actor and command id."""
CommandId = NewType("CommandId", str)
TaskingCode = NewType("TaskingCode", str)
"""What a duty is known by: `EO14409-2-C-II`."""
LedgerId = NewType("LedgerId", str)
CaseId = NewType("CaseId", str)
"""UUIDv5 of developer, manifest digest and variant: one model version has one case."""
ConsultationId = NewType("ConsultationId", str)
ParticipantId = NewType("ParticipantId", str)
AssessmentId = NewType("AssessmentId", str)
DeterminationId = NewType("DeterminationId", str)
RequestId = NewType("RequestId", str)
AssertionId = NewType("AssertionId", str)
DissentId = NewType("DissentId", str)
ConcernId = NewType("ConcernId", str)
BreachId = NewType("BreachId", str)
SelectionId = NewType("SelectionId", str)
ReportId = NewType("ReportId", str)
VulnerabilityId = NewType("VulnerabilityId", str)
ReporterId = NewType("ReporterId", str)
"""A pseudonym that whoever reports a vulnerability chooses at random: nothing leads from it to who that is."""
PartyId = NewType("PartyId", str)
"""A vendor of one vulnerability, whether it is a participant or not."""
EmbargoId = NewType("EmbargoId", str)
"""A proposal of an embargo, or of another end of it."""
ObservationId = NewType("ObservationId", str)
RemediationId = NewType("RemediationId", str)
DistributionId = NewType("DistributionId", str)
ReferralId = NewType("ReferralId", str)
DelegationId = NewType("DelegationId", str)
PersonId = NewType("PersonId", str)
"""A pseudonym that the office keeps for one of its persons; never a name, never an address."""
StreamId = NewType("StreamId", str)
OfficeCode = NewType("OfficeCode", str)
PostCode = NewType("PostCode", str)
InstrumentCode = NewType("InstrumentCode", str)
PolicyCode = NewType("PolicyCode", str)
KeyId = NewType("KeyId", str)
LeaseId = NewType("LeaseId", str)
ScanId = NewType("ScanId", str)
RecordId = NewType("RecordId", str)
"""UUIDv5 of a stream and a version in it: what is said of the event there."""
ErratumId = NewType("ErratumId", str)
ChallengeId = NewType("ChallengeId", str)
HoldId = NewType("HoldId", str)
InquiryId = NewType("InquiryId", str)
"""A request or a note of oversight: the code of the office that it is with, and a UUID."""
ReadingId = NewType("ReadingId", str)
ProductionId = NewType("ProductionId", str)
WithholdingId = NewType("WithholdingId", str)
DestructionId = NewType("DestructionId", str)
Month = NewType("Month", str)
"""A month in UTC: `2026-07`."""
ReferenceCode = NewType("ReferenceCode", str)
"""How a standard, a threshold or a framework is cited, where Docket keeps its versions."""
Digest = NewType("Digest", str)
Variant = NewType("Variant", str)
Citation = NewType("Citation", str)
"""What an act or a clock rests on: `EO14409:3(a)`, or a policy with its version, `POLICY:ACCESS-WINDOW-1`."""

AnEvent = Annotated[EventId, _UUID]
AnAct = Annotated[ActId, _UUID]
ACommand = Annotated[CommandId, _UUID]
ATasking = Annotated[TaskingCode, Pattern("[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)*"), MaxLen(80)]
ALedger = Annotated[LedgerId, _UUID]
ACase = Annotated[CaseId, _UUID]
AConsultation = Annotated[ConsultationId, _UUID]
AParticipant = Annotated[ParticipantId, _UUID]
AnAssessment = Annotated[AssessmentId, _UUID]
ADetermination = Annotated[DeterminationId, _UUID]
ARequest = Annotated[RequestId, _UUID]
AnAssertion = Annotated[AssertionId, _UUID]
ADissent = Annotated[DissentId, _UUID]
AConcern = Annotated[ConcernId, _UUID]
ABreach = Annotated[BreachId, _UUID]
ASelection = Annotated[SelectionId, _UUID]
AReport = Annotated[ReportId, _UUID]
AVulnerability = Annotated[VulnerabilityId, _UUID]
AReporter = Annotated[ReporterId, _UUID]
AParty = Annotated[PartyId, _UUID]
AnEmbargo = Annotated[EmbargoId, _UUID]
AnObservation = Annotated[ObservationId, _UUID]
ARemediation = Annotated[RemediationId, _UUID]
ADistribution = Annotated[DistributionId, _UUID]
AReferral = Annotated[ReferralId, _UUID]
ALease = Annotated[LeaseId, _UUID]
AScan = Annotated[ScanId, _UUID]
ARecord = Annotated[RecordId, _UUID]
AnErratum = Annotated[ErratumId, _UUID]
AChallenge = Annotated[ChallengeId, _UUID]
AHold = Annotated[HoldId, _UUID]
AnInquiry = Annotated[InquiryId, Pattern(f"[a-z][a-z0-9-]{{0,39}}-{UUID_FORM}")]
AReading = Annotated[ReadingId, _UUID]
AProduction = Annotated[ProductionId, _UUID]
AWithholding = Annotated[WithholdingId, _UUID]
ADestruction = Annotated[DestructionId, _UUID]
AStream = Annotated[StreamId, Pattern("[a-z]+-[A-Za-z0-9-]{1,80}")]
AMonth = Annotated[Month, Pattern("[0-9]{4}-(?:0[1-9]|1[0-2])")]
ADelegation = Annotated[DelegationId, _UUID]
APerson = Annotated[PersonId, _UUID]
AnOffice = Annotated[OfficeCode, _CODE]
APost = Annotated[PostCode, _CODE]
AVariant = Annotated[Variant, _CODE]
Code = Annotated[str, _CODE]
AnInstrument = Annotated[InstrumentCode, Pattern("[A-Z][A-Z0-9-]{0,39}")]
APolicy = Annotated[PolicyCode, Pattern("[A-Z][A-Z0-9]*(?:-[A-Z0-9]*[A-Z][A-Z0-9]*)*")]
"""No part that is a number alone: the version follows the code in a citation."""
ACitation = Annotated[Citation, Pattern(r"(?:POLICY:[A-Z][A-Z0-9-]{0,60}|[A-Z][A-Z0-9-]{0,39}:[A-Za-z0-9().]{1,40})")]
AReferenceCode = Annotated[ReferenceCode, Pattern("[A-Z][A-Z0-9-]{0,39}")]
ADigest = Annotated[Digest, Pattern("sha256:[0-9a-f]{64}")]
"""SHA-256 of the bytes that are kept elsewhere, in lower-case hexadecimal."""
AKey = Annotated[KeyId, Pattern("[A-Za-z0-9._-]{1,80}")]
_NO_LINE: Final = r"\x00-\x1F\x7F-\x9F\u2028\u2029\uFDD0-\uFDEF\uFFFE\uFFFF"
"""Controls, ends of lines and noncharacters: what no attribute of a CloudEvent may hold (CloudEvents 1.0.2 §3.1)."""
Line = Annotated[str, MinLen(1), MaxLen(200), Pattern(rf"[^{_NO_LINE}]*[^\x20\xA0{_NO_LINE}][^{_NO_LINE}]*")]
"""One line of text, with something in it."""
LongLine = Annotated[str, MinLen(1), MaxLen(1000), Pattern(rf"[^{_NO_LINE}]*[^\x20\xA0{_NO_LINE}][^{_NO_LINE}]*")]
"""One line that may be long: a package URL, a range of versions, a vector of scores, an address on the web."""
Text = Annotated[str, MinLen(1), MaxLen(8000), Pattern(r"[^\x00]*[^\x00-\x20][^\x00]*")]
"""Text of several lines, with something in it; U+0000 is turned away."""
Cell = Annotated[str, MaxLen(500), Pattern(rf"[^{_NO_LINE}]*")]
"""A cell of a policy's table."""
MarkingText = Annotated[str, MinLen(1), MaxLen(400), Pattern("[ -~]+")]
"""A marking as text; whether it is one is asked of `domain.markings`."""
Score = Annotated[str, Pattern(r"(?:[0-9]\.[0-9]|10\.0)")]
"""A decimal from 0.0 to 10.0, as text: canonical JSON has no place for it as a number."""
DaysGiven = Annotated[int, Ge(1), Le(3660)]
Whole = Annotated[int, Ge(1), Le(2**31 - 1)]
Count = Annotated[int, Ge(0), Le(2**31 - 1)]


def instant(moment: datetime) -> datetime:
    """The same instant in UTC. Raises ValueError for a time without a zone, or beyond the years 1 to 9999."""
    if moment.tzinfo is None:
        raise ValueError("a time without a zone says nothing")
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("this instant has no year of four digits in UTC") from error


class _InUtc:
    """Turns away a time without a zone, and keeps every other in UTC."""

    def __get_pydantic_core_schema__(
        self, source: object, handler: Callable[[object], dict[str, Any]]
    ) -> dict[str, Any]:
        aware = {**handler(source), "tz_constraint": "aware"}
        return {"type": "function-after", "function": {"type": "no-info", "function": instant}, "schema": aware}


Instant = Annotated[datetime, _InUtc()]
"""A point in time with its zone; kept in UTC."""

_NAMES: Final = UUID("6b1f0a52-5f0e-5d0b-9d3c-0d5f1b7f6a10")
"""Namespace of every derived id; fixed for ever."""


def derived(kind: str, *parts: str) -> str:
    """UUIDv5 of a kind of thing and the parts that make it what it is (no part may hold U+001F)."""
    if any("\x1f" in part for part in parts):
        raise ValueError("a part of a derived id may not hold U+001F")
    return str(uuid5(_NAMES, "\x1f".join((kind, *parts))))


def case_id(developer: ParticipantId, manifest: Digest, variant: Variant) -> CaseId:
    """The case of one model version of one developer."""
    return CaseId(derived("case", developer, manifest, variant))


def act_id(ledger: LedgerId, actor: str, command: CommandId) -> ActId:
    """The act, whichever service account of the actor sent it."""
    return ActId(derived("act", ledger, actor, command))


def event_id(act: ActId, number: int) -> EventId:
    """The event of an act, by its number in the act, from 0."""
    return EventId(derived("event", act, str(number)))


def record_id(stream: StreamId, version: int) -> RecordId:
    """What is said of the event at a place of a stream."""
    return RecordId(derived("record", stream, str(version)))


@message
class Reference:
    """A standard, threshold or framework that is kept elsewhere: its version, and what its text hashes to."""

    id: Line
    version: Whole
    digest: ADigest


@message
class Cited:
    """A reference as it was given, and whether Docket knew that version when it was cited."""

    id: Line
    version: Whole
    digest: ADigest
    checked: bool
    """False: kept as given, compared with nothing."""


def unchecked(reference: Reference) -> Cited:
    """A reference as it was given, flagged as compared with nothing."""
    return Cited(id=reference.id, version=reference.version, digest=reference.digest, checked=False)


def same(reference: Reference | Cited) -> tuple[str, int, Digest]:
    """What is cited, whatever Docket knew of it then."""
    return reference.id, reference.version, reference.digest


@message
class Evidence:
    """Something kept elsewhere: what it hashes to, who keeps it, and how it is marked there."""

    digest: ADigest
    holder: Line
    marking: MarkingText
    media_type: Line
