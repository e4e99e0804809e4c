"""A view is a table that events are folded into: which rows an event touches, and what it makes of them."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, ClassVar, Final, Generic, Literal, NamedTuple, Protocol, TypeAlias, TypeVar

import msgspec

from domain.events import Event
from domain.recorded import Recorded
from domain.values import ParticipantId

Key: TypeAlias = str | int
"""What a row is found by: text, or a position."""

EVERYBODY: Final = "*"
"""The `scope` of a row that every participant may know, as far as its clearance goes."""
BETWEEN: Final = "oversight/"
"""What the `scope` of a row begins with that oversight alone may know, and the one office that is named behind it."""
_NONE: Final[Mapping[str, str]] = MappingProxyType({})


class Matter(NamedTuple):
    """Where a view's rows say of which matter they are (`domain.needs`): all that they tell is told by that."""

    column: str
    kind: str = ""
    """The kind of stream of which the column has the id; without one it has the stream's name."""


class Part(msgspec.Struct, kw_only=True, gc=False):
    """What one event added to a row. A reader is given it only when its own marking allows it.

    Parts lie in a row (or in another part) as values of lists and of dicts, or alone where None is allowed too.
    """

    position: int
    """Of the event: what joins the protected values."""
    marking: str
    protected_marking: str
    """Of the event's protected values, which no view keeps."""
    shown: bool
    """Whether the participant in the row's `scope` may see it (`visible.shown`); offices go by markings alone."""
    at: datetime
    """When it was recorded (UTC)."""
    tells_of: ClassVar[str] = ""
    """A kind of matter of which it sums up some, in a row that is of none of them: for whoever needs to know of all."""


class Concerning(Part, kw_only=True, gc=False):
    """A part of a row that several participants may know, and that concerns one of them in particular."""

    concerns: ParticipantId | None
    """Who may see it even where it is not `shown`; told to nobody."""


class Row(msgspec.Struct, kw_only=True):
    """One row, kept as JSON. What it says beside its parts may be known to whoever may know that it exists."""

    marking: str
    """Canonical text of the least that one must be cleared for to know that the row exists."""
    scope: str | None = None
    """The participant whose own row it is, or EVERYBODY; None: offices only; BETWEEN and an office: these two."""
    withheld: int = 0
    """How many parts were taken out for this reader; always 0 where it is kept."""


R = TypeVar("R", bound=Row)


class View(ABC, Generic[R]):
    """Rows by key. Folds are pure, read no protected field, and may change the row that they are given.

    The table is `<name>_<version>`; a change of `row`, `columns`, `keys` or `evolve` needs another version.
    """

    name: ClassVar[str]
    """In small letters and `_`."""
    version: ClassVar[int]
    row: type[R]
    form: ClassVar[type[Any] | None] = None
    """What `evolve` and `indexed` get, where that is not `row`: the same JSON, of which less is decoded."""
    key_type: ClassVar[Literal["TEXT", "INTEGER"]] = "TEXT"
    columns: ClassVar[Mapping[str, str]] = _NONE
    """More columns to look rows up by, beside key, marking, scope, position and body: name → TEXT or INTEGER."""
    indexes: ClassVar[tuple[tuple[str, ...], ...]] = ()
    shared: ClassVar[str] = ""
    """SQL with one `?` (a participant) and `{table}`: which rows that are not its own it may know all the same."""

    matter: ClassVar[Matter | None] = None
    """None: its rows are of no matter, and nobody who is cleared for one is kept from it."""

    @abstractmethod
    def keys(self, recorded: Recorded[Event]) -> tuple[Key, ...]:
        """The rows that this event touches."""

    @abstractmethod
    def evolve(self, row: R | None, position: int, recorded: Recorded[Event]) -> R | None:
        """The row after this event; None where there is none, before or after."""

    def indexed(self, row: R) -> tuple[object, ...]:
        """Values of `columns`, in order."""
        return ()


class Journal(View[R]):
    """A view that keeps one row for an event at most, by its position, and never touches it again."""

    key_type = "INTEGER"

    def keys(self, recorded: Recorded[Event]) -> tuple[Key, ...]:
        """None: a row's key is its position."""
        return ()

    def evolve(self, row: R | None, position: int, recorded: Recorded[Event]) -> R | None:
        """Nothing changes an entry."""
        return row

    @abstractmethod
    def entry(self, position: int, recorded: Recorded[Event], document: bytes) -> R | None:
        """What is kept of this event; None where nothing is."""


class Growth(Protocol):
    """A view of a sequence, on its way from one event to the next."""

    @property
    def unwritten(self) -> int:
        """How many rows changed, about."""

    def append(self, document: bytes) -> None:
        """The next event."""

    def taken(self) -> Mapping[Key, tuple[int, Row]]:
        """The rows that changed since the last time, each with the position of the last event that touched it."""


class Growing(View[R]):
    """A view of the sequence itself: what an event adds follows from its place, and its bytes. No event fails in it."""

    @abstractmethod
    def grown(self, position: int, load: Callable[[Sequence[Key]], Mapping[Key, R]]) -> Growth:
        """As it is after the event at this position, from rows that are there."""

    def keys(self, recorded: Recorded[Event]) -> tuple[Key, ...]:
        """None: which rows change, `grown` knows."""
        return ()

    def evolve(self, row: R | None, position: int, recorded: Recorded[Event]) -> R | None:
        """Nothing changes by a single event."""
        return row
