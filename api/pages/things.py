"""Everything that has a page of its own, so that whoever sees it in a list comes to the events behind it."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Final

from api.pages.new_ids import MAKES
from api.pages.tables import Item, at
from domain.rules import STREAMS


@dataclass(frozen=True, slots=True)
class Thing:
    """A kind of what the record knows by an id."""

    path: str
    """Of its pages: that of the door has `/v1` before it."""
    kind: str
    """Of its stream, and of the commands about it."""
    view: str | None
    """Whose stream says when to look again."""
    title: Callable[[Item], object]
    parent: tuple[str, str]
    """The page that leads to it, and its title."""
    was: bool = True
    """Whether the door can say how it was."""
    opens: bool = False
    """Whether its facts are what one comes for, and lie open."""
    instead: str | None = None
    """The pages of what else is in streams of its kind."""

    @property
    def begins(self) -> Collection[str]:
        """Commands that begin another one."""
        return [command for command, ids in MAKES.items() if self.id_field in ids]

    @property
    def id_field(self) -> str:
        """What its commands call its id."""
        return STREAMS[self.kind].id_field


def _text(item: Item) -> object:
    """What is in force of a text, or was last said of it."""
    return at("now.in_force.title")(item) or item["code"]


def _lease(item: Item) -> object:
    return f"Lease of {item['subject']['tool'] or 'a covered model'}"


def _scan(item: Item) -> object:
    return f"Scan of {', '.join(each['value'] for each in item['targets'])}"


def _request(item: Item) -> object:
    return f"{item['requested_by']} asks {item['office']}"


def _note(item: Item) -> object:
    return f"Note of {item['office']}"


_STANDARDS: Final = ("/standards", "Standards and criteria")
_OFFICES: Final = ("/offices", "Offices")
THINGS: Final[Mapping[str, Thing]] = {
    each.path: each
    for each in (
        Thing("/clearinghouse", "vulnerability", "clearinghouse", at("title"), ("/clearinghouse", "Clearinghouse")),
        Thing("/leases", "lease", "leases", _lease, ("/leases", "Leases")),
        Thing("/scans", "scan", "scans", _scan, ("/scans", "Scans")),
        Thing("/taskings", "tasking", "taskings", at("now.title"), ("/taskings", "Taskings")),
        Thing("/offices", "office", "offices", at("now.name"), _OFFICES),
        Thing("/participants", "participant", "participants", at("now.name"), ("/participants", "Participants")),
        Thing("/instruments", "instrument", "instruments", at("title"), ("/instruments", "Instruments")),
        Thing("/policies", "policy", "policies", at("now.in_force.title"), ("/policies", "Policies")),
        Thing("/standards", "standard", "standards", _text, _STANDARDS),
        Thing("/thresholds", "threshold", "thresholds", _text, _STANDARDS),
        Thing("/frameworks", "framework", "frameworks", _text, _STANDARDS),
        Thing(
            "/oversight",
            "oversight",
            "oversight",
            _request,
            ("/oversight", "Oversight"),
            opens=True,
            instead="/oversight/notes",
        ),
        Thing(
            "/oversight/notes",
            "oversight",
            "oversight_notes",
            _note,
            ("/oversight/notes", "Notes of overseers"),
            opens=True,
        ),
        Thing("/criteria", "criteria", "criteria", at("code"), _STANDARDS, was=False),
    )
}
