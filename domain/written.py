"""A document is read as it is written: decoded, and written again at once, so that what is not canonical in it shows.

Each type of event has a struct for it, made of the catalogue, with its names in the order of RFC 8785. A null, a name
that is not ours, a second member of one name, or another spelling of a value does not come out as it went in.
"""

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import datetime
from functools import cache
from types import UnionType
from typing import Annotated, Any, Final, Literal, NewType, Protocol, Union, get_args, get_origin

import msgspec

from domain.message import protected_names
from domain.recorded import ENVELOPE, Recorded

_LARGEST: Final = 2**53 - 1
_ALPHABET: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_AnInteger = Annotated[int, msgspec.Meta(ge=-_LARGEST, le=_LARGEST)]
_ADigest = Annotated[str, msgspec.Meta(min_length=43, max_length=43)]
_MONTH: Final = "(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8])"
_LEAP: Final = "[0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00"
_TIME: Final = r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{6}Z"
_AnInstant = Annotated[str, msgspec.Meta(pattern=rf"\A(?!0000)([0-9]{{4}}-({_MONTH})|({_LEAP})-02-29)T{_TIME}\Z")]
_Sized = Annotated[str, msgspec.Meta(min_length=27, max_length=27)]
"""As text: msgspec writes no fraction of a time where it is zero, and a document always has six digits."""
_SD: Final = "_sd"
_parsed: Final = datetime.fromisoformat
_encode: Final = msgspec.json.Encoder(order="deterministic").encode


class Data(Protocol):
    """What stands of an event in the open."""

    digests: set[str]
    """Of what is protected of it, and of its envelope; they are written in their order."""


class Written(Protocol):
    """A document, by the names that it has of its attributes; what is not there is None."""

    actor: str
    data: Data
    signed: bool | None
    intaketime: str
    source: str
    streamversion: int
    subject: str
    time: str
    type: str


def reader(event: type[Any]) -> Callable[[bytes], Written]:
    """What reads documents of a type of event. It raises ValueError for what `wire.dump` makes in no other way."""
    decode: Callable[[bytes], Any] = msgspec.json.Decoder(_document(event)).decode
    count = len(ENVELOPE) + len(protected_names(event))

    def read(document: bytes) -> Written:
        found: Written = decode(document)
        digests = found.data.digests
        if len(digests) != count or "".join(digests).encode().translate(None, _ALPHABET):
            raise ValueError("its digests are not whole")
        for each in (found.time, found.intaketime):
            _parsed(each)
            # ISO 8601 has further forms of as many letters: days of weeks, and an hour that is 24
            if each[4:20:3] != "--T::." or each[11:13] == "24" or each[-1] != "Z":
                raise ValueError("an instant in another form")
        if _encode(found) != document:
            raise ValueError("not canonical, or with a name that is not ours")
        return found

    return read


def _document(event: type[Any]) -> type[msgspec.Struct]:
    name = get_args(event.__annotations__["type"])[0]
    attributes: dict[str, tuple[Any, ...]] = {"specversion": (Literal["1.0"],), "type": (Literal[name],)}
    for field in msgspec.structs.fields(Recorded):
        if field.name not in {"event", *ENVELOPE}:
            default = () if field.required else (None,)
            attributes[field.encode_name] = (_written(field.type), *default)
    attributes["time"] = attributes["intaketime"] = (_Sized,)
    protected = protected_names(event)
    plain = {each.name: each.type for each in fields(event) if each.name not in {"type", *protected}}
    attributes["data"] = (_struct(event.__name__, {_SD: set[_ADigest], **plain}),)
    return msgspec.defstruct(
        f"{event.__name__}Document",
        [(name, *attributes[name]) for name in sorted(attributes)],
        kw_only=True,
        omit_defaults=True,
        gc=False,
    )


def _struct(name: str, of: dict[str, Any]) -> type[msgspec.Struct]:
    """Everything is there always, a null too."""
    ordered = [("digests" if each == _SD else each, _written(of[each])) for each in sorted(of)]
    return msgspec.defstruct(name, ordered, rename={"digests": _SD} if _SD in of else None, gc=False)


@cache
def _nested(message: type[Any]) -> type[msgspec.Struct]:
    return _struct(message.__name__, {each.name: each.type for each in fields(message)})


def _written(annotation: Any) -> Any:  # noqa: ANN401 - whatever a message is annotated with
    """The same for a struct that is written: messages are structs, and a whole number has 53 bits."""
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _written(args[0])
    if isinstance(annotation, NewType):
        return _written(annotation.__supertype__)
    if annotation in {int, datetime}:
        return _AnInteger if annotation is int else _AnInstant
    if isinstance(annotation, type) and is_dataclass(annotation):
        return _nested(annotation)
    if origin in {Union, UnionType}:
        return Union[tuple(map(_written, args))]  # noqa: UP007 - made here
    if origin is tuple:
        return origin[tuple(map(_written, args))]
    return annotation
