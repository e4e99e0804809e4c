"""The index follows the record: whoever asks is answered from one position of it, and is told which."""

from collections.abc import Callable, Sequence
from hashlib import sha256
from threading import Condition, Event
from time import monotonic
from typing import Final

import psycopg
import structlog

from domain import wire
from domain.ledger import StoreError
from domain.ledger.recorder import WentBack
from projections.folding.collector import Collector
from projections.searching.filling import Record, fill, forget
from projections.searching.kept import Kept, reached
from projections.stores.tables import NotBuilt, WrongStore

AT_ONCE: Final = 8_192
"""Events in one transaction."""
IDLE_S: Final = 0.25
AGAIN_S: Final = 1.0
"""Seconds until it tries again what failed."""
_log: Final = structlog.get_logger(__name__)
_COLLECTOR: Final = Collector()


def _never() -> bool:
    return False


class Index:
    """Fills sets from a record. Everything may be called from any thread, and several processes may do so."""

    def __init__(self, record: Record, kept: Kept, *, at_once: int = AT_ONCE) -> None:
        self.kept = kept
        self._record, self._at_once = record, at_once
        self._moved = Condition()
        self._stopped: str | None = None
        self._unclean = False

    def catch_up(self, enough: Callable[[], bool] = _never) -> int:
        """Take in all there is, unless it is `enough`, and return the position reached.

        Raises wire.Corrupt for an event of an unknown type, with everything before it taken in; WrongStore for sets
        of another ledger; and what record and store raise.
        """
        while not enough():
            if not self._advance():
                break
        return self.kept.reached().position

    def run(self, stop: Event) -> None:
        """Catch up, wait for more, and so on until told to stop. Raises WrongStore and WentBack.

        A store that does not answer, or an event of a type that is unknown here, it tries again.
        """
        while not stop.is_set():
            try:
                position = self.catch_up(stop.is_set)
                self._stopped = None
                if not stop.is_set():
                    self._record.wait(position, IDLE_S)
            except WentBack:
                raise
            except (psycopg.OperationalError, StoreError, wire.Corrupt) as error:
                if self._stopped is None:
                    _log.warning("the index does not go on", error=type(error).__name__)
                self._stopped = "the reader stopped"
                stop.wait(AGAIN_S)

    def wait(self, min_position: int, timeout: float) -> bool:
        """Whether it has this position, waiting for it at most `timeout` seconds; whoever waits helps."""
        until = monotonic() + timeout
        while (now := self.kept.reached()).position < min_position:
            if (left := until - monotonic()) <= 0:
                return False
            if not now.built:
                with self._moved:
                    self._moved.wait(min(IDLE_S, left))
            elif self._record.wait(min_position - 1, left):
                self.catch_up(lambda: monotonic() >= until)
        return True

    def position(self) -> int:
        """Up to which position events can be found. Raises NotBuilt while it never was as far as the record."""
        now = self.kept.reached()
        if not now.built:
            raise NotBuilt("the index is filled for the first time")
        return now.position

    def forget(self, positions: Sequence[int]) -> None:
        """Nothing that these events protect finds them any more. Again is not an error."""
        with self.kept.write() as keeping:
            forget(keeping, positions)
        self._unclean = not self.kept.scrub()

    def empty(self) -> None:
        """Forget everything: it is filled again from the record."""
        with self.kept.write() as keeping:
            for table in ("sets", "times", "developers", "occurring"):
                keeping.change(f"DELETE FROM {table}")  # noqa: S608 - our names
            keeping.change("UPDATE reached SET position = 0, digest = ?, built = ?", (b"", False))
        self._unclean = not self.kept.scrub()

    def wrong(self) -> str | None:
        """Why it is not as it has to be, or None."""
        if self._stopped is not None:
            return self._stopped
        try:
            return None if self.kept.reached().built else "not built yet"
        except psycopg.OperationalError:
            return "does not answer"

    def _advance(self) -> bool:
        """Whether there was something to take in."""
        before = self.kept.reached()
        if before.built and 0 < self._record.head() == before.position and not self._unclean:
            return False
        with self.kept.write() as keeping:
            now = reached(keeping.ask)
            # with the event before: the record has to be the one that the sets are of
            found = self._record.read(max(0, now.position - 1), self._at_once + 1)
            if now.position:
                if not found or sha256(found[0][2]).digest() != now.digest:
                    raise WrongStore(f"this index is of another ledger, or one that went back: see {now.position}")
                found = found[1:]
            if not found:
                if not now.built:
                    keeping.change("UPDATE reached SET built = ?", (True,))
            else:
                with _COLLECTOR.held():
                    self._unclean = fill(keeping, self._record, found) or self._unclean
        with self._moved:
            self._moved.notify_all()
        if self._unclean:
            self._unclean = not self.kept.scrub()
        return bool(found)
