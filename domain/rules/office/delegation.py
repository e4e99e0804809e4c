"""What one person of an office lets another do: inside the office, and never more than the giver holds."""

from dataclasses import replace

from domain.commands.office import GrantDelegation, RevokeDelegation
from domain.errors import Refused
from domain.events.office import DelegationGranted, DelegationRevoked, OfficeEvent
from domain.rules.asked import Asked
from domain.rules.office.state import Delegation, Office
from domain.rules.policy import AUTHORITY, who_may
from domain.rules.seen import Seen


def may_grant(state: Office, asked: Asked) -> None:
    """Raise Refused where this person has nothing to pass on."""
    posts = {
        post for post, holder in state.holders.items() if holder == asked.person and not state.posts[post].personal
    }
    onward = any(
        each.taker == asked.person and each.onward and each.in_force(asked.recorded_at)
        for each in state.delegations.values()
    )
    if asked.person is None or not (posts or onward):
        raise Refused("post-not-held")


def may_revoke(state: Office, asked: Asked) -> None:
    """Raise Refused where there is no delegation that is this person's to revoke."""
    if not state.delegations:
        raise Refused("delegation-unknown")
    own = [each for each in state.delegations.values() if _is_own(state, each, asked)]
    if not own:
        raise Refused("delegation-not-yours")
    if all(each.revoked for each in own):
        raise Refused("so-already")


def grant(state: Office, command: GrantDelegation, asked: Asked, seen: Seen) -> list[OfficeEvent]:
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
    for command_type in command.scope:
        _may_be_passed_on(state, command, command_type, seen)
    return [event]


def _may_be_passed_on(state: Office, command: GrantDelegation, command_type: str, seen: Seen) -> None:
    """Nobody delegates what the office may not do, or what another post holds."""
    try:
        row = who_may(command_type, seen.policy(AUTHORITY))
    except Refused as unknown:
        raise Refused("delegation-exceeds-giver", f"Nobody holds {command_type}.") from unknown
    if not row.names_office(command.office, state.kind) or row.post not in {None, command.post}:
        raise Refused("delegation-exceeds-giver")
    if not row.delegable:
        raise Refused("not-delegable")


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


def revoke(state: Office, command: RevokeDelegation, asked: Asked) -> list[OfficeEvent]:
    delegation = state.delegations.get(command.delegation_id)
    if delegation is None:
        raise Refused("delegation-unknown")
    if not _is_own(state, delegation, asked):
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


def _is_own(state: Office, delegation: Delegation, asked: Asked) -> bool:
    return asked.person in {delegation.giver, state.holders.get(delegation.post)}
