"""What may be asked of instruments, of policies, and of an empty ledger."""

from datetime import date
from typing import Annotated, Literal, TypeAlias

from annotated_types import MaxLen, MinLen

from domain.commands.office import RegisterOffice, RenameOffice
from domain.message import message
from domain.values import ADigest, ALedger, AnInstrument, APolicy, Cell, Code, Line, Whole


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


InstrumentCommand: TypeAlias = IssueInstrument | AmendInstrument | RevokeInstrument
PolicyCommand: TypeAlias = PublishPolicy
LedgerCommand: TypeAlias = OpenLedger
