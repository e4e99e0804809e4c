"""`docket log`: what the log of a folder is called, the key that signs it, and how far it is signed."""

import sqlite3
from contextlib import closing
from pathlib import Path

from api.cli.say import fail, result
from api.clock import SystemClock
from consumers.apart.sqlite import SQLiteApart
from consumers.checkpoints.key import KeyFile
from consumers.checkpoints.opening import LogFiles, checkpoints_of, reads_named
from domain import wire
from domain.ledger import StoreError
from domain.ledger.ledger import Ledger, NotOpen
from domain.ledger.sqlite import SQLiteRecorder
from projections.stores.tables import WrongStore
from projections.transparency.notes import Key, Kind, Signer


def run(folder: Path, *, log: LogFiles, json: bool) -> None:
    """Say it. The key is the line that auditors and witnesses put into their policies."""
    try:
        if not (folder / "ledger.db").exists():
            fail(f"there is no ledger in {folder}")
        with (
            closing(SQLiteRecorder(folder / "ledger.db", verify=wire.verify)) as recorder,
            closing(SQLiteApart(folder / "apart.db")) as apart,
        ):
            ledger = Ledger(recorder, clock=SystemClock()).opened.ledger
            signer = KeyFile(log.key or folder / "log-key.pem")
            key = Key(log.named(ledger), Kind.LOG, signer.public)
            last = checkpoints_of(log, apart, ledger).latest()
        of_reads = _of_reads(folder, log, signer)
    except (OSError, StoreError, NotOpen, WrongStore, ValueError, sqlite3.Error) as error:
        fail(str(error))
    facts = {"origin": key.name, "key": str(key), "size": 0 if last is None else last.checkpoint.size}
    grade = {} if last is None else {"grade": last.grade.value}
    result("Log", {**facts, **grade, **of_reads}, json=json)


def _of_reads(folder: Path, log: LogFiles, signer: Signer) -> dict[str, str]:
    """The same line of the log of what oversight reads, once there is one."""
    if not (folder / "reads.db").exists():
        return {}
    with closing(SQLiteRecorder(folder / "reads.db", verify=wire.verify)) as recorder:
        ledger = Ledger(recorder, clock=SystemClock()).opened.ledger
    return {"key_of_reads": str(Key(reads_named(log, ledger), Kind.LOG, signer.public))}
