"""The whole of a list leaves as a file: every page of what the door gives, with the filters of the address."""

from collections.abc import Sequence
from typing import Any, Final

from fastapi import Request, Response

from api.pages.addresses import wrong
from api.pages.asking import Asking
from api.pages.tables import Column, Item, as_csv

_AT_ONCE: Final = 1000
MOST: Final = 100_000
"""Items of a file; it is whole, or it is not given."""


async def file(  # noqa: PLR0917 - what a file is made of
    ask: Asking, request: Request, name: str, door: str, columns: Sequence[Column], asked: dict[str, Any]
) -> Response:
    """All that is asked for as CSV. Raises NotShown."""
    items: list[Item] = []
    position, after = 0, 0
    while after is not None:
        found = await ask(request, door, **{**asked, "after": after, "limit": _AT_ONCE})
        items += found["items"]
        after, position = found["next"], position or found["position"]
        if len(items) > MOST:
            detail = f"More than {MOST} items are no file: look for fewer, or ask {door} page by page."
            raise wrong(detail)
    headers = {
        "Content-Disposition": f'attachment; filename="{name}-{position}.csv"',
        "Cache-Control": "private, no-cache",
    }
    return Response(as_csv(columns, items), 200, headers, "text/csv; charset=utf-8; header=present")
