"""Tiles are those of C2SP tlog-tiles: held against a log of Tessera's, byte for byte, at every size."""

from collections.abc import Collection
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projections.transparency.tiles import (
    WIDTH,
    GrowingTiles,
    Place,
    TileId,
    above,
    bundled,
    hashes_in,
    placed,
    unbundled,
    width_at,
)
from projections.transparency.tree import (
    HASH,
    Unproved,
    leaf_hash,
    prove_consistency,
    prove_inclusion,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from tests.projections.transparency.frontier import Frontier
from tests.projections.transparency.reading import VECTORS, read

TESSERA = VECTORS / "tessera-log"
LEAVES = [each.encode() for each in read("tessera-log/META.json")["leaves"]]


@cache
def grown(size: int) -> dict[TileId, bytes]:
    growing, tiles = GrowingTiles(0, ()), dict[TileId, bytes]()
    for number in range(size):
        growing.append(leaf_hash(b"%d" % number))
    tiles |= growing.taken()
    return tiles


@cache
def rooted(size: int) -> bytes:
    frontier = Frontier()
    for number in range(size):
        frontier.append(leaf_hash(b"%d" % number))
    return frontier.root()


@pytest.mark.parametrize("size", range(1, len(LEAVES)))
def test_tiles_and_bundles_are_those_that_tessera_writes(size):
    growing = GrowingTiles(0, ())
    for leaf in LEAVES[:size]:
        growing.append(leaf_hash(leaf))
    tile = (TESSERA / "tile" / Place(0, 0, size).path).read_bytes()
    assert growing.taken() == {(0, 0): tile}
    bundle = (TESSERA / "tile" / Place(None, 0, size).path).read_bytes()
    assert bundle == bundled(LEAVES[:size])
    assert unbundled(bundle) == LEAVES[:size]


@pytest.mark.parametrize(
    ("place", "path"),
    [
        (Place(0, 0, 256), "0/000"),
        (Place(0, 0, 1), "0/000.p/1"),
        (Place(1, 1234067, 256), "1/x001/x234/067"),
        (Place(None, 1234067, 8), "entries/x001/x234/067.p/8"),
        (Place(7, 999, 255), "7/999.p/255"),
        (Place(0, 2**63 - 1 >> 8, 255), "0/x036/x028/x797/x018/x963/967.p/255"),
    ],
)
def test_a_place_has_one_path(place, path):
    assert place.path == path
    assert placed(path) == place


@pytest.mark.parametrize(
    "path",
    [
        *("", "0", "0/0", "0/00", "0/0000", "8/000", "-1/000", "0/x000/001", "0/000.p/0", "0/000.p/256", "0/000.p/01"),
        *("0/1/000", "0/x1/000", "entries/000/", "/0/000", "0/000\n", "0/00\u0661", "entries", "0/000.p/", "00/000"),
        *(
            "0/x001/x000/x000/x000/x000/x000/000",
            "0/000.p/257",
            "0/000.p/999",
            "0/000.p/1x",
            "0/" + "x001/" * 3_000 + "001",
        ),
    ],
)
def test_what_is_no_path_is_nowhere(path):
    assert placed(path) is None


@given(st.integers(0, 7) | st.none(), st.integers(0, 10**15), st.integers(1, 256))
def test_paths_are_read_as_they_are_written(level, index, width):
    assert placed(Place(level, index, width).path) == Place(level, index, width)


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 511, 512, 513, 65535, 65536, 65537, 66000])
def test_a_tree_in_tiles_has_the_root_of_the_tree(size):
    tiles = grown(size)
    assert root_of(hashes_in(lambda _: tiles), size) == rooted(size)
    for (level, index), tile in tiles.items():
        assert len(tile) == width_at(size, level, index) * HASH
    assert width_at(size, 0, size // WIDTH + 1) == 0


def test_tiles_that_are_taken_again_and_again_are_the_same():
    sizes = [1, 2, 255, 256, 300, 512, 513, 65536, 65537, 65800]
    growing, tiles = GrowingTiles(0, ()), dict[TileId, bytes]()
    for before, after in zip([0, *sizes], sizes, strict=False):
        for number in range(before, after):
            growing.append(leaf_hash(b"%d" % number))
        tiles |= growing.taken()
        levels = [(level, after >> 8 * (level + 1)) for level in range(3) if after >> 8 * level]
        partial = [tiles[at][: width_at(after, *at) * HASH] if width_at(after, *at) else b"" for at in levels]
        growing = GrowingTiles(after, partial)  # as a process does that begins anew
    assert tiles == grown(sizes[-1])


def test_proofs_come_from_tiles_which_are_asked_for_once():
    size, tiles, asked = 66_000, grown(66_000), list[set[TileId]]()

    def get(wanted: Collection[TileId]) -> dict[TileId, bytes]:
        asked.append({*wanted})
        return {each: tiles[each] for each in wanted}

    hashes = hashes_in(get)
    assert prove_inclusion(hashes, 300, size)
    assert prove_consistency(hashes, 300, size)
    assert asked == [{(0, 1), (0, 257), (1, 0), (1, 1)}] * 2
    for index in (0, 255, 256, 65_535, 65_536, 65_999):
        path = prove_inclusion(hashes, index, size)
        verify_inclusion(leaf_hash(b"%d" % index), index, size, path, rooted(size))
    for old in (1, 256, 300, 65_536, 65_999):
        verify_consistency(old, size, prove_consistency(hashes, old, size), rooted(old), rooted(size))


def test_a_tile_that_is_missing_or_short_is_no_proof():
    tiles = {**grown(600)}
    hashes = hashes_in(lambda _: tiles)
    assert hashes([(0, 599), (3, 0)]) == [leaf_hash(b"599"), rooted(8)]
    for beyond in ((0, 600), (3, 75), (8, 2), (0, 1000), (16, 0)):
        with pytest.raises(Unproved, match="missing, or too short"):
            hashes([(0, 599), beyond])
    tiles[0, 2] = tiles[0, 2][:-1]
    with pytest.raises(Unproved, match="tile 0/002 is missing, or too short"):
        hashes([(0, 599)])
    del tiles[0, 1]
    with pytest.raises(Unproved, match="tile 0/001 is"):
        prove_inclusion(hashes, 256, 512)


def test_a_longer_tile_serves_a_smaller_tree():
    assert root_of(hashes_in(lambda _: grown(600)), 300) == rooted(300)


def test_the_hash_above_one_is_itself():
    assert above(leaf_hash(b"")) == leaf_hash(b"")


@given(st.lists(st.binary(max_size=300), max_size=256))
def test_bundles_are_read_as_they_are_written(entries):
    bundle = bundled(entries)
    assert unbundled(bundle) == entries
    if bundle:
        with pytest.raises(Unproved, match="ends within"):
            unbundled(bundle + b"\0")


def test_an_entry_that_fits_no_bundle_is_not_written():
    assert len(bundled([b"x" * (2**16 - 1)])) == 2**16 + 1
    with pytest.raises(OverflowError):
        bundled([b"x" * 2**16])
