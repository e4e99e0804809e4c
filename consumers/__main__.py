"""`python -m consumers <process>`: each process is put together here, from what the environment says."""

import argparse
import sys
from collections.abc import Callable, Mapping
from typing import Final

from kafka.errors import KafkaError
from pydantic import ValidationError

from consumers import process
from consumers.settings import Missing, Settings
from consumers.topics.check import NotAsAgreed
from consumers.topics.connection import Unreachable
from consumers.topics.record import Unreadable
from consumers.topics.sealing import BadKeyring
from consumers.topics.tail import DIVERGED, Diverged, Hanging
from domain.ledger import StoreError


def projector(settings: Settings) -> None:
    """Fold the ledger topic into the views, which it shares with other projectors."""
    from consumers.projector.projector import serve

    serve(settings)


def checkpoints(settings: Settings) -> None:
    """Sign the log as it grows, have it witnessed, and send every checkpoint to Kafka; others do no harm."""
    from consumers.checkpoints.serving import run

    run(settings)


def inbox(settings: Settings) -> None:
    """Answer what offices ask over Kafka: in order, each record once."""
    from consumers.inbox.inboxes import run

    run(settings)


def timer(settings: Settings) -> None:
    """Record what clocks say already; others that do so do no harm."""
    from consumers.timer.ticking import run

    run(settings)


def relay(settings: Settings) -> None:
    """Send what the ledger holds to Kafka, where it becomes the complete copy; one relay at a time."""
    from consumers.relay.relay import serve

    serve(settings)


PROCESSES: Final[Mapping[str, Callable[[Settings], None]]] = {
    "checkpoints": checkpoints,
    "inbox": inbox,
    "projector": projector,
    "relay": relay,
    "timer": timer,
}
"""Name → what runs until it is told to stop. Each says in its first line what it is for."""


def main() -> None:
    """Run one process. Exit codes: 0 told to stop, 1 something is wrong, 2 command line, 65 diverged, 70 it hung."""
    parser = argparse.ArgumentParser(prog="python -m consumers", description=__doc__)
    commands = parser.add_subparsers(dest="process", required=True)
    for name, run in PROCESSES.items():
        commands.add_parser(name, help=(run.__doc__ or "").splitlines()[0])
    chosen = parser.parse_args().process
    try:
        settings = Settings()
        process.begin(metrics=settings.metrics)
        PROCESSES[chosen](settings)
    except Diverged as error:
        sys.stderr.write(f"docket: {chosen}: {error}\n")
        sys.exit(DIVERGED)
    except (
        BadKeyring, Hanging, KafkaError, Missing, NotAsAgreed, OSError, StoreError, Unreachable, Unreadable,
        ValidationError,
    ) as error:  # fmt: skip
        sys.exit(f"docket: {chosen}: {error}")


if __name__ == "__main__":
    main()
