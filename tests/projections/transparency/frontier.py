"""A tree by its definition, leaf by leaf (RFC 6962 §2.1): what the tiles and proofs of the log are held against."""

from projections.transparency.tree import EMPTY, node_hash


class Frontier:
    """The roots of the largest perfect subtrees of a tree that grows leaf by leaf, from left to right."""

    def __init__(self) -> None:
        self.size = 0
        self.roots: list[bytes] = []

    def append(self, leaf: bytes) -> None:
        """One more leaf, by its hash."""
        size = self.size
        while size & 1:
            leaf = node_hash(self.roots.pop(), leaf)
            size >>= 1
        self.roots.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """Root of the tree as it is now."""
        if not self.roots:
            return EMPTY
        root = self.roots[-1]
        for left in reversed(self.roots[:-1]):
            root = node_hash(left, root)
        return root
