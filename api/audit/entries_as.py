"""Entries go out as a page, or all of them as they are read: a line of CSV or of JSON for each."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from io import StringIO
from typing import Any, Final

from api.reading.rendering import item
from api.reports.as_csv import guarded
from domain import wire
from projections.audit_trail import AuditEntry
from projections.reads import Found


class Format(StrEnum):
    """What entries are given as."""

    JSON = "json"
    CSV = "csv"
    NDJSON = "ndjson"


MEDIA_TYPES: Final[Mapping[Format, str]] = {
    Format.CSV: "text/csv; charset=utf-8; header=present",
    Format.NDJSON: "application/x-ndjson",
}
COLUMNS: Final = (
    "position",
    "event",
    "type",
    "stream",
    "version",
    "case_id",
    "matter",
    "actor",
    "actor_name",
    "attestation",
    "authority",
    "delegation",
    "claimed_at",
    "taken_in_at",
    "recorded_at",
    "command_id",
    "causation",
    "marking",
    "protected_marking",
    "digest",
    "signed",
    "simulated",
)


def lines(found: Iterable[Found[AuditEntry]], format: Format) -> Iterator[bytes]:
    """The entries as they come, in UTF-8. No text in CSV begins like a formula."""
    if format is Format.NDJSON:
        for each in found:
            yield wire.canonical(item(each)) + b"\n"
        return
    yield _line(COLUMNS)
    for each in found:
        said = item(each)
        yield _line(_cell(said[name]) for name in COLUMNS)


def _line(cells: Iterable[str]) -> bytes:
    written = StringIO(newline="")
    csv.writer(written, lineterminator="\r\n", quoting=csv.QUOTE_ALL).writerow(list(cells))
    return written.getvalue().encode()


def _cell(value: Any) -> str:  # noqa: ANN401 - whatever an entry has
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case datetime():
            return wire.canonical(value).decode().strip('"')
        case _:
            return guarded(str(value))
