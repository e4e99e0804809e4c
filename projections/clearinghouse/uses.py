"""What operators were confirmed to be concerned by: what they use, as far as the clearinghouse was ever told."""

from typing import Final

import msgspec

from domain.events import Event
from domain.events.vulnerability import MatchedBy, OperatorMatched
from domain.recorded import Recorded
from domain.values import ParticipantId
from projections.view import Key, Row, View


class Use(msgspec.Struct, kw_only=True, frozen=True):
    """Something that an operator was confirmed to use, or where it works."""

    matched_by: MatchedBy
    matched_on: str


class Uses(Row, kw_only=True, omit_defaults=True):
    """What one operator uses, by matches of one marking: whoever may not see those does not know that there are any."""

    operator: ParticipantId
    uses: tuple[Use, ...] = ()


class UsesOfOperators(View[Uses]):
    """Rows for each operator, one for each marking of a match. Offices only."""

    name = "operator_uses"
    version = 1
    row = Uses
    columns = {"operator": "TEXT"}  # noqa: RUF012 - a constant of the class
    indexes = (("operator",),)

    def keys(self, recorded: Recorded[Event]) -> tuple[Key, ...]:
        event = recorded.event
        return (f"{event.operator}/{recorded.marking}",) if isinstance(event, OperatorMatched) else ()

    def evolve(self, row: Uses | None, position: int, recorded: Recorded[Event]) -> Uses | None:
        event = recorded.event
        if not isinstance(event, OperatorMatched):
            return row
        row = row or Uses(marking=recorded.marking, operator=event.operator)
        use = Use(matched_by=event.matched_by, matched_on=event.matched_on)
        if use not in row.uses:
            row.uses = (*row.uses, use)
        return row

    def indexed(self, row: Uses) -> tuple[object, ...]:
        return (row.operator,)


USES: Final = UsesOfOperators()
