"""A selection list (SSVC 2.0) says which value each decision point has; a point with several values is not decided."""

from collections.abc import Mapping
from typing import Any

from consumers.acts.intake import Malformed, Wrong
from consumers.findings import schemas
from consumers.findings.finding import Point
from domain.ssvc import Table, UnknownValue


def points(document: Mapping[str, Any], table: Table) -> tuple[Point, ...]:
    """The values of the table's points, in the table's order; points that it does not ask for are left out.

    Raises Malformed for a list that does not have its form, does not say what the table asks for, or says it twice.
    """
    schemas.check("ssvc-selections-2.0.0", document)
    found: dict[str, Point] = {}
    wrong: list[Wrong] = []
    for number, said in enumerate(document["selections"]):
        id = f"{said['namespace']}:{said['key']}:{said['version']}"
        if (point := next((each for each in table.points if each.id == id), None)) is None:
            continue
        at = f"/selections/{number}"
        values = said["values"]
        if id in found:
            wrong.append(Wrong(at, "This point stands in the list twice."))
        elif len(values) != 1:
            wrong.append(Wrong(f"{at}/values", "A point that is decided has one value."))
        else:
            raw = values[0].get("name") or values[0]["key"]
            try:
                found[id] = Point(point=id, raw=raw, value=point.key(values[0]["key"]))
            except UnknownValue as unknown:
                wrong.append(Wrong(f"{at}/values/0", str(unknown)))
    missing = [point.name for point in table.points if point.id not in found]
    if missing and not wrong:
        wrong.append(Wrong("/selections", f"The table asks for: {', '.join(missing)}."))
    if wrong:
        raise Malformed("The list does not decide what the table asks for.", errors=wrong)
    return tuple(found[point.id] for point in table.points)
