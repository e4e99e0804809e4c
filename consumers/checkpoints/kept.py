"""A checkpoint is kept before anybody is shown it: whatever is signed later goes on from there."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Condition
from time import monotonic
from typing import Final

from consumers.apart import Apart
from projections.instants import microseconds
from projections.transparency.checkpoint import Checkpoint
from projections.transparency.notes import Note, Signature
from projections.transparency.policy import Grade, Policy

_BEGIN: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LOOK_S: Final = 0.05
_NAMES: Final = "note, grade, published_at"


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A checkpoint as it is now: signatures of witnesses may come later."""

    note: Note
    checkpoint: Checkpoint
    grade: Grade
    published_at: datetime


class Checkpoints:
    """The checkpoints of one log. For any thread and process. Raises what the store raises."""

    def __init__(self, apart: Apart, origin: str, policy: Policy | None = None) -> None:
        """`policy` says who has to have witnessed a checkpoint before it is final; without one, none ever is."""
        self.origin = origin
        self._apart, self._policy = apart, policy
        self._moved = Condition()

    def latest(self, grade: Grade | None = None) -> Published | None:
        """The longest one, of this grade if one is named."""
        graded, values = ("", ()) if grade is None else (" AND grade = ?", (grade.value,))
        sql = f"SELECT {_NAMES} FROM checkpoints WHERE log = ?{graded} ORDER BY size DESC LIMIT 1"  # noqa: S608 - ours
        return _first(self._apart.ask(sql, (self.origin, *values)))

    def covering(self, size: int) -> Published | None:
        """The shortest one that has so many leaves."""
        sql = f"SELECT {_NAMES} FROM checkpoints WHERE log = ? AND size >= ? ORDER BY size LIMIT 1"  # noqa: S608 - ours
        return _first(self._apart.ask(sql, (self.origin, size)))

    def add(self, note: Note, at: datetime, *, after: int | None) -> bool:
        """Keep one that was just signed; False, and nothing is kept, where `after` is not the longest any more."""
        checkpoint = Checkpoint.read(note.text)
        # of two that find the same longest one, the index lets one go on from it
        added = self._apart.ask(
            "INSERT INTO checkpoints (log, size, after_size, note, grade, published_at)"
            " SELECT ?, ?, ?, ?, ?, ? WHERE coalesce((SELECT max(size) FROM checkpoints WHERE log = ?), 0) = ?"
            " ON CONFLICT DO NOTHING RETURNING size",
            (
                self.origin,
                checkpoint.size,
                after or 0,
                bytes(note).decode(),
                self._grade(note).value,
                microseconds(at),
                self.origin,
                after or 0,
            ),
        )
        with self._moved:
            self._moved.notify_all()
        return bool(added)

    def wait(self, size: int, timeout: float) -> Published | None:
        """The shortest one that has so many leaves, waiting for it at most `timeout` seconds."""
        until = monotonic() + timeout
        with self._moved:
            while (found := self.covering(size)) is None and (left := until - monotonic()) > 0:
                self._moved.wait(min(left, _LOOK_S))  # another process may have signed it
        return found

    def witnessed(self, size: int, signature: Signature) -> Published | None:
        """Keep what a witness signed beneath a checkpoint; None where there is none of this size."""
        with self._apart.together() as ask:
            # a row is locked by what changes it: of two witnesses at once neither is lost
            ask("UPDATE checkpoints SET grade = grade WHERE log = ? AND size = ?", (self.origin, size))
            sql = f"SELECT {_NAMES} FROM checkpoints WHERE log = ? AND size = ?"  # noqa: S608 - ours
            found = _first(ask(sql, (self.origin, size)))
            if found is None or signature in found.note.signatures:
                return found
            note = Note(found.note.text, (*found.note.signatures, signature))
            grade = self._grade(note)
            ask(
                "UPDATE checkpoints SET note = ?, grade = ? WHERE log = ? AND size = ?",
                (bytes(note).decode(), grade.value, self.origin, size),
            )
            return Published(note=note, checkpoint=found.checkpoint, grade=grade, published_at=found.published_at)

    def _grade(self, note: Note) -> Grade:
        return Grade.PROVISIONAL if self._policy is None else self._policy.graded(note).grade


def _first(rows: list[tuple[str, str, int]]) -> Published | None:
    for text, grade, published_us in rows:
        note = Note.read(text.encode())
        return Published(
            note=note,
            checkpoint=Checkpoint.read(note.text),
            grade=Grade(grade),
            published_at=_BEGIN + timedelta(microseconds=published_us),
        )
    return None
