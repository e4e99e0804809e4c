"""What may happen to an office: who takes up and leaves its posts, who acts for whom, and what it signs with."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Iterable
from typing import Final, assert_never

from domain.commands.office import (
    AssumePost,
    GrantDelegation,
    OfficeCommand,
    RegisterKey,
    RegisterOffice,
    RenameOffice,
    RequireSignatures,
    RevokeDelegation,
    RevokeKey,
    VacatePost,
)
from domain.errors import Refused
from domain.events.office import (
    Algorithm,
    HolderAssumed,
    HolderVacated,
    KeyRegistered,
    KeyRevoked,
    OfficeEvent,
    OfficeRegistered,
    OfficeRenamed,
    SignedActs,
)
from domain.rules.asked import Asked
from domain.rules.office.delegation import grant, may_grant, may_revoke, revoke
from domain.rules.office.signing import is_secretariat, require
from domain.rules.office.state import INITIAL, Delegation, Key, Office, evolve
from domain.rules.seen import Seen, of_office
from domain.rules.stream import Rules
from domain.values import StreamId

__all__ = ["INITIAL", "RULES", "Delegation", "Key", "Office", "decide", "evolve", "may", "registered", "renamed"]


def may(state: Office, command: type[OfficeCommand], asked: Asked, seen: Seen) -> None:
    """Raise Refused where the office is not there, or is another's."""
    if command is not RegisterOffice and not state.known:
        raise Refused("not-found")
    others = _is_another(state, asked)
    if command in {GrantDelegation, RevokeDelegation, RegisterKey, RevokeKey} and others:
        raise Refused("not-your-act")
    if command is RequireSignatures and others and not is_secretariat(asked, seen):
        raise Refused("not-your-act")


def offers(state: Office, command: type[OfficeCommand], asked: Asked, seen: Seen) -> None:
    """Raise Refused where whatever the command said would be refused as the office stands, or would add nothing."""
    if command is RegisterOffice and state.known:
        raise Refused("exists")
    if command is AssumePost and state.holders.keys() >= state.posts.keys():
        raise Refused("post-taken", "Every post of the office is held.")
    if command is VacatePost and not state.holders:
        raise Refused("post-vacant", "No post of the office is held.")
    if command is GrantDelegation:
        may_grant(state, asked)
    if command is RevokeDelegation:
        may_revoke(state, asked)
    if command is RequireSignatures and state.signed_acts is SignedActs.NONE and _is_another(state, asked):
        raise Refused("so-already")  # the secretariat can only end it
    if command is RevokeKey and not any(key.live for key in state.keys.values()):
        raise Refused("key-revoked", "The office has no key in use.")


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
            if len({post.code for post in command.posts}) < len(command.posts):
                raise Refused("id-used", "Two posts have one code.")
            return [event]
        case RenameOffice():
            if state.named == (command.name, command.effective_on):
                return []
            return [renamed(command)]
        case AssumePost():
            return _assume(state, command)
        case VacatePost():
            return _vacate(state, command)
        case GrantDelegation():
            return grant(state, command, asked, seen)
        case RevokeDelegation():
            return revoke(state, command, asked)
        case RegisterKey():
            return _register_key(state, command)
        case RevokeKey():
            if command.key_id not in state.keys:
                raise Refused("not-found")
            if not state.keys[command.key_id].live:
                return []
            return [KeyRevoked(office=command.office, key_id=command.key_id, reason=command.reason)]
        case RequireSignatures():
            return require(state, command, asked, seen)
        case _:
            assert_never(command)


def _is_another(state: Office, asked: Asked) -> bool:
    return state.registered is None or state.registered.office != asked.office


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


def _register_key(state: Office, command: RegisterKey) -> list[OfficeEvent]:
    if (known := state.keys.get(command.key_id)) is not None:
        if (known.algorithm, known.public_key) != (command.algorithm, command.public_key):
            raise Refused("id-used")
        if not known.live:
            raise Refused("key-revoked")
        return []
    _fits(command)
    return [
        KeyRegistered(
            office=command.office,
            key_id=command.key_id,
            algorithm=command.algorithm,
            public_key=command.public_key,
        )
    ]


def _fits(command: RegisterKey) -> None:
    try:
        raw = urlsafe_b64decode(command.public_key + "=" * (-len(command.public_key) % 4))
    except (NotBase64, ValueError) as error:
        raise Refused("key-unfit") from error
    if urlsafe_b64encode(raw).rstrip(b"=") != command.public_key.encode():  # the decoder skips what is not base64url
        raise Refused("key-unfit")
    match command.algorithm:
        case Algorithm.ED25519:
            fits = len(raw) == 32
        case Algorithm.ES256:
            fits = len(raw) == 65 and raw[0] == 4
        case _:
            assert_never(command.algorithm)
    if not fits:
        raise Refused("key-unfit")


def _reads(command: OfficeCommand, asked: Asked, seen: Seen) -> Iterable[StreamId]:
    if isinstance(command, RegisterOffice):
        yield of_office(command.department)


RULES: Final = Rules(
    commands=OfficeCommand,
    events=OfficeEvent,
    id_field="office",
    initial=INITIAL,
    evolve=evolve,
    may=may,
    offers=offers,
    decide=decide,
    reads=_reads,
)
