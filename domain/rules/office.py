"""An office: its posts and who holds them, what its people let each other do, and its keys."""

from base64 import urlsafe_b64decode
from binascii import Error as NotBase64
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final, assert_never

from domain.commands.office import (
    AssumePost,
    GrantDelegation,
    OfficeCommand,
    RegisterKey,
    RegisterOffice,
    RenameOffice,
    RevokeDelegation,
    RevokeKey,
    VacatePost,
)
from domain.errors import Refused
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
)
from domain.recorded import Recorded
from domain.rules.asked import Asked
from domain.rules.seen import Seen
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
class Office:
    """An office as it stands."""

    known: bool = False
    name: str = ""
    kind: OfficeKind | None = None
    department: OfficeCode | None = None
    posts: Mapping[PostCode, Post] = field(default_factory=dict)
    holders: Mapping[PostCode, PersonId] = field(default_factory=dict)
    vacated: frozenset[tuple[PostCode, PersonId, date]] = frozenset()
    """Who left which post, and on what day."""
    delegations: Mapping[DelegationId, Delegation] = field(default_factory=dict)
    keys: Mapping[KeyId, bool] = field(default_factory=dict)
    """Key → whether it is live."""
    registered: OfficeRegistered | None = None

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
                name=event.name,
                kind=event.kind,
                department=event.department,
                posts={post.code: post for post in event.posts},
                registered=event,
            )
        case OfficeRenamed():
            return replace(state, name=event.name)
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
            return replace(state, keys={**state.keys, event.key_id: True})
        case KeyRevoked():
            return replace(state, keys={**state.keys, event.key_id: False})
        case _:
            assert_never(event)


def may(state: Office, command: type[OfficeCommand], asked: Asked, seen: Seen) -> None:
    """Raise Refused where the office is not there, or is another's."""
    if command is not RegisterOffice and not state.known:
        raise Refused("not-found")
    if command in {GrantDelegation, RevokeDelegation, RegisterKey, RevokeKey} and (
        state.registered is None or state.registered.office != asked.office
    ):
        raise Refused("not-your-act")


def decide(state: Office, command: OfficeCommand, asked: Asked, seen: Seen) -> list[OfficeEvent]:
    may(state, type(command), asked, seen)
    match command:
        case RegisterOffice():
            event = registered(command)
            if state.known:
                if state.registered == event:
                    return []
                raise Refused("exists")
            if command.department != command.office and not seen.office(command.department).known:
                raise Refused("department-unknown")
            return [event]
        case RenameOffice():
            if state.name == command.name:
                return []
            return [renamed(command)]
        case AssumePost():
            return _assume(state, command)
        case VacatePost():
            return _vacate(state, command)
        case GrantDelegation():
            return _grant(state, command, asked)
        case RevokeDelegation():
            return _revoke(state, command, asked)
        case RegisterKey():
            if command.key_id in state.keys:
                raise Refused("id-used")
            _fits(command)
            return [
                KeyRegistered(
                    office=command.office,
                    key_id=command.key_id,
                    algorithm=command.algorithm,
                    public_key=command.public_key,
                )
            ]
        case RevokeKey():
            if command.key_id not in state.keys:
                raise Refused("not-found")
            if not state.keys[command.key_id]:
                return []
            return [KeyRevoked(office=command.office, key_id=command.key_id, reason=command.reason)]
        case _:
            assert_never(command)


def registered(command: RegisterOffice) -> OfficeRegistered:
    """The event that makes an office known."""
    return OfficeRegistered(
        office=command.office,
        name=command.name,
        kind=command.kind,
        department=command.department,
        posts=command.posts,
    )


def renamed(command: RenameOffice) -> OfficeRenamed:
    """The event that gives an office another name."""
    return OfficeRenamed(office=command.office, name=command.name, effective_on=command.effective_on)


def _assume(state: Office, command: AssumePost) -> list[OfficeEvent]:
    if command.post not in state.posts:
        raise Refused("post-unknown")
    holder = state.holders.get(command.post)
    if holder == command.holder:
        return []
    if holder is not None:
        raise Refused("post-taken")
    return [
        HolderAssumed(
            office=command.office,
            post=command.post,
            holder=command.holder,
            assumed_on=command.assumed_on,
            holder_name=command.holder_name,
        )
    ]


def _vacate(state: Office, command: VacatePost) -> list[OfficeEvent]:
    if command.post not in state.posts:
        raise Refused("post-unknown")
    holder = state.holders.get(command.post)
    if holder != command.holder:
        if (command.post, command.holder, command.vacated_on) in state.vacated:
            return []
        raise Refused("post-vacant" if holder is None else "post-taken")
    return [
        HolderVacated(office=command.office, post=command.post, holder=command.holder, vacated_on=command.vacated_on)
    ]


def _grant(state: Office, command: GrantDelegation, asked: Asked) -> list[OfficeEvent]:
    if asked.person is None:
        raise Refused("post-not-held")
    event = DelegationGranted(
        office=command.office,
        delegation_id=command.delegation_id,
        giver=asked.person,
        taker=command.taker,
        post=command.post,
        scope=command.scope,
        valid_from=command.valid_from,
        valid_until=command.valid_until,
        onward=command.onward,
        parent=command.parent,
        taker_name=command.taker_name,
    )
    if (before := state.delegations.get(command.delegation_id)) is not None:
        if replace(before, revoked=False) == Delegation.by(event):
            return []
        raise Refused("id-used")
    if command.valid_until <= command.valid_from:
        raise Refused("delegation-period")
    if command.post not in state.posts:
        raise Refused("post-unknown")
    if state.posts[command.post].personal:
        raise Refused("not-delegable")
    if command.parent is None:
        if state.holders.get(command.post) != asked.person:
            raise Refused("post-not-held")
    else:
        _must_hold_enough(state, command, asked)
    return [event]


def _must_hold_enough(state: Office, command: GrantDelegation, asked: Asked) -> None:
    parent = state.delegations.get(command.parent) if command.parent else None
    if parent is None:
        raise Refused("delegation-unknown")
    if parent.taker != asked.person:
        raise Refused("delegation-not-yours")
    if not parent.in_force(asked.recorded_at):
        raise Refused("delegation-not-in-force")
    if not parent.onward:
        raise Refused("delegation-not-onward")
    inside = parent.valid_from <= command.valid_from and command.valid_until <= parent.valid_until
    if parent.post != command.post or not inside or not parent.scope >= set(command.scope):
        raise Refused("delegation-exceeds-giver")


def _revoke(state: Office, command: RevokeDelegation, asked: Asked) -> list[OfficeEvent]:
    delegation = state.delegations.get(command.delegation_id)
    if delegation is None:
        raise Refused("delegation-unknown")
    if asked.person not in {delegation.giver, state.holders.get(delegation.post)}:
        raise Refused("delegation-not-yours")
    if delegation.revoked:
        return []
    return [
        DelegationRevoked(
            office=command.office,
            delegation_id=command.delegation_id,
            cascaded=state.passed_on(command.delegation_id),
            reason=command.reason,
        )
    ]


def _fits(command: RegisterKey) -> None:
    try:
        raw = urlsafe_b64decode(command.public_key + "=" * (-len(command.public_key) % 4))
    except (NotBase64, ValueError) as error:
        raise Refused("key-unfit") from error
    match command.algorithm:
        case Algorithm.ED25519:
            fits = len(raw) == 32
        case Algorithm.ES256:
            fits = len(raw) == 65 and raw[0] == 4
        case _:
            assert_never(command.algorithm)
    if not fits:
        raise Refused("key-unfit")
