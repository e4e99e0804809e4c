"""A CloudEvent asks for an act: its id and type are the command's, its data is the command, the rest its extensions."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from consumers.acts.intake import Malformed, Wrong, act
from domain.act import Act

ATTRIBUTES: Final[Mapping[str, str]] = {
    "id": "id",
    "time": "claimed_at",
    "marking": "marking",
    "protectedmarking": "protected_marking",
    "authority": "authority",
    "post": "post",
    "delegation": "delegation",
    "signature": "signature",
}
"""What a CloudEvent calls what surrounds a command."""
GIVEN: Final = frozenset({"source", "subject", "dataschema", "traceparent", "tracestate"})
"""Taken as given and not believed: who acts is known from the channel, and the stream from the command."""
_OWN: Final = frozenset({"specversion", "type", "datacontenttype", "data"})
_NAMES: Final = {ours: theirs for theirs, ours in ATTRIBUTES.items()}


def asked(
    event: Mapping[str, Any],
    *,
    id: str | None = None,
    marking: str | None = None,
    elsewhere: Collection[str] = (),
    already: Sequence[Wrong] = (),
) -> Act:
    """The act that a CloudEvent asks for; `id` and `marking` stand in where it brings none.

    `elsewhere` are attributes that the front reads itself, `already` what it found wrong. An attribute
    that is not known is wrong: a `protectedmarking` that was mistyped must not lower a marking.
    Raises TurnedAway (command-unknown) and Malformed (also marking-missing).
    """
    wrong = [*already]
    wrong += [
        Wrong(
            f"/{name}" if name.isascii() and name.isalnum() and len(name) <= 20 else "", "There is no such attribute."
        )
        for name in event.keys() - ATTRIBUTES.keys() - GIVEN - _OWN - set(elsewhere)
    ]
    if event.get("specversion") != "1.0":
        wrong.append(Wrong("/specversion", "This has to be '1.0'."))
    if not (isinstance(source := event.get("source"), str) and source):
        wrong.append(Wrong("/source", "This has to be a text, with something in it."))
    if event.get("datacontenttype", "application/json") != "application/json":
        wrong.append(Wrong("/datacontenttype", "This has to be 'application/json'."))
    if not isinstance(kind := event.get("type"), str):
        raise Malformed(errors=[*wrong, Wrong("/type", "This has to be the type of a command.")])
    body = {ours: event[theirs] for theirs, ours in ATTRIBUTES.items() if theirs in event}
    if id is not None:
        body.setdefault("id", id)
    if marking is not None:
        body.setdefault("marking", marking)
    if "data" in event:
        body["data"] = event["data"]
    return act(kind, body, names=_NAMES, already=wrong)
