"""What it takes to destroy a payload of a small ledger, by an invented schedule."""

from datetime import timedelta
from typing import Any

from domain import wire
from domain.act import Principal
from domain.commands.record import DestroyPayload, ProposeDestruction, PublishPolicy
from domain.ledger.receipt import Receipt
from domain.recorded import Recorded
from domain.rules.policy.schedule import NEVER, called
from domain.values import DestructionId, PolicyCode
from domain.wire import EVENTS
from tests.projections.small_ledger import DHS, SECRETARIAT, Small, uuid

KEPT_DAYS = 40


def scheduled(small: Small, version: int = 2) -> None:
    """Every event that a schedule may name is kept for some days from its recording on."""
    names = sorted({called(name) for name in EVENTS} - NEVER)
    small.done(
        PublishPolicy(
            policy=PolicyCode("RETENTION"),
            policy_version=version,
            title="An invented schedule",
            kind="retention",
            columns=("event", "item", "starts_with", "days", "disposition"),
            rows=tuple((name, "all", name, str(KEPT_DAYS), "DAA-0000-2026-0001 (invented)") for name in names),
        ),
        SECRETARIAT,
    )


def elapsed(small: Small) -> None:
    """Let the retention of everything that is recorded elapse."""
    small.now += timedelta(days=KEPT_DAYS + 2)


def event_at(small: Small, position: int) -> Recorded[Any]:
    return wire.load(small.recorder.documents([position])[position])


def propose(small: Small, position: int, *, by: Principal = DHS, marking: str = "UNCLASSIFIED") -> DestroyPayload:
    """Propose to destroy the payload of an event; what then has to be asked for."""
    of = event_at(small, position)
    destruction = DestructionId(uuid(70_000 + position))
    small.done(
        ProposeDestruction(stream=of.stream, version=of.version, destruction_id=destruction, reason="It is over."),
        by,
        marking=marking,
    )
    return DestroyPayload(stream=of.stream, version=of.version, destruction_id=destruction)


def destroyed(small: Small, position: int, *, by: Principal = DHS, marking: str = "UNCLASSIFIED") -> Receipt:
    """Destroy the payload of an event that this office recorded, once its retention has elapsed."""
    return small.done(propose(small, position, by=by, marking=marking), SECRETARIAT, marking=marking)
