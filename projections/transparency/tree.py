"""A Merkle tree over leaves in order (RFC 6962 §2.1): its root, what proves a leaf, what proves that it only grew."""

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from typing import Final

HASH: Final = 32
"""Bytes of a hash."""
EMPTY: Final = sha256(b"").digest()
"""Root of a tree without a leaf."""
Subtree = tuple[int, int]
"""(level, index): the perfect subtree over leaves `index << level` up to `(index + 1) << level`."""
Hashes = Callable[[Sequence[Subtree]], Sequence[bytes]]
"""The hashes of subtrees, in the same order; a proof asks once for all that it needs."""


class Unproved(Exception):
    """What is shown does not prove what it says; the sentence says where it fails."""


def leaf_hash(entry: bytes) -> bytes:
    """Hash of a leaf: of a document, byte for byte."""
    return sha256(b"\0" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of what is above two hashes."""
    return sha256(b"\1" + left + right).digest()


def root_of(hashes: Hashes, size: int) -> bytes:
    """Root of the first `size` leaves."""
    return _over(hashes, [range(size)])[0] if size else EMPTY


def prove_inclusion(hashes: Hashes, index: int, size: int) -> list[bytes]:
    """What leads from a leaf to the root of the first `size` leaves (RFC 6962 §2.1.1). Raises ValueError."""
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    begin, end, path = 0, size, list[range]()
    while end - begin > 1:
        middle = begin + _split(end - begin)
        if index < middle:
            path.append(range(middle, end))
            end = middle
        else:
            path.append(range(begin, middle))
            begin = middle
    return _over(hashes, path[::-1])


def prove_consistency(hashes: Hashes, old: int, new: int) -> list[bytes]:
    """What shows that the tree of `new` begins with the tree of `old` leaves (RFC 6962 §2.1.2). Raises ValueError."""
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {new} has no beginning of {old}")
    if old == 0:
        return []
    begin, end, path, from_the_left = 0, new, list[range](), True
    while old != end:
        middle = begin + _split(end - begin)
        if old <= middle:
            path.append(range(middle, end))
            end = middle
        else:
            path.append(range(begin, middle))
            begin, from_the_left = middle, False
    if not from_the_left:
        path.append(range(begin, end))
    return _over(hashes, path[::-1])


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> None:
    """Raise Unproved unless this leaf stands at this index of the tree with this root (RFC 9162 §2.1.3.2)."""
    _are_hashes(leaf, root, *path)
    if not 0 <= index < size:
        raise Unproved(f"no leaf {index} in a tree of {size}")
    inner = (index ^ (size - 1)).bit_length()
    if len(path) != inner + (index >> inner).bit_count():
        raise Unproved("the proof has another length")
    found = leaf
    for level, other in enumerate(path[:inner]):
        found = node_hash(other, found) if index >> level & 1 else node_hash(found, other)
    for other in path[inner:]:
        found = node_hash(other, found)
    if found != root:
        raise Unproved("it leads to another root")


def verify_consistency(old: int, new: int, path: Sequence[bytes], old_root: bytes, new_root: bytes) -> None:
    """Raise Unproved unless the tree of `new` leaves begins with the tree of `old` leaves (RFC 9162 §2.1.4.2)."""
    _are_hashes(old_root, new_root, *path)
    if not 0 <= old <= new:
        raise Unproved(f"a tree of {new} has no beginning of {old}")
    if old in {0, new}:
        same = old_root == (EMPTY if old == 0 else new_root)
        if path or not same or (new == 0 and new_root != EMPTY):
            raise Unproved("nothing was added, and the roots differ")
        return
    if not path:
        raise Unproved("the proof has another length")
    low = (old & -old).bit_length() - 1
    inner = ((old - 1) ^ (new - 1)).bit_length() - low
    seed, rest = (old_root, path) if old == 1 << low else (path[0], path[1:])
    mask = (old - 1) >> low
    if len(rest) != inner + (mask >> inner).bit_count():
        raise Unproved("the proof has another length")
    before = after = seed
    for level, other in enumerate(rest[:inner]):
        if mask >> level & 1:
            before, after = node_hash(other, before), node_hash(other, after)
        else:
            after = node_hash(after, other)
    for other in rest[inner:]:
        before, after = node_hash(other, before), node_hash(other, after)
    if before != old_root:
        raise Unproved("it begins with another tree")
    if after != new_root:
        raise Unproved("it leads to another root")


def _over(hashes: Hashes, parts: Sequence[range]) -> list[bytes]:
    """The hash above each of these parts of the leaves, of which each begins where the splitting of a tree does."""
    subtrees = [[*_perfect(part)] for part in parts]
    found = iter(hashes([each for some in subtrees for each in some]))
    return [_above([next(found) for _ in some]) for some in subtrees]


def _perfect(part: range) -> Iterator[Subtree]:
    """The largest perfect subtrees, from left to right."""
    begin = part.start
    while begin < part.stop:
        level = (part.stop - begin).bit_length() - 1
        yield level, begin >> level
        begin += 1 << level


def _above(roots: Sequence[bytes]) -> bytes:
    *before, found = roots
    for left in reversed(before):
        found = node_hash(left, found)
    return found


def _split(length: int) -> int:
    """The largest power of two below a length."""
    return 1 << ((length - 1).bit_length() - 1)


def _are_hashes(*given: bytes) -> None:
    if any(len(each) != HASH for each in given):
        raise Unproved(f"a hash has {HASH} bytes")
