"""What the record says about itself: its opening, what it rests on, refusals, and what is said of an event later."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, TypeAlias

from annotated_types import MaxLen, MinLen

from domain.message import Protected, message
from domain.values import (
    AChallenge,
    ACitation,
    ADestruction,
    ADigest,
    AHold,
    ALedger,
    AnAct,
    AnErratum,
    AnEvent,
    AnInstrument,
    APerson,
    APolicy,
    ARecord,
    AStream,
    Cell,
    Code,
    Instant,
    Line,
    MarkingText,
    Text,
    Whole,
)


@message
class LedgerOpened:
    """Position 1 of every ledger."""

    type: Literal["ledger.opened.v1"] = "ledger.opened.v1"
    ledger: ALedger
    format: Whole
    """Version of the form of documents: 1."""
    ceiling: Line
    """The highest marking that this deployment may hold."""


@message
class InstrumentIssued:
    """An instrument that acts may rest on, such as an executive order."""

    type: Literal["instrument.issued.v1"] = "instrument.issued.v1"
    instrument: AnInstrument
    title: Line
    issued_on: date
    text: ADigest
    provisions: Annotated[tuple[Line, ...], MinLen(1), MaxLen(200)]
    """What may be cited of it, such as `3(a)`."""


@message
class InstrumentAmended:
    """An instrument was amended."""

    type: Literal["instrument.amended.v1"] = "instrument.amended.v1"
    instrument: AnInstrument
    amended_on: date
    text: ADigest
    provisions: Annotated[tuple[Line, ...], MinLen(1), MaxLen(200)]
    """What may be cited of it from now on."""


@message
class InstrumentRevoked:
    """An instrument was revoked: no act may rest on it any more."""

    type: Literal["instrument.revoked.v1"] = "instrument.revoked.v1"
    instrument: AnInstrument
    revoked_on: date


@message
class PolicyPublished:
    """A version of a policy: a table that rules read. Where the order is silent, the choice stands here."""

    type: Literal["policy.published.v1"] = "policy.published.v1"
    policy: APolicy
    policy_version: Whole
    title: Line
    kind: Code
    """What the table is for, such as `clock`, `calendar` or `authority`."""
    columns: Annotated[tuple[Line, ...], MinLen(1), MaxLen(20)]
    rows: Annotated[tuple[tuple[Cell, ...], ...], MaxLen(1000)]


@message
class ActionRefused:
    """A rule refused a well-formed command of a known actor. It changed nothing else."""

    type: Literal["action.refused.v1"] = "action.refused.v1"
    refused_act: AnAct
    """Not `act`: that is what the envelope calls its own digest, and a name may stand once in `data` (RFC 9901)."""
    command: Line
    """The type of the command."""
    addressed: Line
    """The stream that it was addressed to."""
    code: Code
    """Which rule refused it, as it was told to the actor."""
    rule: ACitation | None
    """Where the rule stands."""
    sentence: Protected[Text]
    """What the actor was told."""
    ground: Protected[Code]
    """Which rule refused it in truth: an actor is not told of what it may not see."""
    body: Protected[Annotated[str, MaxLen(262144)]]
    """The command, as canonical JSON."""


@message
class About:
    """The event that something is said of, as it was recorded. Whatever is said is marked at least as it is."""

    event_id: AnEvent
    stream: AStream
    version: Whole
    type: Line
    actor: Line
    marking: MarkingText


class ChallengeOutcome(StrEnum):
    """What became of a challenge."""

    KEPT = "kept"
    """The marking is right as it is."""
    TO_CHANGE = "to-change"
    """It is to be handled under another marking. The event stays as it was recorded."""


@message
class ErratumFiled:
    """Whoever recorded an event says what is wrong in it. It changes no state: a rule never reads it."""

    type: Literal["record.erratum-filed.v1"] = "record.erratum-filed.v1"
    record_id: ARecord
    about: About
    erratum_id: AnErratum
    erratum: Protected[Text]


@message
class MarkingChallenged:
    """Somebody who may see an event holds that it is marked too high, or too low (32 CFR 2001.14, 2002.50)."""

    type: Literal["record.marking-challenged.v1"] = "record.marking-challenged.v1"
    record_id: ARecord
    about: About
    challenge_id: AChallenge
    proposed: MarkingText
    reason: Protected[Text]


@message
class ChallengeAnswered:
    """The office that marked the event answered a challenge."""

    type: Literal["record.challenge-answered.v1"] = "record.challenge-answered.v1"
    record_id: ARecord
    about: About
    challenge_id: AChallenge
    outcome: ChallengeOutcome
    handled_as: MarkingText
    """The marking under which the event is handled from now on."""
    reason: Protected[Text]


@message
class HoldPlaced:
    """Nothing of the event may be destroyed while this lasts, whatever its schedule says (36 CFR 1226.18)."""

    type: Literal["record.hold-placed.v1"] = "record.hold-placed.v1"
    record_id: ARecord
    about: About
    hold_id: AHold
    basis: Line
    """What it is for: a request, a case at law, an inquiry."""
    reason: Protected[Text | None]


@message
class HoldReleased:
    """The office that placed a hold ended it."""

    type: Literal["record.hold-released.v1"] = "record.hold-released.v1"
    record_id: ARecord
    about: About
    hold_id: AHold


@message
class Scheduled:
    """What schedules a payload for destruction, and since when its retention has elapsed."""

    schedule: ACitation
    """The version of the policy that was in force."""
    item: Cell
    """The item of the schedule that covers this type of event."""
    disposition: Cell
    """The authority by which records of this item may be destroyed, such as that of the National Archives."""
    retained_until: Instant


@message
class DestructionProposed:
    """Whoever answers for an event proposes to destroy what it protects, with that of every event of its act."""

    type: Literal["record.destruction-proposed.v1"] = "record.destruction-proposed.v1"
    record_id: ARecord
    about: About
    destruction_id: ADestruction
    scheduled: Scheduled
    proposer: APerson
    """Another person than this one carries it out."""
    reason: Protected[Text | None]


@message
class PayloadDestroyed:
    """What an event protected is gone, lawfully. Its place, its document and its digest stay, and so do all proofs."""

    type: Literal["record.payload-destroyed.v1"] = "record.payload-destroyed.v1"
    record_id: ARecord
    about: About
    destruction_id: ADestruction
    proposed_for: AnEvent
    """The event of the same act that the proposal named."""
    scheduled: Scheduled


InstrumentEvent: TypeAlias = InstrumentIssued | InstrumentAmended | InstrumentRevoked
PolicyEvent: TypeAlias = PolicyPublished
RefusalEvent: TypeAlias = ActionRefused
LedgerEvent: TypeAlias = LedgerOpened
RecordEvent: TypeAlias = (
    ErratumFiled
    | MarkingChallenged
    | ChallengeAnswered
    | HoldPlaced
    | HoldReleased
    | DestructionProposed
    | PayloadDestroyed
)
