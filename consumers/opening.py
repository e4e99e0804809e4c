"""The ledger that several processes share is held against its copy on Kafka before any of them writes to it."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from consumers import tail
from consumers.settings import Settings
from domain import wire
from domain.ledger.ledger import Ledger
from domain.ledger.postgres import PostgresRecorder
from domain.ledger.recorder import refuse_corrupting_settings


def now() -> datetime:
    """The machine's time."""
    return datetime.now(UTC)


@contextmanager
def shared_ledger(settings: Settings, *, clock: Callable[[], datetime] = now) -> Iterator[Ledger]:
    """The ledger in PostgreSQL; where Kafka is set, it holds at least what is published.

    Raises Missing, Diverged, Unreachable, StoreError, KafkaError.
    """
    refuse_corrupting_settings(os.environ)
    recorder = PostgresRecorder(settings.needed("postgres"), verify=wire.verify)
    try:
        if settings.kafka is not None:
            tail.compare(recorder, settings.connection(), settings.names().ledger)
        yield Ledger(recorder, clock=clock)
    finally:
        recorder.close()
