"""Everything that can happen to an office: its names, its posts and who holds them, its delegations, its keys."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, TypeAlias

from annotated_types import MaxLen, MinLen

from domain.message import Protected, message
from domain.values import ADelegation, AKey, AnOffice, APerson, APost, Instant, Line, Text


class OfficeKind(StrEnum):
    """What an office is to the record."""

    LEAD = "lead"
    CONSULTED = "consulted"
    OVERSIGHT = "oversight"
    SECRETARIAT = "secretariat"
    OTHER = "other"


class Algorithm(StrEnum):
    """How an office signs."""

    ED25519 = "Ed25519"
    ES256 = "ES256"


class SignedActs(StrEnum):
    """Which acts of an office have to be signed."""

    NONE = "none"
    LISTED = "listed"
    EVERY = "every"


@message
class Post:
    """A post of an office. What belongs to a post that is personal cannot be delegated."""

    code: APost
    title: Line
    personal: bool


@message
class OfficeRegistered:
    """An office became known to the record."""

    type: Literal["office.registered.v1"] = "office.registered.v1"
    office: AnOffice
    name: Line
    kind: OfficeKind
    department: AnOffice
    """The department that it is part of, for counts of departments; its own code where it is one."""
    posts: Annotated[tuple[Post, ...], MaxLen(40)]


@message
class OfficeRenamed:
    """An office has another name from a day on; earlier events keep the name that they carry."""

    type: Literal["office.renamed.v1"] = "office.renamed.v1"
    office: AnOffice
    name: Line
    effective_on: date


@message
class HolderAssumed:
    """A person took up a post."""

    type: Literal["office.holder-assumed.v1"] = "office.holder-assumed.v1"
    office: AnOffice
    post: APost
    holder: APerson
    assumed_on: date
    holder_name: Protected[Line]


@message
class HolderVacated:
    """A person left a post. What the person delegated by it ends with it."""

    type: Literal["office.holder-vacated.v1"] = "office.holder-vacated.v1"
    office: AnOffice
    post: APost
    holder: APerson
    vacated_on: date


@message
class DelegationGranted:
    """A holder of authority let another person of the same office act for it."""

    type: Literal["office.delegation-granted.v1"] = "office.delegation-granted.v1"
    office: AnOffice
    delegation_id: ADelegation
    giver: APerson
    taker: APerson
    post: APost
    """The post whose authority is delegated."""
    scope: Annotated[tuple[Line, ...], MinLen(1), MaxLen(80)]
    """The types of command that it covers, such as `case.accept.v1`."""
    valid_from: Instant
    valid_until: Instant
    """Exclusive."""
    onward: bool
    """Whether the taker may delegate further."""
    parent: ADelegation | None
    """The delegation that this one passes on."""
    taker_name: Protected[Line]


@message
class DelegationRevoked:
    """A delegation ended before its time, and with it all that was passed on from it."""

    type: Literal["office.delegation-revoked.v1"] = "office.delegation-revoked.v1"
    office: AnOffice
    delegation_id: ADelegation
    cascaded: Annotated[tuple[ADelegation, ...], MaxLen(1000)]
    reason: Protected[Text | None]


@message
class KeyRegistered:
    """An office registered a public key."""

    type: Literal["office.key-registered.v1"] = "office.key-registered.v1"
    office: AnOffice
    key_id: AKey
    algorithm: Algorithm
    public_key: Line
    """The public key, base64url without padding: 32 bytes for Ed25519, the 65 bytes uncompressed point for ES256."""


@message
class KeyRevoked:
    """An office revoked a public key. Acts that it signed before stay valid."""

    type: Literal["office.key-revoked.v1"] = "office.key-revoked.v1"
    office: AnOffice
    key_id: AKey
    reason: Protected[Text | None]


@message
class SignaturesRequired:
    """Which acts of an office have to be signed was settled anew: from the next position on, until it is again."""

    type: Literal["office.signatures-required.v1"] = "office.signatures-required.v1"
    office: AnOffice
    acts: SignedActs
    commands: Annotated[tuple[Line, ...], MaxLen(200)]
    """The types of command, such as `case.issue-determination.v1`, where listed acts are signed; else none."""
    reason: Protected[Text | None]


OfficeEvent: TypeAlias = (
    OfficeRegistered
    | OfficeRenamed
    | HolderAssumed
    | HolderVacated
    | DelegationGranted
    | DelegationRevoked
    | KeyRegistered
    | KeyRevoked
    | SignaturesRequired
)
