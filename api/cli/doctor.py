"""`docket doctor`: what is wrong with a folder of data, and what to do about it."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from api.cli.say import fail, result
from domain import wire
from domain.events.record import PayloadDestroyed
from domain.ledger import StoreError
from domain.ledger.ledger import Ledger, NotOpen
from domain.ledger.recorder import LedgerRecorder, refuse_corrupting_settings
from domain.ledger.sqlite import SQLiteRecorder
from projections.catalogue import views
from projections.stores.sqlite import SQLiteViews
from projections.stores.tables import WrongStore

FREE: Final = 256 * 1024 * 1024
"""Bytes that should be free."""
VERIFIED: Final = 1000
"""Documents that are verified from either end of the ledger."""


def run(folder: Path, *, json: bool) -> None:
    """Check everything that can be checked without a running process."""
    facts: dict[str, object] = {"folder": str(folder)}
    wrong: dict[str, str] = {}
    for name, check in (
        ("settings", _settings),
        ("disk", _disk),
        ("ledger", _ledger),
        ("views", _views),
    ):
        try:
            facts |= dict(check(folder))
        except (OSError, StoreError, NotOpen, WrongStore, Wrong, wire.Corrupt, sqlite3.Error) as error:
            wrong[name] = str(error)
    facts |= {f"{name}: wrong": why for name, why in wrong.items()}
    result("Doctor", facts, json=json)
    if wrong:
        fail("; ".join(f"{name}: {why}" for name, why in wrong.items()))


class Wrong(Exception):
    """Something is not as it has to be; the sentence says what to do."""


def _settings(folder: Path) -> Iterator[tuple[str, object]]:
    refuse_corrupting_settings(os.environ)
    yield "sqlite", sqlite3.sqlite_version


def _disk(folder: Path) -> Iterator[tuple[str, object]]:
    if not folder.is_dir():
        raise Wrong("there is no such folder; `docket serve` makes one")
    free = shutil.disk_usage(folder).free
    yield "free bytes", free
    if free < FREE:
        raise Wrong(f"{free} bytes are left; appends will soon be refused")


def _ledger(folder: Path) -> Iterator[tuple[str, object]]:
    if not (folder / "ledger.db").exists():
        raise Wrong("there is no ledger; `docket serve` opens one")
    recorder = SQLiteRecorder(folder / "ledger.db", verify=wire.verify)
    try:
        opened = Ledger(recorder, clock=_no_time).opened
        head = recorder.head()
        yield "ledger", opened.ledger
        yield "ceiling", opened.ceiling
        yield "position", head
        yield "documents verified", _verified(recorder, head)
    finally:
        recorder.close()


def _verified(recorder: LedgerRecorder, head: int) -> int:
    checked, gone = 0, _destroyed(recorder)
    for after in sorted({0, max(0, head - VERIFIED)}):
        rows = recorder.read(after, VERIFIED)
        shown = recorder.disclosures([position for position, _, _ in rows])
        for position, _, document in rows:
            wire.verify(document, shown.get(position, ()))
            recorded = wire.load(document)
            if ((recorded.stream, recorded.version) in gone) is (position in shown):
                why = "is here although it was destroyed" if position in shown else "is lost: nobody destroyed it"
                raise Wrong(f"what position {position} protects {why}; put a backup in place")
        checked += len(rows)
    return checked


def _destroyed(recorder: LedgerRecorder) -> set[tuple[str, int]]:
    """Places of the events of which the record says that what they protected is gone."""
    found: set[tuple[str, int]] = set()
    after = 0
    while rows := recorder.select_notifications(after + 1, VERIFIED, topics=[wire.type_name(PayloadDestroyed)]):
        for row in rows:
            if isinstance(event := wire.load(row.state).event, PayloadDestroyed):
                found.add((event.about.stream, event.about.version))
        after = rows[-1].id
    return found


def _views(folder: Path) -> Iterator[tuple[str, object]]:
    if not (folder / "views.db").exists():
        return
    store = SQLiteViews(folder / "views.db")
    try:
        known = {(view.name, view.version) for view in views()}
        for table in store.tables():
            if not table.live:
                continue
            yield f"{table.view} {table.version}", f"position {table.position}"
            if table.halted is not None:
                raise Wrong(f"{table.view} is halted: {table.halted}; mend its fold and start again")
            if (table.view, table.version) not in known:
                yield f"{table.view} {table.version}", "of another Docket; it is built anew at the next start"
            if letters := store.letters(table):
                raise Wrong(f"{len(letters)} events of {table.view} wait for a repair of its fold")
    finally:
        store.close()


def _no_time() -> datetime:
    raise AssertionError("a doctor acts on nothing")
