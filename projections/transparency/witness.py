"""What a witness decides (C2SP tlog-witness): it signs a log that only grew since it signed last, and nothing else."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, NamedTuple, Self

from projections.transparency.checkpoint import Checkpoint
from projections.transparency.notes import Key, Note
from projections.transparency.spelling import from_base64
from projections.transparency.tree import EMPTY, Unproved, verify_consistency

MOST: Final = 64 * 1024
"""Bytes of a request."""
_FORM: Final = re.compile(rb"old (0|[1-9][0-9]{0,18})\n((?:[^\n]+\n){0,63})\n(.+)", re.DOTALL)


class Why(IntEnum):
    """Why a witness does not sign, as HTTP says it."""

    MALFORMED = 400
    UNTRUSTED = 403
    UNKNOWN_LOG = 404
    CONFLICT = 409
    INCONSISTENT = 422


class Declined(Exception):
    """A witness does not sign."""

    def __init__(self, why: Why, sentence: str, seen: int | None = None) -> None:
        super().__init__(sentence)
        self.why = why
        self.seen = seen
        """The size that it has signed last, where the request was about another."""


class Seen(NamedTuple):
    """What a witness has signed last of one log."""

    size: int
    root: bytes


NOTHING: Final = Seen(0, EMPTY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a witness is asked to sign."""

    old: int
    """The size that it is said to have signed last."""
    path: tuple[bytes, ...]
    note: Note
    checkpoint: Checkpoint

    @classmethod
    def read(cls, body: bytes) -> Self:
        """Raises Declined."""
        if len(body) > MOST or (found := _FORM.fullmatch(body)) is None:
            raise Declined(Why.MALFORMED, "this is no request of add-checkpoint")
        old, lines, note = found.groups()
        try:
            read = Note.read(note)
            return cls(
                old=int(old),
                path=tuple(from_base64(line.decode("ascii")) for line in lines.split(b"\n")[:-1]),
                note=read,
                checkpoint=Checkpoint.read(read.text),
            )
        except (Unproved, UnicodeDecodeError) as error:
            raise Declined(Why.MALFORMED, f"this is no request of add-checkpoint: {error}") from error

    def trusted(self, logs: Mapping[str, Sequence[Key]]) -> None:
        """Raise Declined unless a key that the witness knows for this log has signed it."""
        keys = logs.get(self.checkpoint.origin)
        if not keys:
            raise Declined(Why.UNKNOWN_LOG, "this witness does not know the log")
        try:
            self.note.signed_by(keys)
        except Unproved as error:
            raise Declined(Why.UNTRUSTED, "the log has not signed it") from error
        if self.old > self.checkpoint.size:
            raise Declined(Why.MALFORMED, "the log would have become shorter")

    def after(self, seen: Seen) -> Seen:
        """What it has signed last once it signs this. Raises Declined where this does not go on from that."""
        if self.old != seen.size:
            raise Declined(Why.CONFLICT, "this witness has seen another size", seen.size)
        now = self.checkpoint
        if now.size == seen.size and now.root != seen.root:
            raise Declined(Why.CONFLICT, "another root of this size was signed: the log is forked", seen.size)
        try:
            verify_consistency(seen.size, now.size, self.path, seen.root, now.root)
        except Unproved as error:
            raise Declined(Why.INCONSISTENT, f"the log does not go on from what was signed: {error}") from error
        return Seen(now.size, now.root)
