"""Who acts for a participant, or names one, does so while it takes part: it is enrolled, and has not withdrawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.errors import Refused
from domain.events.participant import ParticipantKind

if TYPE_CHECKING:  # its rules read cases, whose rules ask this
    from domain.rules.participant import Participant


def must_take_part(participant: Participant) -> None:
    """Raise Refused where there is no such participant, or it has withdrawn."""
    if not participant.known:
        raise Refused("not-enrolled")
    if participant.withdrawn:
        raise Refused("participant-withdrawn")


def must_be_developer(participant: Participant) -> None:
    """Raise Refused where it does not take part, or submits no models."""
    must_take_part(participant)
    if participant.kind is not ParticipantKind.DEVELOPER:
        raise Refused("not-a-developer")
