"""The log of a ledger: leaf n is the document at position n + 1, and its tiles are a view like every other.

Hashes of documents tell nothing: each document holds digests with salts of their own (RFC 9901).
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from threading import Lock
from typing import Final, Protocol

from projections.reads import Reads
from projections.transparency import tree
from projections.transparency.tiles import HEIGHT, WIDTH, GrowingTiles, TileId, hashes_in, width_at
from projections.transparency.tree import HASH, Unproved, leaf_hash
from projections.view import EVERYBODY, Growing, Key, Row
from projections.visible import ANYBODY

_AT_ONCE: Final = 1_000


class Tile(Row, kw_only=True):
    """A tile, as far as it has grown. How long a ledger is, and what its documents hash to, is no secret."""

    hashes: bytes
    """One after the other, 32 bytes each."""


class Growth:
    """The tiles on their way from one document to the next."""

    def __init__(self, growing: GrowingTiles) -> None:
        self._growing = growing

    @property
    def unwritten(self) -> int:
        return self._growing.unwritten

    def append(self, document: bytes) -> None:
        self._growing.append(leaf_hash(document))

    def taken(self) -> Mapping[Key, tuple[int, Tile]]:
        return {
            key_of(level, index): (
                (index * WIDTH + len(hashes) // HASH) << HEIGHT * level,
                Tile(marking="UNCLASSIFIED", scope=EVERYBODY, hashes=hashes),
            )
            for (level, index), hashes in self._growing.taken().items()
        }


class Log(Growing[Tile]):
    """Every tile of the tree over a ledger's documents."""

    name = "log"
    version = 1
    row = Tile

    def grown(self, position: int, load: Callable[[Sequence[Key]], Mapping[Key, Tile]]) -> Growth:
        """Raises Unproved where the store has less of a tile than belongs to this position."""
        partial: list[bytes] = []
        level = 0
        while position >> HEIGHT * level:
            index = position >> HEIGHT * (level + 1)
            width = width_at(position, level, index)
            key = key_of(level, index)
            found = load([key]).get(key) if width else None
            hashes = b"" if found is None else found.hashes[: width * HASH]
            if len(hashes) != width * HASH:
                raise Unproved(f"tile {key} ends too early: rebuild this view")
            partial.append(hashes)
            level += 1
        return Growth(GrowingTiles(position, partial))


LOG: Final = Log()


class Documents(Protocol):
    """Where documents lie in order: a recorder."""

    def read(self, after: int, limit: int) -> list[tuple[int, str, bytes]]: ...


def key_of(level: int, index: int) -> str:
    """The key of a tile's row."""
    return f"{level}/{index}"


class LogReader:
    """The tree as far as a store of views has folded it. Raises NotBuilt, and Unproved for a tile that is damaged."""

    def __init__(self, reads: Reads) -> None:
        self._reads = reads

    def size(self) -> int:
        """How many leaves there are."""
        return self._reads.position(LOG)

    def tiles(self, wanted: Collection[TileId]) -> Mapping[TileId, bytes]:
        """The hashes of those that there are of these tiles, at least as many as there were at the last `size`."""
        keys = {key_of(*each): each for each in wanted}
        where = f"key IN ({', '.join('?' * len(keys))})"
        found = self._reads.find(LOG, ANYBODY, where=where, values=[*keys], limit=len(keys)) if keys else ()
        return {keys[str(each.key)]: each.row.hashes for each in found}

    def tile(self, level: int, index: int) -> bytes | None:
        """The hashes of one tile; None where there is none."""
        return self.tiles([(level, index)]).get((level, index))

    def root(self, size: int) -> bytes:
        """Root of the first `size` leaves."""
        return tree.root_of(hashes_in(self.tiles), size)

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """What proves a leaf. Raises ValueError."""
        return tree.prove_inclusion(hashes_in(self.tiles), index, size)

    def consistency(self, old: int, new: int) -> list[bytes]:
        """What proves that the tree of `new` begins with that of `old`. Raises ValueError."""
        return tree.prove_consistency(hashes_in(self.tiles), old, new)


class FollowedLog(LogReader):
    """The tree over documents that no view is folded from, kept in memory: 32 bytes for each. For any thread."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._lock = Lock()
        self._growing = GrowingTiles(0, ())
        self._tiles: dict[TileId, bytes] = {}

    def size(self) -> int:
        with self._lock:
            while rows := self._documents.read(self._growing.size, _AT_ONCE):
                for _, _, document in rows:
                    self._growing.append(leaf_hash(document))
            self._tiles |= self._growing.taken()
            return self._growing.size

    def tiles(self, wanted: Collection[TileId]) -> Mapping[TileId, bytes]:
        self.size()  # what is asked for may have come after the last look
        return self._tiles
