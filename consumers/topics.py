"""The topics of one ledger: the record and its keys, and for each office what it asks and what became of it."""

from dataclasses import dataclass
from typing import Final

PARTITION: Final = 0
"""Each topic has one partition: what is in it has one order."""


@dataclass(frozen=True, slots=True)
class Topics:
    """Names. Several ledgers may share brokers: each has a prefix of its own."""

    prefix: str = "docket"

    @property
    def ledger(self) -> str:
        """Every event, in order: the complete copy."""
        return f"{self.prefix}.ledger.v1"

    @property
    def keys(self) -> str:
        """The key of each event's disclosures, wrapped; compacted, so that a key can be destroyed."""
        return f"{self.prefix}.keys.v1"

    def actions(self, office: str) -> str:
        """What an office asks for."""
        return f"{self.prefix}.actions.{office}.v1"

    def outcomes(self, office: str) -> str:
        """What became of it."""
        return f"{self.prefix}.outcomes.{office}.v1"
