"""Whoever reads gets what they may see of one position, can ask for at least a position, and learns when it changed."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final

from anyio import CapacityLimiter, to_thread
from fastapi import Depends, Query, Request

from api.contract import PROBLEMS
from api.problems import Problem
from api.quotas.turns import waiting
from api.reading.overseen import CURRENT
from consumers.acts.intake import INSTANT
from domain import wire
from domain.act import Principal
from domain.events.office import OfficeKind
from domain.ledger.ledger import Ledger
from domain.rules.office import Office
from domain.rules.seen import of_office
from domain.values import instant
from projections.audit_trail import AUDIT_TRAIL
from projections.folding.following import Follows
from projections.moments import position_at
from projections.reads import Reads
from projections.searching.index import Index
from projections.view import View
from projections.visible import Sight

MOST: Final = 1000
"""Items of one page, at most."""
LONGEST_WAIT_S: Final = 30.0
WAIT_S: Final = 5.0
WAITING: Final = 200
"""Readers that wait for a position at the same time, at most: each holds a thread, and none of those that act."""
LARGEST: Final = 2**53 - 1

ANSWERS: Final[Mapping[int | str, dict[str, Any]]] = {
    304: {"description": "It is as you have it"},
    **{status: PROBLEMS[status] for status in (400, 401, 403, 404, 409, 503)},
}
"""What reading may be answered with beside what was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Which part of a list is asked for."""

    after: int
    limit: int


@dataclass(frozen=True, slots=True)
class When:
    """Of which time something is asked."""

    position: int | None
    """Only what was recorded up to it counts; None: all."""
    at: datetime


After = Annotated[int, Query(ge=0, le=LARGEST, description="Cursor: the position behind which the page begins.")]
Limit = Annotated[int, Query(ge=1, le=MOST, description="Items, at most.")]
MinPosition = Annotated[int, Query(ge=0, le=LARGEST, description="Wait until the view has this position.")]
Ids = Annotated[list[str] | None, Query(max_length=100, description="These alone, by their ids.")]
AsOf = Annotated[
    str | None, Query(max_length=40, description="A position, or an instant: what was so then, marked as it is today.")
]


class Reading:
    """What the routes that read have in common."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        reads: Reads,
        index: Index,
        runner: Follows,
        clock: Callable[[], datetime],
        caller: Callable[[Request], Principal],
    ) -> None:
        self.ledger, self.reads, self.index, self.runner = ledger, reads, index, runner
        self.clock, self.caller = clock, caller
        self._waiting = CapacityLimiter(WAITING)

    def sight(self) -> Callable[[Principal], Awaitable[Sight]]:
        """A dependency: what whoever asks may see. Raises Problem (403) for an office that is not registered."""

        async def sight(by: Annotated[Principal, Depends(self.caller)]) -> Sight:
            office = by.actor.office
            if office is None or self.ledger.has_read(of_office(office)):
                return self.sight_of(by)  # which waits for nothing: a thread would cost more than this
            return await to_thread.run_sync(self.sight_of, by)

        return sight

    def sight_of(self, by: Principal) -> Sight:
        """What a principal may see. Raises Problem (403) for an office that is not registered."""
        reading = CURRENT.get()
        on_page = reading.given if reading is not None and reading.on_page else None
        if by.actor.office is None:
            return Sight.of(by, given=on_page)
        office: Office = self.ledger.state(of_office(by.actor.office)).state
        if not office.known:
            raise Problem("office-unknown")
        if office.kind is not OfficeKind.OVERSIGHT:
            return Sight.of(by, given=on_page)
        if reading is None:
            raise RuntimeError("an overseer reads, and nothing records it")
        reading.by = by
        return Sight.of(by, oversight=True, given=reading.given)

    def reached(self, view: View[Any]) -> Callable[..., Awaitable[None]]:
        """A dependency: the view has `min_position`. Raises Problem (503) with the position that it has."""

        async def reached(
            request: Request, by: Annotated[Principal, Depends(self.caller)], min_position: MinPosition = 0
        ) -> None:
            if min_position == 0:
                return
            wait = preferred_wait(request)
            async with waiting(request):
                there = await to_thread.run_sync(
                    self.runner.wait, view, min_position, wait, limiter=self._waiting, abandon_on_cancel=True
                )
            if not there:
                raise Problem("view-behind", position=self.reads.position(view))

        return reached

    def _indexed(self, min_position: int, wait: float) -> bool:
        return self.index.wait(max(min_position, self.reads.position(AUDIT_TRAIL)), wait)

    async def searched(self, request: Request, min_position: MinPosition = 0) -> None:
        """A dependency: the index has `min_position`. Raises Problem (503) with the position that it has.

        Nobody who was told of an event by the stream of the audit trail finds less here: the index has what that has,
        or is waited for.
        """
        wait = preferred_wait(request)
        async with waiting(request):
            there = await to_thread.run_sync(
                self._indexed, min_position, wait, limiter=self._waiting, abandon_on_cancel=True
            )
        if min_position and not there:
            raise Problem("view-behind", position=self.index.kept.reached().position)

    def when(self) -> Callable[[Sight, str | None], Awaitable[When]]:
        """A dependency: of which time something is asked. Raises Problem (400, 409)."""

        def then(sight: Sight, as_of: str) -> When:
            if isinstance(asked := moment("as_of", as_of), datetime):
                return When(position_at(self.reads, sight, asked), asked)
            found = self.ledger.recorder.documents([asked]).get(asked)
            if found is None:
                raise Problem("position-ahead" if asked else "parameter-wrong", "There is no such position.")
            return When(asked, wire.load(found).recorded_at)

        async def when(sight: Annotated[Sight, Depends(self.sight())], as_of: AsOf = None) -> When:
            if as_of is None:
                return When(None, self.clock())
            return await to_thread.run_sync(then, sight, as_of)

        return when

    async def page(self, after: After = 0, limit: Limit = 100) -> Page:
        """A dependency: the page that is asked for. Raises Problem (409) for a cursor of the future."""
        if after and after > (head := await to_thread.run_sync(self.ledger.recorder.head)):
            raise Problem("position-ahead", f"The ledger ends at position {head}.", position=head)
        return Page(after=after, limit=limit)


def preferred_wait(request: Request) -> float:
    """How many seconds a reader prefers to wait (RFC 7240)."""
    found = _WAIT.search(request.headers.get("prefer", ""))
    return min(LONGEST_WAIT_S, float(found[1])) if found else WAIT_S


_WAIT: Final = re.compile(r"(?:^|,)\s*wait\s*=\s*([0-9]{1,4})\s*(?:,|;|$)")


def moment(name: str, text: str) -> int | datetime:
    """A position, or an instant in UTC. Raises Problem (400)."""
    if text.isascii() and text.isdecimal() and len(text) <= len(str(LARGEST)):
        return int(text)
    if re.fullmatch(INSTANT, text):
        try:
            return instant(datetime.fromisoformat(text))
        except ValueError:
            pass
    raise Problem("parameter-wrong", f"{name} is a position, or an instant with its zone.")


def instant_in(name: str, text: str) -> datetime:
    """An instant in UTC. Raises Problem (400)."""
    if isinstance(found := moment(name, text), datetime):
        return found
    raise Problem("parameter-wrong", f"{name} is an instant with its zone.")
