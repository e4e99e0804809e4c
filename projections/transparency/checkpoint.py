"""A checkpoint says how long a log is, and the root of its tree (C2SP tlog-checkpoint)."""

import re
from dataclasses import dataclass
from typing import Final, Self

from projections.transparency.spelling import from_base64, to_base64
from projections.transparency.tree import EMPTY, HASH, Unproved

_LARGEST: Final = 2**63
_FORM: Final = re.compile(rb"([^\n]+)\n(0|[1-9][0-9]{0,18})\n([^\n]+)\n((?:[^\n]+\n)*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """The text that a log signs."""

    origin: str
    """Which log, in the world."""
    size: int
    """Leaves; the position of the last one."""
    root: bytes
    more: tuple[str, ...] = ()
    """Further lines. Docket writes none, and what they mean to others is not looked at."""

    @classmethod
    def read(cls, text: bytes) -> Self:
        """The text of a note. Raises Unproved for what is no checkpoint of an RFC 6962 tree."""
        if (found := _FORM.fullmatch(text)) is None:
            raise Unproved("this is no checkpoint")
        try:
            origin, size, encoded, more = (each.decode() for each in found.groups())
        except UnicodeDecodeError as error:
            raise Unproved("a checkpoint is UTF-8") from error
        root = from_base64(encoded)
        checkpoint = cls(origin=origin, size=int(size), root=root, more=tuple(more.split("\n")[:-1]))
        if checkpoint.size >= _LARGEST or len(root) != HASH or (checkpoint.size == 0 and root != EMPTY):
            raise Unproved("no tree has this size and root")
        return checkpoint

    def __bytes__(self) -> bytes:
        lines = (self.origin, str(self.size), to_base64(self.root), *self.more)
        return "".join(f"{line}\n" for line in lines).encode()
