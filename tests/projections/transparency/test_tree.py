"""The tree is that of RFC 6962: held against the vectors of transparency-dev, and against its definition."""

from functools import partial
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projections.transparency.tree import (
    EMPTY,
    HASH,
    Hashes,
    Unproved,
    leaf_hash,
    node_hash,
    prove_consistency,
    prove_inclusion,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from tests.projections.transparency.frontier import Frontier
from tests.projections.transparency.reading import VECTORS, raw, read

INCLUSION = sorted(str(path.relative_to(VECTORS)) for path in (VECTORS / "rfc6962-proofs/inclusion").rglob("*.json"))
CONSISTENCY = sorted(
    str(path.relative_to(VECTORS)) for path in (VECTORS / "rfc6962-proofs/consistency").rglob("*.json")
)
MOST = 70


def leaves(count: int) -> list[bytes]:
    return [leaf_hash(b"leaf %d" % number) for number in range(count)]


def defined(hashes: list[bytes]) -> bytes:
    """MTH of RFC 6962 §2.1, of hashes of leaves, as it is written there."""
    if not hashes:
        return sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    return node_hash(defined(hashes[:k]), defined(hashes[k:]))


def over(hashes: list[bytes]) -> Hashes:
    def at(level: int, index: int) -> bytes:
        found = hashes[index << level : (index + 1) << level]
        assert len(found) == 1 << level
        return defined(found)

    return lambda subtrees: [at(*each) for each in subtrees]


def test_the_vectors_are_all_there():
    assert (len(INCLUSION), len(CONSISTENCY)) == (35, 22)


@pytest.mark.parametrize("name", INCLUSION)
def test_inclusion_as_others_judge_it(name):
    vector = read(name)

    def verify() -> None:
        path = [raw(each) for each in vector["proof"] or ()]
        verify_inclusion(raw(vector["leafHash"]), vector["leafIdx"], vector["treeSize"], path, raw(vector["root"]))

    judged(verify, wrong=vector["wantErr"])


@pytest.mark.parametrize("name", CONSISTENCY)
def test_consistency_as_others_judge_it(name):
    vector = read(name)

    def verify() -> None:
        path = [raw(each) for each in vector["proof"] or ()]
        verify_consistency(vector["size1"], vector["size2"], path, raw(vector["root1"]), raw(vector["root2"]))

    judged(verify, wrong=vector["wantErr"])


def judged(verify: Any, *, wrong: bool) -> None:
    if wrong:
        with pytest.raises(Unproved):
            verify()
    else:
        verify()


def test_the_reference_tree():
    reference = read("rfc6962-proofs/reference-tree.json")
    frontier = Frontier()
    roots = [bytes.fromhex(each) for each in reference["root_hashes_hex"]]
    assert frontier.root() == roots[0] == EMPTY
    for entry, root in zip(reference["leaf_inputs_hex"], roots[1:], strict=True):
        frontier.append(leaf_hash(bytes.fromhex(entry)))
        assert frontier.root() == root


@given(st.integers(0, MOST))
def test_the_frontier_has_the_root_that_is_defined(size):
    frontier = Frontier()
    for leaf in leaves(size):
        frontier.append(leaf)
    assert frontier.root() == defined(leaves(size)) == root_of(over(leaves(size)), size)


@given(st.data())
def test_every_leaf_is_proved_and_nothing_else_is(data):
    size = data.draw(st.integers(1, MOST))
    index = data.draw(st.integers(0, size - 1))
    hashes = leaves(size)
    path, root = prove_inclusion(over(hashes), index, size), defined(hashes)
    verify_inclusion(hashes[index], index, size, path, root)
    for other in {*range(size)} - {index}:
        refused(verify_inclusion, hashes[other], index, size, path, root)
        refused(verify_inclusion, hashes[index], other, size, path, root)
    spoiled(data, path, lambda wrong: verify_inclusion(hashes[index], index, size, wrong, root))
    refused(verify_inclusion, hashes[index], index, size, path, flipped(data, root))
    refused(verify_inclusion, flipped(data, hashes[index]), index, size, path, root)


@given(st.data())
def test_every_beginning_is_proved_and_nothing_else_is(data):
    new = data.draw(st.integers(0, MOST))
    old = data.draw(st.integers(0, new))
    hashes = leaves(new)
    path = prove_consistency(over(hashes), old, new)
    before, after = defined(hashes[:old]), defined(hashes)
    verify_consistency(old, new, path, before, after)
    spoiled(data, path, lambda wrong: verify_consistency(old, new, wrong, before, after))
    refused(verify_consistency, old, new, path, flipped(data, before), after)
    if old:  # of an empty beginning everything is a continuation
        refused(verify_consistency, old, new, path, before, flipped(data, after))
        if old < new:
            edited = [*hashes]
            edited[data.draw(st.integers(0, old - 1))] = leaf_hash(b"edited")
            forked = prove_consistency(over(edited), old, new)
            refused(verify_consistency, old, new, forked, before, defined(edited))


def test_what_lies_outside_of_a_tree_is_not_proved():
    for index, size in ((-1, 3), (3, 3), (0, 0)):
        with pytest.raises(ValueError, match="no leaf"):
            prove_inclusion(over(leaves(3)), index, size)
        with pytest.raises(Unproved, match="no leaf"):
            verify_inclusion(EMPTY, index, size, [], EMPTY)
    for old, new in ((-1, 3), (4, 3)):
        with pytest.raises(ValueError, match="no beginning"):
            prove_consistency(over(leaves(3)), old, new)
        with pytest.raises(Unproved, match="no beginning"):
            verify_consistency(old, new, [], EMPTY, EMPTY)
    for other in (bytes(HASH), b"\xff" * HASH):
        refused(verify_consistency, 0, 0, [], EMPTY, other)


SEED, RIGHT, LEFT, MORE = leaves(4)
BEFORE, AFTER = node_hash(LEFT, SEED), node_hash(LEFT, node_hash(SEED, RIGHT))
"""Roots of three leaves and of four, or of anything: whoever signs them chooses what is hashed."""


def test_no_path_is_longer_than_the_tree_is_high_whatever_root_is_signed():
    for index, why in ((0, "another length"), (1, "no leaf 1 in a tree of 1")):
        with pytest.raises(Unproved, match=why):
            verify_inclusion(SEED, index, 1, [LEFT], node_hash(LEFT, SEED))
    verify_consistency(3, 4, [SEED, RIGHT, LEFT], BEFORE, AFTER)
    with pytest.raises(Unproved, match="another length"):
        verify_consistency(3, 4, [SEED, RIGHT, LEFT, MORE], node_hash(MORE, BEFORE), node_hash(MORE, AFTER))


def test_no_bytes_are_shared_out_otherwise_between_hashes_whatever_root_is_signed():
    """Where both are hashed one behind the other, it would be the same bytes."""
    long = SEED + b"x"
    path, after = [b"", SEED + RIGHT, LEFT + SEED], node_hash(LEFT + SEED, node_hash(b"", SEED + RIGHT))
    for verify in (
        partial(verify_inclusion, long, 0, 1, [], long),
        partial(verify_consistency, 1, 1, [], long, long),
        partial(verify_consistency, 3, 4, path, BEFORE, after),
    ):
        with pytest.raises(Unproved, match="32 bytes"):
            verify()


@pytest.mark.parametrize(("old", "new"), [(3, 7), (4, 7), (1, 2), (6, 7)])
def test_nothing_shows_that_a_log_grew_but_hashes(old, new):
    with pytest.raises(Unproved, match="another length"):
        verify_consistency(old, new, [], defined(leaves(old)), defined(leaves(new)))


def refused(verify: Any, *args: Any) -> None:
    with pytest.raises(Unproved):
        verify(*args)


def flipped(data: Any, raw: bytes) -> bytes:
    bit = data.draw(st.integers(0, len(raw) * 8 - 1))
    return (int.from_bytes(raw, "big") ^ 1 << bit).to_bytes(len(raw), "big")


def spoiled(data: Any, path: list[bytes], verify: Any) -> None:
    """A path that has one more, one less, a shorter one, or one bit otherwise does not lead there."""
    at = data.draw(st.integers(0, len(path)))
    refused(verify, [*path[:at], leaf_hash(b"more"), *path[at:]])
    if path:
        at = data.draw(st.integers(0, len(path) - 1))
        refused(verify, [*path[:at], *path[at + 1 :]])
        refused(verify, [*path[:at], flipped(data, path[at]), *path[at + 1 :]])
        refused(verify, [*path[:at], path[at][: HASH - 1], *path[at + 1 :]])
