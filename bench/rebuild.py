"""Rebuilds of views from the ledger, end to end: our runner, eventsourcing's on the same events, and bare decoding.

Each measurement is a process of its own, so that its memory is its own.
"""

import argparse
import json
import os
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
from eventsourcing.application import Application
from eventsourcing.persistence import Mapper, Tracking
from eventsourcing.projection import Projection, ProjectionRunner
from eventsourcing.sqlite import SQLiteTrackingRecorder

from bench import lives
from domain import wire
from domain.ledger.sqlite import SQLiteRecorder
from domain.recorded import Recorded
from projections.catalogue import views
from projections.folding.feed import Feed
from projections.folding.runner import Runner
from projections.stores.sqlite import SQLiteViews
from projections.stores.tables import column_names
from projections.view import Journal, Row, View

PEER_EVENTS = 5_000
"""What eventsourcing is given: its rate does not depend on how many there are."""


class Tally(Row, kw_only=True):
    """The least that a view by case may be: the floor under every keyed view."""

    case_id: str
    events: int
    last: str
    last_at: str


class Tallies(View[Tally]):
    """How many events each case has, and the last of them."""

    name = "tallies"
    version = 1
    row = Tally
    columns = {"last": "TEXT"}  # noqa: RUF012 - a constant of the class
    indexes = (("last",),)

    def keys(self, recorded: Recorded[Any]) -> tuple[str, ...]:
        return (recorded.stream,) if recorded.stream.startswith("case-") else ()

    def evolve(self, row: Tally | None, position: int, recorded: Recorded[Any]) -> Tally:
        at, last = recorded.recorded_at.isoformat(), recorded.event.type
        if row is None:
            return Tally(marking=recorded.marking, case_id=recorded.event.case_id, events=1, last=last, last_at=at)
        row.events += 1
        row.last, row.last_at = last, at
        return row

    def indexed(self, row: Tally) -> tuple[object, ...]:
        return (row.last,)


VIEWS: dict[str, View[Any]] = {view.name: view for view in (*views(), Tallies())}


class Upto:
    """A feed that ends early."""

    def __init__(self, feed: Feed, last: int) -> None:
        self._feed, self.last = feed, last

    def read(self, after: int, limit: int) -> list[tuple[int, str, bytes]]:
        return self._feed.read(after, min(limit, self.last - after)) if after < self.last else []

    def head(self) -> int:
        return min(self._feed.head(), self.last)

    def wait(self, after: int, timeout: float) -> bool:
        return self.head() > after


def decoding(recorder: SQLiteRecorder, many: int, folder: Path) -> float:
    """Reading and decoding alone."""
    began, at = time.perf_counter(), 0
    while events := recorder.read(at, 20_000):
        for _, kind, document in events:
            wire.shape(kind).decoder.decode(document)
        at = events[-1][0]
    return at / (time.perf_counter() - began)


def rebuild(*names: str) -> Callable[[SQLiteRecorder, int, Path], float]:
    """Views that are not there yet: built, indexed and switched to."""

    def measured(recorder: SQLiteRecorder, many: int, folder: Path) -> float:
        store = SQLiteViews(folder / "views.db")
        runner = Runner(recorder, store, [VIEWS[name] for name in names])
        began = time.perf_counter()
        assert runner.catch_up() == many
        return many / (time.perf_counter() - began)

    return measured


def live(*names: str) -> Callable[[SQLiteRecorder, int, Path], float]:
    """Views that are live and have a lot to catch up with: 5,000 a transaction, indexes in place, changes noted."""

    def measured(recorder: SQLiteRecorder, many: int, folder: Path) -> float:
        feed = Upto(recorder, 0)
        runner = Runner(feed, SQLiteViews(folder / "views.db"), [VIEWS[name] for name in names])
        runner.catch_up()
        feed.last = many
        began = time.perf_counter()
        assert runner.catch_up() == many
        return many / (time.perf_counter() - began)

    return measured


class OurMapper(Mapper[Any]):
    """So that both runners decode the same documents in the same way."""

    def __init__(self) -> None:
        pass

    def to_domain_event(self, stored_event: Any) -> Any:
        return wire.load(stored_event.state), stored_event.state


def peer(name: str) -> Callable[[SQLiteRecorder, int, Path], float]:
    """Eventsourcing's ProjectionRunner over the same recorder, the same documents and the same fold."""
    view = VIEWS[name]
    names = column_names(view)

    class Rows(SQLiteTrackingRecorder):
        def construct_create_table_statements(self) -> list[str]:
            columns = "".join(f", {column} {kind}" for column, kind in view.columns.items())
            body = f"(key {view.key_type} PRIMARY KEY, marking TEXT, scope TEXT, position INTEGER, body BLOB{columns})"
            indexes = [f"CREATE INDEX by_{'_'.join(one)} ON rows ({', '.join(one)})" for one in view.indexes]
            return [*super().construct_create_table_statements(), f"CREATE TABLE rows {body}", *indexes]

        def put(self, values: tuple[object, ...], tracking: Tracking) -> None:
            sql = f"INSERT INTO rows VALUES ({', '.join('?' * len(names))}) ON CONFLICT (key) DO UPDATE SET "  # noqa: S608 - our names
            with self.datastore.transaction(commit=True) as cursor:
                self._insert_tracking(cursor, tracking)
                cursor.execute(sql + ", ".join(f"{one} = excluded.{one}" for one in names[1:]), values)

    class Folds(Projection[Rows]):
        kept: dict[Any, Any] = {}  # noqa: RUF012 - of one run

        def process_event(self, domain_event: Any, tracking: Tracking) -> None:
            recorded, document = domain_event
            position = tracking.notification_id
            rows: list[tuple[Any, Any]]
            if isinstance(view, Journal):
                rows = [(position, view.entry(position, recorded, document))]
            else:
                rows = [(key, view.evolve(self.kept.get(key), position, recorded)) for key in view.keys(recorded)]
                self.kept.update(rows)
            if not rows:
                self.view.insert_tracking(tracking)
            for key, row in rows:
                encoded = msgspec.json.encode(row)
                self.view.put((key, row.marking, row.scope, position, encoded, *view.indexed(row)), tracking)

    def measured(recorder: SQLiteRecorder, many: int, folder: Path) -> float:
        class Events(Application[Any]):
            def construct_mapper(self) -> Any:
                return OurMapper()

            def construct_recorder(self) -> Any:
                return recorder

        os.environ["PERSISTENCE_MODULE"] = "eventsourcing.sqlite"
        os.environ["SQLITE_DBNAME"] = str(folder / "peer.db")
        began = time.perf_counter()
        with ProjectionRunner(application_class=Events, projection_class=Folds, view_class=Rows) as runner:
            runner.wait(PEER_EVENTS, timeout=600)
            folded = runner.view.max_tracking_id(runner.app_name) or 0
            return folded / (time.perf_counter() - began)

    return measured


SUBJECTS: dict[str, Callable[[SQLiteRecorder, int, Path], float]] = {
    "decoding alone": decoding,
    "audit_trail": rebuild("audit_trail"),
    "audit_trail, live": live("audit_trail"),
    "audit_trail, ProjectionRunner": peer("audit_trail"),
    **{name: rebuild(name) for name in ("case_status", "tallies")},
    **{f"{name}, live": live(name) for name in ("case_status", "tallies")},
    **{f"{name}, ProjectionRunner": peer(name) for name in ("case_status", "tallies")},
    "all views together": rebuild(*(view.name for view in views())),
}


def one(subject: str, path: Path, many: int, folder: Path) -> None:
    """In a process of its own: the rate, and the most memory that it had."""
    recorder = SQLiteRecorder(path, verify=wire.verify)
    rate = SUBJECTS[subject](recorder, many, folder)
    print(json.dumps({"rate": rate, "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}), flush=True)
    os._exit(0)  # the peer leaves threads behind


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--live", type=int, default=2_000, help="cases at a time")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--subjects", nargs="+", choices=SUBJECTS, default=list(SUBJECTS))
    parser.add_argument("--folder", help="where the files go; the disk that is measured")
    parser.add_argument("--ledger", type=Path, help="keep the ledger here, and use it again")
    parser.add_argument("--one", choices=SUBJECTS, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        one(args.one, args.ledger, args.events, Path(args.folder))
        return
    with tempfile.TemporaryDirectory(dir=args.folder) as folder:
        path = args.ledger or Path(folder, "ledger.db")
        began = time.perf_counter()
        lives.ledger(path, args.events, args.live).close()
        size = path.stat().st_size / args.events
        print(f"SQLite {sqlite3.sqlite_version}, {os.cpu_count()} cores, {args.rounds} rounds, medians")
        print(f"{args.events} events, {size:.0f} bytes each in the file, made in {time.perf_counter() - began:.0f} s")
        figures: dict[str, list[dict[str, float]]] = {subject: [] for subject in args.subjects}
        for _ in range(args.rounds):
            for subject, found in figures.items():
                with tempfile.TemporaryDirectory(dir=args.folder) as mine:
                    command = [sys.executable, "-m", "bench.rebuild", "--one", subject, "--ledger", str(path)]
                    command += ["--events", str(args.events), "--folder", mine]
                    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
                    found.append(json.loads(said.splitlines()[-1]))
        rates = {subject: statistics.median(each["rate"] for each in found) for subject, found in figures.items()}
        print(f"{'':32} {'events/s':>9} {'ratio':>6} {'MB':>5}   each round")
        for subject, found in figures.items():
            reference = rates.get(f"{subject.partition(',')[0]}, ProjectionRunner")
            ratio = f"{rates[subject] / reference:6.1f}" if reference else " " * 6
            memory = max(each["mb"] for each in found)
            each = " ".join(f"{one_['rate']:.0f}" for one_ in found)
            print(f"{subject:32} {rates[subject]:9.0f} {ratio} {memory:5.0f}   {each}")


if __name__ == "__main__":
    main()
