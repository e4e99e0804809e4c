"""A recorder keeps the events of one act, and what goes in beside them, in one transaction or not at all."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic
from types import MappingProxyType
from typing import Final, NamedTuple

from eventsourcing.persistence import (
    ApplicationRecorder,
    IntegrityError,
    InternalError,
    NotSupportedError,
    OperationalError,
    ProgrammingError,
    StoredEvent,
)

from domain.ledger.follow import POLL_S, Following, Wakes
from domain.values import StreamId


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """What goes in beside the events of one act, in the same transaction."""

    act: str | None = None
    """Id of the act; a second append under the same id raises ActKnown."""
    disclosures: tuple[tuple[bytes, ...], ...] = ()
    """For each event, in the same order, its disclosures (RFC 9901); () where no event has any."""
    reads: Mapping[StreamId, int] | Mapping[str, int] = field(default_factory=dict)
    """Stream → version that the decision read; each must still be the head. 0: there is no such stream."""
    nothing_new: bytes | None = None
    """For an act without an event: the salted digest of its body."""


class ActRow(NamedTuple):
    """What became of an act: events `first` to `last`, or, where it changed nothing, neither of them but a digest."""

    first: int | None
    last: int | None
    head: int
    """Position of the ledger when the act was answered."""
    digest: bytes | None
    """Of an act that changed nothing; None once something was destroyed that it may have repeated."""


class StaleRead(IntegrityError):
    """A stream has moved since the decision read it: drop what was cached of these streams and decide again."""

    def __init__(self, moved: Mapping[str, int]) -> None:
        super().__init__("moved since they were read: " + ", ".join(f"{s} (now at {v})" for s, v in moved.items()))
        self.moved = dict(moved)
        """Stream → version that it has now."""


class ActKnown(IntegrityError):
    """An act of this id was answered before: read its row and give the first answer again."""

    def __init__(self, act: str) -> None:
        super().__init__(f"act {act} was answered before")
        self.act = act


class WrongPlace(IntegrityError):
    """The ledger does not end where a restore would go on; nothing of it was stored."""

    def __init__(self, head: int, at: int) -> None:
        super().__init__(f"the ledger ends at {head}, not at {at}")
        self.head = head


class OutcomeUnknown(OperationalError):
    """The append may have happened or not, and nobody can tell now: look the act's id up before repeating it."""


class WentBack(InternalError):
    """The store has less than it had, or is another file: nothing that it says is believed any more."""


class WrongStore(NotSupportedError):
    """The file or schema is not one of Docket's, or one that a newer Docket wrote; it was left as it is."""


class CorruptingSetting(NotSupportedError):
    """The environment asks eventsourcing for what corrupts a ledger; nothing may start."""


class Closed(ProgrammingError):
    """The recorder is closed; nothing of this call was stored."""


_CORRUPTING: Final = MappingProxyType(
    {
        "POSTGRES_ENABLE_DB_FUNCTIONS": "its functions are one per schema, not per table: readers miss events",
        "PERSISTENCE_MODULE": "events would go to another store",
        "APPLICATION_RECORDER_TOPIC": "events would go to another recorder",
        "MAPPER_TOPIC": "the bytes stored would not be the bytes published",
        "TRANSCODER_TOPIC": "the bytes stored would not be the bytes published",
        "COMPRESSOR_TOPIC": "the bytes stored would not be the bytes published",
        "CIPHER_TOPIC": "the bytes stored would not be the bytes published",
        "IS_SNAPSHOTTING_ENABLED": "a snapshot that fails makes a stored event look refused",
    }
)


def refuse_corrupting_settings(environ: Mapping[str, str]) -> None:
    """Raise CorruptingSetting for what eventsourcing would read, with or without an application's name before it."""
    for name, value in environ.items():
        for setting, why in _CORRUPTING.items():
            if value.strip() and (name.upper() == setting or name.upper().endswith(f"_{setting}")):
                raise CorruptingSetting(f"unset {name}: {why}")


class Watermark:
    """The highest position that this recorder was ever shown; a store that answers with less went back (for good)."""

    def __init__(self) -> None:
        self.position = 0
        self._lock = Lock()
        self._lost: str | None = None

    def before(self) -> int:
        """The least that an answer asked for from now on must show. Raises WentBack once that was found."""
        if self._lost is not None:
            raise WentBack(self._lost)
        return self.position

    def after(self, least: int, answer: int) -> int:
        """The answer, when it shows no less than `before()` said. Raises WentBack."""
        if answer < least:
            self.lose(f"position {least} was there; now the store ends at {answer}")
        if answer > self.position:
            with self._lock:
                self.position = max(self.position, answer)
        return answer

    def lose(self, why: str) -> None:
        """From now on every call raises WentBack, this one first."""
        self._lost = self._lost or why
        raise WentBack(self._lost)


class LedgerRecorder(ApplicationRecorder, ABC):
    """eventsourcing's recorder (originator id = stream, topic = type, state = document), with what an act needs.

    Positions are 1, 2, 3 … without a gap, are assigned in the transaction of the append, and never used again.
    Every call may raise OperationalError (disk, lock, connection), WentBack, and Closed after `close()`.
    """

    wakes: Wakes
    """Rung after every append of this process; a hint only: whoever follows must also poll `head()`."""

    @abstractmethod
    def insert_events(
        self, stored_events: Sequence[StoredEvent], *, attached: Attached | None = None, **unknown: object
    ) -> Sequence[int]:
        """Positions of the events, once they are durable. All of it is stored or nothing.

        Raises ActKnown; StaleRead (also for streams that are appended to); DataError for what no store can hold;
        OutcomeUnknown when a commit could not be settled; and whatever the verifier raises.
        """

    @abstractmethod
    def insert_batch(self, acts: Sequence[tuple[Sequence[StoredEvent], Attached]], *, at: int) -> list[range]:
        """The positions of each act, which follow one another from `at` + 1: all acts in one transaction, or none.

        Raises WrongPlace unless `at` is the head, and what `insert_events` raises.
        """

    @abstractmethod
    def head(self) -> int:
        """Last position; 0 while there is none."""

    @abstractmethod
    def read(self, after: int, limit: int) -> list[tuple[int, str, bytes]]:
        """(position, type, document) of at most `limit` events behind position `after`, in order."""

    @abstractmethod
    def read_stream(
        self, stream: str, after_version: int = 0, upto_position: int | None = None
    ) -> list[tuple[int, int, bytes]]:
        """(position, version, document) of a stream, in order."""

    @abstractmethod
    def documents(self, positions: Collection[int]) -> dict[int, bytes]:
        """Position → document; positions that do not exist are missing."""

    @abstractmethod
    def disclosures(self, positions: Collection[int]) -> dict[int, tuple[bytes, ...]]:
        """Position → disclosures; missing where there are none, or none any more."""

    @abstractmethod
    def act(self, id: str) -> ActRow | None:
        """What became of an act; None when there is none of this id."""

    @abstractmethod
    def close(self) -> None:
        """Answer what was asked before, refuse what comes later; again is not an error."""

    def max_notification_id(self) -> int | None:
        return self.head() or None

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> Following:
        return Following(self, gt, topics)

    def wait(self, after: int, timeout: float) -> bool:
        """Whether there is an event behind `after`, waiting for one at most `timeout` seconds."""
        until = monotonic() + timeout
        with self.wakes.listening() as rung:  # before the first look: a commit in between is not missed
            while self.head() <= after:
                left = until - monotonic()
                if left <= 0:
                    return False
                rung.wait(min(left, POLL_S))
                rung.clear()
            return True
