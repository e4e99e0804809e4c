"""A fact once the ledger has it: what happened, where in which stream, when, at whose word."""

from datetime import datetime
from typing import Final, Generic, TypeVar

import msgspec

from domain.act import Acted, Attestation, By
from domain.events import Event
from domain.message import WITHHELD, Withheld
from domain.values import Citation, CommandId, DelegationId, EventId, StreamId

E = TypeVar("E", bound=Event, covariant=True)  # noqa: PLC0105 - the name of a type of event

ATTRIBUTES: Final = {
    "ledger": "source",
    "stream": "subject",
    "version": "streamversion",
    "recorded_at": "time",
    "taken_in_at": "intaketime",
    "command_id": "commandid",
    "causation": "causationid",
    "actor_name": "actorname",
    "claimed_at": "claimedtime",
    "protected_marking": "protectedmarking",
    "event": "data",
}
"""What a CloudEvents document calls it, where that is not what we call it."""

ENVELOPE: Final = ("act", "by")
"""Protected parts of every document that do not belong to its type of event; they stand in `data` as digests."""


class Recorded(msgspec.Struct, Generic[E], frozen=True, kw_only=True, rename=ATTRIBUTES):
    """One entry of the ledger. Its position is not here: the recorder gets finished bytes."""

    id: EventId
    ledger: str
    """`urn:uuid:` of the ledger."""
    stream: StreamId
    version: int
    """Place in that stream, from 1; CloudEvents integers end at 2**31 - 1."""
    recorded_at: datetime
    """When it was appended (UTC)."""
    taken_in_at: datetime
    """When the act was taken in (UTC): what timeliness is judged by."""
    command_id: CommandId
    causation: EventId | None = None
    """The event that made a clock record this one."""
    actor: str
    """`office/nsa`, `participant/<uuid>`, `clock/access-window` or `docket/installation`."""
    actor_name: str
    """As it was called then."""
    attestation: Attestation
    authority: Citation | None = None
    """What the act rests on; withdrawals and release reports rest on none."""
    delegation: DelegationId | None = None
    claimed_at: datetime | None = None
    marking: str
    """Of the document, without what it withholds."""
    protected_marking: str
    """Of what it withholds."""
    signed: bool | None = None
    """True where the act carried a signature, which stands in the protected `act`; it held, unless it was refused."""
    simulated: bool | None = None
    """True where the clock was a demonstration's."""
    event: E
    by: By | Withheld | None = WITHHELD
    """The person; None where nobody in person acted."""
    act: Acted | Withheld = WITHHELD
    """What was asked, as a digest."""
