"""What a participant is told of what a part's event protects: never who did it, and never by its stream."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson

from domain import wire
from domain.message import protected_names
from projections.clearinghouse.row import TOLD, Vulnerability
from projections.disclosed import Documents
from projections.view import Part
from projections.visible import Sight


class Joined(NamedTuple):
    """What the event of a part protects, as far as one reader may see it."""

    protected: dict[str, Any]
    withheld: list[str]
    """Names of what is not here."""
    destroyed: list[str]
    """Those of them that were destroyed, where this reader was shown them."""


def joined(ledger: Documents, row: Vulnerability, sight: Sight) -> Mapping[int, Joined]:
    """Position of a part → what its event protects, as far as this reader may see it.

    The row is the one that this reader was given: of what it shows, that which is TOLD.
    """
    parts: dict[int, Part] = {part.position: part for name in sorted(TOLD) for part in getattr(row, name)}
    documents, kept = ledger.documents(parts), ledger.disclosures(parts)
    found: dict[int, Joined] = {}
    for position, document in documents.items():
        recorded = wire.load(document)
        names = protected_names(type(recorded.event))
        said: Mapping[str, Any] = {}
        is_theirs = sight.protected(parts[position])
        if is_theirs:
            digests = orjson.loads(document)["data"]["_sd"]
            said = wire.disclosed(digests, kept.get(position, ()), wire.shape(recorded.event.type))
        found[position] = Joined(
            protected={name: said[name] for name in names if name in said},
            withheld=[name for name in names if name not in said],
            destroyed=list(names) if is_theirs and position not in kept else [],
        )
    return found
