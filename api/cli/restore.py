"""`docket restore`: a store made from Kafka alone, each document verified; broken off, the same command goes on."""

import logging
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from time import perf_counter

from pydantic import ValidationError
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn

from api.cli.say import DIVERGED, IN_USE, UNREACHABLE, bar, fail, result
from api.compose import InUse, only_one
from consumers.relay.restore import Restore
from consumers.settings import Missing, Settings
from consumers.topics.connection import Unreachable
from consumers.topics.record import Unreadable
from consumers.topics.sealing import BadKeyring, CannotUnseal, Keyring
from consumers.topics.tail import Diverged
from domain import wire
from domain.ledger import StoreError
from domain.ledger.postgres import PostgresRecorder
from domain.ledger.recorder import LedgerRecorder
from domain.ledger.sqlite import SQLiteRecorder


def run(folder: Path, *, postgres: str | None, json: bool) -> None:
    """Restore, and say what came back."""
    logging.getLogger("kafka").setLevel(logging.CRITICAL)  # what matters of it is raised
    began = perf_counter()
    columns = (TextColumn("restoring"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    try:
        settings = Settings()
        connection, keyring = settings.connection(), Keyring.read(settings.needed("keys"))
        with _store(folder, postgres) as recorder, bar(*columns) as progress:
            task = progress.add_task("restore", total=None)
            restored = Restore(recorder=recorder, connection=connection, topics=settings.names(), keyring=keyring).run(
                lambda kept, whole: progress.update(task, completed=kept, total=whole)
            )
    except Unreachable as error:
        fail(str(error), UNREACHABLE)
    except InUse as error:
        fail(str(error), IN_USE)
    except Diverged as error:
        fail(str(error), DIVERGED)
    except (BadKeyring, CannotUnseal, Missing, OSError, StoreError, Unreadable, ValidationError, wire.Corrupt) as error:
        fail(f"{error}; what was restored before is right, and the same command goes on from there")
    facts: dict[str, object] = {
        "position": restored.position,
        "events": restored.events,
        "acts": restored.acts,
        "disclosures_destroyed": restored.destroyed,
        "seconds": round(perf_counter() - began, 3),
    }
    result("Restored", facts, json=json)


@contextmanager
def _store(folder: Path, postgres: str | None) -> Iterator[LedgerRecorder]:
    if postgres is not None:
        with closing(PostgresRecorder(postgres, verify=wire.verify)) as recorder:
            yield recorder
    else:
        with only_one(folder), closing(SQLiteRecorder(folder / "ledger.db", verify=wire.verify)) as recorder:
            yield recorder
