"""Who subscribes is sent each event that it may see, in order, until it took it or nobody could expect more."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from api.subscriptions.signing import Scheme
from domain.act import Principal


class State(StrEnum):
    """Whether anything is sent."""

    ACTIVE = "active"
    PAUSED = "paused"
    """Its owner wants it so."""
    DISABLED = "disabled"
    """Docket ended it; its owner may resume it once the reason is gone."""


class Why(StrEnum):
    """Why nothing is sent."""

    BY_OWNER = "by-owner"
    OWNER_NOT_KNOWN = "owner-not-known"
    OWNER_CHANGED = "owner-changed"
    RECEIVER_NOT_LISTED = "receiver-not-listed"
    RECEIVER_GONE = "receiver-gone"
    RECEIVER_FAILING = "receiver-failing"
    SECRET_UNREADABLE = "secret-unreadable"  # noqa: S105 - a reason
    INTERNAL = "internal"


SENTENCES: Final[Mapping[Why, str]] = MappingProxyType(
    {
        Why.BY_OWNER: "Its owner paused it.",
        Why.OWNER_NOT_KNOWN: "Its owner is not on the roster any more, or its office is not registered.",
        Why.OWNER_CHANGED: "What led to its owner leads to somebody else now.",
        Why.RECEIVER_NOT_LISTED: "This Docket sends nothing to that host any more.",
        Why.RECEIVER_GONE: "The receiver answered 410: it wants nothing more.",
        Why.RECEIVER_FAILING: "The receiver took nothing for too long.",
        Why.SECRET_UNREADABLE: "The key that seals its secret is missing.",
        Why.INTERNAL: "Docket met an error of its own.",
    }
)


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose something is: one person acting for an office or participant, or its systems, which are nobody."""

    actor: str
    person: str

    @classmethod
    def of(cls, principal: Principal) -> "Owner":
        """Whoever asks."""
        return cls(str(principal.actor), "" if principal.person is None else principal.person.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which events are asked for; nothing named is everything."""

    types: frozenset[str] = frozenset()
    streams: frozenset[str] = frozenset()
    cases: frozenset[str] = frozenset()
    """About one of these, in whatever stream."""
    offices: frozenset[str] = frozenset()
    """That acted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """What is sent where, and how far it has come."""

    id: str
    owner: Owner
    known_by: str
    """How its owner is found again each time: `Principal.known_by`."""
    url: str
    wanted: Wanted
    scheme: Scheme
    secret: str
    """As it is kept: `Safe` opens it."""
    secret_before: str | None = None
    before_until: datetime | None = None
    """Until when what is sent is signed with the secret before, too."""
    created_at: datetime
    revision: int = 1
    """Counts what its owner changed: whoever delivers for an older one writes nothing."""
    state: State = State.ACTIVE
    reason: Why | None = None
    changed_at: datetime
    position: int
    """Everything up to here was taken, passed over, or is a dead letter."""
    attempts: int = 0
    """At the event that is next, so far, all in vain."""
    first_at: datetime | None = None
    """Of these."""
    next_at: datetime | None = None
    """When it is tried again."""
    outcome: str | None = None
    """Of the last attempt."""
    failing_since: datetime | None = None
    """Since when nothing was taken."""
    delivered: int = 0
    delivered_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """An event that the receiver did not take, however often it was tried."""

    position: int
    attempts: int
    first_at: datetime
    last_at: datetime
    outcome: str
