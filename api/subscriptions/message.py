"""What is sent of an event is what reading it gives, signed; its headers say what it is without opening it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from api.audit.events import read
from api.subscriptions.signing import signatures
from domain import wire
from projections.disclosed import Disclosed

TESTED: Final = "subscription.tested.v1"
_ATTRIBUTES: Final = ("specversion", "id", "source", "type", "subject", "time")


@dataclass(frozen=True, slots=True)
class Message:
    """One request, before it is signed."""

    id: str
    """The same whenever it is sent again."""
    body: bytes
    headers: Mapping[str, str]


def of_event(found: Disclosed) -> Message:
    """An event as its reader may see it now: the same JSON that `GET /v1/audit/events/<id>` and the stream give.

    It is a CloudEvent in binary mode, whose `ce-` headers repeat what the document says.
    """
    said = read(found)
    attributes = {f"ce-{name}": said["event"][name] for name in _ATTRIBUTES}
    return Message(found.recorded.id, wire.canonical(said), attributes)


def of_test(id: str, subscription: str, now: datetime) -> Message:
    """Something that says of itself that it is only a test."""
    said: dict[str, Any] = {"type": TESTED, "subscription": subscription, "at": now}
    return Message(f"test-{id}", wire.canonical(said), {})


def signed(message: Message, secrets: Sequence[str], now: datetime) -> dict[str, str]:
    """The headers that it is sent with, at an instant."""
    timestamp = int(now.timestamp())
    return {
        "Content-Type": "application/json",
        "User-Agent": "Docket",
        **message.headers,
        "webhook-id": message.id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signatures(secrets, id=message.id, timestamp=timestamp, body=message.body),
    }
