"""What the documents under one tile show by themselves: bytes, form and disclosures, whoever looks, in any order."""

from dataclasses import dataclass, field
from hashlib import sha256
from sys import intern
from typing import Final

import msgspec

from domain import wire
from domain.events.record import LedgerOpened
from domain.written import Written
from projections.exports.archive import File, disclosures_line, disclosures_name, tile_name
from projections.exports.layers import Failed, Layer, at, fail
from projections.exports.reading import Archive
from projections.transparency.tiles import WIDTH, Place, unbundled, width_at
from projections.transparency.tree import HASH, Unproved

_LEAF: Final = sha256(b"\0")
_OPENED: Final = wire.type_name(LedgerOpened)


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What every bundle of an export is held against."""

    size: int
    """Of the checkpoint."""
    source: str
    """`urn:uuid:` of the ledger."""
    complete: bool
    """No event may be absent."""

    @property
    def bundles(self) -> range:
        """Their indices."""
        return range(-(-self.size // WIDTH))


@dataclass(slots=True, kw_only=True)
class Looked:
    """What was seen of a bundle, up to the first that does not hold: of each event the same place in each list."""

    index: int
    positions: list[int] = field(default_factory=list)
    streams: list[str] = field(default_factory=list)
    versions: list[int] = field(default_factory=list)
    actors: list[str] = field(default_factory=list)
    signed: list[bool | None] = field(default_factory=list)
    disclosures: int = 0
    withheld: int = 0
    files: dict[str, File] = field(default_factory=dict)
    """The members that were read for it, as they are."""
    failed: Failed | None = None
    """What does not hold behind these events."""


def looked(archive: Archive, index: int, about: About) -> Looked:
    """Look at a bundle."""
    seen, found = Looked(index=index), list[Written]()
    try:
        _look(archive, seen, found, about)
    except Failed as failed:
        seen.failed = failed
    seen.streams = [each.subject for each in found]
    seen.versions = [each.streamversion for each in found]
    seen.actors = [intern(each.actor) for each in found]
    seen.signed = [each.signed for each in found]
    seen.withheld = sum([len(each.data.digests) for each in found]) - seen.disclosures
    return seen


class Bundle:
    """The entries of a bundle, and what is disclosed of them. Raises Failed."""

    def __init__(self, archive: Archive, index: int, size: int) -> None:
        self.place = Place(None, index, width_at(size, 0, index))
        self.first = index * WIDTH + 1
        self.files: dict[str, File] = {}
        self.disclosures: dict[int, tuple[bytes, ...]] = {}
        """By position."""
        name = tile_name(self.place.path)
        with at(Layer.BYTES, name):
            found = self._read(archive, name)
            self.entries = [b""] * self.place.width if found is None else unbundled(found)
            if len(self.entries) != self.place.width:
                raise Unproved(f"has {len(self.entries)} entries, and not {self.place.width}")
        name = disclosures_name(self.place.path)
        for line in (self._read(archive, name) or b"").splitlines(keepends=True):
            self._disclosed(name, line)

    def _read(self, archive: Archive, name: str) -> bytes | None:
        if (found := archive.read(name)) is not None:
            self.files[name] = File(len(found), sha256(found).hexdigest())
        return found

    def _disclosed(self, name: str, line: bytes) -> None:
        try:
            said = _LINE.decode(line)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise Failed(Layer.BYTES, name, "has a line that is none") from error
        if said.position in self.disclosures:
            fail(Layer.BYTES, f"position {said.position}", "has disclosures twice")
        if disclosures_line(said.position, said.disclosures) != line:
            fail(Layer.BYTES, name, "has a line that is not in its one form")
        self.disclosures[said.position] = tuple(each.encode() for each in said.disclosures)


def _look(archive: Archive, seen: Looked, found: list[Written], about: About) -> None:
    bundle = Bundle(archive, seen.index, about.size)
    seen.files = bundle.files
    hashes = archive.read(tile_name(Place(0, seen.index, bundle.place.width).path)) or b""
    disclosed, source, began, written = bundle.disclosures, about.source, _LEAF.copy, wire.written
    begin = 0
    for position, entry in enumerate(bundle.entries, bundle.first):
        end = begin + HASH
        should, begin = hashes[begin:end], end
        if not entry:
            if about.complete:
                fail(Layer.BYTES, f"position {position}", "is absent")
            continue
        leaf = began()
        leaf.update(entry)
        if leaf.digest() != should:
            fail(Layer.BYTES, f"position {position}", "is not the document that the log holds there")
        try:
            one = written(entry)
        except wire.Corrupt as error:
            raise Failed(
                Layer.SCHEMA, f"position {position}", f"is no event that this Docket knows: {error}"
            ) from error
        if disclosed and (disclosures := disclosed.pop(position, None)) is not None:
            _own(position, entry, disclosures)
            seen.disclosures += len(disclosures)
        if one.source != source:
            fail(Layer.ORDER, f"position {position}", "is of another ledger")
        if (position == 1) is not (one.type == _OPENED):
            fail(Layer.ORDER, f"position {position}", "a ledger is opened at position 1, and nowhere else")
        seen.positions.append(position)
        found.append(one)
    if disclosed:
        fail(Layer.BYTES, f"position {min(disclosed)}", "has disclosures, and no document")


def _own(position: int, document: bytes, disclosures: tuple[bytes, ...]) -> None:
    try:
        wire.verify_disclosures(document, disclosures)
    except wire.Corrupt as error:
        raise Failed(Layer.BYTES, f"position {position}", "has a disclosure that is not its own") from error


class _Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    position: int
    disclosures: list[str]


_LINE: Final = msgspec.json.Decoder(_Line)
