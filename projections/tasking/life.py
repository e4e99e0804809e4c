"""What a duty is at a point in time follows from the turns that a row shows, by the rules' own arithmetic."""

from dataclasses import fields
from functools import reduce
from operator import attrgetter
from typing import Any, Final

from domain.act import Attestation
from domain.events.tasking import StatusOwed, TaskingEvent
from domain.message import WITHHELD, protected_names
from domain.recorded import Recorded
from domain.rules.tasking import INITIAL, Tasking, evolve
from domain.values import CommandId, StreamId, TaskingCode
from projections.parts import Turn
from projections.tasking.parts import LISTS, Tasked

_EVENTS: Final[dict[type[Turn], type[Any]]] = {
    part: event for event, (_, part) in LISTS.items() if issubclass(part, Turn)
}
_LISTS: Final = attrgetter(*(name for name, _ in LISTS.values()))


def turns(row: Tasked) -> list[Turn]:
    """Everything that happened to the duty, as far as the row shows it, first to last."""
    return sorted((turn for each in _LISTS(row) for turn in each), key=lambda turn: turn.position)


def life(row: Tasked, tasking: TaskingCode) -> Tasking:
    """The duty that follows from the turns in this row; for a reader who may not see a turn, without it."""
    return reduce(lambda state, turn: evolve(state, _recorded(tasking, turn)), turns(row), INITIAL)


def owed(row: Tasked) -> tuple[Turn, StatusOwed] | None:
    """When word is owed next, and the turn that says so; None where nothing is due."""
    for turn in reversed(turns(row)):
        if "next_status" in turn.__struct_fields__:
            status: StatusOwed | None = turn.next_status  # type: ignore[attr-defined]  # asked in the line above
            return None if status is None else (turn, status)
    return None


def _recorded(tasking: TaskingCode, turn: Turn) -> Recorded[TaskingEvent]:
    event = _EVENTS[type(turn)]
    said: dict[str, Any] = {name: getattr(turn, name) for name in turn.__struct_fields__}
    protected = dict.fromkeys(protected_names(event), WITHHELD)
    names = {field.name for field in fields(event)} - {"type", "tasking", *protected}
    return Recorded(
        id=turn.id,
        ledger="",
        stream=StreamId(f"tasking-{tasking}"),
        version=1,
        recorded_at=turn.at,
        taken_in_at=turn.taken_in_at,
        command_id=CommandId(""),
        actor="",
        actor_name="",
        attestation=Attestation.NONE,
        marking=turn.marking,
        protected_marking=turn.protected_marking,
        event=event(tasking=tasking, **{name: said[name] for name in names}, **protected),
    )
