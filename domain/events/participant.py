"""Everything that can happen to a participant: developers, operators, state and local governments, tool vendors."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, TypeAlias

from annotated_types import MaxLen

from domain.message import Protected, message
from domain.values import ACase, AParticipant, AVulnerability, Cited, Code, Count, Line, Text


class ParticipantKind(StrEnum):
    """What a participant is to the record."""

    DEVELOPER = "developer"
    OPERATOR = "operator"
    STATE_OR_LOCAL = "state-or-local-government"
    TOOL_VENDOR = "tool-vendor"


@message
class ParticipantEnrolled:
    """Somebody chose to take part. Nobody has to."""

    type: Literal["participant.enrolled.v1"] = "participant.enrolled.v1"
    participant: AParticipant
    name: Line
    kind: ParticipantKind


@message
class ParticipantTermsAccepted:
    """A participant accepted a version of the voluntary framework."""

    type: Literal["participant.terms-accepted.v1"] = "participant.terms-accepted.v1"
    participant: AParticipant
    framework: Cited


@message
class SectorsDeclared:
    """A participant declared the sectors that it works in; the list of sectors is configuration."""

    type: Literal["participant.sectors-declared.v1"] = "participant.sectors-declared.v1"
    participant: AParticipant
    sectors: Annotated[tuple[Code, ...], MaxLen(40)]


@message
class BudgetSet:
    """A participant said how many reports each of its maintainers can handle."""

    type: Literal["participant.budget-set.v1"] = "participant.budget-set.v1"
    participant: AParticipant
    maintainer: Line
    """A project or team, as the participant calls it: never the name of a person."""
    reports_per_month: Count


@message
class ParticipantCaseNoted:
    """A case of this participant began; noted here in the same act."""

    type: Literal["participant.case-noted.v1"] = "participant.case-noted.v1"
    participant: AParticipant
    case_id: ACase


@message
class ParticipantReportNoted:
    """A vulnerability was reported to a maintainer of this participant; noted here in the same act."""

    type: Literal["participant.report-noted.v1"] = "participant.report-noted.v1"
    participant: AParticipant
    vulnerability_id: AVulnerability
    maintainer: Line
    month: date
    """The month whose budget it counts in, by its first day (New York)."""


@message
class ParticipantWithdrawn:
    """A participant left. Its open cases are withdrawn in the same act."""

    type: Literal["participant.withdrawn.v1"] = "participant.withdrawn.v1"
    participant: AParticipant
    reason: Protected[Text | None]


ParticipantEvent: TypeAlias = (
    ParticipantEnrolled
    | ParticipantTermsAccepted
    | SectorsDeclared
    | BudgetSet
    | ParticipantCaseNoted
    | ParticipantReportNoted
    | ParticipantWithdrawn
)
