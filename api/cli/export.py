"""`docket export`: everything that a folder holds under its last checkpoint, as one archive that proves itself."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from time import perf_counter
from typing import Final

from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn

from api.cli.say import bar, fail, result
from api.clock import SystemClock
from api.contract import schema_of
from consumers.apart.sqlite import SQLiteApart
from consumers.checkpoints.opening import LogFiles, checkpoints_of
from domain import wire
from domain.ledger import StoreError
from domain.ledger.ledger import Ledger, NotOpen
from domain.ledger.sqlite import SQLiteRecorder
from domain.markings import EVERYTHING
from projections.exports.writing import Asked, Source, write
from projections.stores.sqlite import SQLiteViews
from projections.stores.tables import NotBuilt, WrongStore
from projections.transparency.log import LogReader
from projections.visible import Sight

_ALL: Final = Sight(clearance=EVERYTHING, office=None, participant=None, oversight=False)


def run(folder: Path, target: Path, *, log: LogFiles, json: bool) -> None:
    """Write the archive, and say what is in it. It may be served meanwhile."""
    if not (folder / "ledger.db").exists():
        fail(f"there is no ledger in {folder}")
    began = perf_counter()
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        if target.exists():
            fail(f"{target} exists; an export overwrites nothing")
        with (
            closing(SQLiteRecorder(folder / "ledger.db", verify=wire.verify)) as recorder,
            closing(SQLiteViews(folder / "views.db")) as store,
            closing(SQLiteApart(folder / "apart.db")) as apart,
        ):
            ledger = Ledger(recorder, clock=SystemClock()).opened.ledger
            published = checkpoints_of(log, apart, ledger).latest()
            if published is None:
                fail("nothing of this log was signed yet; `docket serve` signs it")
            size = published.checkpoint.size
            asked = Asked(ledger=ledger, note=published.note, reader="docket/installation", sight=_ALL)
            source = Source(documents=recorder, log=LogReader(store), schema=schema_of)
            columns = (TextColumn("exporting"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
            with bar(*columns) as progress, beside.open("xb") as file:
                task = progress.add_task("export", total=size)
                for position in write(file, asked, source):
                    progress.update(task, completed=position)
                file.flush()
                os.fsync(file.fileno())
        os.link(beside, target)  # whole or not at all, and never over another
    except (OSError, StoreError, NotOpen, NotBuilt, WrongStore, ValueError, sqlite3.Error) as error:
        fail(f"nothing was exported: {error}")
    finally:
        beside.unlink(missing_ok=True)
    facts = {
        "file": str(target),
        "events": size,
        "grade": published.grade.value,
        "bytes": target.stat().st_size,
        "seconds": round(perf_counter() - began, 3),
    }
    result("Export", facts, json=json)
