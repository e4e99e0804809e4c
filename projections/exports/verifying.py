"""Whoever has an export checks it here, from the checkpoint down to each byte: nothing in it is believed.

What is found first is told, with its place. Nothing is asked of a network, a store or a clock.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

import msgspec

from domain import wire
from domain.values import LedgerId
from projections.exports.archive import (
    CHECKPOINT,
    FORMAT,
    MANIFEST,
    README,
    File,
    Manifest,
    schema_name,
    tile_name,
)
from projections.exports.bundles import About
from projections.exports.following import Following
from projections.exports.layers import Failed, Layer, at, fail, member
from projections.exports.reading import Archive, opened
from projections.exports.several import looking
from projections.transparency.notes import Note
from projections.transparency.policy import Grade, Opened, Policy
from projections.transparency.tiles import HEIGHT, WIDTH, Place, TileId, above, hashes_in, placed, width_at
from projections.transparency.tree import HASH, Unproved, root_of

_MEMBERS: Final = {README, CHECKPOINT, *map(schema_name, wire.EVENTS)}
"""Beside tiles, entries and disclosures."""
_DISCLOSURES: Final = re.compile(r"disclosures/(.*)\.ndjson")


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What an export holds, all of it checked."""

    opened: Opened
    manifest: Manifest
    events: int
    disclosures: int
    withheld: int
    """Protected values of these events that are not here."""
    signed: int
    """Events whose act bears a signature that was checked."""
    unchecked: int
    """Events whose act bears one that could not be: what it is checked against is not here."""

    @property
    def absent(self) -> int:
        """Events that the checkpoint covers and that are not here: not asked for, or not shown to this reader."""
        return self.opened.checkpoint.size - self.events


def verify(
    path: Path,
    policy: Policy,
    *,
    complete: bool = False,
    jobs: int = 1,
    done: Callable[[int, int], None] = lambda *_: None,
) -> Report:
    """Check all of an export. `complete`: no event may be absent. `done` is told how far it is, and of how much.

    With `jobs` processes, if there is work for so many, what is found is the same. Raises Failed with what is found
    first, and OSError.
    """
    with at(Layer.BYTES, path.name), opened(path) as archive:
        manifest = _manifest(archive)
        believed = _checkpoint(archive, policy)
        size = believed.checkpoint.size
        if manifest.size != size:
            fail(Layer.BYTES, MANIFEST, f"says size {manifest.size}, the checkpoint {size}")
        about = About(size=size, source=f"urn:uuid:{manifest.ledger}", complete=complete)
        following, files = Following(archive, LedgerId(manifest.ledger), size), dict[str, File]()
        with looking(path, archive, about, jobs) as bundles:
            _tree(archive, believed)
            for each in bundles:
                following.bundle(each)
                files |= each.files
                done(min((each.index + 1) * WIDTH, size), size)
        _files(archive, manifest, files)
        report = Report(
            opened=believed,
            manifest=manifest,
            events=following.events,
            disclosures=following.disclosures,
            withheld=following.withheld,
            signed=following.signed,
            unchecked=following.unchecked,
        )
        for what in ("events", "disclosures", "withheld"):
            if (says := getattr(manifest, what)) != (counted := getattr(report, what)):
                fail(Layer.BYTES, MANIFEST, f"says {says} {what}; there are {counted}")
    return report


def _manifest(archive: Archive) -> Manifest:
    said = member(archive, Layer.BYTES, MANIFEST)
    try:
        manifest = msgspec.json.decode(said, type=Manifest)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Failed(Layer.BYTES, MANIFEST, "is none, or of a later form") from error
    if manifest.format != FORMAT:
        fail(Layer.BYTES, MANIFEST, f"is of another form than {FORMAT}")
    if bytes(manifest) != said:
        fail(Layer.BYTES, MANIFEST, "is not in its one form")
    for name in archive.names():
        if name != MANIFEST and name not in manifest.files:
            fail(Layer.BYTES, name, "is in the archive, and not in its manifest")
    return manifest


def _checkpoint(archive: Archive, policy: Policy) -> Opened:
    with at(Layer.SIGNATURE, CHECKPOINT):
        found = policy.graded(Note.read(member(archive, Layer.SIGNATURE, CHECKPOINT)))
    if found.grade is not Grade.FINAL:
        signed = ", ".join(sorted(found.witnessed)) or "nobody"
        fail(Layer.QUORUM, CHECKPOINT, f"the quorum {policy.quorum!r} is not met by {signed}")
    return found


def _tree(archive: Archive, believed: Opened) -> None:
    """From the root down: each tile that is here is the one that its parent was made of."""
    size = believed.checkpoint.size

    def tile(level: int, index: int) -> bytes | None:
        return archive.read(tile_name(Place(level, index, width_at(size, level, index)).path))

    def tiles(wanted: Collection[TileId]) -> dict[TileId, bytes]:
        return {each: found for each in wanted if (found := tile(*each)) is not None}

    with at(Layer.ROOT, CHECKPOINT):
        if root_of(hashes_in(tiles), size) != believed.checkpoint.root:
            raise Unproved("the last tiles lead to another root")
    levels = 1
    while size >> HEIGHT * levels:
        levels += 1
    for level in reversed(range(levels)):
        for index in range(-(-(size >> HEIGHT * level) // WIDTH)):
            name = tile_name(Place(level, index, width := width_at(size, level, index)).path)
            with at(Layer.TREE, name):
                if (hashes := tile(level, index)) is None:
                    if level == 0:  # nothing of it is here
                        continue
                    raise Unproved("is missing")
                if len(hashes) != width * HASH:
                    raise Unproved("has another length")
                if width == WIDTH:
                    parent = tile(level + 1, index // WIDTH) or b""
                    begin = index % WIDTH * HASH
                    if above(hashes) != parent[begin : begin + HASH]:
                        raise Unproved("is not the one that the tile above it was made of")


def _files(archive: Archive, manifest: Manifest, known: Mapping[str, File]) -> None:
    """Every member is one that an export of this size has, and is what the manifest says: `known` is of those read."""
    for name, said in manifest.files.items():
        if not _belongs(name, manifest.size):
            fail(Layer.BYTES, name, "is nothing that an export of this log has")
        if (found := known.get(name)) is None:
            content = member(archive, Layer.BYTES, name)
            found = File(len(content), sha256(content).hexdigest())
        if found != said:
            fail(Layer.BYTES, name, "is not the file that the manifest names")


def _belongs(name: str, size: int) -> bool:
    path = name.removeprefix("tile/")
    if (found := _DISCLOSURES.fullmatch(name)) is not None:
        path = f"entries/{found[1]}"
    elif path == name:
        return name in _MEMBERS
    place = placed(path)
    return place is not None and place.width == width_at(size, place.level or 0, place.index)
