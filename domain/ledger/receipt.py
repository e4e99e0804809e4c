"""What whoever acts gets back, the first time and every time after it."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from domain.errors import REFUSALS
from domain.events import Event
from domain.events.record import ActionRefused
from domain.message import WITHHELD, message
from domain.recorded import Recorded
from domain.values import ActId, CommandId, Digest, EventId, StreamId


@message
class Entry:
    """One event of an act, as it stands in the ledger."""

    id: EventId
    type: str
    stream: StreamId
    version: int
    position: int
    digest: Digest
    """SHA-256 of the document."""


@message
class Refusal:
    """Which rule refused an act."""

    code: str
    sentence: str


@message
class Receipt:
    """The answer to an act: what was recorded, and where. The same act gets the same answer for ever."""

    act: ActId
    command_id: CommandId | None
    """As it was sent; none where nothing was recorded under it and the receipt alone is asked for."""
    position: int
    """The ledger's position after it; a read with this `min_position` shows what it did."""
    events: tuple[Entry, ...]
    """Empty where the act asked for what was so already."""
    refused: Refusal | None
    recorded_at: datetime | None
    """When it was recorded; none where nothing was."""
    repeated: bool
    """Whether this act was answered before."""


def entry(position: int, recorded: Recorded[Event], document: bytes) -> Entry:
    """An event as a receipt lists it."""
    return Entry(
        id=recorded.id,
        type=recorded.event.type,
        stream=recorded.stream,
        version=recorded.version,
        position=position,
        digest=Digest("sha256:" + sha256(document).hexdigest()),
    )


def refusal(entries: Sequence[Recorded[Event]]) -> Refusal | None:
    """What an act was refused for, if it was."""
    for recorded in entries:
        if isinstance(event := recorded.event, ActionRefused):
            # the sentence was protected: where it is destroyed, its code still says what it meant
            sentence = REFUSALS[event.code].title if event.sentence is WITHHELD else event.sentence
            return Refusal(code=event.code, sentence=sentence)
    return None
