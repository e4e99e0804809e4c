"""What an event is found by: a term for each thing that its document says, and one for each thing that it protects.

A term of something protected begins with PROTECTED, whatever it is: so it can be found and taken away with its payload.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from domain.events import Event
from domain.events.case import CaseSubmitted
from domain.matters import matter_of
from domain.recorded import Recorded
from projections.audit_trail import case_of
from projections.searching.words import texts, words, words_of_few
from projections.visible.facts import Value, value_of
from projections.visible.shown import circle, shown

PROTECTED: Final = "~"
BEHIND_PROTECTED: Final = "\x7f"
"""What sorts behind every term of something protected."""
SHOWN: Final = "is:shown"
LATE: Final = "is:late"
SIMULATED: Final = "is:simulated"
CLAIMED: Final = "is:claimed"
SIGNED: Final = "is:signed"
BETWEEN: Final = "is:between"
"""Few may know of it, beside oversight."""


class By(StrEnum):
    """What a term says of an event; behind it stands the value."""

    ACTOR = "actor:"
    ATTESTATION = "attestation:"
    AUTHORITY = "authority:"
    BEHIND = "behind:"
    """How long after it was claimed to have happened it was recorded, at least."""
    CASE = "case:"
    CIRCLE = "circle:"
    """The office that may know of it, where few may."""
    CAUSATION = "causation:"
    COMMAND = "command:"
    DELEGATION = "delegation:"
    DEVELOPER = "developer:"
    """The participant whose case it is about."""
    KIND = "kind:"
    """What stands before the first `.` of its type."""
    MARKING = "marking:"
    MATTER = "matter:"
    """What somebody has to need to know of to be told of it."""
    MATTER_KIND = "matters:"
    PROTECTED_MARKING = "protected:"
    STREAM = "stream:"
    TYPE = "type:"
    WORD = "word:"
    """Of what the document says openly."""
    SAID = f"{PROTECTED}said:"
    """A word of what the event protects."""
    NEVER = f"{PROTECTED}never:"
    """A word of what it protects from every participant."""
    NAME = f"{PROTECTED}name:"
    """A word of the name or post of the person."""
    PERSON = f"{PROTECTED}person:"


class Behind(StrEnum):
    """Times (ISO 8601) after which what is recorded is recorded late: a closed list, so that each is a set."""

    HOUR = "PT1H"
    DAY = "P1D"
    WEEK = "P7D"
    MONTH = "P30D"


_SHORT: Final = 100
"""Characters of a text that may come again and again: a code, a name, an id of a case."""
_BEHIND: Final[Mapping[Behind, timedelta]] = {
    Behind.HOUR: timedelta(hours=1),
    Behind.DAY: timedelta(days=1),
    Behind.WEEK: timedelta(days=7),
    Behind.MONTH: timedelta(days=30),
}


def open_terms(recorded: Recorded[Event], data: Mapping[str, Any], developer: str | None) -> Iterator[str]:
    """The terms of what a document says openly; `developer` is whose case it is about."""
    event = recorded.event
    yield By.ACTOR + recorded.actor
    yield By.ATTESTATION + recorded.attestation
    yield By.COMMAND + recorded.command_id
    yield By.KIND + event.type.partition(".")[0]
    yield By.MARKING + recorded.marking
    matter = matter_of(recorded)
    yield By.MATTER + matter
    yield By.MATTER_KIND + matter.partition("-")[0]
    yield By.PROTECTED_MARKING + recorded.protected_marking
    yield By.STREAM + recorded.stream
    yield By.TYPE + event.type
    case_id = case_of(recorded)
    among = circle(recorded)
    for by, value in (
        (By.AUTHORITY, recorded.authority),
        (By.CASE, case_id),
        (By.CIRCLE, among),
        (By.CAUSATION, recorded.causation),
        (By.DELEGATION, recorded.delegation),
        (By.DEVELOPER, developer),
    ):
        if value is not None:
            yield by + value
    for flag, is_so in (
        (BETWEEN, among is not None),
        (CLAIMED, recorded.claimed_at is not None),
        (LATE, data.get("late") is True),
        (SHOWN, shown(recorded, None)),
        (SIGNED, recorded.signed is True),
        (SIMULATED, recorded.simulated is True),
    ):
        if is_so:
            yield flag
    for behind in lateness(recorded):
        yield By.BEHIND + behind
    found: set[str] = set()
    for name, value in data.items():
        if name != "_sd":
            for text in texts(value):
                found |= words_of_few(text) if len(text) <= _SHORT else words(text)
    for word in found:
        yield By.WORD + word


def protected_terms(disclosed: Mapping[str, Any]) -> Iterator[str]:
    """The terms of what was disclosed of an event, by name."""
    for name, value in disclosed.items():
        match name, value:
            case "by", {"person": person, "name": called, "post": post}:
                yield By.PERSON + person
                for word in words(called) | words(post or ""):
                    yield By.NAME + word
            case _ if (kind := value_of(name)) is not Value.OF_ACT:
                by = By.NEVER if kind is Value.NEVER else By.SAID
                for word in set[str]().union(*map(words, texts(value))):
                    yield by + word
            case _:
                pass  # a digest and a signature; or nobody in person acted


def lateness(recorded: Recorded[Event]) -> Iterator[Behind]:
    """Times that lay between what was claimed, or where nothing was, the taking in, and the record."""
    since: datetime = recorded.claimed_at or recorded.taken_in_at
    waited = recorded.recorded_at - since
    for behind, time in _BEHIND.items():
        if waited < time:
            return
        yield behind


def submitted_by(recorded: Recorded[Event]) -> str | None:
    """Whose case begins, or goes on, with this event."""
    return recorded.event.developer if isinstance(recorded.event, CaseSubmitted) else None
