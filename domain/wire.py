"""One event, one document: the bytes that are stored, published, hashed and proved, and what they hold back.

A document is one CloudEvents 1.0 event in RFC 8785 form; what is protected stands in it as RFC 9901 digests.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime, timedelta
from functools import cache
from hashlib import sha256
from os import urandom
from threading import Lock
from typing import Any, Final, get_args

import msgspec
import orjson

from domain.act import Act
from domain.commands import Command
from domain.events import Event
from domain.message import protected_names
from domain.recorded import ENVELOPE, Recorded
from domain.values import Digest
from domain.written import Written, reader

LIMIT: Final = 64 * 1024 - 1
"""Bytes that a document may have at most: in a bundle of entries, two bytes say how many."""


class Corrupt(Exception):
    """No `dump` of ours made these bytes, or not these together."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How one type of event lies in its document."""

    plain: tuple[str, ...]
    protected: tuple[str, ...]
    recorded: type[Recorded[Event]]
    decoder: msgspec.json.Decoder[Recorded[Event]]


def type_name(cls: type[Any]) -> str:
    """The published name of a message, as it is written beside its fields."""
    name: str = get_args(cls.__annotations__["type"])[0]
    return name


EVENTS: Final[Mapping[str, type[Event]]] = {type_name(cls): cls for cls in get_args(Event)}
COMMANDS: Final[Mapping[str, type[Command]]] = {type_name(cls): cls for cls in get_args(Command)}
_ATTRIBUTES: Final = tuple(
    (name, attribute)
    for name, attribute in zip(Recorded.__struct_fields__, Recorded.__struct_encode_fields__, strict=True)
    if name not in {"event", *ENVELOPE}
)
_UTC: Final = timedelta(0)
_CANONICAL: Final = (
    orjson.OPT_SORT_KEYS
    | orjson.OPT_STRICT_INTEGER
    | orjson.OPT_PASSTHROUGH_DATETIME
    | orjson.OPT_PASSTHROUGH_DATACLASS  # orjson would keep their fields in the order of declaration
)


_MAKING: Final = Lock()
"""msgspec keeps what it finds of a class at the class: where two threads find it, one loses what it works with."""


def shape(event_type: str) -> Shape:
    """How events of this type lie in their documents. Raises Corrupt for a type that this reader does not know."""
    with _MAKING:
        return _shape(event_type)


@cache
def _shape(event_type: str) -> Shape:
    cls: Any = _known(event_type)
    protected = protected_names(cls)
    plain = tuple(f.name for f in fields(cls) if f.name not in {"type", *protected})
    return Shape(plain, protected, Recorded[cls], msgspec.json.Decoder(Recorded[cls]))


def _known(event_type: str) -> Any:  # noqa: ANN401 - a type that is made at run time
    if (cls := EVENTS.get(event_type)) is None:
        raise Corrupt(f"unknown type {event_type!r}: upgrade this reader first")
    return cls


def canonical(value: object) -> bytes:
    """RFC 8785, for ASCII keys, whole numbers of at most 53 bits, and no floats (the catalogue has none)."""
    return orjson.dumps(value, _plain, _CANONICAL)


def _plain(value: object) -> object:
    """Messages by their names, days, and instants with six digits always, so that text sorts as time does; only UTC."""
    if isinstance(value, datetime):
        if value.utcoffset() == _UTC:
            return f"{orjson.dumps(value)[1:20].decode()}.{value.microsecond:06}Z"  # isoformat takes twice as long
    elif isinstance(value, date):
        return value.isoformat()
    elif is_dataclass(value):
        return {name: getattr(value, name) for name in value.__dataclass_fields__}
    raise TypeError(f"not for a document: {value!r}")


def command_bytes(command: Command) -> bytes:
    """The command in canonical form: what a refusal keeps of it."""
    return canonical(command)


def act_bytes(act: Act) -> bytes:
    """An act without its signature in canonical form: the command with all of its fields, of the rest what it says."""
    said = {f.name: getattr(act, f.name) for f in fields(act) if f.name != "signature"}
    return canonical({name: value for name, value in said.items() if value is not None})


def act_digest(act: Act) -> Digest:
    """What the idempotency of an act is judged by, and what a signature covers: SHA-256 of `act_bytes`."""
    return Digest("sha256:" + sha256(act_bytes(act)).hexdigest())


def _salt() -> bytes:
    return urandom(16)


def dump(recorded: Recorded[Event], salt: Callable[[], bytes] = _salt) -> tuple[bytes, tuple[bytes, ...]]:
    """The document and its disclosures. Once per event: another call draws other salts and makes other bytes."""
    event = recorded.event
    disclosures = (
        *(_disclose(salt(), name, getattr(recorded, name)) for name in ENVELOPE),
        *(_disclose(salt(), name, getattr(event, name)) for name in shape(event.type).protected),
    )
    # Never empty, since every document has an envelope: nobody can try documents until one fits a leaf's hash.
    return _document(recorded, sorted(map(_digest, disclosures))), disclosures


def load(document: bytes, disclosures: Sequence[bytes] = ()) -> Recorded[Event]:
    """The event with what is disclosed; all else that is protected is WITHHELD. Trusts the document: see `verify`."""
    form = shape(type_of(document))
    if not disclosures:
        return form.decoder.decode(document)
    opened = orjson.loads(document)
    shown = disclosed(opened["data"]["_sd"], disclosures, form)
    for name in ENVELOPE:
        if name in shown:
            opened[name] = shown.pop(name)
    opened["data"] |= shown
    return msgspec.convert(opened, form.recorded)


def written(document: bytes) -> Written:
    """The document as it is written. Raise Corrupt unless `dump` could have made it, to the byte.

    A plain value that was exchanged shows only in the document's hash: that is the log's to prove.
    """
    try:
        with _MAKING:
            read = _reader(document[document.rfind(b'"', 0, -2) + 1 : -2])
        found = read(document)
    except (ValueError, RecursionError, msgspec.MsgspecError) as error:
        raise Corrupt(str(error)) from error
    if len(document) > LIMIT:
        raise Corrupt(f"longer than {LIMIT} bytes")
    return found


@cache
def _reader(event_type: bytes) -> Callable[[bytes], Written]:
    return reader(_known(event_type.decode()))


def verify(document: bytes, disclosures: Sequence[bytes]) -> None:
    """Raise Corrupt unless `dump` could have made the document, to the byte, and every disclosure is its own.

    RFC 9901 §7.1.
    """
    written(document)
    verify_disclosures(document, disclosures)


def verify_disclosures(document: bytes, disclosures: Sequence[bytes]) -> None:
    """Raise Corrupt unless `dump` could have made every disclosure, to the byte, with this document."""
    if not disclosures:
        return
    try:
        load(document, disclosures)
        said = [orjson.loads(urlsafe_b64decode(each + b"==")) for each in disclosures]
        ours = all(_base64url(canonical(each)) == one for each, one in zip(said, disclosures, strict=True))
    except (ValueError, TypeError, LookupError, msgspec.MsgspecError) as error:
        raise Corrupt(str(error)) from error
    if not ours:
        raise Corrupt("a disclosure that is not in its one form")


def type_of(document: bytes) -> str:
    """The event type, without decoding: in canonical form `type` is the last attribute."""
    return document[document.rfind(b'"type":"') + 8 : -2].decode()


def disclosed(digests: Sequence[str], disclosures: Sequence[bytes], form: Shape) -> dict[str, Any]:
    """What disclosures say, by name. Raises Corrupt for one that is not of this document."""
    found: dict[str, Any] = {}
    for disclosure in disclosures:
        if _digest(disclosure) not in digests:
            raise Corrupt("a disclosure of another event")
        _, name, value = orjson.loads(urlsafe_b64decode(disclosure + b"=="))
        if name in found or name not in (*ENVELOPE, *form.protected):
            raise Corrupt(f"{name!r} disclosed twice, or not protected")
        found[name] = value
    return found


def _document(recorded: Recorded[Event], digests: list[str]) -> bytes:
    event = recorded.event
    plain = {name: getattr(event, name) for name in shape(event.type).plain}
    document = {"specversion": "1.0", "type": event.type, "data": {"_sd": digests, **plain}}
    for name, attribute in _ATTRIBUTES:
        if (value := getattr(recorded, name)) is not None:  # to CloudEvents null means unset
            document[attribute] = value
    return canonical(document)


def _disclose(salt: bytes, name: str, value: object) -> bytes:
    return _base64url(canonical([_base64url(salt).decode(), name, value]))


def _digest(disclosure: bytes) -> str:
    return _base64url(sha256(disclosure).digest()).decode()


def _base64url(raw: bytes) -> bytes:
    return urlsafe_b64encode(raw).rstrip(b"=")
