"""What a reader gets of an event: its document, with those protected values filled in that this reader may see."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Final, Protocol

import orjson

from domain import wire
from domain.events import Event
from domain.events.case import CaseSubmitted
from domain.recorded import ENVELOPE, Recorded
from projections.visible import Sight

_CASE: Final = "case-"


class Documents(Protocol):
    """Where documents and their disclosures are kept: the ledger's recorder."""

    def documents(self, positions: Collection[int]) -> dict[int, bytes]:
        """Position → document; positions that do not exist are missing."""

    def disclosures(self, positions: Collection[int]) -> dict[int, tuple[bytes, ...]]:
        """Position → disclosures; missing where there are none, or none any more."""

    def read_stream(
        self, stream: str, after_version: int = 0, upto_position: int | None = None
    ) -> list[tuple[int, int, bytes]]:
        """(position, version, document) of a stream, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosed:
    """One event, as far as one reader may see it."""

    position: int
    recorded: Recorded[Event]
    """What this reader may not see is WITHHELD."""
    withheld: tuple[str, ...]
    """Names of what is protected and not here: not this reader's to see, or destroyed."""
    destroyed: tuple[str, ...]
    """Those of them that this reader could see, had their values not been destroyed: nobody has them any more."""
    document: bytes
    """The bytes that are stored, published, hashed and proved."""
    disclosures: tuple[bytes, ...]
    """Those that this reader may see (RFC 9901)."""

    def filled(self) -> dict[str, Any]:
        """The document as JSON, with what is disclosed where it belongs, and no digests of what is not."""
        whole: dict[str, Any] = orjson.loads(self.document)
        digests = whole["data"].pop("_sd")
        said = wire.disclosed(digests, self.disclosures, wire.shape(self.recorded.event.type))
        for name, value in said.items():
            (whole if name in ENVELOPE else whole["data"])[name] = value
        return whole


def disclosed(ledger: Documents, positions: Collection[int], sight: Sight) -> dict[int, Disclosed]:
    """Those of these events that the reader may know, each with what it may see of it."""
    documents = sorted(ledger.documents(positions).items())
    kept = ledger.disclosures(positions)  # behind the documents: what is not here then was destroyed, not yet to come
    whose: dict[str, str | None] = {}
    found: dict[int, Disclosed] = {}
    for position, document in documents:
        recorded = wire.load(document)
        stream = recorded.stream
        if sight.participant is not None and stream not in whose:
            whose[stream] = developer(ledger, stream)
        if not sight.event(recorded, whose.get(stream), position):
            continue
        form, digests = wire.shape(recorded.event.type), orjson.loads(document)["data"]["_sd"]
        mine = [name for name in (*ENVELOPE, *form.protected) if sight.disclosable(recorded, name, position)]
        given: dict[str, bytes] = {}
        for one in kept.get(position, ()):
            (name,) = wire.disclosed(digests, (one,), form)
            if name in mine:
                given[name] = one
        found[position] = Disclosed(
            position=position,
            recorded=wire.load(document, tuple(given.values())),
            withheld=tuple(name for name in (*ENVELOPE, *form.protected) if name not in given),
            # every document was made with disclosures; whoever may not see one is not told that it is gone
            destroyed=tuple(mine) if position not in kept else (),
            document=document,
            disclosures=tuple(given.values()),
        )
    return found


def developer(ledger: Documents, stream: str) -> str | None:
    """Whose case a stream is; None where it is no case."""
    for event in _submissions(ledger, stream):
        return event.developer
    return None


def _submissions(ledger: Documents, stream: str) -> Iterator[CaseSubmitted]:
    if stream.startswith(_CASE):
        for _, _, document in ledger.read_stream(stream):
            if isinstance(event := wire.load(document).event, CaseSubmitted):
                yield event
