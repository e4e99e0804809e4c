"""A ledger in PostgreSQL that a test shares with processes, and what it waits for of them."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, cast

from domain import wire
from domain.ledger.postgres import PostgresRecorder
from tests.projections.small_ledger import Small

if TYPE_CHECKING:
    from domain.ledger.sqlite import SQLiteRecorder

ENOUGH_S = 60


def until(there: Callable[[], bool], why: str) -> None:
    """Return when it is so."""
    end = time.monotonic() + ENOUGH_S
    while not there():
        assert time.monotonic() < end, why
        time.sleep(0.02)


@contextmanager
def shared(dsn: str) -> Iterator[Small]:
    """A ledger that processes share."""
    with closing(PostgresRecorder(dsn, verify=wire.verify, patience_s=2)) as recorder:
        made = Small(cast("SQLiteRecorder", recorder))  # what it is used for is the contract of both
        if recorder.head() == 0:
            made.found()
            made.enrol()
        yield made
