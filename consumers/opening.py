"""The ledger that several processes share is held against its copy on Kafka before any of them writes to it."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from kafka.errors import KafkaError

from consumers.settings import Settings
from consumers.topics import tail
from consumers.topics.check import TopicCheck
from consumers.topics.connection import Unreachable
from consumers.topics.rights import Service
from domain import wire
from domain.ledger.ledger import Ledger
from domain.ledger.postgres import PostgresRecorder
from domain.ledger.recorder import refuse_corrupting_settings


def now() -> datetime:
    """The machine's time."""
    return datetime.now(UTC)


@contextmanager
def shared_ledger(
    settings: Settings,
    service: Service,
    *,
    clock: Callable[[], datetime] = now,
    simulated: bool = False,
    check: TopicCheck | None = None,
) -> Iterator[Ledger]:
    """The ledger in PostgreSQL; where Kafka is set, its topics are as agreed, and nothing is published that it lacks.

    `check` is what goes on looking at the topics, where the process has that; it is asked first here.

    Raises Missing, NotAsAgreed, Diverged, Unreachable, StoreError.
    """
    refuse_corrupting_settings(os.environ)
    recorder = PostgresRecorder(settings.needed("postgres"), verify=wire.verify)
    try:
        if settings.kafka is not None:
            try:
                (check or topic_check(settings, service)).refuse()
                tail.compare(recorder, settings.connection(), settings.names().ledger)
            except KafkaError as error:
                raise Unreachable(f"Kafka: {type(error).__name__}: {error}") from error
        yield Ledger(recorder, clock=clock, simulated=simulated)
    finally:
        recorder.close()


def topic_check(settings: Settings, service: Service) -> TopicCheck:
    """Whether Kafka is as this process needs it. Raises Missing, OSError."""
    return TopicCheck(
        settings.connection(),
        service=service,
        topics=settings.names(),
        offices=settings.offices,
        profile=settings.profile,
    )
