"""An event as a record of Kafka: its document is the value, byte for byte; everything else stands in headers.

CloudEvents Kafka binding 1.0, structured mode, with the attributes repeated as `ce_` headers.
"""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from consumers.topics.sealing import Sealed
from domain import wire
from domain.events import Event
from domain.recorded import Recorded
from domain.values import EventId, StreamId

STRUCTURED: Final = b"application/cloudevents+json; charset=UTF-8"
POSITION: Final = "position"
DISCLOSURES: Final = "disclosures"
KEK: Final = "kek"
GRADE: Final = "grade"
"""Of a checkpoint, on its own topic; beside it the size of the tree that it signs."""
SIZE: Final = "size"
BEAT: Final = "beat"
"""In the place of an event's id: a record that is only there to be written, and says nothing."""


class Unreadable(Exception):
    """The record is none that a relay of ours writes."""


class Outgoing(NamedTuple):
    """A record to send."""

    key: bytes
    value: bytes | None
    headers: list[tuple[str, bytes]]

    @property
    def size(self) -> int:
        """Bytes, without what Kafka adds."""
        return len(self.key) + len(self.value or b"") + sum(len(name) + len(value) for name, value in self.headers)


class Kept(NamedTuple):
    """An event as the ledger topic keeps it."""

    position: int
    type: str
    stream: StreamId
    id: EventId
    document: bytes
    sealed: bytes | None
    """Its disclosures, sealed; None where it has none."""
    offset: int


class Key(NamedTuple):
    """The wrapped key of an event's disclosures; destroyed where there is none."""

    id: EventId
    wrapped: bytes | None
    kek: str


def ledger_record(position: int, document: bytes, sealed: bytes | None) -> Outgoing:
    """The record of an event. Raises wire.Corrupt for what is no document."""
    return event_record(position, wire.load(document), document, sealed)


def event_record(position: int, recorded: Recorded[Event], document: bytes, sealed: bytes | None) -> Outgoing:
    """The same, of a document that was loaded."""
    headers = [
        ("content-type", STRUCTURED),
        ("ce_specversion", b"1.0"),
        ("ce_id", recorded.id.encode()),
        ("ce_source", recorded.ledger.encode()),
        ("ce_type", recorded.event.type.encode()),
        ("ce_subject", recorded.stream.encode()),
        ("ce_time", recorded.recorded_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ").encode()),
        (POSITION, b"%d" % position),
    ]
    if sealed is not None:
        headers.append((DISCLOSURES, sealed))
    return Outgoing(recorded.stream.encode(), document, headers)


def key_record(id: str, sealed: Sealed | None) -> Outgoing:
    """The record of an event's key; None destroys it."""
    if sealed is None:
        return Outgoing(id.encode(), None, [])
    return Outgoing(id.encode(), sealed.wrapped, [(KEK, sealed.kek.encode())])


def position_of(headers: Sequence[tuple[str, bytes | None]]) -> int:
    """The position of a record of the ledger topic. Raises Unreadable."""
    for name, value in reversed(headers):
        if name == POSITION and value is not None and value.isdigit():
            return int(value)
    raise Unreadable("a record without a position")


def read_ledger(record: Any) -> Kept:  # noqa: ANN401 - kafka-python's ConsumerRecord
    """An event of the ledger topic. Raises Unreadable; the document itself is not looked into."""
    headers = dict(record.headers)
    try:
        return Kept(
            position=position_of(record.headers),
            type=headers["ce_type"].decode("ascii"),
            stream=StreamId(headers["ce_subject"].decode("ascii")),
            id=EventId(headers["ce_id"].decode("ascii")),
            document=_bytes(record.value),
            sealed=headers.get(DISCLOSURES),
            offset=record.offset,
        )
    except (LookupError, UnicodeDecodeError, Unreadable) as error:
        raise Unreadable(f"{record.topic} at offset {record.offset}: {error}") from error


def read_key(record: Any) -> Key:  # noqa: ANN401 - the same
    """A key of the keys topic. Raises Unreadable."""
    try:
        kek = dict(record.headers)[KEK].decode("ascii") if record.value is not None else ""
        return Key(EventId(_bytes(record.key).decode("ascii")), record.value, kek)
    except (LookupError, UnicodeDecodeError, Unreadable) as error:
        raise Unreadable(f"{record.topic} at offset {record.offset}: {error}") from error


def _bytes(value: bytes | None) -> bytes:
    if value is None:
        raise Unreadable("a record without a value")
    return value
