"""What may be asked of an office's own stream."""

from datetime import date
from typing import Annotated, Literal, TypeAlias

from annotated_types import MaxLen, MinLen

from domain.events.office import Algorithm, OfficeKind, Post, SignedActs
from domain.message import message
from domain.values import ADelegation, AKey, AnOffice, APerson, APost, Instant, Line, Text


@message
class RegisterOffice:
    """Make an office known to the record."""

    type: Literal["office.register.v1"] = "office.register.v1"
    office: AnOffice
    name: Line
    kind: OfficeKind
    department: AnOffice
    posts: Annotated[tuple[Post, ...], MaxLen(40)] = ()


@message
class RenameOffice:
    """Give an office another name from a day on."""

    type: Literal["office.rename.v1"] = "office.rename.v1"
    office: AnOffice
    name: Line
    effective_on: date


@message
class AssumePost:
    """Record that a person took up a post."""

    type: Literal["office.assume-post.v1"] = "office.assume-post.v1"
    office: AnOffice
    post: APost
    holder: APerson
    holder_name: Line
    assumed_on: date


@message
class VacatePost:
    """Record that its holder left a post. Naming the holder keeps a late repetition from ending a successor's term."""

    type: Literal["office.vacate-post.v1"] = "office.vacate-post.v1"
    office: AnOffice
    post: APost
    holder: APerson
    vacated_on: date


@message
class GrantDelegation:
    """Let another person of the office act with the authority of one's post, or of a delegation that allows it."""

    type: Literal["office.grant-delegation.v1"] = "office.grant-delegation.v1"
    office: AnOffice
    delegation_id: ADelegation
    taker: APerson
    taker_name: Line
    post: APost
    scope: Annotated[tuple[Line, ...], MinLen(1), MaxLen(80)]
    valid_from: Instant
    valid_until: Instant
    onward: bool = False
    parent: ADelegation | None = None


@message
class RevokeDelegation:
    """End a delegation before its time."""

    type: Literal["office.revoke-delegation.v1"] = "office.revoke-delegation.v1"
    office: AnOffice
    delegation_id: ADelegation
    reason: Text | None = None


@message
class RegisterKey:
    """Register a public key of the office."""

    type: Literal["office.register-key.v1"] = "office.register-key.v1"
    office: AnOffice
    key_id: AKey
    algorithm: Algorithm
    public_key: Line


@message
class RevokeKey:
    """Revoke a public key of the office."""

    type: Literal["office.revoke-key.v1"] = "office.revoke-key.v1"
    office: AnOffice
    key_id: AKey
    reason: Text | None = None


@message
class RequireSignatures:
    """Settle which acts of an office have to be signed. Where any have, this act itself is signed.

    An office that has lost its keys asks the secretariat, which can end a requirement and do nothing else to it.
    """

    type: Literal["office.require-signatures.v1"] = "office.require-signatures.v1"
    office: AnOffice
    acts: SignedActs
    commands: Annotated[tuple[Line, ...], MaxLen(200)] = ()
    """Where listed acts are signed: the types of command, such as `case.issue-determination.v1`."""
    reason: Text | None = None


OfficeCommand: TypeAlias = (
    RegisterOffice
    | RenameOffice
    | AssumePost
    | VacatePost
    | GrantDelegation
    | RevokeDelegation
    | RegisterKey
    | RevokeKey
    | RequireSignatures
)
