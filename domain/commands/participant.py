"""What may be asked of a participant's own stream."""

from typing import Annotated, Literal, TypeAlias

from annotated_types import MaxLen

from domain.events.participant import ParticipantKind
from domain.message import message
from domain.values import AParticipant, Code, Count, Line, Reference, Text


@message
class EnrolParticipant:
    """Take part, by one's own choice."""

    type: Literal["participant.enrol.v1"] = "participant.enrol.v1"
    participant: AParticipant
    name: Line
    kind: ParticipantKind


@message
class AcceptFramework:
    """Accept a version of the voluntary framework."""

    type: Literal["participant.accept-terms.v1"] = "participant.accept-terms.v1"
    participant: AParticipant
    framework: Reference


@message
class DeclareSectors:
    """Declare the sectors that one works in."""

    type: Literal["participant.declare-sectors.v1"] = "participant.declare-sectors.v1"
    participant: AParticipant
    sectors: Annotated[tuple[Code, ...], MaxLen(40)]


@message
class SetBudget:
    """Say how many reports a maintainer can handle in a month."""

    type: Literal["participant.set-budget.v1"] = "participant.set-budget.v1"
    participant: AParticipant
    maintainer: Line
    """A project or team, as the participant calls it: never the name of a person."""
    reports_per_month: Count


@message
class WithdrawParticipant:
    """Leave. Open cases are withdrawn in the same act; it costs nothing."""

    type: Literal["participant.withdraw.v1"] = "participant.withdraw.v1"
    participant: AParticipant
    reason: Text | None = None


ParticipantCommand: TypeAlias = EnrolParticipant | AcceptFramework | DeclareSectors | SetBudget | WithdrawParticipant
