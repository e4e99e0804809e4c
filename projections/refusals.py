"""A refusal is part of the record: who asked for what, which rule said no, and nothing else changed."""

from datetime import datetime
from typing import Final

from domain.act import ActorKind
from domain.events import Event
from domain.events.record import ActionRefused
from domain.recorded import Recorded
from domain.values import ActId, Citation, CommandId, EventId
from projections.reads import Found, Reads
from projections.view import Journal, Matter, Row
from projections.visible import Sight
from projections.visible.shown import scope_of

_PARTICIPANT: Final = f"{ActorKind.PARTICIPANT}/"


class Refusal(Row, kw_only=True, omit_defaults=True):
    """What a rule refused. The sentence, the true ground and the command stand in the protected fields of its event."""

    event: EventId
    act: ActId
    command: str
    """The type of the command."""
    command_id: CommandId
    addressed: str
    """The stream that it was addressed to."""
    code: str
    """As it was told to the actor."""
    rule: Citation | None = None
    """Where the rule stands."""
    actor: str
    actor_name: str
    authority: Citation | None = None
    """What the actor cited."""
    taken_in_at: datetime
    recorded_at: datetime
    protected_marking: str


class Refusals(Journal[Refusal]):
    """Every refusal, by position. A participant knows its own."""

    name = "refusals"
    version = 1
    row = Refusal
    matter = Matter("addressed")
    columns = {"act": "TEXT", "actor": "TEXT", "addressed": "TEXT", "code": "TEXT"}  # noqa: RUF012 - a constant
    indexes = (("act",), ("actor",), ("addressed",), ("code",))

    def entry(self, position: int, recorded: Recorded[Event], document: bytes) -> Refusal | None:
        event, actor = recorded.event, recorded.actor
        if not isinstance(event, ActionRefused):
            return None
        return Refusal(
            marking=recorded.marking,
            scope=actor.removeprefix(_PARTICIPANT) if actor.startswith(_PARTICIPANT) else scope_of(recorded),
            event=recorded.id,
            act=event.refused_act,
            command=event.command,
            command_id=recorded.command_id,
            addressed=event.addressed,
            code=event.code,
            rule=event.rule,
            actor=actor,
            actor_name=recorded.actor_name,
            authority=recorded.authority,
            taken_in_at=recorded.taken_in_at,
            recorded_at=recorded.recorded_at,
            protected_marking=recorded.protected_marking,
        )

    def indexed(self, row: Refusal) -> tuple[object, ...]:
        return row.act, row.actor, row.addressed, row.code


REFUSALS: Final = Refusals()


def refusals(
    reads: Reads,
    sight: Sight,
    *,
    actor: str | None = None,
    addressed: str | None = None,
    code: str | None = None,
    after: int = 0,
    limit: int = 100,
) -> list[Found[Refusal]]:
    """Refusals behind position `after`, in order; the position of the last is the cursor. Raises NotBuilt."""
    asked = {"actor": actor, "addressed": addressed, "code": code}
    wanted = {column: value for column, value in asked.items() if value is not None}
    return reads.find(
        REFUSALS,
        sight,
        where=" AND ".join(("key > ?", *(f"{column} = ?" for column in wanted))),
        values=(after, *wanted.values()),
        limit=limit,
    )


def refusal_of(reads: Reads, sight: Sight, act: ActId) -> Found[Refusal] | None:
    """How an act was refused, if it was. Raises NotBuilt."""
    found = reads.find(REFUSALS, sight, where="act = ?", values=(act,), limit=1)
    return found[0] if found else None
