"""What a participant is told of what a part's event protects: never who did it, and never by its stream."""

from collections.abc import Mapping
from typing import Any

import orjson

from domain import wire
from domain.message import protected_names
from projections.clearinghouse.row import TOLD, Vulnerability
from projections.disclosed import Documents
from projections.view import Part
from projections.visible import Sight


def joined(ledger: Documents, row: Vulnerability, sight: Sight) -> Mapping[int, tuple[dict[str, Any], list[str]]]:
    """Position of a part → the protected values of its event that this reader may see, and the names of the others.

    The row is the one that this reader was given: of what it shows, that which is TOLD.
    """
    parts: dict[int, Part] = {part.position: part for name in sorted(TOLD) for part in getattr(row, name)}
    kept = ledger.disclosures(parts)
    found: dict[int, tuple[dict[str, Any], list[str]]] = {}
    for position, document in ledger.documents(parts).items():
        recorded = wire.load(document)
        names = protected_names(type(recorded.event))
        said: Mapping[str, Any] = {}
        if sight.protected(parts[position]):
            digests = orjson.loads(document)["data"]["_sd"]
            said = wire.disclosed(digests, kept.get(position, ()), wire.shape(recorded.event.type))
        found[position] = (
            {name: said[name] for name in names if name in said},
            [name for name in names if name not in said],
        )
    return found
