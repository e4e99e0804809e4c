"""A feed gives the events of the ledger in order of their positions, whoever keeps them."""

from typing import Protocol


class Feed(Protocol):
    """Where a runner reads from: the ledger's recorder in process, or the ledger topic."""

    def read(self, after: int, limit: int) -> list[tuple[int, str, bytes]]:
        """(position, type, document) of at most `limit` events behind position `after`, in order, without a gap."""

    def head(self) -> int:
        """Last position; 0 while there is none."""

    def wait(self, after: int, timeout: float) -> bool:
        """Whether there is an event behind `after`, waiting for one at most `timeout` seconds."""
