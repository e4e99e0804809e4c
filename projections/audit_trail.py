"""The audit trail has an entry for every event: who did what, when, by what authority, and what the bytes hash to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

from domain.act import ActorKind, Attestation
from domain.events import Event
from domain.events.consultation import ConsultationEvent
from domain.events.participant import ParticipantCaseNoted
from domain.events.record import ActionRefused
from domain.matters import matter_of
from domain.recorded import Recorded
from domain.values import CaseId, Citation, CommandId, DelegationId, Digest, EventId, StreamId
from projections.reads import Found, Reads
from projections.view import Journal, Matter, Row
from projections.visible import Sight
from projections.visible.shown import scope_of, shown

_CASE: Final = "case-"
_PARTICIPANT: Final = f"{ActorKind.PARTICIPANT}/"


class AuditEntry(Row, kw_only=True, array_like=True):
    """What the record says of one event, beside its content. The person stands in the protected `by`."""

    event: EventId
    type: str
    stream: StreamId
    version: int
    """In its stream."""
    case_id: CaseId | None = None
    """The case that it is about, whatever its stream."""
    matter: StreamId
    """What somebody has to need to know of to be told of it: its stream, or what it is about."""
    actor: str
    """`office/nsa`, `participant/<uuid>`, `clock/<name>` or `docket/installation`."""
    actor_name: str
    """As it was called then."""
    attestation: Attestation
    authority: Citation | None = None
    delegation: DelegationId | None = None
    claimed_at: datetime | None = None
    taken_in_at: datetime
    recorded_at: datetime
    command_id: CommandId
    causation: EventId | None = None
    protected_marking: str
    digest: Digest
    """SHA-256 of the document."""
    shown: bool
    """Whether the developer of the case may see it, whoever did it."""
    signed: bool = False
    """Whether the act carried a signature, which stands in the protected `act`. It held, unless the act was refused."""
    simulated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which entries somebody asks for; what is None does not matter. All other questions go to `searching`."""

    event: EventId | None = None
    case_id: CaseId | None = None
    """About this case, in whatever stream."""


class AuditTrail(Journal[AuditEntry]):
    """An entry for every event, by position."""

    name = "audit_trail"
    version = 4
    row = AuditEntry
    matter = Matter("matter")
    columns = {  # noqa: RUF012 - a constant of the class
        "event": "TEXT",
        "case_id": "TEXT",
        "matter": "TEXT",
        "type": "TEXT",
        "shown": "INTEGER",
    }
    indexes = (("event",), ("case_id",), ("scope",))
    # a developer knows the events of its own cases that are shown to it; whose case it is, its submission says
    shared = "shown = 1 AND case_id IN (SELECT case_id FROM {table} WHERE type = 'case.submitted.v1' AND scope = ?)"

    def entry(self, position: int, recorded: Recorded[Event], document: bytes) -> AuditEntry:
        event, actor = recorded.event, recorded.actor
        return AuditEntry(
            marking=recorded.marking,
            scope=actor[len(_PARTICIPANT) :] if actor.startswith(_PARTICIPANT) else scope_of(recorded),
            event=recorded.id,
            type=event.type,
            stream=recorded.stream,
            version=recorded.version,
            case_id=case_of(recorded),
            matter=matter_of(recorded),
            actor=actor,
            actor_name=recorded.actor_name,
            attestation=recorded.attestation,
            authority=recorded.authority,
            delegation=recorded.delegation,
            claimed_at=recorded.claimed_at,
            taken_in_at=recorded.taken_in_at,
            recorded_at=recorded.recorded_at,
            command_id=recorded.command_id,
            causation=recorded.causation,
            protected_marking=recorded.protected_marking,
            digest=Digest("sha256:" + sha256(document).hexdigest()),
            shown=shown(recorded, None),
            signed=recorded.signed is True,
            simulated=recorded.simulated is True,
        )

    def indexed(self, row: AuditEntry) -> tuple[object, ...]:
        return row.event, row.case_id, row.matter, row.type, row.shown


AUDIT_TRAIL: Final = AuditTrail()


def trail(
    reads: Reads, sight: Sight, wanted: Wanted, *, after: int = 0, before: int | None = None, limit: int = 100
) -> list[Found[AuditEntry]]:
    """Entries in order of position, behind `after`; with `before`, the last ones before it, newest first.

    The position of the last entry is the cursor of the next page. Raises NotBuilt.
    """
    asked: list[tuple[str, object]] = [
        ("key > ?", after),
        ("key < ?", before),
        ("event = ?", wanted.event),
        ("case_id = ?", wanted.case_id),
    ]
    conditions = [(condition, value) for condition, value in asked if value is not None]
    return reads.find(
        AUDIT_TRAIL,
        sight,
        where=" AND ".join(condition for condition, _ in conditions),
        values=[value for _, value in conditions],
        order="key" if before is None else "key DESC",
        limit=limit,
    )


def entries(reads: Reads, sight: Sight, positions: Sequence[int]) -> list[Found[AuditEntry]]:
    """The entries of these events that the reader may know, in the order of the positions. Raises NotBuilt."""
    if not positions:
        return []
    places = ", ".join("?" * len(positions))
    found = reads.find(AUDIT_TRAIL, sight, where=f"key IN ({places})", values=positions, limit=len(positions))
    by_position = {each.key: each for each in found}
    return [by_position[position] for position in positions if position in by_position]


def case_of(recorded: Recorded[Event]) -> CaseId | None:
    """The case that an event is about, if it is about one."""
    stream = recorded.stream
    if stream.startswith(_CASE):
        return CaseId(stream.removeprefix(_CASE))
    match recorded.event:
        case ActionRefused(addressed=addressed) if addressed.startswith(_CASE):
            return CaseId(addressed.removeprefix(_CASE))
        case ParticipantCaseNoted(case_id=case_id):
            return case_id
        case event if isinstance(event, ConsultationEvent):
            return event.subject.case_id
        case _:
            return None
