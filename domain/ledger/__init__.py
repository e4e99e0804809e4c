"""The only way to append: load, decide, append or decide again."""

from eventsourcing.persistence import DataError as Unstorable
from eventsourcing.persistence import PersistenceError as StoreError

__all__ = ["StoreError", "Unstorable"]
