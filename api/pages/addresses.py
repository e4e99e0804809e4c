"""What the address of a page asks."""

import re
from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, Final
from urllib.parse import quote

from fastapi import Depends, Path, Request

from api.pages.asking import NotShown
from api.pages.values import ZONE
from api.problems import NOT_ITS_FORM, members
from api.reading.parameters import told

SEEN: Final = "docket-seen"
"""A cookie: the position up to which whoever looks has seen what happened."""
FORMATS: Final = ("csv",)
"""As which files lists leave."""
Id = Annotated[str, Path(max_length=200)]
"""An id as the address has it; the door says whether there is one."""


def quoted(id: str) -> str:
    """An id as part of a path."""
    return quote(id, safe="")


def filters(request: Request, *apart: str, **more: object) -> dict[str, object]:
    """What the address asks for, as the door is asked, but for `apart` and for empty fields of a form."""
    asked = {name: text for name, text in request.query_params.items() if text and name not in apart}
    return {**more, **asked}


def knows(*names: str) -> Any:  # noqa: ANN401 - a dependency
    """A dependency: the address of a page asks nothing but this. Raises NotShown.

    What a page asks the door for whoever looks, the door answers for itself.
    """

    async def known(request: Request) -> None:
        must_know(request, *names)

    return Depends(known)


def must_know(request: Request, *names: str) -> None:
    """Raises NotShown where the address asks a page for something else."""
    if unknown := request.query_params.keys() - set(names):
        said = f"This page may be asked for: {', '.join(names)}." if names else "This page takes no parameters."
        raise wrong(said, errors=told(unknown))


def one_of(request: Request, name: str, allowed: Collection[str]) -> str | None:
    """What the address says of something that has few values; None where it says nothing. Raises NotShown."""
    said = request.query_params.get(name) or None
    if said is not None and said not in allowed:
        raise wrong(f"`{name}` is one of: {', '.join(allowed)}.", errors=[{"parameter": name, "detail": NOT_ITS_FORM}])
    return said


def moment(request: Request) -> str | None:
    """A position or an instant, or the end of a day where business days are counted. Raises NotShown."""
    if said := request.query_params.get("as_of"):
        return said
    on = whole_day(request, "on")
    return None if on is None else on[1]


def whole_day(request: Request, name: str) -> tuple[str, str] | None:
    """When a day of the address begins, where business days are counted, and when it ends. Raises NotShown."""
    said = request.query_params.get(name)
    if not said:
        return None
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", said):
        raise wrong(f"`{name}` is a day.")
    try:
        on = date.fromisoformat(said)
        begins, ends = (datetime.combine(each, time(0), ZONE) for each in (on, on + timedelta(days=1)))
        return _utc(begins), _utc(ends)
    except (ValueError, OverflowError) as error:
        raise wrong(f"`{name}` is a day.") from error


def wrong(detail: str, **more: object) -> NotShown:
    """What the address says does not have its form."""
    return NotShown(400, members("parameter-wrong", detail, **more))


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def seen(request: Request, head: int) -> int | None:
    """Up to where whoever looks has seen what happened; None where they have not said so, or of another record."""
    said = request.cookies.get(SEEN, "")
    return int(said) if re.fullmatch("[0-9]{1,15}", said) and int(said) <= head else None
