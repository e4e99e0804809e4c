"""A store that cannot answer now says so in one of few ways, whichever store it is."""

from typing import Final

from eventsourcing.persistence import InterfaceError, InternalError, OperationalError, PersistenceError

__all__ = ["UNANSWERED", "InternalError", "PersistenceError"]

UNANSWERED: Final = (OperationalError, InterfaceError)
"""The disk, a lock or the connection: the same may succeed later. OutcomeUnknown is one of them."""
