"""A Merkle tree over leaves in order (RFC 6962 §2.1): its root, what proves a leaf, what proves that it only grew."""

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from typing import Final

HASH: Final = 32
"""Bytes of a hash."""
EMPTY: Final = sha256(b"").digest()
"""Root of a tree without a leaf."""
Hashes = Callable[[int, int], bytes]
"""(level, index) → hash of the perfect subtree over leaves `index << level` up to `(index + 1) << level`."""


class Unproved(Exception):
    """What is shown does not prove what it says; the sentence says where it fails."""


def leaf_hash(entry: bytes) -> bytes:
    """Hash of a leaf: of a document, byte for byte."""
    return sha256(b"\0" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of what is above two hashes."""
    return sha256(b"\1" + left + right).digest()


class Frontier:
    """The roots of the largest perfect subtrees of a tree that grows leaf by leaf, from left to right."""

    __slots__ = ("roots", "size")

    def __init__(self, size: int = 0, roots: Iterable[bytes] = ()) -> None:
        self.size = size
        self.roots = list(roots)
        if len(self.roots) != size.bit_count():
            raise ValueError(f"{len(self.roots)} roots do not make a tree of {size}")

    def append(self, leaf: bytes) -> None:
        """One more leaf, by its hash."""
        roots, size = self.roots, self.size
        while size & 1:
            leaf = node_hash(roots.pop(), leaf)
            size >>= 1
        roots.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """Root of the tree as it is now."""
        if not self.roots:
            return EMPTY
        root = self.roots[-1]
        for left in reversed(self.roots[:-1]):
            root = node_hash(left, root)
        return root


def root_of(hashes: Hashes, size: int) -> bytes:
    """Root of the first `size` leaves."""
    return _over(hashes, 0, size)


def prove_inclusion(hashes: Hashes, index: int, size: int) -> list[bytes]:
    """What leads from a leaf to the root of the first `size` leaves (RFC 6962 §2.1.1). Raises ValueError."""
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    begin, end, path = 0, size, []
    while end - begin > 1:
        middle = begin + _split(end - begin)
        if index < middle:
            path.append(_over(hashes, middle, end))
            end = middle
        else:
            path.append(_over(hashes, begin, middle))
            begin = middle
    return path[::-1]


def prove_consistency(hashes: Hashes, old: int, new: int) -> list[bytes]:
    """What shows that the tree of `new` begins with the tree of `old` leaves (RFC 6962 §2.1.2). Raises ValueError."""
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {new} has no beginning of {old}")
    if old in {0, new}:
        return []
    begin, end, path, from_the_left = 0, new, [], True
    while old != end:
        middle = begin + _split(end - begin)
        if old <= middle:
            path.append(_over(hashes, middle, end))
            end = middle
        else:
            path.append(_over(hashes, begin, middle))
            begin, from_the_left = middle, False
    if not from_the_left:
        path.append(_over(hashes, begin, end))
    return path[::-1]


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


def _over(hashes: Hashes, begin: int, end: int) -> bytes:
    length = end - begin
    if length == 0:
        return EMPTY
    if length & (length - 1) == 0 and begin % length == 0:
        return hashes(length.bit_length() - 1, begin // length)
    middle = begin + _split(length)
    return node_hash(_over(hashes, begin, middle), _over(hashes, middle, end))


def _split(length: int) -> int:
    """The largest power of two below a length."""
    return 1 << ((length - 1).bit_length() - 1)


def _are_hashes(*given: bytes) -> None:
    if any(len(each) != HASH for each in given):
        raise Unproved(f"a hash has {HASH} bytes")
