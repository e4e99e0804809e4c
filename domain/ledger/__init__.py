"""The only way to append: load, decide, append or decide again."""

from eventsourcing.persistence import DataError as Unstorable
from eventsourcing.persistence import PersistenceError as StoreError
from eventsourcing.persistence import StoredEvent

__all__ = ["StoreError", "StoredEvent", "Unstorable"]
