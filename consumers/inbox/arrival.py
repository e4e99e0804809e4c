"""A record of an office is a CloudEvent in structured or in binary mode, and the broker says when it arrived."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import Message
from hashlib import sha256
from typing import Any, Final

from consumers.acts import strict_json
from consumers.topics.connection import LARGEST

STRUCTURED: Final = "application/cloudevents+json"
JSON: Final = "application/json"
_PREFIX: Final = "ce_"
_APPENDED: Final = 1
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class NoEvent(Exception):
    """The record is no event; the sentence says why, and repeats nothing of it."""


def event_in(record: Any) -> dict[str, Any]:  # noqa: ANN401 - kafka-python's ConsumerRecord
    """The event (CloudEvents Kafka binding 1.0.2 §3). Raises NoEvent."""
    if len(record.value or b"") > LARGEST:
        raise NoEvent(f"A record has at most {LARGEST} bytes.")
    kinds = [value for name, value in record.headers if name == "content-type"]
    if len(kinds) > 1:
        raise NoEvent("The record has several content types.")
    kind = _media_type(kinds[0]) if kinds else None
    if kind is not None and kind.startswith("application/cloudevents"):
        if kind != STRUCTURED:
            raise NoEvent(f"Structured events are taken in as {STRUCTURED}, one in each record.")
        return _structured(record)
    return _binary(record, kind)


def attributes(record: Any) -> Iterator[tuple[str, str | None]]:  # noqa: ANN401 - the same
    """The attributes that stand in headers; None for what is no text."""
    for name, value in record.headers:
        if name.startswith(_PREFIX):
            try:
                yield name.removeprefix(_PREFIX), None if value is None else value.decode()
            except UnicodeDecodeError:
                yield name.removeprefix(_PREFIX), None


def digest(record: Any) -> str:  # noqa: ANN401 - the same
    """What the value hashes to."""
    return f"sha256:{sha256(record.value or b'').hexdigest()}"


def appended_at(record: Any) -> datetime | None:  # noqa: ANN401 - the same
    """When the broker appended it; None where only its sender says when it was."""
    return _EPOCH + timedelta(milliseconds=record.timestamp) if record.timestamp_type == _APPENDED else None


def _structured(record: Any) -> dict[str, Any]:  # noqa: ANN401 - the same
    event = _json(record.value)
    if not isinstance(event, dict):
        raise NoEvent("The event is no object.")
    return event


def _binary(record: Any, kind: str | None) -> dict[str, Any]:  # noqa: ANN401 - the same
    event: dict[str, Any] = {}
    for name, value in attributes(record):
        if name in event or name in {"data", "datacontenttype"}:
            raise NoEvent("An attribute stands in one header, the data in the value, and their type in content-type.")
        if value is None:
            raise NoEvent("A header of an attribute is UTF-8.")
        event[name] = value
    if "specversion" not in event:
        raise NoEvent(f"An event says that its content-type is {STRUCTURED}, or has headers that begin {_PREFIX}.")
    if kind is not None:
        event["datacontenttype"] = kind
    return event if record.value is None else {**event, "data": _json(record.value)}


def _json(value: bytes | None) -> strict_json.Json:
    if value is None:
        raise NoEvent("The record has no value.")
    try:
        return strict_json.read(value)
    except strict_json.NotStrict as error:
        raise NoEvent(str(error)) from None


def _media_type(value: bytes | None) -> str:
    said = Message()
    try:
        said["content-type"] = (value or b"").decode("ascii")
    except ValueError:
        raise NoEvent("The content type does not have its form.") from None
    if said.get_content_charset("utf-8") not in {"utf-8", "us-ascii"}:
        raise NoEvent("JSON is UTF-8.")
    return said.get_content_type()
