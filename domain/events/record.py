"""What the record says about itself: its opening, the instruments and policies that it rests on, and refusals."""

from datetime import date
from typing import Annotated, Literal, TypeAlias

from annotated_types import MaxLen, MinLen

from domain.message import Protected, message
from domain.values import ACitation, ADigest, ALedger, AnAct, AnInstrument, APolicy, Cell, Code, Line, Text, Whole


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


InstrumentEvent: TypeAlias = InstrumentIssued | InstrumentAmended | InstrumentRevoked
PolicyEvent: TypeAlias = PolicyPublished
RefusalEvent: TypeAlias = ActionRefused
LedgerEvent: TypeAlias = LedgerOpened
