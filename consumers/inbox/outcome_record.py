"""An outcome is a CloudEvent on the office's topic of outcomes; a header says which of its records it answers."""

from typing import Any, Final

from consumers.inbox.answers import Answer
from consumers.topics.record import STRUCTURED, Outgoing, Unreadable
from domain import wire
from domain.values import LedgerId, derived

TYPE: Final = "action.outcome.v1"
SOURCE_OFFSET: Final = "source-offset"
"""Header: the offset of the record that is answered; decimal."""


def outcome_record(answer: Answer, *, actions: str, ledger: LedgerId) -> Outgoing:
    """The record of an answer. Told again, it has the same id; its key is the command's id, or the event's own."""
    attributes = {
        "specversion": "1.0",
        "id": derived("outcome", actions, str(answer.offset)),
        "source": f"urn:uuid:{ledger}",
        "type": TYPE,
        "subject": actions,
    }
    event = {**attributes, "datacontenttype": "application/json", "data": answer.body}
    headers = [
        ("content-type", STRUCTURED),
        *((f"ce_{name}", value.encode()) for name, value in attributes.items()),
        (SOURCE_OFFSET, b"%d" % answer.offset),
    ]
    return Outgoing((answer.id or attributes["id"]).encode(), wire.canonical(event), headers)


def offset_of(record: Any) -> int:  # noqa: ANN401 - kafka-python's ConsumerRecord
    """The offset of the record that an outcome answers. Raises Unreadable."""
    for name, value in record.headers:
        if name == SOURCE_OFFSET and value is not None and value.isdigit():
            return int(value)
    raise Unreadable(f"{record.topic} at offset {record.offset}: no outcome of ours")
