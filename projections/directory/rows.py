"""What is known of offices, instruments, policies and participants is kept as facts, each with its position and day."""

from datetime import date, datetime
from typing import ClassVar, Final, get_args

from msgspec import field

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
from domain.events.participant import (
    BudgetSet,
    ParticipantCaseNoted,
    ParticipantEnrolled,
    ParticipantEvent,
    ParticipantKind,
    ParticipantReportNoted,
    ParticipantTermsAccepted,
    ParticipantWithdrawn,
    SectorsDeclared,
)
from domain.events.record import (
    InstrumentAmended,
    InstrumentEvent,
    InstrumentIssued,
    InstrumentRevoked,
    PolicyPublished,
)
from domain.values import (
    Cited,
    DelegationId,
    Digest,
    InstrumentCode,
    KeyId,
    OfficeCode,
    ParticipantId,
    PersonId,
    PolicyCode,
    PostCode,
)
from projections.known import Entry
from projections.parts import adds
from projections.view import Part


class Renaming(Part, kw_only=True, gc=False):
    """The office has another name from a day on."""

    name: str
    effective_on: date


class Assumption(Part, kw_only=True, gc=False):
    """A person took up a post; the name is a protected value of the event at `position`."""

    post: PostCode
    holder: PersonId
    assumed_on: date


class Vacancy(Part, kw_only=True, gc=False):
    """A person left a post."""

    post: PostCode
    holder: PersonId
    vacated_on: date


class Grant(Part, kw_only=True, gc=False):
    """A person of the office let another act; the taker's name is a protected value of the event at `position`."""

    delegation_id: DelegationId
    giver: PersonId
    taker: PersonId
    post: PostCode
    scope: tuple[str, ...]
    valid_from: datetime
    valid_until: datetime
    onward: bool
    parent: DelegationId | None


class Revocation(Part, kw_only=True, gc=False):
    """A delegation was ended, and with it what was passed on from it."""

    delegation_id: DelegationId
    cascaded: tuple[DelegationId, ...]


class Key(Part, kw_only=True, gc=False):
    """The office registered a public key."""

    key_id: KeyId
    algorithm: Algorithm
    public_key: str


class KeyEnd(Part, kw_only=True, gc=False):
    """The office revoked a public key."""

    key_id: KeyId


class Requirement(Part, kw_only=True, gc=False):
    """Which acts of the office have to be signed was settled anew."""

    acts: SignedActs
    commands: tuple[str, ...]


class Office(Entry, kw_only=True, omit_defaults=True):
    """An office, as it was registered and with all that happened to it since."""

    office: OfficeCode
    name: str
    """As it was registered."""
    kind: OfficeKind
    department: OfficeCode
    posts: tuple[Post, ...]
    renamings: list[Renaming] = field(default_factory=list)
    assumptions: list[Assumption] = field(default_factory=list)
    vacancies: list[Vacancy] = field(default_factory=list)
    grants: list[Grant] = field(default_factory=list)
    revocations: list[Revocation] = field(default_factory=list)
    keys: list[Key] = field(default_factory=list)
    key_ends: list[KeyEnd] = field(default_factory=list)
    requirements: list[Requirement] = field(default_factory=list)


class Amendment(Part, kw_only=True, gc=False):
    """The instrument was amended: another text, and what may be cited of it."""

    amended_on: date
    text: Digest
    provisions: tuple[str, ...]


class Repeal(Part, kw_only=True, gc=False):
    """The instrument was revoked."""

    revoked_on: date


class Instrument(Entry, kw_only=True, omit_defaults=True):
    """An instrument that acts may rest on, as it was issued and with all that happened to it since."""

    instrument: InstrumentCode
    title: str
    issued_on: date
    text: Digest
    provisions: tuple[str, ...]
    amendments: list[Amendment] = field(default_factory=list)
    repeals: list[Repeal] = field(default_factory=list)


class Publication(Part, kw_only=True, gc=False):
    """A version of a policy, with its table."""

    policy_version: int
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Policy(Entry, kw_only=True, omit_defaults=True):
    """A policy; every version is of its kind."""

    policy: PolicyCode
    kind: str
    versions: list[Publication] = field(default_factory=list)


class Enrolment(Part, kw_only=True, gc=False):
    """The participant took part, for the first time or again."""

    name: str
    kind: ParticipantKind


class Agreement(Part, kw_only=True, gc=False):
    """The participant accepted a version of the framework."""

    framework: Cited


class Sectors(Part, kw_only=True, gc=False):
    """The participant said in which sectors it works."""

    sectors: tuple[str, ...]


class Budget(Part, kw_only=True, gc=False):
    """The participant said how many reports one of its maintainers can handle."""

    maintainer: str
    reports_per_month: int


class Leaving(Part, kw_only=True, gc=False):
    """The participant left."""


class Notes(Part, kw_only=True):
    """Cases of the participant that were noted under one marking: a developer may have thousands."""

    tells_of: ClassVar[str] = "case"
    positions: list[int]


class Participant(Entry, kw_only=True, omit_defaults=True):
    """A participant. Offices see every one; a participant sees itself."""

    participant: ParticipantId
    enrolments: list[Enrolment] = field(default_factory=list)
    agreements: list[Agreement] = field(default_factory=list)
    sectors: list[Sectors] = field(default_factory=list)
    budgets: list[Budget] = field(default_factory=list)
    leavings: list[Leaving] = field(default_factory=list)
    notes: list[Notes] = field(default_factory=list)


OFFICE: Final = adds(
    {
        OfficeRenamed: ("renamings", Renaming),
        HolderAssumed: ("assumptions", Assumption),
        HolderVacated: ("vacancies", Vacancy),
        DelegationGranted: ("grants", Grant),
        DelegationRevoked: ("revocations", Revocation),
        KeyRegistered: ("keys", Key),
        KeyRevoked: ("key_ends", KeyEnd),
        SignaturesRequired: ("requirements", Requirement),
    }
)
INSTRUMENT: Final = adds(
    {InstrumentAmended: ("amendments", Amendment), InstrumentRevoked: ("repeals", Repeal)},
)
POLICY: Final = adds({PolicyPublished: ("versions", Publication)})
PARTICIPANT: Final = adds(
    {
        ParticipantEnrolled: ("enrolments", Enrolment),
        ParticipantTermsAccepted: ("agreements", Agreement),
        SectorsDeclared: ("sectors", Sectors),
        BudgetSet: ("budgets", Budget),
        ParticipantWithdrawn: ("leavings", Leaving),
    }
)

_IGNORED: Final = {ParticipantReportNoted}
"""What was reported to whom stands with the vulnerability."""
_KNOWN: Final = {
    *OFFICE,
    *INSTRUMENT,
    *PARTICIPANT,
    OfficeRegistered,
    InstrumentIssued,
    ParticipantCaseNoted,
    *_IGNORED,
}
if missing := {*get_args(OfficeEvent), *get_args(InstrumentEvent), *get_args(ParticipantEvent)} - _KNOWN:
    raise AssertionError(f"nothing is made of {missing}")
