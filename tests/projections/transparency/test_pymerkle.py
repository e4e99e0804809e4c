"""Roots and proofs are those of pymerkle, which others wrote to the same standard: of every size, and of large ones.

Its proofs of consistency have a form of their own; ours lead from its root of the one size to its root of the other.
"""

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from projections.transparency.tiles import GrowingTiles, TileId, hashes_in
from projections.transparency.tree import (
    Hashes,
    Unproved,
    leaf_hash,
    prove_consistency,
    prove_inclusion,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from tests.projections.transparency.frontier import Frontier

EVERY = 200
PROVED = 130  # past a power of two
LARGE = 70_000  # a tile of tiles, and more


@cache
def theirs(size: int) -> InmemoryTree:
    tree = InmemoryTree(algorithm="sha256")
    for number in range(size):
        tree.append_entry(b"%d" % number)
    return tree


@cache
def tiles(size: int) -> dict[TileId, bytes]:
    growing = GrowingTiles(0, ())
    for number in range(size):
        growing.append(leaf_hash(b"%d" % number))
    return growing.taken()


def ours(of: int) -> Hashes:
    """Of a log that is longer than what is asked of it."""
    return hashes_in(lambda _: tiles(of))


def test_the_roots_of_every_size_are_theirs():
    frontier = Frontier()
    for size in range(EVERY + 1):
        assert root_of(ours(EVERY), size) == frontier.root() == theirs(EVERY).get_root(size)
        frontier.append(leaf_hash(b"%d" % size))


def test_every_leaf_of_every_size_has_their_proof():
    for size in range(1, PROVED + 1):
        root, hashes = theirs(EVERY).get_root(size), ours(EVERY)
        for index in range(size):
            leaf, *path = theirs(EVERY).prove_inclusion(index + 1, size).path
            assert (leaf, path) == (leaf_hash(b"%d" % index), prove_inclusion(hashes, index, size))
            verify_inclusion(leaf, index, size, path, root)


def test_every_size_goes_on_from_their_root_of_every_smaller_one_and_from_no_other():
    roots = [theirs(EVERY).get_root(size) for size in range(PROVED + 1)]
    for new in range(PROVED + 1):
        hashes = ours(EVERY)
        for old in range(new + 1):
            path = prove_consistency(hashes, old, new)
            verify_consistency(old, new, path, roots[old], roots[new])
            if 1 < old < new:
                with pytest.raises(Unproved):
                    verify_consistency(old, new, path, roots[old - 1], roots[new])


@settings(max_examples=40)
@given(st.data())
def test_large_trees_are_theirs(data):
    new = data.draw(st.integers(EVERY, LARGE))
    old = data.draw(st.integers(1, new))
    index = data.draw(st.integers(0, new - 1))
    hashes, root = ours(LARGE), theirs(LARGE).get_root(new)
    assert root_of(hashes, new) == root
    leaf, *path = theirs(LARGE).prove_inclusion(index + 1, new).path
    assert path == prove_inclusion(hashes, index, new)
    verify_inclusion(leaf, index, new, path, root)
    verify_consistency(old, new, prove_consistency(hashes, old, new), theirs(LARGE).get_root(old), root)
