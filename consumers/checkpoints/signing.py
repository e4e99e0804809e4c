"""A log is signed as it grows, at most once a second or when somebody asks, and never two histories of it.

A process that dies here has kept a checkpoint that nobody was shown, or none; what is signed next goes on from it.
"""

from collections.abc import Callable
from datetime import datetime
from threading import Condition, Event
from typing import Final

from consumers.checkpoints.kept import Checkpoints, Published
from projections.stores.tables import NotBuilt
from projections.transparency.checkpoint import Checkpoint
from projections.transparency.log import LogReader
from projections.transparency.notes import Key, Kind, Note, Signer, signed

EVERY_S: Final = 1.0
"""Seconds between two checkpoints that nobody asked for."""
_LOOK_S: Final = 0.01


class Forked(Exception):
    """What was signed is not the beginning of the log that is here: it went back, or is another. Nothing is signed."""


class Signing:
    """Signs one log. Everything may be called from any thread; one runs it."""

    def __init__(
        self,
        log: LogReader,
        kept: Checkpoints,
        signer: Signer,
        *,
        clock: Callable[[], datetime],
        every_s: float = EVERY_S,
    ) -> None:
        self.key = Key(kept.origin, Kind.LOG, signer.public)
        self.log, self.kept = log, kept
        self._signer = signer
        self._clock, self._every_s = clock, every_s
        self._moved = Condition()
        self._asked = 0
        self._compared: int | None = None

    def sign(self) -> Published | None:
        """The longest checkpoint, a new one if the log has grown; None while there is no log. Raises Forked."""
        last = self.kept.latest()  # before the log, which has all that anybody has signed of it
        try:
            size = self.log.size()
        except NotBuilt:
            return last
        if last is not None:
            self._goes_on(last.checkpoint, size)
        if size > (last.checkpoint.size if last else 0):
            text = bytes(Checkpoint(origin=self.key.name, size=size, root=self.log.root(size)))
            note = Note(text, (signed(text, self.key, self._signer),))
            # of two that sign at once one is first; the other looks again
            self.kept.add(note, self._clock(), after=last.checkpoint.size if last else None)
            last = self.kept.latest()
        return last

    def wait(self, size: int, timeout: float) -> Published | None:
        """The shortest checkpoint with so many leaves, asking for one and waiting `timeout` seconds at most for it."""
        with self._moved:
            self._asked = max(self._asked, size)
            self._moved.notify_all()
        return self.kept.wait(size, timeout)

    def run(self, stop: Event) -> None:
        """Sign until told to stop. Raises Forked, and what the stores raise."""
        while not stop.is_set():
            last = self.sign()
            reached = last.checkpoint.size if last else 0
            with self._moved:
                if self._asked <= reached:
                    self._moved.wait(self._every_s)
            if self._asked > reached:
                stop.wait(_LOOK_S)  # what is asked for may not be folded yet

    def _goes_on(self, before: Checkpoint, size: int) -> None:
        if self._compared == before.size == size:
            return
        if size < before.size:
            raise Forked(f"a log of {before.size} was signed, and here it has {size}: it went back")
        if self.log.root(before.size) != before.root:
            raise Forked(f"another log of {before.size} was signed than is here")
        self._compared = before.size
