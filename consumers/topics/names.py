"""The names of one ledger on Kafka: its record and keys, what offices ask and what became of it, and who writes."""

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

    @property
    def checkpoints(self) -> str:
        """Every checkpoint of the log, for everybody who may read at all."""
        return f"{self.prefix}.checkpoints.v1"

    def actions(self, office: str) -> str:
        """What an office asks for."""
        return f"{self.prefix}.actions.{office}.v1"

    def outcomes(self, office: str) -> str:
        """What became of it."""
        return f"{self.prefix}.outcomes.{office}.v1"

    @property
    def relay(self) -> str:
        """The name under which the record is written in transactions: whoever takes it fences whoever had it."""
        return f"{self.prefix}.relay"

    def inbox(self, office: str) -> str:
        """The name under which an office's outcomes are written, likewise."""
        return f"{self.prefix}.inbox.{office}"

    def own(self, office: str) -> str:
        """What an office's own groups of readers, and names of transactions, begin with."""
        return f"{self.prefix}.office.{office}."
