"""A schedule says when what an event protects may be destroyed; what it does not name is permanent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, get_args

from domain import clocks
from domain.errors import Refused
from domain.events import Event
from domain.values import Citation

SCHEDULE: Final = ("event", "item", "starts_with", "days", "disposition")
SHORTEST_RETENTION_DAYS: Final = 35
"""An act and its outcome lie on topics of their own for up to 31 days more (30, and a segment of one): until they are
gone there, nothing is destroyed by destroying it in the record."""
NEVER: Final = frozenset(
    {
        "case.determination-issued",
        "case.reconsideration-answered",
        "threshold.determined",
        "threshold.superseded",
        "consultation.answered",
        "consultation.declined",
        "record.destruction-proposed",
        "record.payload-destroyed",
    }
)
"""What no schedule may name: determinations, thresholds and answers, and what says why something was destroyed."""
_KNOWN: Final = frozenset(event.__dataclass_fields__["type"].default.rpartition(".")[0] for event in get_args(Event))


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What is kept for how long, by whose leave it may be destroyed then."""

    item: str
    terms: clocks.Terms
    """The clock of its retention: it starts with the first such event of the stream, from the event itself on."""
    disposition: str


@dataclass(frozen=True, slots=True)
class Schedule:
    """Items by the type of event, without its version."""

    items: Mapping[str, Item]

    def item(self, event_type: str) -> Item | None:
        """What covers an event of this type; None where it is permanent."""
        return None if called(event_type) in NEVER else self.items.get(called(event_type))


def called(event_type: str) -> str:
    """A type of event without its version: `case.closed`."""
    return event_type.rpartition(".")[0]


def schedule(cited: Citation, rows: Sequence[Sequence[str]], *, zone: str) -> Schedule:
    """What a table of this kind says; its days are those of the zone. Raises BadTable."""
    return Schedule({event: _item(cited, *row, zone=zone) for event, *row in rows})


def is_lawful(rows: Sequence[Sequence[str]]) -> None:
    """What no schedule may say. Asked when it is published. Raises Refused."""
    for event, _, starts_with, days, disposition in rows:
        if event in NEVER:
            raise Refused("policy-table", f"{event} is kept whole for ever: no schedule names it.")
        if not {event, starts_with} <= _KNOWN or event.partition(".")[0] != starts_with.partition(".")[0]:
            raise Refused("policy-table", f"{event} and {starts_with} are no two events of one kind of stream.")
        if int(days) < SHORTEST_RETENTION_DAYS:
            raise Refused(
                "policy-table",
                f"At least {SHORTEST_RETENTION_DAYS} days: an act and its outcome lie on Kafka for a while.",
            )
        if not disposition.strip():
            raise Refused("policy-table", f"{event}: a schedule cites by what authority it destroys.")


def _item(cited: Citation, item: str, starts_with: str, days: str, disposition: str, *, zone: str) -> Item:
    if not item.strip():
        raise clocks.BadTable(f"{cited}: an item has a name")
    if not (days.isascii() and days.isdecimal() and len(days) <= len(str(clocks.LONGEST_DAYS))):
        raise clocks.BadTable(f"{cited}: {item} says no number of days")
    terms = clocks.Terms(
        policy=cited,
        starts_with=starts_with,
        length_days=int(days),
        days=clocks.Days.CALENDAR,
        ends=clocks.Ends.DUTY,
        zone=zone,
        cutoff=None,
        roll_forward=False,
        pauses=(),
        extended_by=(),
        calendar=None,
    )
    return Item(item=item, terms=terms, disposition=disposition)
