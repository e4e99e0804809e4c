"""What a runner says of itself: how far its views are, and what needs a person."""

from collections.abc import Iterable
from dataclasses import dataclass

from projections.tables import Store, Table
from projections.view import Key


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """Something that needs a person: a row that waits, a view that halted, or a reader that stopped."""

    view: str | None
    """None: all of them."""
    key: Key | None
    """None: all rows."""
    position: int
    """Of the event that could not be folded."""
    error: str
    """What was raised and where, without what it said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a live table is."""

    view: str
    version: int
    position: int
    lag: int
    """Events between it and the head of the feed."""
    parked: int
    """Rows that wait for a fix."""
    halted: str | None
    """Why it does not go on at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """A runner at one moment."""

    head: int
    stopped: str | None
    """Why it reads no further: a type that it does not know, or what it met; None while it goes on."""
    alarms: int
    """Raised since it was made; `Runner.alarms` says which still stand."""
    views: tuple[Progress, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """A view was built anew and its tables were switched. One version at one position has one digest."""

    position: int
    before: str | None
    """Digest of the table that was live; None where it was of another version, or nobody asked to compare."""
    after: str | None


def progress(store: Store, tables: Iterable[Table], head: int) -> tuple[Progress, ...]:
    """How far these tables are."""
    return tuple(
        Progress(
            view=table.view,
            version=table.version,
            position=table.position,
            lag=max(0, head - table.position),
            parked=sum(letter.error is not None for letter in store.letters(table)),
            halted=table.halted,
        )
        for table in tables
    )


def standing(store: Store, tables: Iterable[Table]) -> list[Alarm]:
    """What in these tables needs a person now."""
    found: list[Alarm] = []
    for table in tables:
        if table.halted is not None:
            found.append(Alarm(view=table.view, key=None, position=table.position + 1, error=table.halted))
        for key, position, error in store.letters(table):
            if error is not None:
                found.append(Alarm(view=table.view, key=key, position=position, error=error))
    return found
