"""A proof in a file of its own: that an entry stands at its place in a log (C2SP tlog-proof)."""

import re
from dataclasses import dataclass
from typing import Final, Self

from projections.transparency.policy import Opened, Policy
from projections.transparency.spelling import from_base64, to_base64
from projections.transparency.tree import HASH, Unproved, leaf_hash, verify_inclusion

_HEADER: Final = "c2sp.org/tlog-proof@v1"
_FORM: Final = re.compile(
    rb"c2sp\.org/tlog-proof@v1\n(?:extra ([^\n]+)\n)?index (0|[1-9][0-9]{0,18})\n((?:[^\n]+\n){0,63})\n(.+)", re.DOTALL
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Where an entry stands, what leads from it to the root, and the checkpoint that says the root."""

    index: int
    """The entry's position, less one."""
    path: tuple[bytes, ...]
    checkpoint: bytes
    """The signed note."""
    extra: bytes | None = None
    """What is told with it, and not proved by it."""

    @classmethod
    def read(cls, file: bytes) -> Self:
        """Raises Unproved for what is no such file."""
        if (found := _FORM.fullmatch(file)) is None:
            raise Unproved("this is no proof")
        extra, index, lines, checkpoint = found.groups()
        try:
            path = tuple(from_base64(line.decode()) for line in lines.split(b"\n")[:-1])
            told = None if extra is None else from_base64(extra.decode())
        except UnicodeDecodeError as error:
            raise Unproved("a proof is base64") from error
        if any(len(each) != HASH for each in path):
            raise Unproved(f"a hash has {HASH} bytes")
        return cls(index=int(index), path=path, checkpoint=checkpoint, extra=told)

    def __bytes__(self) -> bytes:
        extra = () if self.extra is None else (f"extra {to_base64(self.extra)}",)
        lines = (_HEADER, *extra, f"index {self.index}", *map(to_base64, self.path), "")
        return "".join(f"{line}\n" for line in lines).encode() + self.checkpoint

    def verify(self, entry: bytes, policy: Policy) -> Opened:
        """The checkpoint under which the entry stands at its place. Raises Unproved, NoQuorum."""
        opened = policy.opened(self.checkpoint)
        checkpoint = opened.checkpoint
        verify_inclusion(leaf_hash(entry), self.index, checkpoint.size, self.path, checkpoint.root)
        return opened
