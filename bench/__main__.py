"""Every benchmark, each beside its peers in the same run.

python -m bench [name …] [--quick] [--json]
"""

import argparse
import os
import platform
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

from bench import (
    absent,
    actions,
    appends,
    findings,
    lives,
    neighbours,
    proofs,
    questions,
    read_your_writes,
    rows,
    several,
    stream,
    viewers,
)
from bench.figures import Figure, Measured, Reach, plain, table, taken
from bench.rebuild import SUBJECTS
from bench.serving import measured
from tests.services.postgres import own_postgres


def durable_appends(*, quick: bool) -> Iterator[Figure]:
    """Durable appends of documents of 1 KB into SQLite and PostgreSQL, from one thread and from 32."""
    with tempfile.TemporaryDirectory() as folder, own_postgres(Path(folder)) as server:
        for callers in (1, 32):
            made = {name: make(Path(folder, f"{name}-{callers}.db")) for name, make in appends.SUBJECTS.items()}
            yield from _appends("SQLite", made, callers, least=10_000, p99_ms=10, quick=quick)
            made = {name: make(server.new_database()) for name, make in appends.IN_POSTGRES.items()}
            yield from _appends("PostgreSQL", made, callers, least=4_500, p99_ms=None, quick=quick)


def _appends(
    store: str,
    made: Mapping[str, tuple[appends.Append, Callable[[], None]]],
    callers: int,
    *,
    least: float,
    p99_ms: float | None,
    quick: bool,
) -> Iterator[Figure]:
    rounds, seconds = (1, 1.0) if quick else (5, 2.0)
    reach = [Reach(column="appends/s", value=least)]
    if p99_ms is not None:
        reach.append(Reach(column="p99 ms", value=p99_ms))
    yield taken(
        f"durable appends, {store}: {callers} {'callers' if callers > 1 else 'caller'}",
        {name: partial(_appended, append, callers, seconds) for name, (append, _) in made.items()},
        rounds=rounds,
        peer="eventsourcing",
        reach=reach if callers > 1 else [],
    )
    for _, close in made.values():
        close()


def _appended(append: appends.Append, callers: int, seconds: float) -> Measured:
    rate, p50, p99 = appends.load(append, callers, seconds)
    return {"appends/s": rate, "p50 ms": p50, "p99 ms": p99}


def rebuilds(*, quick: bool) -> Iterator[Figure]:
    """Views built from the ledger; each time in a process of its own, so that its memory is its own."""
    rounds, many, live = (1, 100_000, 1_000) if quick else (3, 1_000_000, 2_000)
    with tempfile.TemporaryDirectory() as folder:
        ledger = Path(folder, "ledger.db")
        lives.ledger(ledger, many, live).close()
        for view, least in (("case_status", 90_000), ("audit_trail", 40_000)):
            subjects = (view, f"{view}, live", f"{view}, ProjectionRunner")
            yield taken(
                f"rebuild of {view} from {many:,} events, {live:,} cases live at a time",
                {subject: partial(_rebuilt, subject, ledger, many) for subject in subjects if subject in SUBJECTS},
                rounds=rounds,
                peer=subjects[-1],
                reach=[Reach(column="events/s", value=least)],
            )


def _rebuilt(subject: str, ledger: Path, many: int) -> Measured:
    with tempfile.TemporaryDirectory(dir=ledger.parent) as folder:
        given = ("--one", subject, "--ledger", ledger, "--events", many, "--folder", folder)
        found = measured("bench.rebuild", *given)
    return {"events/s": found["rate"], "MB": found["mb"]}


BENCHMARKS: dict[str, Callable[..., Iterator[Figure]]] = {
    "appends": durable_appends,
    "rebuild": rebuilds,
    "door": actions.figures,
    "stream": stream.figures,
    "read_your_writes": read_your_writes.figures,
    "kafka": several.figures,
    "findings": findings.figures,
    "neighbours": neighbours.figures,
    "viewers": viewers.figures,
    "rows": rows.figures,
    "absent": absent.figures,
    "questions": questions.figures,
    "proofs": proofs.figures,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(BENCHMARKS))
    parser.add_argument("--quick", action="store_true", help="one short round: it runs, but the figures say little")
    parser.add_argument("--json", action="store_true", help="a line of JSON for each figure")
    args = parser.parse_args()
    if unknown := set(args.names) - BENCHMARKS.keys():
        parser.error(f"{', '.join(sorted(unknown))}: there is {', '.join(BENCHMARKS)}")
    versions = f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    sys.stderr.write(f"{versions}, {os.cpu_count()} cores\n")
    for name in args.names or BENCHMARKS:
        for figure in BENCHMARKS[name](quick=args.quick):
            print(plain(figure) if args.json else table(figure) + "\n", flush=True)


if __name__ == "__main__":
    main()
