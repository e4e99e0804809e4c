"""What a runner says of itself: how far its views are, and what needs a person."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from projections.stores.tables import Store, Table
from projections.view import Key, View


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
    """How far a view is."""

    view: str
    version: int
    position: int
    lag: int
    """Events between it and the head of the feed."""
    parked: int
    """Rows that wait for a fix."""
    halted: str | None
    """Why it does not go on at all."""
    parked_at: tuple[int, ...] = ()
    """Positions of the events that these rows could not be folded with, each once, in order."""
    built: bool = True
    """False: it has no live table of this version yet, and nobody can read it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """A runner at one moment."""

    head: int
    stopped: str | None
    """Why it reads no further: a type that it does not know, or what it met; None while it goes on."""
    alarms: int
    """Raised since the runner was made; `Runner.alarms` says which still stand. Of a follower: those that do."""
    views: tuple[Progress, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """A view was built anew and its tables were switched. One version at one position has one digest."""

    position: int
    before: str | None
    """Digest of the table that was live; None where it was of another version, or nobody asked to compare."""
    after: str | None


def progress(store: Store, views: Iterable[View[Any]], head: int) -> tuple[Progress, ...]:
    """How far these views are."""
    live = {(table.view, table.version): table for table in store.tables() if table.live}
    parked = store.parked()
    found = []
    for view in views:
        table = live.get((view.name, view.version))
        position = 0 if table is None else table.position
        letters = () if table is None else parked.get(table.name, ())
        failed = [letter.position for letter in letters if letter.error is not None]
        found.append(
            Progress(
                view=view.name,
                version=view.version,
                position=position,
                lag=max(0, head - position),
                parked=len(failed),
                parked_at=tuple(sorted({*failed})),
                halted=None if table is None else table.halted,
                built=table is not None,
            )
        )
    return tuple(found)


def standing(store: Store, tables: Iterable[Table]) -> list[Alarm]:
    """What in these tables needs a person now."""
    found: list[Alarm] = []
    parked = store.parked()
    for table in tables:
        if table.halted is not None:
            found.append(Alarm(view=table.view, key=None, position=table.position + 1, error=table.halted))
        for key, position, error in parked.get(table.name, ()):
            if error is not None:
                found.append(Alarm(view=table.view, key=key, position=position, error=error))
    return found
