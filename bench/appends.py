"""Durable appends a second, one document of 1 KB each: our recorders beside eventsourcing's, and beside bare SQLite."""

import argparse
import os
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from threading import Barrier, Lock, Thread
from uuid import uuid4

from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteDatastore
from psycopg.conninfo import conninfo_to_dict

from domain.ledger.postgres import PostgresRecorder
from domain.ledger.recorder import Attached, LedgerRecorder
from domain.ledger.sqlite import SQLiteRecorder
from tests.services.postgres import own_postgres

Append = Callable[[str, int], object]
"""Stores one event of a stream at a version, durably."""

DOCUMENT = os.urandom(1000)
DISCLOSURES = (b"W" * 90, b"X" * 90, b"Y" * 90)
TYPE = "case.assessment-filed.v1"
READ = "office-nsa"
A_LIFE = 12  # events of one stream


def ours(path: Path) -> tuple[Append, Callable[[], None]]:
    """The event, three disclosures, the row of its act, and a check that another stream has not moved."""
    return acting(SQLiteRecorder(path, verify=lambda document, disclosures: None))


def ours_in_postgres(dsn: str) -> tuple[Append, Callable[[], None]]:
    """The same in a database."""
    return acting(PostgresRecorder(dsn, verify=lambda document, disclosures: None))


def acting(recorder: LedgerRecorder) -> tuple[Append, Callable[[], None]]:
    recorder.insert_events([StoredEvent(READ, 1, "office.registered.v1", DOCUMENT)])

    def append(stream: str, version: int) -> object:
        beside = Attached(act=str(uuid4()), disclosures=(DISCLOSURES,), reads={stream: version - 1, READ: 1})
        return recorder.insert_events([StoredEvent(stream, version, TYPE, DOCUMENT)], attached=beside)

    return append, recorder.close


def events_only(path: Path) -> tuple[Append, Callable[[], None]]:
    """What eventsourcing stores, and no more."""
    recorder = SQLiteRecorder(path, verify=lambda document, disclosures: None)

    def append(stream: str, version: int) -> object:
        return recorder.insert_events([StoredEvent(stream, version, TYPE, DOCUMENT)])

    return append, recorder.close


def eventsourcing(path: Path) -> tuple[Append, Callable[[], None]]:
    """Its SQLite recorder as it comes; a thread needs a connection, so it gets as many as it may ask for."""
    store = SQLiteDatastore(str(path), originator_id_type="text", lock_timeout=60, pool_size=40, pool_timeout=60)
    recorder = SQLiteApplicationRecorder(store)
    recorder.create_table()
    return lambda stream, version: recorder.insert_events([StoredEvent(stream, version, TYPE, DOCUMENT)]), store.close


def eventsourcing_in_postgres(dsn: str) -> tuple[Append, Callable[[], None]]:
    """Its PostgreSQL recorder as it comes, with a connection for each caller."""
    to = conninfo_to_dict(dsn)
    store = PostgresDatastore(
        dbname=str(to["dbname"]),
        host=str(to["host"]),
        port=str(to.get("port", "5432")),
        user=str(to["user"]),
        password=str(to.get("password", "")),
        originator_id_type="text",
        pool_size=32,
        max_overflow=8,
        connect_timeout=60,
    )
    recorder = PostgresApplicationRecorder(store, events_table_name="stored_events")
    recorder.create_table()
    return lambda stream, version: recorder.insert_events([StoredEvent(stream, version, TYPE, DOCUMENT)]), store.close


def bare(path: Path) -> tuple[Append, Callable[[], None]]:
    """One connection behind one lock, one transaction for each event: as fast as it goes without grouping."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(
        "CREATE TABLE events (position INTEGER PRIMARY KEY, stream TEXT, version INTEGER, type TEXT, document BLOB,"
        " UNIQUE (stream, version))"
    )
    lock = Lock()

    def append(stream: str, version: int) -> object:
        with lock:
            insert = "INSERT INTO events (stream, version, type, document) VALUES (?, ?, ?, ?)"
            return connection.execute(insert, (stream, version, TYPE, DOCUMENT))

    return append, connection.close


SUBJECTS = {
    "ours": ours,
    "ours, events only": events_only,
    "eventsourcing": eventsourcing,
    "bare SQLite": bare,
}
IN_POSTGRES = {"ours": ours_in_postgres, "eventsourcing": eventsourcing_in_postgres}


def load(append: Append, callers: int, seconds: float) -> tuple[float, float, float]:
    """Appends a second, and the median and 99th percentile of one in milliseconds."""
    start = Barrier(callers + 1)
    took: list[list[float]] = [[] for _ in range(callers)]

    def call(mine: list[float]) -> None:
        stream, version = f"case-{uuid4()}", 0
        start.wait()
        until = time.perf_counter() + seconds
        while (began := time.perf_counter()) < until:
            if version == A_LIFE:
                stream, version = f"case-{uuid4()}", 0
            version += 1
            append(stream, version)
            mine.append(time.perf_counter() - began)

    threads = [Thread(target=call, args=(mine,)) for mine in took]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    elapsed = time.perf_counter() - began
    all_ = sorted(one for mine in took for one in mine)
    return len(all_) / elapsed, all_[len(all_) // 2] * 1e3, all_[int(len(all_) * 0.99)] * 1e3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--callers", type=int, nargs="+", default=[1, 8, 32])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--subjects", nargs="+", choices=SUBJECTS, default=list(SUBJECTS), help="of SQLite")
    parser.add_argument("--postgres", action="store_true", help="PostgreSQL, on a server of its own")
    parser.add_argument("--folder", help="where the files go; the disk that is measured")
    parser.add_argument("--switch-interval", type=float, default=sys.getswitchinterval(), help="seconds")
    args = parser.parse_args()
    sys.setswitchinterval(args.switch_interval)
    store = "PostgreSQL" if args.postgres else f"SQLite {sqlite3.sqlite_version}"
    machine = f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores"
    print(f"{store}, {machine}, {args.rounds} rounds of {args.seconds} s, medians")
    print(f"{'callers':>7}  {'':18} {'appends/s':>9} {'ratio':>6} {'p50 ms':>7} {'p99 ms':>7}   each round")
    with tempfile.TemporaryDirectory(dir=args.folder) as folder, ExitStack() as running:
        server = running.enter_context(own_postgres(Path(folder))) if args.postgres else None
        for callers in args.callers:
            if server is None:
                open_ = {name: SUBJECTS[name](Path(folder, f"{name}-{callers}.db")) for name in args.subjects}
            else:
                open_ = {name: make(server.new_database()) for name, make in IN_POSTGRES.items()}
            figures: dict[str, list[tuple[float, float, float]]] = {name: [] for name in open_}
            for _ in range(args.rounds):
                for name, (append, _) in open_.items():
                    figures[name].append(load(append, callers, args.seconds))
            medians = {name: [statistics.median(f) for f in zip(*each, strict=True)] for name, each in figures.items()}
            reference = medians[list(medians)[-1] if "eventsourcing" not in medians else "eventsourcing"][0]
            for name, (rate, p50, p99) in medians.items():
                each = " ".join(f"{one[0]:.0f}" for one in figures[name])
                print(f"{callers:7}  {name:18} {rate:9.0f} {rate / reference:6.2f} {p50:7.2f} {p99:7.2f}   {each}")
            for _, close in open_.values():
                close()


if __name__ == "__main__":
    main()
