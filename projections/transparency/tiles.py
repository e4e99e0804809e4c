"""A tree lies in tiles of 256 hashes, and its entries in bundles of 256 (C2SP tlog-tiles).

What lies under a path never changes. A partial tile lies under another path, with its width, than the full one.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from projections.transparency.tree import HASH, Hashes, Subtree, Unproved

WIDTH: Final = 256
"""Hashes of a full tile."""
HEIGHT: Final = 8
"""Levels of the tree that a tile spans."""
TileId = tuple[int, int]
"""(level, index)."""
_PATH: Final = re.compile(r"(entries|[0-7])/((?:x[0-9]{3}/){0,5})([0-9]{3})(?:\.p/([0-9]{1,3}))?")


@dataclass(frozen=True, slots=True)
class Place:
    """Which tile, and how much of it."""

    level: int | None
    """None: the entries themselves."""
    index: int
    width: int

    @property
    def path(self) -> str:
        """Where it lies, below `tile/`."""
        number, more = f"{self.index % 1000:03}", self.index // 1000
        while more:
            number, more = f"x{more % 1000:03}/{number}", more // 1000
        partial = "" if self.width == WIDTH else f".p/{self.width}"
        return f"{'entries' if self.level is None else self.level}/{number}{partial}"


def placed(path: str) -> Place | None:
    """What lies under a path below `tile/`; None where nothing ever can."""
    found = _PATH.fullmatch(path)
    if found is None:
        return None
    kind, high, low, width = found.groups()
    index = int("".join(re.findall("[0-9]{3}", high)) + low)
    place = Place(None if kind == "entries" else int(kind), index, WIDTH if width is None else int(width))
    return place if 0 < place.width <= WIDTH and place.path == path else None  # one tile has one path


def width_at(size: int, level: int, index: int) -> int:
    """How many hashes a tile has in a tree of so many leaves; 0 where there is no such tile."""
    return max(0, min(WIDTH, (size >> HEIGHT * level) - index * WIDTH))


def above(hashes: bytes) -> bytes:
    """The hash above hashes that lie one after the other, a power of two of them."""
    while len(hashes) > HASH:
        starts = range(0, len(hashes), 2 * HASH)
        hashes = b"".join([sha256(b"\1" + hashes[at : at + 2 * HASH]).digest() for at in starts])
    return hashes


def hashes_in(get: Callable[[Collection[TileId]], Mapping[TileId, bytes]]) -> Hashes:
    """Hashes of subtrees from the tiles that they lie in.

    `get` is asked once for all of these, and gives those that there are, or more. What is returned raises Unproved for
    one that is missing or too short.
    """

    def hashes(subtrees: Sequence[Subtree]) -> list[bytes]:
        lying = [_lying(*each) for each in subtrees]
        tiles = get({tile for tile, _, _ in lying})
        found = []
        for (level, index), begin, end in lying:
            some = tiles.get((level, index), b"")[begin * HASH : end * HASH]
            if len(some) != (end - begin) * HASH:
                raise Unproved(f"tile {Place(level, index, WIDTH).path} is missing, or too short")
            found.append(above(some))
        return found

    return hashes


def _lying(level: int, index: int) -> tuple[TileId, int, int]:
    """The tile that a subtree lies in, and where its hashes begin and end there."""
    tile_level, within = divmod(level, HEIGHT)
    tile_index, begin = divmod(index << within, WIDTH)
    return (tile_level, tile_index), begin, begin + (1 << within)


class GrowingTiles:
    """The tiles of a tree that grows: those that are not full lie here, one a level; what changed is to be taken."""

    def __init__(self, size: int, partial: Sequence[bytes]) -> None:
        self.size = size
        self._partial = [bytearray(each) for each in partial]
        self._changed: dict[TileId, bytes] = {}
        self._touched: set[int] = set()
        """Levels whose last tile changed."""

    def append(self, leaf: bytes) -> None:
        """One more leaf, by its hash."""
        index, level = self.size, 0
        while True:
            if level == len(self._partial):
                self._partial.append(bytearray())
            tile = self._partial[level]
            tile += leaf
            self._touched.add(level)
            index //= WIDTH
            if len(tile) < WIDTH * HASH:
                break
            full = bytes(tile)
            self._changed[level, index] = full
            tile.clear()
            leaf, level = above(full), level + 1
        self.size += 1

    @property
    def unwritten(self) -> int:
        """How many tiles are changed, about."""
        return len(self._changed) + 1

    def taken(self) -> dict[TileId, bytes]:
        """The hashes of every tile that changed since the last time."""
        taken, self._changed = self._changed, {}
        for level in self._touched:
            if tile := self._partial[level]:
                taken[level, self.size >> HEIGHT * (level + 1)] = bytes(tile)
        self._touched.clear()
        return taken


def bundled(entries: Iterable[bytes]) -> bytes:
    """Entries as a bundle: each behind its length, in two bytes."""
    return b"".join(len(each).to_bytes(2, "big") + each for each in entries)


def unbundled(bundle: bytes) -> list[bytes]:
    """The entries of a bundle. Raises Unproved where it ends within one."""
    entries, at = [], 0
    while at < len(bundle):
        end = at + 2 + int.from_bytes(bundle[at : at + 2], "big")
        if end > len(bundle) or at + 2 > len(bundle):
            raise Unproved("the bundle ends within an entry")
        entries.append(bundle[at + 2 : end])
        at = end
    return entries
