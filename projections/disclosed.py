"""What a reader gets of an event: its document, with those protected values filled in that this reader may see."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
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


@dataclass(frozen=True, kw_only=True)
class Whole:
    """One event with all that is kept of it. Nobody is given it but as `given` and `disclosed` say."""

    position: int
    document: bytes
    kept: tuple[bytes, ...] | None
    """Its disclosures; None where there are none any more: every document was made with some."""

    @cached_property
    def recorded(self) -> Recorded[Event]:
        """It without what it protects."""
        return wire.load(self.document)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Of all that it protects."""
        return (*ENVELOPE, *wire.shape(self.recorded.event.type).protected)

    @cached_property
    def _named(self) -> Mapping[str, bytes]:
        form, digests = wire.shape(self.recorded.event.type), orjson.loads(self.document)["data"]["_sd"]
        return {name: one for one in self.kept or () for name in wire.disclosed(digests, (one,), form)}

    def given(self, sight: Sight, developer: str | None) -> tuple[str, ...] | None:
        """Names of what the reader may see of it; None where it may not know of it. `developer` is whose case it is."""
        if not sight.event(self.recorded, developer, self.position):
            return None
        return tuple(name for name in self.names if sight.disclosable(self.recorded, name, self.position))

    def disclosed(self, given: tuple[str, ...]) -> Disclosed:
        """It, for all who may see of it just what is named."""
        shown = {name: one for name, one in self._named.items() if name in given}
        return Disclosed(
            position=self.position,
            recorded=wire.load(self.document, tuple(shown.values())),
            withheld=tuple(name for name in self.names if name not in shown),
            destroyed=given if self.kept is None else (),  # whoever may not see one is not told that it is gone
            document=self.document,
            disclosures=tuple(shown.values()),
        )


def disclosed(ledger: Documents, positions: Collection[int], sight: Sight) -> dict[int, Disclosed]:
    """Those of these events that the reader may know, each with what it may see of it."""
    whose: dict[str, str | None] = {}
    found: dict[int, Disclosed] = {}
    for each in whole(ledger, sorted(ledger.documents(positions).items())):
        stream = each.recorded.stream
        if sight.participant is not None and stream not in whose:
            whose[stream] = developer(ledger, stream)
        if (given := each.given(sight, whose.get(stream))) is not None:
            found[each.position] = each.disclosed(given)
    return found


def whole(ledger: Documents, documents: Iterable[tuple[int, bytes]]) -> Iterator[Whole]:
    """These events, in their order, with all that is kept of them."""
    there = tuple(documents)
    positions = [position for position, _ in there]
    kept = ledger.disclosures(positions)  # behind the documents: what is not here then was destroyed, not yet to come
    for position, document in there:
        yield Whole(position=position, document=document, kept=kept.get(position))


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
