"""What every rendering of a report says: its cells, the ids of their events, and how the whole is marked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson

from domain.ledger.recorder import LedgerRecorder
from domain.markings import compilation, parse
from domain.values import EventId
from projections.reports.report import Report

_BATCH = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A report with what the record adds to it."""

    report: Report
    events: Mapping[int, EventId]
    """Position → id, of every event behind a cell."""
    marking: str
    """Of the whole: what keeps what every event behind it keeps."""
    simulated: bool
    """Its events are of a demonstration, whose clock is one too."""
    withheld: bool | None
    """Whether oversight is not given something of what it is made of; None for anybody else."""


def said_of(report: Report, recorder: LedgerRecorder, *, withheld: bool | None) -> Said:
    """A report with the ids of its events."""
    positions = sorted(report.positions())
    events: dict[int, EventId] = {}
    markings = {"UNCLASSIFIED"}
    for begin in range(0, len(positions), _BATCH):
        for position, document in recorder.documents(positions[begin : begin + _BATCH]).items():
            said = orjson.loads(document)
            events[position] = EventId(said["id"])
            markings.add(said["marking"])
    first = orjson.loads(recorder.documents([1])[1])
    return Said(
        report=report,
        events=events,
        marking=str(compilation(parse(each) for each in sorted(markings))),
        simulated=first.get("simulated") is True,
        withheld=withheld,
    )


def instant(at: datetime) -> str:
    """An instant as it is said everywhere."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def notices(said: Said) -> list[str]:
    """Sentences that stand in every rendering."""
    found: list[str] = []
    if said.simulated:
        found.append("This is a demonstration system: every event in this report is invented.")
    if said.withheld:
        found.append("Something of what this report is made of is withheld from its reader.")
    if said.report.stale:
        found.append("An event could not be counted yet: the numbers may change.")
    if said.report.public:
        found.append("Counts of 1 to 4 are suppressed, and so is what would tell them.")
    return found
