"""`make demo-kafka`: the story on a real Kafka and PostgreSQL; the database is destroyed, and Kafka is enough."""

import argparse
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

import psycopg
from psycopg import sql
from rich.console import Console
from rich.table import Table

from consumers.topics.connection import Connection
from consumers.topics.feed import KafkaFeed
from domain import wire
from domain.ledger.postgres import PostgresRecorder
from projections.catalogue import views
from projections.stores.postgres import PostgresViews
from projections.transparency.checkpoint import Checkpoint
from projections.transparency.log import LogReader
from projections.transparency.notes import Note
from tests.services.kafka import own_kafka
from tests.services.kafka_engines import Missing
from tests.services.postgres import Server, database_of, own_postgres
from tests.services.stack import ROOT, Stack, stack

PATIENCE_S = 120
OUT = Console()


def main() -> None:
    parser = argparse.ArgumentParser(prog="make demo-kafka", description=__doc__)
    parser.add_argument("--once", action="store_true", help="end after the story and the restore")
    parser.add_argument("--port", type=int, default=8040)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="docket-demo-") as folder:
        run = Path(folder)
        try:
            with own_kafka(run) as broker, own_postgres(run) as server:
                dsn = server.new_database()
                OUT.print(f"Kafka on {broker.bootstrap}, PostgreSQL in {run}: both real, both gone at the end.")
                with stack(bootstrap=broker.bootstrap, postgres=dsn, prefix="docket", folder=run / "docket") as running:
                    tell(running, server, port=args.port, once=args.once)
        except Missing as missing:
            sys.exit(f"docket: {missing}")
        except KeyboardInterrupt:
            pass


def tell(running: Stack, server: Server, *, port: int, once: bool) -> None:
    """The story, the destruction, the restore."""
    relay = running.consumer("relay")
    projectors = [running.consumer("projector", f"projector-{number}") for number in (1, 2)]
    signer = running.consumer("checkpoints")
    demo(running, "--once", "--port", "0")
    before = digests(running)
    note = checkpoint(running)
    OUT.print(
        f"\nThe story is in PostgreSQL, on Kafka and in {len(before)} views, folded by two projectors from Kafka."
    )
    for process in (*projectors, relay, signer):
        process.stop()
    destroy(server, running.postgres)
    OUT.print("[bold]The database is destroyed.[/bold] Now it is restored from Kafka alone:")
    began = time.perf_counter()
    OUT.print(running.run("restore", "--from-kafka", "--postgres", running.postgres).rstrip())
    OUT.print(f"That took {time.perf_counter() - began:.1f} s. The projectors build every view anew.")
    for process in (relay, *projectors, signer):
        process.start()
    after = digests(running)
    compare(before, after)
    root = restored_root(running, note.size)
    OUT.print(f"The checkpoint that Kafka keeps of {note.size} events, and the root of the restored log at that size:")
    OUT.print(f"  {note.root.hex()}\n  {root.hex()}")
    if root != note.root:
        sys.exit("docket: the restored log is another")
    if not once:
        demo(running, "--port", str(port))


def demo(running: Stack, *given: str) -> None:
    """`docket demo` on these servers."""
    command = [sys.executable, "-m", "api", "demo", *given]
    subprocess.run(command, cwd=ROOT, env=running.environ, check=True)


def destroy(server: Server, dsn: str) -> None:
    """Drop the database and make an empty one of the same name."""
    name = sql.Identifier(database_of(dsn))
    with psycopg.connect(server.dsn, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(name))


def digests(running: Stack) -> dict[str, str]:
    """Of every view, once each has all that the store has, by way of Kafka."""
    recorder = PostgresRecorder(running.postgres, verify=wire.verify)
    store = PostgresViews(running.postgres)
    feed = KafkaFeed(Connection(bootstrap=running.bootstrap), running.topics.ledger)
    try:
        until = time.monotonic() + PATIENCE_S
        while True:
            live = {table.view: table for table in store.tables() if table.live}
            head = recorder.head()
            if feed.head() == head and len(live) == len(views()) and all(t.position == head for t in live.values()):
                return {name: store.digest(table) for name, table in sorted(live.items())}
            running.check()
            if time.monotonic() > until:
                sys.exit(f"docket: after {PATIENCE_S} s the views are not at position {head}")
            time.sleep(0.1)
    finally:
        feed.close()
        store.close()
        recorder.close()


def checkpoint(running: Stack) -> Checkpoint:
    """The longest that lies on Kafka, once it covers all that the store has."""
    with closing(PostgresRecorder(running.postgres, verify=wire.verify)) as recorder:
        head, until = recorder.head(), time.monotonic() + PATIENCE_S
    while True:
        sizes = [Checkpoint.read(Note.read(value).text) for value in running.records(running.topics.checkpoints)]
        if sizes and (last := max(sizes, key=lambda each: each.size)).size >= head:
            return last
        running.check()
        if time.monotonic() > until:
            sys.exit(f"docket: after {PATIENCE_S} s no checkpoint covers position {head}")
        time.sleep(0.1)


def restored_root(running: Stack, size: int) -> bytes:
    """Root of the log at this size, from the views of the restored database."""
    with closing(PostgresViews(running.postgres)) as store:
        return LogReader(store).root(size)


def compare(before: dict[str, str], after: dict[str, str]) -> None:
    """Show each view's digest before and after; exit with 1 where one differs."""
    table = Table("view", "SHA-256 before", "after the restore", title="Every view", title_justify="left")
    for name, digest in before.items():
        same = digest == after.get(name)
        table.add_row(name, digest[:16], "[green]the same[/green]" if same else "[red]another[/red]")
    OUT.print(table)
    if before != after:
        sys.exit("docket: a view is not what it was")


if __name__ == "__main__":
    main()
