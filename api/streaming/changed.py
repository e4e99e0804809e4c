"""Rows of a view as they change: how they are now, each once for all that came."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol, TypeAlias

from api.reading.rendering import item
from api.streaming.fanout import Fanout, Mark, Stretch
from api.streaming.messages import message, nothing
from projections.folding.following import Follows
from projections.given import Given
from projections.reads import Reads
from projections.stores.tables import Change, Forgotten
from projections.view import Key, View
from projections.visible import Sight

MOST: Final = 1000
"""Changes of one stretch."""


class Changes(Reads, Protocol):
    """A store of views that remembers what changed."""

    def changes_after(self, view: View[Any], position: int, limit: int, number: int = 0) -> list[Change]:
        """What changed in a view behind a position, in order. Raises Forgotten."""


@dataclass(frozen=True, slots=True)
class Changed:
    """Rows that changed behind a mark, whoever listens."""

    upto: Mark
    rows: dict[Key, int] | None
    """Each with the position of the last event that touched it; None: everything has to be read again."""


Following: TypeAlias = Fanout[Changed]


def follow(store: Changes, view: View[Any], runner: Follows) -> Following:
    """A view, for all who listen to its changes."""

    def load(after: Mark, upto: Mark) -> Changed:
        try:
            found = store.changes_after(view, after.position, MOST, after.number)
        except Forgotten:
            return Changed(upto, None)
        if len(found) >= MOST and found[-1].position < upto.position:
            upto = Mark(found[-1].position, after.number)
        here = [change for change in found if change.position <= upto.position]
        upto = Mark(upto.position, max([upto.number, *(change.number for change in here)]))
        rows = {change.key: change.position for change in here if change.key is not None}
        return Changed(upto, None if any(change.key is None for change in here) else rows)

    return Fanout(_Moves(runner, store, view), load, most=MOST)


async def sent(
    following: Following, store: Changes, view: View[Any], sight: Sight, begin: Mark
) -> AsyncIterator[Stretch]:
    """Messages for the rows of a view that change behind a mark."""
    yield Stretch(begin, b": from behind %d\n\n" % begin.position)
    async for stretch in following.stretches(sight, begin, lambda changed: _told(store, view, sight, changed)):
        yield stretch


def _told(store: Changes, view: View[Any], sight: Sight, changed: Changed) -> Stretch:
    upto = changed.upto
    if changed.rows is None:
        return Stretch(upto, message(upto.position, "reset", {"view": view.name}))
    given = Given() if sight.oversight else None
    sight = replace(sight, given=given)
    rows: dict[int, list[dict[str, Any]]] = {}
    for key, position in changed.rows.items():
        # what cannot be seen is not named: not even that something is there
        if (row := store.get(view, sight, key)) is not None:
            rows.setdefault(position, []).append(item(row))
    messages = [message(at, view.name, {"position": at, "rows": each}) for at, each in sorted(rows.items())]
    if upto.position not in rows:
        messages.append(nothing(upto.position))
    return Stretch(upto, b"".join(messages), given)


class _Moves:
    """It moves when the view was folded on, and when something was late."""

    def __init__(self, runner: Follows, store: Changes, view: View[Any]) -> None:
        self._runner, self._store, self._view = runner, store, view
        self._number = 0

    def mark(self) -> Mark:
        position = self._store.position(self._view)
        late = self._store.changes_after(self._view, position, MOST, self._number)
        self._number = max([self._number, *(change.number for change in late)])
        return Mark(position, self._number)

    def wait(self, beyond: Mark, timeout: float) -> bool:
        return self._runner.wait(self._view, beyond.position + 1, timeout) or self.mark() > beyond
