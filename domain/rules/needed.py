"""States as their actor may be told of them: one of a matter that it does not need to know of is marked for nobody."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from domain.matters import of_subject
from domain.rules.asked import UNNEEDED, Asked
from domain.rules.consultation import Consultation
from domain.rules.joint.state import Joint, Versions
from domain.rules.record import EventFacts
from domain.values import StreamId


def as_needed(states: Mapping[StreamId, Any], asked: Asked) -> Mapping[StreamId, Any]:
    """The same states, for rules to decide on. What follows from an act in other streams follows all the same.

    Rules ask `Asked.may_see` of every marking by which something is known, so that whoever lacks the need is answered
    in all as whoever lacks the clearance is.
    """
    if asked.needs.everything:
        return states
    return {
        stream: state if asked.needs.cover(_matter(stream, state)) else _unneeded(state)
        for stream, state in states.items()
    }


def _matter(stream: StreamId, state: Any) -> StreamId:  # noqa: ANN401 - of any stream
    match state:
        case EventFacts():
            return state.matter
        case Consultation(subject=subject) if subject is not None:
            return of_subject(subject)
        case _:
            return stream


def _unneeded(state: Any) -> Any:  # noqa: ANN401 - of any stream
    match state:
        case Joint():
            draft = None if state.draft is None else replace(state.draft, marking=UNNEEDED)
            return replace(state, marking=UNNEEDED, versions=_versions(state), draft=draft)
        case Versions():
            return replace(state, marking=UNNEEDED, versions=_versions(state))
        case _ if "marking" in getattr(state, "__dataclass_fields__", ()):  # what is said of an event goes by that
            return replace(state, marking=UNNEEDED)
        case _:
            return state


def _versions(state: Versions) -> tuple[Any, ...]:
    return tuple(replace(version, marking=UNNEEDED) for version in state.versions)
