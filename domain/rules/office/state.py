"""An office as it stands: its posts and who holds them, what its people let each other do, and its keys."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final, assert_never

from domain.clocks import day_begins
from domain.events.office import (
    Algorithm,
    DelegationGranted,
    DelegationRevoked,
    HolderAssumed,
    HolderVacated,
    KeyRegistered,
    KeyRevoked,
    OfficeEvent,
    OfficeKind,
    OfficeRegistered,
    OfficeRenamed,
    Post,
    SignaturesRequired,
    SignedActs,
)
from domain.recorded import Recorded
from domain.rules.policy import ZONE
from domain.values import DelegationId, KeyId, OfficeCode, PersonId, PostCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegation:
    """What one person of the office lets another do."""

    giver: PersonId
    taker: PersonId
    post: PostCode
    scope: frozenset[str]
    valid_from: datetime
    valid_until: datetime
    onward: bool
    parent: DelegationId | None
    revoked: bool = False

    def in_force(self, at: datetime) -> bool:
        return not self.revoked and self.valid_from <= at < self.valid_until

    @staticmethod
    def by(event: DelegationGranted) -> "Delegation":
        return Delegation(
            giver=event.giver,
            taker=event.taker,
            post=event.post,
            scope=frozenset(event.scope),
            valid_from=event.valid_from,
            valid_until=event.valid_until,
            onward=event.onward,
            parent=event.parent,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A public key of the office."""

    algorithm: Algorithm
    public_key: str
    live: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """An office as it stands."""

    known: bool = False
    named: tuple[str, date | None] = ("", None)
    """The name that it was given last, and from which day on if it was renamed."""
    names: tuple[tuple[date, str], ...] = ()
    """Every name that it was given, after that which it was registered with, and from which day on."""
    kind: OfficeKind | None = None
    department: OfficeCode | None = None
    posts: Mapping[PostCode, Post] = field(default_factory=dict)
    holders: Mapping[PostCode, PersonId] = field(default_factory=dict)
    vacated: frozenset[tuple[PostCode, PersonId, date]] = frozenset()
    """Who left which post, and on what day."""
    delegations: Mapping[DelegationId, Delegation] = field(default_factory=dict)
    keys: Mapping[KeyId, Key] = field(default_factory=dict)
    signed_acts: SignedActs = SignedActs.NONE
    signed_commands: frozenset[str] = frozenset()
    """Which acts have to be signed, where those are that are listed."""
    registered: OfficeRegistered | None = None

    def name_at(self, at: datetime) -> str:
        """What it is called then: a name holds from its day on, which begins at 00:00 in New York."""
        name = "" if self.registered is None else self.registered.name
        for effective_on, given in sorted(self.names, key=lambda each: each[0]):  # of one day, what was said last
            if day_begins(effective_on, ZONE) <= at:
                name = given
        return name

    def passed_on(self, delegation: DelegationId) -> tuple[DelegationId, ...]:
        """What was passed on from a delegation, and is not revoked, nearest first."""
        found: list[DelegationId] = []
        parents = {delegation}
        while parents:
            children = [id for id, d in self.delegations.items() if d.parent in parents and not d.revoked]
            parents = set(children) - set(found)
            found += [id for id in children if id in parents]
        return tuple(found)


INITIAL: Final = Office()


def evolve(state: Office, recorded: Recorded[OfficeEvent]) -> Office:
    event = recorded.event
    match event:
        case OfficeRegistered():
            return Office(
                known=True,
                named=(event.name, None),
                kind=event.kind,
                department=event.department,
                posts={post.code: post for post in event.posts},
                registered=event,
            )
        case OfficeRenamed():
            given = (event.effective_on, event.name)
            return replace(state, named=(event.name, event.effective_on), names=(*state.names, given))
        case HolderAssumed():
            return replace(state, holders={**state.holders, event.post: event.holder})
        case HolderVacated():
            ended = {id: replace(d, revoked=d.revoked or (d.post == event.post)) for id, d in state.delegations.items()}
            left = {post: holder for post, holder in state.holders.items() if post != event.post}
            gone = state.vacated | {(event.post, event.holder, event.vacated_on)}
            return replace(state, holders=left, vacated=gone, delegations=ended)
        case DelegationGranted():
            return replace(state, delegations={**state.delegations, event.delegation_id: Delegation.by(event)})
        case DelegationRevoked():
            ids = {event.delegation_id, *event.cascaded}
            ended = {id: replace(d, revoked=d.revoked or id in ids) for id, d in state.delegations.items()}
            return replace(state, delegations=ended)
        case KeyRegistered():
            key = Key(algorithm=event.algorithm, public_key=event.public_key)
            return replace(state, keys={**state.keys, event.key_id: key})
        case KeyRevoked():
            return replace(state, keys={**state.keys, event.key_id: replace(state.keys[event.key_id], live=False)})
        case SignaturesRequired():
            return replace(state, signed_acts=event.acts, signed_commands=frozenset(event.commands))
        case _:
            assert_never(event)
