"""What goes to the two topics for one event, in one transaction."""

from collections.abc import Iterator, Sequence
from typing import Final

from consumers.topics.connection import LARGEST
from consumers.topics.names import Topics
from consumers.topics.record import Outgoing, event_record, key_record
from consumers.topics.sealing import Keyring, seal
from domain.events import Event
from domain.events.record import PayloadDestroyed
from domain.recorded import Recorded

_OVERHEAD: Final = 4096  # headers, and what Kafka adds to a record, generously


class Unsent(Exception):
    """A record was not taken by the brokers, or cannot be; nothing of its transaction can be read."""


def records(
    position: int,
    recorded: Recorded[Event],
    document: bytes,
    disclosures: Sequence[bytes],
    *,
    topics: Topics,
    keyring: Keyring,
) -> Iterator[tuple[str, Outgoing]]:
    """Its document, the key of what it discloses, and no key any more of what it says was destroyed. Raises Unsent."""
    if not disclosures:
        yield topics.ledger, event_record(position, recorded, document, None)
    else:
        sealed = seal(recorded.id, disclosures, keyring)
        if (size := len(document) + len(sealed.sealed) + _OVERHEAD) > LARGEST:
            raise Unsent(f"position {position} makes a record of {size} bytes; a topic takes {LARGEST}")
        yield topics.ledger, event_record(position, recorded, document, sealed.sealed)
        yield topics.keys, key_record(recorded.id, sealed)
    if isinstance(recorded.event, PayloadDestroyed):
        yield topics.keys, key_record(recorded.event.about.event_id, None)
