"""SSVC decision tables, read from the JSON that their owners publish: each combination of values has one outcome.

The tables are data of CERT/CC and CISA (see LICENSE beside them); nothing in them is changed here.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from typing import Any, Final

_FILES: Final = (
    "cisa_bod_26_04_1_0_0",
    "cisa_coordinator_2_0_3",
    "coordinator_publish_decision_table_1_0_0",
    "coordinator_triage_1_0_0",
    "deployer_patch_application_priority_1_0_0",
)
_FORMER: Final[Mapping[tuple[str, str], str]] = {("ssvc:E:1.1.0", "poc"): "P"}
"""What a value was called in an earlier version of its point, where that is still written: point, value → its key."""


class UnknownValue(ValueError):
    """A point that the table does not have, or has and was not given, or a value that its point does not have."""


@dataclass(frozen=True, slots=True)
class Point:
    """A decision point: what is asked, and the values that it may have, as keys with their names."""

    id: str
    """Namespace, key and version, such as `ssvc:E:1.1.0`."""
    name: str
    values: Mapping[str, str]

    def key(self, raw: str) -> str:
        """The key of a value that is given by its key or its name, however it is capitalised. Raises UnknownValue."""
        said = raw.strip().casefold()
        for key, name in self.values.items():
            if said in {key.casefold(), name.casefold()}:
                return key
        if (key := _FORMER.get((self.id, said), "")) in self.values:
            return key
        raise UnknownValue(f"{self.name} ({self.id}) is one of: {', '.join(self.values.values())}.")

    def called(self, name: str) -> bool:
        """Whether this is the point that somebody names by id, by key or by name, however it is capitalised."""
        return name.strip().casefold() in {self.id.casefold(), self.id.split(":")[1].casefold(), self.name.casefold()}


@dataclass(frozen=True)
class Table:
    """A decision table: every combination of the values of its points has one outcome."""

    id: str
    """Namespace and key, such as `cisa:DT_CO`."""
    version: str
    name: str
    points: tuple[Point, ...]
    outcomes: Point
    rows: tuple[Mapping[str, str], ...]
    """Value keys by point id, those of `outcomes` among them."""

    @cached_property
    def _outcome(self) -> Mapping[tuple[str, ...], str]:
        return {tuple(row[point.id] for point in self.points): row[self.outcomes.id] for row in self.rows}

    def point(self, name: str) -> Point:
        """The point of this name, key or id. Raises UnknownValue."""
        for point in self.points:
            if point.called(name):
                return point
        raise UnknownValue(f"{self.name} asks for: {', '.join(point.name for point in self.points)}.")

    def normal(self, values: Mapping[str, str]) -> dict[str, str]:
        """Value keys by point id. Raises UnknownValue for what the table does not have, and for a point given twice."""
        found: dict[str, str] = {}
        for name, raw in values.items():
            point = self.point(name)
            if point.id in found:
                raise UnknownValue(f"{point.name} is given twice.")
            found[point.id] = point.key(raw)
        return found

    def outcome(self, values: Mapping[str, str]) -> str:
        """The key of the outcome for these values. Raises UnknownValue, also where a point is missing."""
        found = self.normal(values)
        if missing := [point.name for point in self.points if point.id not in found]:
            raise UnknownValue(f"{self.name} asks for: {', '.join(missing)}.")
        return self._outcome[tuple(found[point.id] for point in self.points)]


def _table(read: Mapping[str, Any]) -> Table:
    points = {
        id: Point(id, said["name"], {value["key"]: value["name"] for value in said["values"]})
        for id, said in read["decision_points"].items()
    }
    return Table(
        id=f"{read['namespace']}:{read['key']}",
        version=read["version"],
        name=read["name"],
        points=tuple(point for id, point in points.items() if id != read["outcome"]),
        outcomes=points[read["outcome"]],
        rows=tuple(read["mapping"]),
    )


TABLES: Final[Mapping[tuple[str, str], Table]] = {
    (table.id, table.version): table
    for table in (
        _table(json.loads(files(__name__).joinpath(f"{name}.json").read_text(encoding="utf-8"))) for name in _FILES
    )
}
"""The tables that Docket knows, by id and version."""


def outcome(table: str, version: str, values: Mapping[str, str]) -> str | None:
    """The key of a table's outcome for values by point; None for a table that Docket does not know.

    Points and values are given by id, key or name. Raises UnknownValue (a ValueError) where the table has no answer.
    """
    known = TABLES.get((table, version))
    return None if known is None else known.outcome(values)
