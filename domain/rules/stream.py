"""A kind of stream is the same few parts everywhere: what is asked of it, what follows, and what it makes of that."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

from domain.rules.asked import Asked
from domain.rules.seen import Seen
from domain.values import PolicyCode, StreamId


def members(union: Any) -> tuple[type[Any], ...]:  # noqa: ANN401 - a union of messages, or one message
    """The messages that a union names, in its order; none of `()`."""
    return get_args(union) or (() if union == () else (union,))


def _nothing(*of: object) -> Iterable[StreamId]:
    return ()


def _anything(state: object, command: object, asked: Asked, seen: Seen) -> None:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How one kind of stream begins, what may be asked of it, what may follow, and how facts change it."""

    commands: Any
    """The union of its commands; `()` where others write to it."""
    events: Any
    """The union of its events."""
    id_field: str
    """The field that names the stream, in its events and in its commands."""
    initial: Any
    evolve: Callable[[Any, Any], Any]
    may: Callable[[Any, Any, Asked, Seen], None]
    decide: Callable[[Any, Any, Asked, Seen], list[Any]]
    offers: Callable[[Any, Any, Asked, Seen], None] = _anything
    """Raises Refused where `may` lets a command through and every body of it would be refused by how things stand, or
    would add nothing: such a command is offered to nobody, and who gives it all the same is answered as ever."""
    beside: Callable[[Any, Any, Asked], Iterable[StreamId]] = _nothing
    """What `offers` reads beside, by the stream's state and the command."""
    known_to: Callable[[Any, Asked], bool] | None = None
    """Whether there is such a stream, and the actor may see it; None where its states are marked nowhere."""
    about: Callable[[Any], StreamId] | None = None
    """What a command is about, where that is not its own stream: `known_to` is asked of that, and a refusal is marked
    as that is."""
    id_of: Callable[[Any, Asked], str] | None = None
    """The id of the stream that a command is about, where no field of it says so. May raise Refused."""
    reads: Callable[[Any, Asked, Seen], Iterable[StreamId]] = _nothing
    """What else a decision reads; asked again with what was seen, until it names nothing new."""
    policies: Mapping[str, PolicyCode] = field(default_factory=dict)
    """Type of command → the policy whose table its rules read; a clock's calendar with it."""
