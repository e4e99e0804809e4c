"""Entries of a ledger for tests that look at one at a time."""

from datetime import UTC, datetime
from typing import Any

from domain.act import Attestation
from domain.recorded import Recorded


class Bare:
    """An event of which only the type matters."""

    def __init__(self, type: str) -> None:
        self.type = type


def recorded(
    event: Any, *, actor: str = "office/dhs", marking: str = "UNCLASSIFIED", protected: str = "UNCLASSIFIED"
) -> Any:
    at = datetime(2026, 7, 6, tzinfo=UTC)
    told: dict[str, Any] = {
        "id": "e",
        "ledger": "urn:uuid:l",
        "stream": "case-c",
        "version": 1,
        "recorded_at": at,
        "taken_in_at": at,
        "command_id": "c",
        "actor": actor,
        "actor_name": "Somebody",
        "attestation": Attestation.OFFICE,
        "marking": marking,
        "protected_marking": protected,
        "event": Bare(event) if isinstance(event, str) else event,
    }
    return Recorded(**told)
