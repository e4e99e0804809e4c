"""Who may know of what, as slowly and as plainly as it can be said: from published documents and their markings."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api.identity.development import principal
from domain.act import Principal
from domain.markings import parse, sees
from domain.needs import ALL
from projections.visible.shown import PUBLIC, PUBLISHED, SHOWN

COMMON = {"office", "participant", "instrument", "policy", "framework", "criteria", "ledger", "calendar"}
AMONG_PARTIES = "vulnerability."
"""What its reporter, its vendors and those who were notified are told of."""
TO_ONE = {
    f"{AMONG_PARTIES}{each}.v1"
    for each in (
        "equities-referred",
        "exploitation-observed",
        "operator-notified",
        "patch-distributed",
        "split",
        "vendor-contacted",
        "vendor-status-reported",
    )
}
"""Of these alone those that they name themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """One event, as far as it decides who may know of it."""

    type: str
    actor: str
    marking: str
    protected: str
    matter: str
    circle: str | None
    shared: bool
    """An assessment that its developer was given."""
    names: frozenset[str]
    """Participants that it may be shown to: whom its matter names, or itself."""


def recorded(said: Mapping[str, Any], names: frozenset[str]) -> Recorded:
    return Recorded(
        type=said["type"],
        actor=said["actor"],
        marking=said["marking"],
        protected=said["protectedmarking"],
        matter=matter_of(said),
        circle=circle_of(said),
        shared=said["data"].get("shared_with") == "developer",
        names=names,
    )


@dataclass(frozen=True, slots=True)
class Knowing:
    """A reader, by the words of the development header."""

    by: Principal
    oversight: bool

    @classmethod
    def of(cls, header: str) -> "Knowing":
        return cls(principal(header, lambda _, code: code), "roles=oversight" in header)

    def is_cleared(self, marking: str) -> bool:
        return sees(self.by.clearance, parse(marking))

    def knows(self, each: Recorded) -> bool:
        needs, kind = self.by.needs, each.matter.split("-", maxsplit=1)[0]
        needed = needs == ALL or kind in COMMON or kind in needs.kinds or each.matter in needs.streams
        among = each.circle is None or self.oversight or each.circle == self.by.actor.office
        return self.is_cleared(each.marking) and needed and among and self._is_its_own(each)

    def is_told(self, each: Recorded) -> bool:
        """What the event protects."""
        return self.is_cleared(each.protected)

    def _is_its_own(self, each: Recorded) -> bool:
        participant = self.by.actor.participant
        if participant is None or each.actor == f"participant/{participant}":
            return True
        is_shown = each.type in SHOWN or each.shared or each.type.startswith(AMONG_PARTIES)
        return each.type in PUBLIC or (is_shown and participant in each.names)


class Nobody:
    """Somebody of whom nothing is known."""

    def is_cleared(self, marking: str) -> bool:
        return marking == "UNCLASSIFIED"

    def knows(self, each: Recorded) -> bool:
        return each.type in PUBLISHED and self.is_cleared(each.marking)

    def is_told(self, each: Recorded) -> bool:
        return False


def matter_of(said: Mapping[str, Any]) -> str:
    """What an event is of, by its published document."""
    data, kind = said["data"], said["type"].partition(".")[0]
    if said["type"] == "action.refused.v1":
        return str(data["addressed"])
    if said["type"] == "participant.case-noted.v1":
        return f"case-{data['case_id']}"
    if said["type"] == "participant.report-noted.v1":
        return f"vulnerability-{data['vulnerability_id']}"
    if kind == "calendar":
        return f"scan-{data['scan_id']}"
    if kind == "record":
        return str(data["about"]["stream"])
    if kind == "consultation":
        of = data["subject"]
        return f"case-{of['case_id']}" if of["kind"] == "case" else f"{of['kind']}-{of['reference']['id']}"
    return str(said["subject"])


def circle_of(said: Mapping[str, Any]) -> str | None:
    """The office that alone, beside oversight, may know of it."""
    stream = said["subject"]
    if said["type"] == "action.refused.v1":
        if not said["data"]["command"].startswith("oversight."):
            return None
        if said["actor"].startswith("office/"):
            return str(said["actor"].removeprefix("office/"))
        stream = said["data"]["addressed"]
    return stream.removeprefix("oversight-")[:-37] if stream.startswith("oversight-") else None
