"""A destroyed key leaves the brokers' disks only while its topic is written to: the last segment is not compacted."""

from time import monotonic


class Clearing:
    """Says when something has to be written, for as long as a key that was destroyed may lie on a disk.

    Nobody remembers what a relay before this one destroyed, so it begins with each relay anew.
    """

    def __init__(self, *, lasts_s: float, beat_s: float) -> None:
        self._lasts_s, self._beat_s = lasts_s, beat_s
        self.began()

    def began(self) -> None:
        """A key is destroyed now, or was perhaps destroyed until now."""
        self._next = monotonic() + self._beat_s
        self._until = monotonic() + self._lasts_s

    @property
    def lasts(self) -> bool:
        return monotonic() < self._until

    def is_due(self) -> bool:
        """Whether to write now."""
        if not self.lasts or monotonic() < self._next:
            return False
        self._next = monotonic() + self._beat_s
        return True
