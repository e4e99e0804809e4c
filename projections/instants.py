"""Instants lie in columns as whole microseconds, so that every store compares them alike."""

from datetime import UTC, datetime, timedelta
from typing import Final

_BEGIN: Final = datetime(1970, 1, 1, tzinfo=UTC)
_ONE: Final = timedelta(microseconds=1)


def microseconds(moment: datetime) -> int:
    """Since 1970 (UTC). Raises TypeError for a time without a zone."""
    return (moment - _BEGIN) // _ONE
