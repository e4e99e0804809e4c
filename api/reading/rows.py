"""The rows of a view are read in one way: a page of them, or one with its parts, as whoever asks may see them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypedDict, TypeVar

from fastapi import Depends, Request, Response

from api.reading import Page, Reading, When
from api.reading.rendering import answer, told, told_page
from projections import known
from projections.known import Entry
from projections.reads import Reads
from projections.view import Key, View
from projections.visible import Sight

E = TypeVar("E", bound=Entry)


@dataclass(frozen=True, slots=True, kw_only=True)
class One(Generic[E]):
    """Somebody asks for one row."""

    reading: Reading
    view: View[E]
    request: Request
    sight: Sight
    when: When

    @property
    def reads(self) -> Reads:
        """What views are read through."""
        return self.reading.reads

    def told(self, key: Key, tell: Callable[[E], Any]) -> Response:
        """The row with its parts. Raises Problem (404) where this reader has none."""
        return self.this(known.one(self.reads, self.sight, self.view, key, as_of=self.when.position, tell=tell))

    def this(self, row: known.Told[E, Any] | None) -> Response:
        """The row that was found already. Raises Problem (404) where this reader has none."""
        return told(self.request, self.reading.ledger.recorder, self.sight, row)

    def counted(self, items: Sequence[object]) -> Response:
        """What is counted of the rows, by whatever they are counted by."""
        value: dict[str, Any] = {"items": items, "at": self.when.at, "position": self.reads.position(self.view)}
        if (withheld := self.reads.withheld(self.view, self.sight)) is not None:
            value["withheld"] = withheld
        return answer(self.request, value)


class Part(TypedDict):
    """A part of a list, as of a position."""

    as_of: int | None
    after: int
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Many(One[E]):
    """Somebody asks for a page of rows."""

    page: Page

    def part(self) -> Part:
        """Which part of the list is asked for, as what looks rows up is told it."""
        return Part(as_of=self.when.position, after=self.page.after, limit=self.page.limit)

    def listed(self, tell: Callable[[E], Any], where: Sequence[tuple[str, object]] = ()) -> Response:
        """The rows of which `tell` says something; `where` is SQL over the view's columns, each with its value."""
        found: known.Page[E, Any] = known.page(
            self.reads,
            self.sight,
            self.view,
            tell=tell,
            **self.part(),
            where=" AND ".join(sql for sql, _ in where),
            values=[value for _, value in where],
        )
        return self.these(found)

    def these(self, rows: known.Page[E, Any]) -> Response:
        """The rows that were found already."""
        return told_page(self.request, self.reads, self.view, self.sight, self.page, rows)


def one(reading: Reading, view: View[E]) -> Any:  # noqa: ANN401 - what FastAPI calls a dependency
    """A dependency: one row, when the view has `min_position`. Raises Problem (400, 403, 409, 503)."""

    async def asked(
        *,
        _: Annotated[None, Depends(reading.reached(view))],
        request: Request,
        sight: Annotated[Sight, Depends(reading.sight())],
        when: Annotated[When, Depends(reading.when())],
    ) -> One[E]:
        return One(reading=reading, view=view, request=request, sight=sight, when=when)

    return Depends(asked)


def many(reading: Reading, view: View[E]) -> Any:  # noqa: ANN401 - what FastAPI calls a dependency
    """A dependency: a page of rows, when the view has `min_position`. Raises Problem (400, 403, 409, 503)."""

    async def asked(
        *,
        _: Annotated[None, Depends(reading.reached(view))],
        request: Request,
        sight: Annotated[Sight, Depends(reading.sight())],
        page: Annotated[Page, Depends(reading.page)],
        when: Annotated[When, Depends(reading.when())],
    ) -> Many[E]:
        return Many(reading=reading, view=view, request=request, sight=sight, when=when, page=page)

    return Depends(asked)
