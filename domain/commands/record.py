"""What may be asked of instruments, of policies, of an empty ledger, and of what was recorded."""

from datetime import date
from typing import Annotated, Literal, TypeAlias

from annotated_types import MaxLen, MinLen

from domain.commands.office import RegisterOffice, RenameOffice
from domain.events.record import ChallengeOutcome
from domain.message import message
from domain.values import (
    AChallenge,
    ADestruction,
    ADigest,
    AHold,
    ALedger,
    AnErratum,
    AnInstrument,
    APolicy,
    AStream,
    Cell,
    Code,
    Line,
    MarkingText,
    Text,
    Whole,
)


@message
class IssueInstrument:
    """Make an instrument known, with what may be cited of it."""

    type: Literal["instrument.issue.v1"] = "instrument.issue.v1"
    instrument: AnInstrument
    title: Line
    issued_on: date
    text: ADigest
    provisions: Annotated[tuple[Line, ...], MinLen(1), MaxLen(200)]


@message
class AmendInstrument:
    """Record an amendment of an instrument."""

    type: Literal["instrument.amend.v1"] = "instrument.amend.v1"
    instrument: AnInstrument
    amended_on: date
    text: ADigest
    provisions: Annotated[tuple[Line, ...], MinLen(1), MaxLen(200)]


@message
class RevokeInstrument:
    """Record that an instrument was revoked."""

    type: Literal["instrument.revoke.v1"] = "instrument.revoke.v1"
    instrument: AnInstrument
    revoked_on: date


@message
class PublishPolicy:
    """Publish a version of a policy."""

    type: Literal["policy.publish.v1"] = "policy.publish.v1"
    policy: APolicy
    policy_version: Whole
    title: Line
    kind: Code
    columns: Annotated[tuple[Line, ...], MinLen(1), MaxLen(20)]
    rows: Annotated[tuple[tuple[Cell, ...], ...], MaxLen(1000)]


@message
class OpenLedger:
    """Open an empty ledger with the offices, instruments and policies that it begins with."""

    type: Literal["ledger.open.v1"] = "ledger.open.v1"
    ledger: ALedger
    ceiling: Line
    offices: tuple[RegisterOffice, ...]
    renamed: tuple[RenameOffice, ...]
    instruments: tuple[IssueInstrument, ...]
    policies: tuple[PublishPolicy, ...]


@message
class FileErratum:
    """Say what is wrong in an event that you recorded. It stays, and nothing that followed from it changes."""

    type: Literal["record.file-erratum.v1"] = "record.file-erratum.v1"
    stream: AStream
    version: Whole
    """Where the event stands: its stream, and its version there."""
    erratum_id: AnErratum
    erratum: Text


@message
class ChallengeMarking:
    """Hold that an event is marked too high, or too low."""

    type: Literal["record.challenge-marking.v1"] = "record.challenge-marking.v1"
    stream: AStream
    version: Whole
    challenge_id: AChallenge
    proposed: MarkingText
    reason: Text


@message
class AnswerChallenge:
    """Answer a challenge of a marking of yours."""

    type: Literal["record.answer-challenge.v1"] = "record.answer-challenge.v1"
    stream: AStream
    version: Whole
    challenge_id: AChallenge
    outcome: ChallengeOutcome
    handled_as: MarkingText | None = None
    """With `to-change`: the marking under which the event is handled from now on."""
    reason: Text


@message
class PlaceHold:
    """Keep an event, with all that it protects, from being destroyed."""

    type: Literal["record.place-hold.v1"] = "record.place-hold.v1"
    stream: AStream
    version: Whole
    hold_id: AHold
    basis: Line
    reason: Text | None = None


@message
class ReleaseHold:
    """End a hold of yours."""

    type: Literal["record.release-hold.v1"] = "record.release-hold.v1"
    stream: AStream
    version: Whole
    hold_id: AHold


@message
class ProposeDestruction:
    """Propose to destroy what an event that you answer for protects, with that of every event of the same act."""

    type: Literal["record.propose-destruction.v1"] = "record.propose-destruction.v1"
    stream: AStream
    version: Whole
    destruction_id: ADestruction
    reason: Text | None = None


@message
class DestroyPayload:
    """Destroy what an event and every other event of its act protect, as another person proposed: for good."""

    type: Literal["record.destroy-payload.v1"] = "record.destroy-payload.v1"
    stream: AStream
    version: Whole
    destruction_id: ADestruction


InstrumentCommand: TypeAlias = IssueInstrument | AmendInstrument | RevokeInstrument
PolicyCommand: TypeAlias = PublishPolicy
LedgerCommand: TypeAlias = OpenLedger
RecordCommand: TypeAlias = (
    FileErratum | ChallengeMarking | AnswerChallenge | PlaceHold | ReleaseHold | ProposeDestruction | DestroyPayload
)
