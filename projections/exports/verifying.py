"""Whoever has an export checks it here, from the checkpoint down to each byte: nothing in it is believed.

What is found first is told, with its place. Nothing is asked of a network, a store or a clock.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import IntEnum
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, NoReturn, assert_never

import msgspec

from domain import wire
from domain.events.office import KeyRegistered, SignaturesRequired
from domain.events.record import LedgerOpened
from domain.recorded import ENVELOPE, Recorded
from domain.signatures import Signatures
from domain.signing import Verdict
from domain.values import LedgerId
from projections.exports.archive import (
    CHECKPOINT,
    FORMAT,
    MANIFEST,
    Manifest,
    disclosures_name,
    tile_name,
)
from projections.exports.reading import Archive, Unreadable, opened
from projections.transparency.notes import Note
from projections.transparency.policy import Grade, Opened, Policy
from projections.transparency.tiles import HEIGHT, WIDTH, Place, TileHashes, above, placed, unbundled, width_at
from projections.transparency.tree import HASH, Unproved, root_of

_OFFICE: Final = "office-"


class Layer(IntEnum):
    """What does not hold; its number is the exit code that says so."""

    BYTES = 20
    """A document, a disclosure or a file is not what was hashed."""
    TREE = 21
    """A tile does not lead to the tile above it."""
    ROOT = 22
    """The tiles do not lead to the root that was signed."""
    SIGNATURE = 23
    """No log that the policy believes has signed the checkpoint."""
    QUORUM = 24
    """Too few witnesses have."""
    ORDER = 25
    """Events do not follow one another as they have to."""
    SCHEMA = 26
    """A document is none that a Docket writes."""
    AUTHORITY = 27
    """An act bears a signature that no key of its office made, or none where its office requires one."""


class Failed(Exception):
    """Something does not hold."""

    def __init__(self, layer: Layer, place: str, why: str) -> None:
        super().__init__(f"{place}: {why}")
        self.layer, self.place, self.why = layer, place, why


@dataclass(slots=True, kw_only=True)
class Report:
    """What an export holds, all of it checked."""

    opened: Opened
    manifest: Manifest
    events: int = 0
    disclosures: int = 0
    withheld: int = 0
    """Protected values of these events that are not here."""
    signed: int = 0
    """Events whose act bears a signature that was checked."""
    unchecked: int = 0
    """Events whose act bears one that could not be: what it is checked against is not here."""

    @property
    def absent(self) -> int:
        """Events that the checkpoint covers and that are not here: not asked for, or not shown to this reader."""
        return self.opened.checkpoint.size - self.events


def verify(
    path: Path, policy: Policy, *, complete: bool = False, done: Callable[[int, int], None] = lambda *_: None
) -> Report:
    """Check all of an export. `complete`: no event may be absent. `done` is told how far it is, and of how much.

    Raises Failed with what is found first, and OSError.
    """
    with _at(Layer.BYTES, path.name), opened(path) as archive:
        manifest = _manifest(archive)
        believed = _checkpoint(archive, policy)
        report = Report(opened=believed, manifest=manifest)
        if manifest.size != believed.checkpoint.size:
            _fail(Layer.BYTES, MANIFEST, f"says size {manifest.size}, the checkpoint {believed.checkpoint.size}")
        _tree(archive, believed)
        events = _Events(archive, report, complete=complete)
        for index in range(-(-believed.checkpoint.size // WIDTH)):
            events.bundle(index)
            done(min((index + 1) * WIDTH, believed.checkpoint.size), believed.checkpoint.size)
        _files(archive, report)
    return report


@contextmanager
def _at(layer: Layer, place: str) -> Iterator[None]:
    """What is raised inside means that this does not hold here."""
    try:
        yield
    except (Unproved, Unreadable) as error:
        raise Failed(layer, place, str(error)) from error


def _fail(layer: Layer, place: str, why: str) -> NoReturn:
    raise Failed(layer, place, why)


def _member(archive: Archive, layer: Layer, name: str) -> bytes:
    with _at(layer, name):
        found = archive.read(name)
    if found is None:
        _fail(layer, name, "is missing")
    return found


def _manifest(archive: Archive) -> Manifest:
    try:
        manifest = msgspec.json.decode(_member(archive, Layer.BYTES, MANIFEST), type=Manifest)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Failed(Layer.BYTES, MANIFEST, "is none, or of a later form") from error
    if manifest.format != FORMAT:
        _fail(Layer.BYTES, MANIFEST, f"is of another form than {FORMAT}")
    for name in archive.names():
        if name != MANIFEST and name not in manifest.files:
            _fail(Layer.BYTES, name, "is in the archive, and not in its manifest")
    return manifest


def _checkpoint(archive: Archive, policy: Policy) -> Opened:
    with _at(Layer.SIGNATURE, CHECKPOINT):
        found = policy.graded(Note.read(_member(archive, Layer.SIGNATURE, CHECKPOINT)))
    if found.grade is not Grade.FINAL:
        signed = ", ".join(sorted(found.witnessed)) or "nobody"
        _fail(Layer.QUORUM, CHECKPOINT, f"the quorum {policy.quorum!r} is not met by {signed}")
    return found


def _tree(archive: Archive, believed: Opened) -> None:
    """From the root down: each tile that is here is the one that its parent was made of."""
    size = believed.checkpoint.size

    def tile(level: int, index: int) -> bytes | None:
        return archive.read(tile_name(Place(level, index, width_at(size, level, index)).path))

    with _at(Layer.ROOT, CHECKPOINT):
        if root_of(TileHashes(tile, size), size) != believed.checkpoint.root:
            raise Unproved("the last tiles lead to another root")
    levels = 1
    while size >> HEIGHT * levels:
        levels += 1
    for level in reversed(range(levels)):
        for index in range(-(-(size >> HEIGHT * level) // WIDTH)):
            name = tile_name(Place(level, index, width := width_at(size, level, index)).path)
            with _at(Layer.TREE, name):
                if (hashes := tile(level, index)) is None:
                    if level == 0:  # nothing of it is here
                        continue
                    raise Unproved("is missing")
                if len(hashes) != width * HASH:
                    raise Unproved("has another length")
                if width == WIDTH:
                    parent = tile(level + 1, index // WIDTH) or b""
                    at = index % WIDTH * HASH
                    if above(hashes) != parent[at : at + HASH]:
                        raise Unproved("is not the one that the tile above it was made of")


class _Events:
    """The documents, in order."""

    def __init__(self, archive: Archive, report: Report, *, complete: bool) -> None:
        self._archive, self._report, self._complete = archive, report, complete
        self._size = report.opened.checkpoint.size
        ledger = LedgerId(report.manifest.ledger)
        self._source = f"urn:uuid:{ledger}"
        self._versions: dict[str, int] = {}
        self._broken: set[str] = set()
        """Streams of which something is absent."""
        self._signatures = Signatures(ledger)
        self._signing: set[str] = set()
        """Streams of offices that have keys, or require signatures."""

    def bundle(self, index: int) -> None:
        """The documents under one tile."""
        width = width_at(self._size, 0, index)
        place = Place(None, index, width)
        name = tile_name(place.path)
        first = index * WIDTH + 1
        with _at(Layer.BYTES, name):
            found = self._archive.read(name)
            entries = [b""] * width if found is None else unbundled(found)
            if len(entries) != width:
                raise Unproved(f"has {len(entries)} entries, and not {width}")
        hashes = self._archive.read(tile_name(Place(0, index, width).path)) or b""
        disclosed = self._disclosed(disclosures_name(place.path))
        for number, entry in enumerate(entries):
            position = first + number
            if not entry:
                if self._complete:
                    _fail(Layer.BYTES, f"position {position}", "is absent")
                continue
            if sha256(b"\0" + entry).digest() != hashes[number * HASH : (number + 1) * HASH]:
                _fail(Layer.BYTES, f"position {position}", "is not the document that the log holds there")
            self._event(position, entry, disclosed.pop(position, ()))
        if disclosed:
            _fail(Layer.BYTES, f"position {min(disclosed)}", "has disclosures, and no document")

    def _disclosed(self, name: str) -> dict[int, tuple[bytes, ...]]:
        with _at(Layer.BYTES, name):
            lines = self._archive.read(name)
        found: dict[int, tuple[bytes, ...]] = {}
        for line in (lines or b"").splitlines():
            try:
                said = _LINE.decode(line)
            except (msgspec.MsgspecError, UnicodeDecodeError) as error:
                raise Failed(Layer.BYTES, name, "has a line that is none") from error
            if said.position in found:
                _fail(Layer.BYTES, f"position {said.position}", "has disclosures twice")
            found[said.position] = tuple(each.encode() for each in said.disclosures)
        return found

    def _event(self, position: int, document: bytes, disclosures: tuple[bytes, ...]) -> None:
        place = f"position {position}"
        try:
            recorded = wire.load(document)
            form = wire.shape(recorded.event.type)
        except (wire.Corrupt, ValueError, TypeError, LookupError) as error:
            raise Failed(Layer.SCHEMA, place, f"is no event that this Docket knows: {error}") from error
        report = self._report
        report.events += 1
        report.disclosures += len(disclosures)
        report.withheld += len(ENVELOPE) + len(form.protected) - len(disclosures)
        if disclosures:
            try:
                wire.load(document, disclosures)
            except (wire.Corrupt, ValueError, TypeError, LookupError) as error:
                raise Failed(Layer.BYTES, place, "has a disclosure that is not its own") from error
        self._follows(position, recorded)
        self._authorised(position, recorded, document, disclosures)

    def _follows(self, position: int, recorded: Recorded[Any]) -> None:
        place = f"position {position}"
        if recorded.ledger != self._source:
            _fail(Layer.ORDER, place, "is of another ledger")
        if (position == 1) is not isinstance(recorded.event, LedgerOpened):
            _fail(Layer.ORDER, place, "a ledger is opened at position 1, and nowhere else")
        stream, version = recorded.stream, recorded.version
        before = self._versions.get(stream, 0)
        if version <= before:
            _fail(Layer.ORDER, place, f"is version {version} of {stream}, behind version {before}")
        if version != before + 1:
            self._broken.add(stream)
            if self._report.events == position:  # nothing is absent so far, so nothing can be missing
                _fail(Layer.ORDER, place, f"is version {version} of {stream}, behind version {before}")
        self._versions[stream] = version

    def _authorised(
        self, position: int, recorded: Recorded[Any], document: bytes, disclosures: tuple[bytes, ...]
    ) -> None:
        """Most events bear no signature and need none: they are not looked at twice."""
        by, is_office = f"{_OFFICE}{recorded.actor.partition('/')[2]}", recorded.stream.startswith(_OFFICE)
        if not (recorded.signed or is_office or by in self._signing):
            return
        if self._broken.intersection((by, recorded.stream)):
            self._report.unchecked += recorded.signed is True
            return
        if is_office and isinstance(recorded.event, KeyRegistered | SignaturesRequired):
            self._signing.add(recorded.stream)
        try:
            found = self._signatures.verdict(document, disclosures)
        except (wire.Corrupt, LookupError) as error:
            raise Failed(Layer.ORDER, f"position {position}", "cannot follow what is before it") from error
        match found:
            case Verdict.VALID:
                self._report.signed += 1
            case Verdict.WITHHELD:
                self._report.unchecked += 1
            case Verdict.INVALID:
                _fail(Layer.AUTHORITY, f"position {position}", "its signature is by no key that was in force")
            case Verdict.MISSING:
                _fail(Layer.AUTHORITY, f"position {position}", "its office requires a signature, and it has none")
            case Verdict.NOT_SIGNED | Verdict.REFUSED:
                return
            case _:
                assert_never(found)


def _files(archive: Archive, report: Report) -> None:
    manifest = report.manifest
    for name, said in manifest.files.items():
        content = _member(archive, Layer.BYTES, name)
        if len(content) != said.bytes or sha256(content).hexdigest() != said.sha256:
            _fail(Layer.BYTES, name, "is not the file that the manifest names")
        if name.startswith("tile/") and not _belongs(name, report.opened.checkpoint.size):
            _fail(Layer.BYTES, name, "is no tile of this log")
    for what in ("events", "disclosures", "withheld"):
        if (says := getattr(manifest, what)) != (counted := getattr(report, what)):
            _fail(Layer.BYTES, MANIFEST, f"says {says} {what}; there are {counted}")


def _belongs(name: str, size: int) -> bool:
    place = placed(name.removeprefix("tile/"))
    return place is not None and place.width == width_at(size, place.level or 0, place.index)


@dataclass(frozen=True, slots=True)
class _Line:
    position: int
    disclosures: list[str] = field(default_factory=list)


_LINE: Final = msgspec.json.Decoder(_Line)
